#pragma once

#include "restante/broker/journal/operators.hpp"

namespace restante::journal {

/// Gives the journal in a directory another number of slots, where it is. It needs the space of a
/// second journal for a while. After an interruption at any time, the directory has either the
/// whole old journal or the whole new one; the next call removes other remains.
///
/// Throws storage_error: the errors of `move_to`; locked when a broker had it in between.
void reslot(const std::filesystem::path& directory, std::uint32_t slots,
            const slot_function& slot_of);

} // namespace restante::journal
