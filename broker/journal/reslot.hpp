#pragma once

#include "restante/broker/journal/operators.hpp"

namespace restante::journal {

/// Gives the journal in a directory another number of slots, where it is. It needs the space of a
/// second one for a while. Whenever it is broken off, what is there is either the old journal or
/// the new one, whole; what else it leaves is removed by the next.
///
/// Throws storage_error: what `move_to` throws; locked when a broker had it in between.
void reslot(const std::filesystem::path& directory, std::uint32_t slots,
            const slot_function& slot_of);

} // namespace restante::journal
