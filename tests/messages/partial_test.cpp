// What can be read of a frame that is not valid JSON: enough to answer the frame (spec W3, W5).

#include "restante/messages/json/decode.hpp"
#include "restante/messages/json/partial.hpp"
#include "restante/messages/limits.hpp"

#include <gtest/gtest.h>

namespace restante::json {
namespace {

partial_request part_of(const std::string& frame) {
  return read_partially(frame);
}

TEST(Partial, W3_W5_what_is_wrong_in_a_member_does_not_hide_the_others) {
  const std::string deep(100'000, '[');
  for (const std::string bad :
       {R"("\ud83d")", R"("\udc00\ud83d")", "\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "NaN",
        "-Infinity", "1e5000", "01", "tru", "\"a\nb\"", R"({"x":"\ud83d","id":9})", "'x'",
        R"(["]}\"",{"op":"no"}])", R"("\x")", "[1,]"}) {
    for (const auto& frame : {R"({"op":"notify.put","id":7,"pack":)" + bad + "}",
                              R"({"id":7,"pack":)" + bad + R"(,"op":"notify.put"})",
                              R"({ "pack" : )" + bad + R"( , "op" : "notify.put" , "id" : 7 })"}) {
      EXPECT_EQ(part_of(frame).id, "7") << frame;
      EXPECT_EQ(part_of(frame).op, "notify.put") << frame;
    }
  }
  EXPECT_EQ(part_of(R"({"pack":)" + deep + std::string(deep.size(), ']') + R"(,"id":7})").id, "7");
}

TEST(Partial, W3_an_id_is_answered_as_it_was_written_or_not_at_all) {
  const auto id_in = [](const std::string& id) {
    return part_of(R"({"id":)" + id + R"(,"x":"\ud83d"})").id;
  };
  for (const std::string fine : {"1", "-0", "1.50", "1e3", R"("a")", R"("")",
                                 R"("with \"quotes\"")", "123456789012345678901234567890"}) {
    EXPECT_EQ(id_in(fine), fine);
  }
  for (const std::string none : {"null", "true", "[1]", R"({"a":1})", "01", "1e", "NaN", "7x",
                                 R"("\ud83d")", "\"\xff\"", "\"a\nb\""}) {
    EXPECT_EQ(id_in(none), "") << none;
  }
  EXPECT_EQ(id_in("\"" + std::string(254, 'x') + "\"").size(), id_bytes_max);
  EXPECT_EQ(id_in("\"" + std::string(255, 'x') + "\""), "");
}

TEST(Partial, W3_of_an_id_that_comes_twice_the_last_one_counts) {
  EXPECT_EQ(part_of(R"({"id":1,"x":NaN,"id":2})").id, "2");
  EXPECT_EQ(part_of(R"({"x":NaN,"\u0069d":3})").id, "3");
  EXPECT_EQ(part_of(R"({"x":{"id":4},"y":[{"id":5}]})").id, "");
}

TEST(Partial, W5_a_frame_that_ends_too_soon_or_too_late_may_still_have_its_id) {
  EXPECT_EQ(part_of(R"({"id":1,"pack":"cu)").id, "1");
  EXPECT_EQ(part_of(R"({"id":12)").id, ""); // the text may continue
  EXPECT_EQ(part_of(R"({"id":1} trailing)").id, "1");
  EXPECT_EQ(part_of(R"({"id":1}})").id, "1");
  EXPECT_EQ(part_of("{\"id\":1,\"pack\":\"" + std::string(2 * frame_bytes_max, 'x')).id, "1");
}

TEST(Partial, W5_what_is_no_object_has_nothing_to_read) {
  for (const std::string text :
       {"", " ", "{", "}", "not json", "[{\"id\":1}]", "\"id\"", "{id:1}", "{'id':1}", "{\"id\" 1}",
        "\xef\xbb{\"id\":1}", "\xef\xbb\xbf\xef\xbb\xbf{\"id\":1}", " \xef\xbb\xbf{\"id\":1}"}) {
    EXPECT_EQ(part_of(text).id, "") << text;
    EXPECT_EQ(part_of(text).op, "") << text;
  }
  EXPECT_EQ(part_of(std::string{"\0{\"id\":1}", 9}).id, "");
}

TEST(Partial, W3_W5_a_byte_order_mark_is_skipped_here_as_in_a_good_frame) {
  const std::string mark = "\xef\xbb\xbf";
  const auto good = *decode(mark + R"({"op":"ping","id":7})");
  EXPECT_EQ(good.wrong.code, errc::none);
  EXPECT_EQ(good.id, "7");
  const auto bad = *decode(mark + R"( {"op":"ping","id":7,"x":NaN})");
  EXPECT_EQ(bad.wrong.code, errc::bad_frame);
  EXPECT_EQ(bad.id, "7");
  EXPECT_TRUE(bad.has_op);
}

TEST(Partial, W5_no_cut_or_changed_frame_does_harm) {
  const std::string whole =
      R"({"op":"notify.put","id":"a\u00e9","pack":{"a":["\ud83d",{"b":"c"}]}})";
  for (std::size_t size = 0; size <= whole.size(); ++size)
    (void)part_of(whole.substr(0, size));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char c : {'\0', '"', '{', ']', '\\', '\xff', '9', ',', ':'}) {
      auto changed = whole;
      changed[at] = c;
      (void)part_of(changed);
    }
  }
}

TEST(Partial, W3_W5_decode_answers_with_the_id_that_can_be_read) {
  const auto read = *decode(R"({"op":"notify.put","id":7,"pack":"\ud83d"})");
  EXPECT_EQ(read.id, "7");
  EXPECT_EQ(read.op, json::operation_for<put_notification>);
  EXPECT_TRUE(read.has_op);
  EXPECT_EQ(read.wrong.code, errc::bad_frame);
  EXPECT_FALSE(decode(R"({"id":7,"pack":"\ud83d"})")->has_op);
  EXPECT_FALSE(decode(R"({"id":7})")->has_op);
  EXPECT_FALSE(decode(R"({"op":7})")->has_op);
  EXPECT_TRUE(decode(R"({"op":"no.such","id":null})")->has_op);
  EXPECT_FALSE(decode(R"({"pack":"\ud83d"})"));
}

} // namespace
} // namespace restante::json
