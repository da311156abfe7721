#pragma once

#include "restante/actors/model/store.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

/// An operator's work on a journal that no broker uses. A `location` is a data directory, or one
/// file that a backup has written. Every function here takes a directory's lock, and throws
/// storage_error: locked, unusable and the errors of opening a store.
namespace restante::journal {

struct check_report {
  bool is_sound = true;
  std::vector<std::string> lines; ///< for people
};

/// The slot of a client, for a number of slots and a key (spec §1).
using slot_function = std::function<slot_number(const client_address& client, std::uint32_t slots,
                                                const std::array<std::uint8_t, 16>& key)>;

/// Reads and verifies every page and every notification. With a slot function, it also checks that
/// each notification is in the slot of its client. Damage is reported, not thrown.
check_report check(const std::filesystem::path& location, const slot_function& slot_of = {});

/// Shows every notification that has not expired by `now`, by slot and in the order of the rows.
/// Throws corrupt for a damaged slot, after the notifications before the damage were shown.
void for_each(const std::filesystem::path& location, instant now,
              const std::function<void(slot_number, const kept_notification&)>& visit);

struct found_figures {
  store_identity identity;
  store_stats stats;
};

/// How much is in a place.
found_figures figures_of(const std::filesystem::path& location);

/// Writes a journal with another number of slots and the same key into `to`, which must not exist
/// and appears only when all of it is there; `from` is left as it is. The order of each client's
/// notifications is kept, their rows are new; epochs go on from where they were.
void move_to(const std::filesystem::path& from, const std::filesystem::path& to,
             std::uint32_t slots, const slot_function& slot_of);

} // namespace restante::journal
