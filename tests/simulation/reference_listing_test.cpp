#include "restante/tests/simulation/told.hpp"

#include <gtest/gtest.h>

namespace restante::simulation {

namespace {

/// The members `id` of the rows under `name`, and whether there are more.
std::string page(const json& answer, const char* name, const char* id) {
  std::string result;
  for (const auto& row : answer[name])
    result += row[id].get<std::string>() + " ";
  return result + (answer["more"] == true ? "+" : ".") + answer["total"].dump();
}

TEST(ReferenceListing, clients_are_those_that_are_here_kept_for_or_watched) {
  told run;
  run(R"({"op":"connect","client":"a","resume_window_ms":100})");
  run(R"({"op":"client.watch","as":"a","client":"w"})");
  run(R"({"op":"notify.put","to":"k","pack":1,"ttl_ms":50})");
  const auto* all = R"({"op":"client.list"})";
  EXPECT_EQ(page(run(all), "clients", "client"), "a k w .3");
  EXPECT_EQ(run(all)["clients"][1]["pending"], 1);
  run(R"({"op":"cut","client":"a"})");
  EXPECT_EQ(run(all)["clients"][0]["connected"], true);
  run(R"({"op":"advance","ms":51})");
  EXPECT_EQ(page(run(all), "clients", "client"), "a w .2");
  run(R"({"op":"advance","ms":50})");
  EXPECT_EQ(page(run(all), "clients", "client"), ".0");
  run(R"({"op":"connect","client":"a"})");
  EXPECT_EQ(run.code(R"({"op":"client.list","as":"a"})"), "forbidden");
  EXPECT_EQ(run.code(R"({"op":"client.list","as":"a","limit":"x"})"), "invalid_argument");
}

TEST(ReferenceListing, a_topic_whose_keys_are_over_is_skipped) {
  told run;
  run(R"({"op":"connect","client":"a"})");
  for (const std::string topic : {"p", "q", "r"})
    run(R"({"op":"ephemeral.set","as":"a","topic":")" + topic + R"(","key":"k","ttl_ms":)" +
        (topic == "r" ? "100}" : "10}"));
  run(R"({"op":"advance","ms":10})");
  EXPECT_EQ(page(run(R"({"op":"topic.list","limit":1})"), "topics", "topic"), "r .3");
  EXPECT_EQ(page(run(R"({"op":"topic.list"})"), "topics", "topic"), "r .3");
  run(R"({"op":"advance","ms":1})");
  EXPECT_EQ(page(run(R"({"op":"topic.list"})"), "topics", "topic"), "r .1");
  run(R"({"op":"topic.subscribe","as":"a","topic":"room"})");
  EXPECT_EQ(page(run(R"({"op":"topic.list","as":"a","prefix":"r","limit":1})"), "topics", "topic"),
            "r +2");
  EXPECT_EQ(page(run(R"({"op":"topic.list","after":"r"})"), "topics", "topic"), "room .2");
  EXPECT_EQ(run(R"({"op":"topic.list","after":"r"})")["topics"][0]["subscribers"], 1);
}

} // namespace

} // namespace restante::simulation
