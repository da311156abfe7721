#include "restante/messages/json/members.hpp"

#include "restante/messages/json/base64.hpp"
#include "restante/messages/json/decode.hpp"
#include "restante/messages/json/items.hpp"
#include "restante/messages/json/names.hpp"
#include "restante/messages/json/writer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>

namespace restante::json {

namespace {

/// The parser with room for large numbers. The parser only asks whether a number is infinite; the
/// digits are taken from the text. The parser refuses numbers beyond about 1e4932.
using parsing_json = nlohmann::basic_json<std::map, std::vector, std::string, bool, std::int64_t,
                                          std::uint64_t, long double>;

/// A pack that arrived one level deep may be sent three levels deep, in a list of notifications.
constexpr std::size_t answer_depth_max = frame_depth_max + 2;

std::size_t depth_max_of(vocabulary words) {
  return words == vocabulary::requests ? frame_depth_max : answer_depth_max;
}

failure bad_frame(std::string detail) {
  return {errc::bad_frame, std::move(detail)};
}

[[noreturn]] void refuse(std::string_view name, std::string_view how) {
  throw bad_field{{errc::invalid_argument, std::string{name} + " " + std::string{how}}};
}

bool is_text(const std::string& value) {
  return value.front() == '"';
}

bool is_number(const std::string& value) {
  return value.front() == '-' || (value.front() >= '0' && value.front() <= '9');
}

/// The string that a well-formed JSON string stands for.
std::string unquoted(const std::string& value) {
  if (value.find('\\') == std::string::npos)
    return value.substr(1, value.size() - 2);
  return nlohmann::json::parse(value).get<std::string>();
}

std::int64_t saturated(bool negative) {
  using bounds = std::numeric_limits<std::int64_t>;
  return negative ? bounds::min() : bounds::max();
}

std::optional<std::int64_t> whole_number(const std::string& value) {
  const auto* begin = value.data();
  const auto* end = begin + value.size();
  const bool negative = value.front() == '-';
  if (value.find_first_of(".eE") == std::string::npos) {
    std::int64_t number = 0;
    const auto parsed = std::from_chars(begin, end, number);
    return parsed.ec == std::errc{} ? number : saturated(negative);
  }
  long double number = 0;
  const auto parsed = std::from_chars(begin, end, number);
  if (parsed.ec != std::errc{})
    return std::nullopt; // too close to zero for a long double, so it has a fraction
  if (number != std::trunc(number))
    return std::nullopt;
  constexpr auto beyond = 9223372036854775808.0L; // 2^63
  if (number >= beyond || number < -beyond)
    return saturated(negative);
  return static_cast<std::int64_t>(number);
}

} // namespace

/// Writes the compact text of each known member of the outermost object as the parser reports it.
class members::reader : public nlohmann::json_sax<parsing_json> {
public:
  reader(members& into, vocabulary words)
      : into_{into}, words_{words}, known_{names_of(words)},
        depth_max_{depth_max_of(words)}, what_{"the frame"} {}

  /// Reads a single value into `value`, as if the value were a member.
  reader(members& nowhere, std::string& value, std::size_t depth_max)
      : into_{nowhere}, words_{vocabulary::frames},
        depth_max_{depth_max + 1}, what_{"the value"}, out_{&value}, depth_{1} {
    closing_[0] = '}';
  }

  const std::string& wrong() const { return wrong_; }

  bool null() override { return scalar("null"); }
  bool boolean(bool value) override { return scalar(value ? "true" : "false"); }
  bool number_unsigned(std::uint64_t value) override { return scalar(std::to_string(value)); }

  bool number_integer(std::int64_t value) override {
    // A zero reported here was written with a sign.
    return scalar(value == 0 ? "-0" : std::to_string(value));
  }

  bool number_float(long double, const std::string& digits) override {
    auto value = digits;
    const auto foreign = [](char c) { return c == ','; }; // the decimal point of the locale
    std::ranges::replace_if(value, foreign, '.');
    return scalar(value);
  }

  bool string(std::string& value) override {
    if (!begin_value())
      return false;
    if (out_ != nullptr)
      append_string(*out_, value);
    return true;
  }

  bool start_object(std::size_t) override { return open('{'); }
  bool end_object() override { return close('}'); }
  bool start_array(std::size_t) override { return open('['); }
  bool end_array() override { return close(']'); }

  bool key(std::string& name) override {
    if (depth_ == 1) {
      const bool known = std::ranges::find(known_, name) != known_.end();
      out_ = known ? &into_.values_[name] : nullptr;
      if (known)
        out_->clear();
      else if (words_ == vocabulary::requests)
        note_ignored(into_.unknown_, name);
    } else if (out_ != nullptr) {
      separate();
      append_string(*out_, name);
      *out_ += ':';
    }
    return true;
  }

  bool binary(binary_t&) override { return fail("is not JSON"); }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    return fail("is not JSON: wrong at byte " + std::to_string(position));
  }

private:
  bool fail(std::string_view how) {
    wrong_ = std::string{what_}.append(1, ' ').append(how);
    return false;
  }

  void separate() {
    if (const char last = out_->back(); last != '[' && last != '{')
      *out_ += ',';
  }

  /// Writes a comma before an item of an array. False if the frame is not an object.
  bool begin_value() {
    if (depth_ == 0)
      return fail("is not an object");
    const bool in_array = depth_ > 1 && closing_[depth_ - 1] == ']';
    if (out_ != nullptr && in_array)
      separate();
    return true;
  }

  bool scalar(std::string_view text) {
    if (!begin_value())
      return false;
    if (out_ != nullptr)
      *out_ += text;
    return true;
  }

  bool open(char bracket) {
    if (depth_ == 0 && bracket == '[')
      return fail("is not an object");
    if (depth_ > 0 && !begin_value())
      return false;
    if (depth_ == depth_max_)
      return fail("is nested too deeply");
    closing_[depth_++] = bracket == '[' ? ']' : '}';
    if (depth_ > 1 && out_ != nullptr)
      *out_ += bracket;
    return true;
  }

  bool close(char bracket) {
    if (depth_ > 1 && out_ != nullptr)
      *out_ += bracket;
    --depth_;
    return true;
  }

  members& into_;
  const vocabulary words_;
  const std::span<const std::string_view> known_;
  const std::size_t depth_max_;
  const std::string_view what_; ///< the name of the text for error messages
  std::string* out_ = nullptr;  ///< where the current member is written; null: nowhere
  std::size_t depth_ = 0;
  char closing_[answer_depth_max] = {};
  std::string wrong_;
};

outcome<members> members::read(std::string_view frame, std::size_t bytes_max, vocabulary words) {
  if (frame.size() > bytes_max) {
    return bad_frame("the frame has more than " + std::to_string(bytes_max) + " bytes");
  }
  // The parser stops at a NUL and ignores the rest.
  if (frame.find('\0') != std::string_view::npos)
    return bad_frame("the frame has a NUL in it");
  try {
    members found;
    reader sax{found, words};
    if (parsing_json::sax_parse(frame, &sax))
      return found;
    return bad_frame(sax.wrong());
  } catch (const std::exception&) {
    return failure{errc::bad_frame, {}};
  }
}

outcome<std::string> compact_value(std::string_view text, std::size_t depth_max) {
  const auto wrong = [](std::string how) {
    return failure{errc::invalid_argument, std::move(how)};
  };
  depth_max = std::min(depth_max, frame_depth_max);
  if (text.find('\0') != std::string_view::npos)
    return wrong("the value has a NUL in it");
  if (text.starts_with("\xef\xbb\xbf")) // the parser would skip this byte order mark
    return wrong("the value begins with a byte order mark");
  std::string compact;
  compact.reserve(text.size());
  members nowhere;
  members::reader sax{nowhere, compact, depth_max};
  try {
    if (!parsing_json::sax_parse(text, &sax))
      return wrong(sax.wrong());
  } catch (const nlohmann::json::exception& bad) {
    return wrong(bad.what());
  }
  return compact;
}

void note_ignored(std::vector<std::string>& all, std::string_view name) {
  if (all.size() == ignored_names_max)
    return;
  auto size = std::min(name.size(), ignored_name_bytes_max);
  while (size < name.size() && (static_cast<unsigned char>(name[size]) & 0xc0U) == 0x80)
    --size;
  if (std::ranges::find(all, name.substr(0, size)) == all.end())
    all.emplace_back(name.substr(0, size));
}

std::vector<std::string_view> members::others_than(std::span<const std::string_view> wanted) const {
  std::vector<std::string_view> others;
  for (const auto& [name, value] : values_) {
    if (std::ranges::find(wanted, name) == wanted.end())
      others.push_back(name);
  }
  return others;
}

const std::string* members::find(std::string_view name) const {
  const auto found = values_.find(name);
  return found != values_.end() ? &found->second : nullptr;
}

const std::string& members::required_value(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr)
    refuse(name, "is missing");
  return *value;
}

std::optional<std::string> members::text(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr)
    return std::nullopt;
  if (!is_text(*value))
    refuse(name, "is not a string");
  return unquoted(*value);
}

std::string members::required_text(std::string_view name) const {
  (void)required_value(name);
  return *text(name);
}

std::string members::text_unless_missing(std::string_view name) const {
  const auto found = text(name);
  if (found && found->empty())
    refuse(name, "is empty");
  return found.value_or("");
}

std::optional<bool> members::flag(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr)
    return std::nullopt;
  if (*value != "true" && *value != "false")
    refuse(name, "is neither true nor false");
  return *value == "true";
}

std::optional<std::int64_t> members::number(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr)
    return std::nullopt;
  if (!is_number(*value))
    refuse(name, "is not a number");
  const auto whole = whole_number(*value);
  if (!whole)
    refuse(name, "is not a whole number");
  return whole;
}

std::int64_t members::required_number(std::string_view name) const {
  (void)required_value(name);
  return *number(name);
}

std::optional<duration> members::milliseconds(std::string_view name) const {
  const auto ms = number(name);
  return ms ? std::optional{milliseconds_saturated(*ms)} : std::nullopt;
}

std::optional<std::string> members::bytes(std::string_view name) const {
  const auto encoded = text(name);
  if (!encoded)
    return std::nullopt;
  auto raw = bytes_of(*encoded);
  if (!raw)
    refuse(name, "is not padded standard base64");
  return raw;
}

std::vector<std::string> members::required_texts(std::string_view name) const {
  const auto parsed = nlohmann::json::parse(required_value(name));
  if (!parsed.is_array())
    refuse(name, "is not a list");
  std::vector<std::string> texts;
  for (const auto& item : parsed) {
    if (!item.is_string())
      refuse(name, "has an item that is not a string");
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

std::vector<std::string_view> members::required_items(std::string_view name) const {
  const auto& value = required_value(name);
  if (value.front() != '[')
    refuse(name, "is not a list");
  return items_of(value);
}

void members::put_text(std::string_view name, std::string_view value) {
  auto& text = values_[std::string{name}];
  text.clear();
  append_string(text, value);
}

} // namespace restante::json
