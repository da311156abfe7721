#include "restante/clients/cpp/repeatable.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace restante::remoting {
namespace {

template <std::size_t... I>
std::vector<command> one_of_each(std::index_sequence<I...>) {
  return {command{std::in_place_index<I>}...};
}

std::vector<command> one_of_each() {
  return one_of_each(std::make_index_sequence<std::variant_size_v<command>>{});
}

TEST(Repeatable, N14_all_but_these_are_asked_again) {
  std::vector<bool> again;
  for (const auto& one : one_of_each())
    again.push_back(is_repeatable(one));
  const std::vector<bool> wanted{
      false, // a put without a message_id
      false, // put_many without a message_id
      true,  // status
      true,  // reply: a later reply replaces it
      true,  // await
      false, // drain: the first drain has taken everything
      true,  // pending
      false, // purge counts from zero again
      true,  // ack: the second ack is late
      true,  // set renews the lease
      true,  // clear
      true,  // list
      true,  // subscribe
      true,  // unsubscribe
      false, // publish: at most once (spec E16)
      true,  // watch
      true,  // unwatch
      true,  // list of clients
      true,  // list of topics
  };
  EXPECT_EQ(again, wanted);
}

TEST(Repeatable, N14_a_put_is_made_so_by_its_message_id) {
  for (auto& one : one_of_each()) {
    const auto before = one;
    const bool is_put =
        std::holds_alternative<put_notification>(one) || std::holds_alternative<put_many>(one);
    EXPECT_EQ(needs_message_id(one), is_put);
    make_repeatable(one, "m1");
    EXPECT_EQ(one == before, !is_put) << "only puts are changed";
    EXPECT_FALSE(needs_message_id(one));
    if (is_put) {
      EXPECT_TRUE(is_repeatable(one));
    }
    const auto named = one;
    make_repeatable(one, "m2");
    EXPECT_EQ(one, named) << "who has a message_id keeps it";
  }
}

} // namespace
} // namespace restante::remoting
