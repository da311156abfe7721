// A program with its own message types beside Restante's: type ids and names.

#include "restante/actors/protocol/caf_config.hpp"
#include "restante/broker/api/configure.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// A message type of an embedding program.
struct thermometer_reading {
  int degrees = 0;
};

template <class Inspector>
auto inspect(Inspector& f, thermometer_reading& x) {
  return f(x.degrees);
}

CAF_BEGIN_TYPE_ID_BLOCK(thermometers, first_custom_type_id)
CAF_ADD_TYPE_ID(thermometers, (thermometer_reading))
CAF_END_TYPE_ID_BLOCK(thermometers)

namespace restante {
namespace {

/// The text of the exception that `run` throws; empty when `run` throws nothing.
template <class Function>
std::string refusal(Function run) {
  try {
    run();
  } catch (const std::invalid_argument& refused) {
    return refused.what();
  }
  return {};
}

std::string overlap_at(std::uint16_t first, std::vector<std::string_view> names) {
  return refusal([&] { refuse_overlap(first, names); });
}

TEST(Configure, C7_a_program_has_message_types_of_its_own) {
  caf::actor_system_config config;
  configure<caf::id_block::thermometers>(config, 1);
  caf::actor_system system{config};
  EXPECT_EQ(caf::type_id<thermometer_reading>::value, caf::first_custom_type_id);
  const auto& names = system.config().type_names_by_rtti;
  EXPECT_EQ(names.at(typeid(thermometer_reading)), "thermometer_reading");
  EXPECT_EQ(names.at(typeid(put_notification)), "restante::put_notification");
}

TEST(Configure, C7_configuring_again_changes_nothing) {
  caf::actor_system_config config;
  configure(config, 1);
  EXPECT_EQ(refusal([&] { configure<caf::id_block::thermometers>(config, 1); }), "");
  EXPECT_EQ(refusal([&] { configure(config, 1); }), "");
}

TEST(Configure, C7_an_overlap_of_type_ids_is_refused_with_both_names) {
  EXPECT_EQ(overlap_at(10'000, {"mine::reading"}),
            "type id 10000 is the number of mine::reading and of restante::errc: start your type "
            "id block at caf::first_custom_type_id");
  EXPECT_EQ(overlap_at(9'998, {"a", "b", "c", "d"}),
            "type id 10000 is the number of c and of restante::errc: start your type id block at "
            "caf::first_custom_type_id");
  // No type has this id yet, but a later type of Restante will.
  EXPECT_EQ(overlap_at(10'999, {"a"}),
            "type id 10999 is the number of a and of a later type of Restante: start your type id "
            "block at caf::first_custom_type_id");
}

TEST(Configure, C7_neighbours_are_no_overlap) {
  EXPECT_EQ(overlap_at(9'998, {"a", "b"}), "");
  EXPECT_EQ(overlap_at(11'000, {"a", "b"}), "");
  EXPECT_EQ(overlap_at(65'535, {"a"}), "");
  EXPECT_EQ(overlap_at(200, {}), "");
}

TEST(Configure, C7_the_range_has_room_for_all_types) {
  EXPECT_EQ(caf::id_block::restante::begin, type_ids_begin);
  EXPECT_LT(caf::id_block::restante::end, type_ids_end - 1);
  EXPECT_EQ(dialect::name_of_type_id(caf::id_block::restante::begin), "restante::errc");
  EXPECT_EQ(dialect::name_of_type_id(caf::id_block::restante::end), "");
  EXPECT_EQ(dialect::name_of_type_id(caf::id_block::restante::begin - 1), "");
}

// CAF 0.17 sends the names of types, so there two types of one name are the overlap that does harm.

TEST(Configure, C7_another_type_with_a_name_of_ours_is_refused_with_both_names) {
  caf::actor_system_config config;
  config.add_message_type<thermometer_reading>("restante::body");
  EXPECT_EQ(refusal([&] { configure(config, 1); }),
            "the configuration has the message type thermometer_reading under the name "
            "restante::body, which is the name of restante::body");
}

TEST(Configure, C7_a_type_of_ours_under_another_name_is_refused) {
  caf::actor_system_config config;
  config.add_message_type<client_address>("address");
  EXPECT_EQ(refusal([&] { configure(config, 1); }),
            "the configuration has the message type restante::client_address under the name "
            "address, but it is restante::client_address");
}

TEST(Configure, C7_a_failed_request_is_printed_with_its_number_and_text) {
  caf::actor_system_config config;
  configure(config, 1);
  caf::actor_system system{config};
  EXPECT_EQ(system.render(to_caf_error({errc::forbidden, "bob may not put"})),
            "forbidden (301): bob may not put");
}

TEST(Configure, C7_a_failed_request_has_its_failure_inside) {
  const failure why{errc::topic_full, "room has 10000 keys"};
  EXPECT_EQ(failure_of(to_caf_error(why)), why);
  EXPECT_EQ(to_caf_error(why).code(), row_of(why.code).wire_number);
  EXPECT_EQ(failure_of(caf::make_error(caf::sec::request_timeout)), (failure{errc::internal, {}}));
}

} // namespace
} // namespace restante
