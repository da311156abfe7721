// Any text instead of a frame becomes a failure or some value, and nothing throws.

#include "restante/tests/messages/decoded_samples.hpp"

#include <nlohmann/json.hpp>

#include <random>

namespace restante::json {
namespace {

using namespace samples;
using object = nlohmann::ordered_json;

/// Calls every accessor of a frame.
void receive_all_of(std::string_view frame) {
  const auto read = decode_frame(frame);
  if (const auto* bad = read.why()) {
    ASSERT_EQ(bad->code, errc::bad_frame) << frame;
    return;
  }
  const auto* reply = std::get_if<decoded_reply>(&*read);
  if (reply == nullptr)
    return;
  for (std::size_t kind = 0; kind <= std::variant_size_v<command>; ++kind)
    (void)answer_of(kind, reply->fields);
  (void)connected_of(reply->fields);
}

std::vector<std::string> all_frames() {
  auto all = pushes();
  for (const auto& sample : answers())
    all.push_back(sample.frame);
  all.push_back(connected_reply());
  all.push_back(refused_reply());
  return all;
}

/// Members that a client does not need, or accepts with any value.
bool means_nothing(const std::string& path) {
  for (const auto* end : {"/reconnect", "/error/code", "/error/retry"}) {
    if (path.ends_with(end))
      return true;
  }
  return false;
}

bool is_opaque(const std::string& path) {
  return path.ends_with("/reply") || path.find("/pack") != std::string::npos ||
         path.find("/data") != std::string::npos;
}

/// The paths of all values in a frame that are neither object nor array.
std::vector<std::string> leaves_of(const std::string& frame) {
  std::vector<std::string> paths;
  const auto flat = object::parse(frame).flatten();
  for (const auto& [path, value] : flat.items()) {
    if (!means_nothing(path) && !is_opaque(path))
      paths.push_back(path);
  }
  return paths;
}

std::string with(const std::string& frame, const std::string& path, const object& value) {
  auto changed = object::parse(frame);
  changed[object::json_pointer{path}] = value;
  return changed.dump();
}

/// Whether a frame can be decoded and, if it has an answer of this kind, its answer too.
bool is_understood(const std::string& frame, std::size_t kind) {
  const auto read = decode_frame(frame);
  if (!read)
    return false;
  const auto* reply = std::get_if<decoded_reply>(&*read);
  if (reply == nullptr || reply->why.code != errc::none)
    return true;
  return !std::holds_alternative<failure>(answer_of(kind, reply->fields));
}

TEST(DecodeGarbage, W5_what_is_no_frame_is_a_bad_frame) {
  for (const std::string text :
       {"", " ", "{", "null", "1", "[]", R"("reply")", "{}", R"({"op":"ping"})",
        R"({"_orama":null})", R"({"_orama":1})", R"({"_orama":"reply"})",
        R"({"_orama":"reply","ok":1})", R"({"_orama":"reply","ok":false})",
        R"({"_orama":"reply","ok":false,"error":1})", R"({"_orama":"reply","ok":false,"error":{}})",
        R"({"_orama":"reply","ok":true} x)", "{\"_orama\":\"\xff\"}"}) {
    EXPECT_EQ(error_of_decoding(text), errc::bad_frame) << text;
  }
  EXPECT_EQ(error_of_decoding(std::string_view{"{\"_orama\":\"x\"}\0", 15}), errc::bad_frame);
}

TEST(DecodeGarbage, W5_a_frame_nested_beyond_measure_is_a_bad_frame) {
  for (const std::size_t depth : {65U, 100'000U})
    EXPECT_EQ(error_of_decoding(R"({"_orama":"x","data":)" + std::string(depth + 1, '[')),
              errc::bad_frame);
}

TEST(DecodeGarbage, W5_a_frame_that_was_cut_is_a_bad_frame) {
  for (const auto& frame : all_frames()) {
    for (std::size_t size = 0; size < frame.size(); ++size)
      EXPECT_EQ(error_of_decoding(std::string_view{frame}.substr(0, size)), errc::bad_frame);
    EXPECT_EQ(error_of_decoding(frame), errc::none) << frame;
  }
}

TEST(DecodeGarbage, W5_null_is_the_wrong_type_for_everything_but_opaque_values) {
  for (const auto& frame : pushes()) {
    for (const auto& path : leaves_of(frame))
      EXPECT_FALSE(is_understood(with(frame, path, nullptr), 0)) << path << " of " << frame;
  }
  for (const auto& sample : answers()) {
    for (const auto& path : leaves_of(sample.frame)) {
      if (path == "/expires_at_ms" && sample.kind == kind_of<set_entry>)
        continue;
      EXPECT_FALSE(is_understood(with(sample.frame, path, nullptr), sample.kind))
          << path << " of " << sample.frame;
    }
  }
}

TEST(DecodeGarbage, W4_null_is_the_wrong_type_for_everything_of_a_connect) {
  for (const auto& path : leaves_of(connected_reply())) {
    const auto read = decode_frame(with(connected_reply(), path, nullptr));
    if (!read)
      continue;
    const auto connected = connected_of(std::get<decoded_reply>(*read).fields);
    EXPECT_FALSE(connected) << path;
  }
}

TEST(DecodeGarbage, N1_null_is_a_pack_as_any_other) {
  const auto frame = with(frame_of(some_offer(), unix_epoch), "/pack", nullptr);
  EXPECT_EQ(must_decode_frame<delivery>(frame).notification.pack, body::json("null"));
}

TEST(DecodeGarbage, W5_any_value_in_any_place_is_survived) {
  const std::vector<object> values{true,
                                   0,
                                   -1,
                                   1.5,
                                   1e300,
                                   18446744073709551615U,
                                   "",
                                   "reply",
                                   "\"",
                                   "====",
                                   "00112233445566778899aabbccddeeff",
                                   object::array(),
                                   object::object(),
                                   object::array({1, "a", object::array()}),
                                   object{{"base64", 1}},
                                   object{{"trace", nullptr}}};
  for (const auto& frame : all_frames()) {
    const auto whole = object::parse(frame);
    const auto flat = whole.flatten();
    for (const auto& value : values) {
      for (const auto& [path, unused] : flat.items())
        receive_all_of(with(frame, path, value));
      for (const auto& [name, unused] : whole.items())
        receive_all_of(with(frame, "/" + name, value));
    }
  }
}

TEST(DecodeGarbage, W5_random_mutations_are_survived) {
  std::mt19937 random{20240229};
  const auto below = [&random](std::size_t n) { return random() % n; };
  constexpr std::string_view likely = "{}[]\",:\\0123456789-+.eEtrufalsn_ \x80\xff\x01";
  const auto frames = all_frames();
  for (int round = 0; round < 20'000; ++round) {
    auto frame = frames[below(frames.size())];
    for (auto changes = 1 + below(4); changes > 0; --changes) {
      const auto at = below(frame.size());
      switch (below(3)) {
      case 0:
        frame[at] = likely[below(likely.size())];
        break;
      case 1:
        frame.insert(at, 1, likely[below(likely.size())]);
        break;
      default:
        frame.erase(at, 1);
      }
    }
    receive_all_of(frame);
  }
}

} // namespace
} // namespace restante::json
