#include "restante/broker/cli/stream.hpp"

#include "restante/broker/cli/printing.hpp"

#include <algorithm>
#include <utility>

namespace restante::cli {

namespace {

remote_options options_of(const broker_flags& how, const stream_flags& more, screen& to) {
  auto made = remote_options_of(how);
  made.log = [&to](std::string_view line) { to.complain(line); };
  if (more.reconnect)
    made.give_up_after.reset();
  return made;
}

/// A person who waits longer than this should be told the reason.
constexpr std::chrono::seconds patience_of_people{2};

} // namespace

void add_stream_flags(CLI::App& app, stream_flags& into, const std::string& what) {
  app.add_option("--count", into.count, "End after so many " + what)->type_name("NUMBER");
  app.add_flag("--reconnect", into.reconnect, "Look for a lost broker instead of ending");
}

stream::stream(const broker_flags& how, const stream_flags& more, std::string client, screen& to)
    : patience_{patience_of(how)}, client_{std::move(client)}, screen_{to},
      feed_{std::make_shared<feed>()},
      interrupts_{[at = feed_] { at->stop(); }}, remote_{open_remote(options_of(how, more, to))},
      note_at_{more.reconnect ? clock::now() + patience_of_people : clock::time_point::max()} {
  connect_options who;
  who.client = client_;
  who.ns = how.ns;
  connection_.emplace(remote_.connect(std::move(who), feed_->make_sink()));
}

std::optional<feed::happening> stream::next(clock::time_point until) {
  auto found = feed_->next(std::min(until, note_at_));
  if (found || until <= note_at_)
    return found;
  note_at_ = clock::time_point::max();
  screen_.complain("no broker at " + patience_.url + " yet, looking for it");
  return feed_->next(until);
}

moment stream::wait(clock::time_point until) {
  for (;;) {
    auto next = this->next(until);
    if (!next)
      return moment::due;
    if (std::holds_alternative<feed::told_to_stop>(*next))
      return moment::stopped;
    if (const auto* end = std::get_if<feed::ended>(&*next))
      throw end_of(end->why);
    if (auto* what = std::get_if<push>(&*next)) {
      pushed_ = std::move(*what);
      return moment::pushed;
    }
    if (const auto* receipt = std::get_if<connect_receipt>(&*next)) {
      note(*receipt);
      return moment::connected;
    }
    is_interrupted_ = true;
    screen_.complain("lost the broker at " + patience_.url + ", looking for it");
  }
}

void stream::note(const connect_receipt& receipt) {
  client_ = receipt.client.client;
  note_at_ = clock::time_point::max();
  if (std::exchange(is_interrupted_, false))
    screen_.complain("found the broker at " + patience_.url + " again");
}

command_failed stream::end_of(const goodbye& why) const {
  const auto how = connection_->connected().get(duration{0});
  return end_at(patience_, printable(client_), why, how ? failure{} : how.error());
}

} // namespace restante::cli
