#include "restante/tests/network/gateway_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace restante::testing {

outcome<gateway::credentials> fake_tokens::identify(std::string_view token, instant now) const {
  const std::lock_guard lock{mutex_};
  const auto found = known_.find(token);
  if (found == known_.end())
    return failure{errc::unauthenticated, "nobody gave out this token"};
  if (found->second.expires_at && now > *found->second.expires_at)
    return failure{errc::token_expired, {}};
  if (const auto begins = begins_.find(token); begins != begins_.end() && now < begins->second)
    return failure{errc::token_not_yet_valid, {}};
  return found->second;
}

void fake_tokens::begin_at(const std::string& token, instant begins) {
  const std::lock_guard lock{mutex_};
  begins_[token] = begins;
}

void fake_tokens::give(const std::string& token, gateway::credentials who) {
  const std::lock_guard lock{mutex_};
  known_[token] = std::move(who);
}

void kept_log::write(gateway::severity, std::string_view event,
                     std::span<const gateway::log_field> fields) {
  std::string line{event};
  for (const auto& field : fields)
    line.append(" ").append(field.name).append("=").append(field.text);
  const std::lock_guard lock{mutex_};
  lines_.push_back(std::move(line));
}

std::vector<std::string> kept_log::lines() const {
  const std::lock_guard lock{mutex_};
  return lines_;
}

namespace {

gateway::gateway_options on_a_free_port(gateway::gateway_options how,
                                        const std::shared_ptr<kept_log>& log) {
  how.port = 0;
  how.log = log;
  return how;
}

options small(options how) {
  how.threads = 2;
  how.slots = 4;
  return how;
}

} // namespace

gateway_fixture::gateway_fixture(gateway::gateway_options how, options core)
    : broker{small(std::move(core))}, gateway{broker, on_a_free_port(std::move(how), log)} {}

ws_client gateway_fixture::enter(const std::string& client, const std::string& fields,
                                 const ws_client::setup& how) {
  ws_client one{port(), how};
  const auto said = one.ask(R"({"op":"connect","id":0,"client":")" + client + "\"" + fields + "}");
  EXPECT_TRUE(said.starts_with(R"({"_orama":"reply","id":0,"ok":true)")) << said;
  return one;
}

bool gateway_fixture::logs(std::string_view part) const {
  return comes_true([&] {
    return std::ranges::any_of(log->lines(), [&](const std::string& line) {
      return line.find(part) != std::string::npos;
    });
  });
}

bool comes_true(const std::function<bool()>& so, patience wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  while (!so()) {
    if (std::chrono::steady_clock::now() > until)
      return false;
    std::this_thread::yield();
  }
  return true;
}

} // namespace restante::testing
