#include "restante/benchmarks/network/stamped_payload.hpp"
#include "restante/benchmarks/network/ws_conversation.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

using namespace std::chrono_literals;

namespace restante::benchmarks::network {
namespace {

TEST(StringMember, is_what_stands_between_the_quotes) {
  const std::string_view frame = R"({"_orama":"notify.deliver","trace":"00ff","pack":"text"})";
  EXPECT_EQ(string_member(frame, R"("trace":")"), "00ff");
  EXPECT_EQ(string_member(frame, R"("pack":")"), "text");
  EXPECT_THROW(string_member(frame, R"("data":")"), std::runtime_error);
  EXPECT_THROW(string_member(R"({"pack":"no end)", R"("pack":")"), std::runtime_error);
}

TEST(StampedPayload, says_when_it_was_written_and_its_number) {
  stamped_payload writer;
  const auto at = bench_clock::time_point{123456789123456789ns};
  const std::string payload{writer.write(at, 0xdeadbeef)};
  EXPECT_EQ(payload.size(), 100);
  EXPECT_EQ(stamped_payload::read(payload).at, at);
  EXPECT_EQ(stamped_payload::read(payload).number, 0xdeadbeef);
}

TEST(StampedPayload, that_was_changed_is_refused) {
  stamped_payload writer;
  std::string payload{writer.write({}, 1)};
  EXPECT_THROW(stamped_payload::read(payload + "x"), std::runtime_error);
  payload[3] = 'X';
  EXPECT_THROW(stamped_payload::read(payload), std::runtime_error);
}

} // namespace
} // namespace restante::benchmarks::network
