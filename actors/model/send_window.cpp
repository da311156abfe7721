#include "restante/actors/model/send_window.hpp"

#include "restante/messages/assert.hpp"
#include "restante/messages/limits.hpp"

namespace restante::model {

void send_window::count_by(output_counter who) {
  RESTANTE_ASSERT(given_.empty()); // bytes must be given back by the counter that took them
  counter_ = who;
}

bool send_window::has_room(std::uint64_t bytes) const {
  if (given_.bytes() >= most_)
    return false;
  return given_.bytes() + bytes <= output_free_bytes || budget_.has_room(bytes);
}

bool send_window::is_flooded() const {
  constexpr std::uint64_t deliveries_max = inflight_max * (pack_bytes_max + 1024);
  return given_.bytes() > most_ + deliveries_max;
}

void send_window::add(unconfirmed::item what) {
  given_.add(what);
  if (counter_ == output_counter::connection)
    budget_.take(what.bytes);
}

std::optional<unconfirmed::item> send_window::confirm() {
  const auto first = given_.confirm();
  if (first && counter_ == output_counter::connection)
    budget_.give_back(first->bytes);
  return first;
}

void send_window::clear() {
  const auto bytes = given_.bytes();
  given_.clear();
  if (counter_ == output_counter::connection)
    budget_.give_back(bytes);
}

} // namespace restante::model
