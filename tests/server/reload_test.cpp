#include "restante/broker/server/reload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace restante::serve {

namespace {

using std::chrono::milliseconds;
using ::testing::IsEmpty;

serve_settings with_files() {
  serve_settings made;
  made.auth.tokens_file = "tokens.toml";
  made.network.tls_cert = "cert.pem";
  made.network.tls_key = "key.pem";
  return made;
}

} // namespace

TEST(Reload, nothing_changes_where_all_is_as_it_was) {
  const auto change = change_between(with_files(), with_files());
  EXPECT_THAT(change.taken, IsEmpty());
  EXPECT_THAT(change.at_restart, IsEmpty());
}

TEST(Reload, what_can_count_at_once_is_kept_apart_from_what_needs_a_restart) {
  auto next = with_files();
  next.network.allowed_origins = {"https://app.example"};
  next.network.sockets_max = 7;
  next.log.level = "debug";
  next.broker.threads = 3;
  next.broker.limits.queue_length = 5;
  const auto change = change_between(with_files(), next);
  EXPECT_EQ(names_of(change.taken), "allow_origin, max_sockets, log_level");
  EXPECT_EQ(names_of(change.at_restart), "threads, queue_length");

  const auto in_force = with_values(with_files(), next, change.taken);
  EXPECT_EQ(in_force.network.sockets_max, 7U);
  EXPECT_EQ(in_force.log.level, "debug");
  EXPECT_EQ(in_force.broker.threads, 0U); // so the next reload reports it again
  EXPECT_EQ(names_of(change_between(in_force, next).at_restart), "threads, queue_length");
  EXPECT_THAT(change_between(in_force, next).taken, IsEmpty());
}

TEST(Reload, a_value_that_is_given_no_longer_goes_back_to_its_default) {
  auto before = with_files();
  before.network.allowed_hosts = {"a.example"};
  before.origins["allow_host"] = "x.toml:3";
  const auto change = change_between(before, with_files());
  ASSERT_EQ(names_of(change.taken), "allow_host");
  const auto in_force = with_values(before, with_files(), change.taken);
  EXPECT_THAT(in_force.network.allowed_hosts, IsEmpty());
  EXPECT_FALSE(in_force.is_given("allow_host"));
}

TEST(Reload, W7_whether_there_are_tokens_and_tls_at_all_is_decided_at_the_start) {
  auto other_files = with_files();
  other_files.auth.tokens_file = "other.toml";
  other_files.network.tls_cert = "other.pem";
  EXPECT_EQ(names_of(change_between(with_files(), other_files).taken), "tls_cert, tokens_file");
  for (const bool is_there : {true, false}) {
    const auto from = is_there ? with_files() : serve_settings{};
    const auto to = is_there ? serve_settings{} : with_files();
    EXPECT_EQ(names_of(change_between(from, to).at_restart), "tls_cert, tls_key, tokens_file");
  }
}

TEST(Reload, each_setting_that_can_count_at_once_is_copied) {
  for (const auto& what : settings_table()) {
    if (what.at_reload != on_reload::taken)
      continue;
    serve_settings next;
    std::visit(
        [](auto* place) {
          using kind = std::remove_pointer_t<decltype(place)>;
          if constexpr (std::is_same_v<kind, std::vector<std::string>>)
            *place = {"x"};
          else if constexpr (std::is_same_v<kind, std::string>)
            *place = "x";
          else if constexpr (std::is_same_v<kind, milliseconds>)
            *place = milliseconds{5};
          else if constexpr (std::is_same_v<kind, std::uint64_t>)
            *place = 5;
        },
        what.target(next));
    ASSERT_NE(toml_value(what, next), toml_value(what, {})) << what.name;
    const auto taken = with_values({}, next, {&what});
    EXPECT_EQ(toml_value(what, taken), toml_value(what, next)) << what.name;
  }
}

} // namespace restante::serve
