// Every message survives the way between nodes, and keeps its number for ever.

#include "restante/actors/caf_config.hpp"
#include "restante/messages/type_ids.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace restante {
namespace {

/// Gives every field of a message a value of its own, walking it as a deserializer would.
class filler {
public:
  static constexpr bool reads_state = false;
  static constexpr bool writes_state = true;

  template <class... Fields>
  bool operator()(Fields&... fields) {
    (fill(fields), ...);
    return true;
  }

  template <class T>
  void fill(T& x) {
    if constexpr (std::is_enum_v<T>)
      x = static_cast<T>(1);
    else if constexpr (std::is_integral_v<T>)
      x = static_cast<T>(++last_);
    else if constexpr (std::is_same_v<T, duration>)
      x = duration{++last_};
    else if constexpr (std::is_same_v<T, std::string>)
      x = "text " + std::to_string(++last_);
    else
      fill_all(x);
  }

private:
  template <class T>
  void fill_all(std::vector<T>& all) {
    all.resize(2);
    for (auto& one : all)
      fill(one);
  }
  template <class T>
  void fill_all(T& x) {
    inspect(*this, x);
  }

  int last_ = 0;
};

template <class T>
void expect_round_trip(caf::actor_system& system) {
  T sent{};
  filler{}.fill(sent);
  caf::binary_serializer::container_type bytes;
  caf::binary_serializer sink{system, bytes};
  ASSERT_FALSE(sink(sent)) << typeid(T).name();
  T got{};
  caf::binary_deserializer source{system, bytes};
  ASSERT_FALSE(source(got)) << typeid(T).name();
  EXPECT_EQ(source.remaining(), 0u) << typeid(T).name();
  EXPECT_TRUE(got == sent) << typeid(T).name();
  if constexpr (!std::is_empty_v<T>) {
    EXPECT_FALSE(sent == T{}) << typeid(T).name();
  }
}

constexpr auto first_id = caf::id_block::restante::begin;
constexpr auto end_id = caf::id_block::restante::end;

TEST(TypeIds, W9_every_message_survives_the_way_between_nodes) {
  caf::actor_system_config config;
  dialect::add_message_types(config);
  caf::actor_system system{config};
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (expect_round_trip<typename caf::type_by_id<first_id + I>::type>(system), ...);
  }
  (std::make_index_sequence<end_id - first_id>{});
}

TEST(TypeIds, W9_numbers_are_for_ever) {
  // New names go to the end of this list. A line that moves breaks nodes that talk.
  const std::vector<std::string_view> golden{
      "restante::errc",
      "restante::instant",
      "restante::client_address",
      "restante::topic_address",
      "restante::trace_id",
      "restante::body",
      "restante::put_notification",
      "restante::put_batch",
      "restante::put_receipt",
      "restante::operation_failed",
      "restante::operation_done",
      "restante::notification_view",
      "restante::get_status",
      "restante::record_reply",
      "restante::await_reply",
      "restante::status_view",
      "restante::reply_view",
      "restante::drain_queue",
      "restante::drain_view",
      "restante::get_pending",
      "restante::pending_view",
      "restante::purge_expired",
      "restante::purge_receipt",
      "restante::offer_notifications",
      "restante::ack_notifications",
      "restante::ack_receipt",
      "restante::notification_step",
      "restante::set_entry",
      "restante::clear_entry",
      "restante::entry_receipt",
      "restante::entry_ended",
      "restante::list_entries",
      "restante::entries_view",
      "restante::subscribe_topic",
      "restante::unsubscribe_topic",
      "restante::publish_message",
      "restante::owner_gone",
      "restante::topic_failed",
      "restante::topic_events",
      "restante::client_connected",
      "restante::client_attached",
      "restante::resume_connection",
      "restante::connection_resumed",
      "restante::connection_detached",
      "restante::client_disconnected",
      "restante::taken_over",
      "restante::watch_client",
      "restante::unwatch_client",
      "restante::client_presence",
      "restante::child_idle",
      "restante::child_deadline",
      "restante::child_crashed",
      "restante::child_due",
      "restante::retire",
      "restante::shard_due",
      "restante::shard_continue",
      "restante::trim_records",
      "restante::stop_shard",
      "restante::put_many",
      "restante::put_many_receipt",
      "restante::door_knock",
      "restante::connection_due",
      "restante::connect_receipt",
      "restante::goodbye",
      "restante::push_taken",
      "restante::delivery",
      "restante::cancel_await",
      "restante::put_receipts",
      "restante::relay_to",
      "restante::relay_no_longer",
  };
  std::vector<std::string_view> present;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (present.push_back(caf::type_name_by_id<first_id + I>::value), ...);
  }
  (std::make_index_sequence<end_id - first_id>{});
  EXPECT_EQ(first_id, 200);
  EXPECT_EQ(present, golden);
}

} // namespace
} // namespace restante
