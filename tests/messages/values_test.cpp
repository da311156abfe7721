// Traces, times, bodies and ids: the plain values that messages are made of.

#include "restante/messages/body.hpp"
#include "restante/messages/ids.hpp"
#include "restante/messages/instant.hpp"
#include "restante/messages/limits.hpp"
#include "restante/messages/validate.hpp"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>
#include <vector>

namespace restante {
namespace {

constexpr auto ns_most = std::numeric_limits<std::int64_t>::max();
constexpr auto ns_least = std::numeric_limits<std::int64_t>::min();

TEST(Trace, N3_is_32_lowercase_hex_and_comes_back_from_its_text) {
  const trace_id trace{0x0123456789abcdef, 0xfedcba9876543210};
  EXPECT_EQ(to_string(trace), "0123456789abcdeffedcba9876543210");
  EXPECT_EQ(trace_of(to_string(trace)), trace);
}

TEST(Trace, N3_only_32_lowercase_hex_are_a_trace) {
  const std::string good(32, 'a');
  EXPECT_TRUE(trace_of(good));
  EXPECT_FALSE(trace_of(good.substr(1)));
  EXPECT_FALSE(trace_of(good + "a"));
  EXPECT_FALSE(trace_of(""));
  EXPECT_FALSE(trace_of(std::string(32, 'A')));
  EXPECT_FALSE(trace_of(std::string(31, 'a') + "g"));
  EXPECT_FALSE(trace_of(std::string(31, 'a') + std::string(1, '\0')));
  EXPECT_FALSE(trace_of(std::string(32, '0')));
}

TEST(Trace, N3_carries_48_bits_of_the_route) {
  const auto trace = trace_id::make(0xfedcba987654, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  EXPECT_EQ(trace.route(), 0xfedcba987654U);
  EXPECT_EQ(to_string(trace), "fedcba9876540102030405060708090a");
}

TEST(Trace, N3_is_never_all_zero) {
  const auto trace = trace_id::make(0, {});
  EXPECT_TRUE(trace);
  EXPECT_EQ(to_string(trace), "00000000000000000000000000000001");
}

TEST(Instant, N2_adding_saturates_at_both_ends) {
  EXPECT_EQ((instant{ns_most - 1} + duration{1}).ns, ns_most);
  EXPECT_EQ((instant{ns_most - 1} + duration{2}).ns, ns_most);
  EXPECT_EQ((instant{5} + duration{ns_most}), instant::never());
  EXPECT_EQ((instant{ns_least + 1} + duration{-2}).ns, ns_least);
  EXPECT_EQ((instant{-5} + duration{ns_least}).ns, ns_least);
  EXPECT_EQ((instant{5} + duration{-7}).ns, -2);
}

TEST(Instant, N2_differences_saturate) {
  EXPECT_EQ((instant{ns_most} - instant{-1}).count(), ns_most);
  EXPECT_EQ((instant{ns_least} - instant{1}).count(), ns_least);
  EXPECT_EQ((instant{ns_most} - instant{0}).count(), ns_most);
  EXPECT_EQ((instant{3} - instant{5}).count(), -2);
}

TEST(Instant, N2_milliseconds_saturate) {
  EXPECT_EQ(milliseconds_saturated(ns_most / 1'000'000).count(), ns_most / 1'000'000 * 1'000'000);
  EXPECT_EQ(milliseconds_saturated(ns_most / 1'000'000 + 1).count(), ns_most);
  EXPECT_EQ(milliseconds_saturated(ns_most).count(), ns_most);
  EXPECT_LT(milliseconds_saturated(ns_least).count(), 0);
}

TEST(Instant, T1_milliseconds_are_rounded_down_on_both_sides_of_zero) {
  EXPECT_EQ(instant{1'999'999}.milliseconds(), 1);
  EXPECT_EQ(instant{0}.milliseconds(), 0);
  EXPECT_EQ(instant{-1}.milliseconds(), -1);
  EXPECT_EQ(instant{-1'000'000}.milliseconds(), -1);
  EXPECT_EQ(instant{-1'000'001}.milliseconds(), -2);
}

TEST(Body, N1_copies_share_one_buffer) {
  const auto pack = body::json(R"({"a":1})");
  const auto copy = pack; // NOLINT(performance-unnecessary-copy-initialization)
  EXPECT_TRUE(copy.shares_buffer_with(pack));
  EXPECT_EQ(copy.view().data(), pack.view().data());
  const auto twin = body::json(R"({"a":1})");
  EXPECT_FALSE(twin.shares_buffer_with(pack));
  EXPECT_EQ(twin, pack);
}

TEST(Body, N1_keeps_any_bytes_and_knows_how_they_are_meant) {
  const std::string bytes{"\0\xff\x80", 3};
  EXPECT_EQ(body::bytes(bytes).view(), bytes);
  EXPECT_EQ(body::bytes("1").kind(), content::bytes);
  EXPECT_EQ(body::json("1").kind(), content::json);
  EXPECT_NE(body::bytes("1"), body::json("1"));
  EXPECT_TRUE(body{}.empty());
  EXPECT_EQ(body{}, body::bytes(""));
}

TEST(Body, N1_json_is_kept_as_its_compact_text_digit_by_digit) {
  EXPECT_EQ(body::json(" { \"z\" : 1.50 ,\n \"a\":[ -0, 1e3 , 12345678901234567890123 ] } ").view(),
            R"({"z":1.50,"a":[-0,1e3,12345678901234567890123]})");
  EXPECT_EQ(body::json(R"("\u00e9\ud83d\udcee")").view(), "\"\xc3\xa9\xf0\x9f\x93\xae\"");
  EXPECT_EQ(body::json("null").view(), "null");
}

/// Texts that are not JSON, as people and programs write them.
const std::vector<std::string>& no_json() {
  static const std::vector<std::string> all{"",
                                            " ",
                                            "call me",
                                            "{",
                                            "{}{}",
                                            "1,\"from\":2",
                                            "1}",
                                            "[1,]",
                                            "NaN",
                                            "01",
                                            "'a'",
                                            "tru",
                                            "\"a\nb\"",
                                            "\"\xff\"",
                                            "\"\xc0\xaf\"",
                                            "\"\\ud83d\"",
                                            "\"\\udcee\\ud83d\"",
                                            "\"\xed\xa0\x80\"",
                                            "1e5000",
                                            "\xef\xbb\xbf"
                                            "1",
                                            std::string{"1\0", 2},
                                            std::string{"\"a\0b\"", 5}};
  return all;
}

TEST(Body, N1_what_is_no_json_is_refused_where_it_is_made) {
  for (const auto& text : no_json()) {
    EXPECT_THROW((void)body::json(text), std::invalid_argument) << text;
    const auto read = body::parse_json(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, errc::invalid_argument);
    EXPECT_FALSE(read.error().detail.empty());
  }
}

TEST(Body, N1_S8_json_is_nested_63_levels_deep_and_no_deeper) {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  EXPECT_EQ(body::json(nested(json_body_depth_max)).view(), nested(json_body_depth_max));
  EXPECT_THROW((void)body::json(nested(json_body_depth_max + 1)), std::invalid_argument);
  EXPECT_THROW((void)body::json(std::string(100'000, '[')), std::invalid_argument);
}

TEST(Body, N1_what_a_peer_calls_json_and_is_none_is_known_as_such) {
  for (const auto& text : no_json()) {
    const auto read = body::received(content::json, text);
    EXPECT_EQ(read.kind(), content::not_json) << text;
    EXPECT_EQ(read.view(), text);
    EXPECT_EQ(check_body("pack", read)->code, errc::invalid_argument);
  }
  EXPECT_EQ(body::received(static_cast<content>(7), "1").kind(), content::not_json);
  EXPECT_EQ(body::received(content::json, "[ 1 ]"), body::json("[1]"));
  EXPECT_EQ(body::received(content::bytes, "\xff"), body::bytes("\xff"));
  EXPECT_FALSE(check_body("pack", body::json("1")));
  EXPECT_FALSE(check_body("pack", body::bytes("{")));
}

TEST(Ids, S8_an_id_has_1_to_256_bytes) {
  EXPECT_FALSE(check_id("to", "a"));
  EXPECT_FALSE(check_id("to", std::string(256, 'a')));
  EXPECT_EQ(check_id("to", std::string(257, 'a'))->code, errc::invalid_argument);
  EXPECT_EQ(check_id("to", "")->code, errc::invalid_argument);
  EXPECT_EQ(check_id("to", "")->detail, "to is empty");
  EXPECT_FALSE(check_id("to", "server"));
  EXPECT_FALSE(check_client_name("client", "servers"));
  EXPECT_EQ(check_client_name("client", "server")->code, errc::invalid_argument);
  EXPECT_EQ(check_client_name("client", "")->detail, "client is empty");
}

TEST(Ids, S8_the_bound_counts_bytes_and_not_characters) {
  std::string text;
  for (int i = 0; i < 128; ++i)
    text += "\xc3\xa9";
  EXPECT_FALSE(check_id("to", text));
  EXPECT_TRUE(check_id("to", text + "a"));
}

TEST(Ids, S8_an_id_is_valid_utf8) {
  EXPECT_FALSE(check_id("to", "\xf0\x9f\x93\xae"));
  for (const auto* bad : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xe2\x82", "\xf5\x80\x80\x80"}) {
    EXPECT_TRUE(check_id("to", bad));
  }
}

TEST(Ids, S8_a_namespace_may_be_empty_and_no_longer_than_an_id) {
  EXPECT_FALSE(check_namespace(""));
  EXPECT_FALSE(check_namespace(std::string(256, 'n')));
  EXPECT_TRUE(check_namespace(std::string(257, 'n')));
}

TEST(Ids, S8_sizes_are_refused_one_past_the_bound) {
  EXPECT_FALSE(check_size("pack", pack_bytes_max, pack_bytes_max));
  EXPECT_EQ(check_size("pack", pack_bytes_max + 1, pack_bytes_max)->code, errc::payload_too_large);
}

} // namespace
} // namespace restante
