#include "restante/tests/simulation/exact_json.hpp"

#include <utility>
#include <vector>

namespace restante::simulation {

namespace {

constexpr std::string_view number_mark = "\x01#";
constexpr std::size_t depth_max = 64;

/// Builds a value from the parser's events. A container is changed only while it is the innermost
/// open container, so the pointers to its parents stay valid.
class builder : public nlohmann::json_sax<json> {
public:
  json take() { return std::move(root_); }

  bool null() override { return add(nullptr); }

  bool boolean(bool value) override { return add(value); }

  bool number_integer(number_integer_t value) override { return add(value); }

  bool number_unsigned(number_unsigned_t value) override { return add(value); }

  bool number_float(number_float_t, const string_t& text) override {
    return add(exact_number(text));
  }

  bool string(string_t& value) override { return add(std::move(value)); }

  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(json::object()); }

  bool key(string_t& name) override {
    key_ = std::move(name);
    return true;
  }

  bool end_object() override { return close(); }

  bool start_array(std::size_t) override { return open(json::array()); }

  bool end_array() override { return close(); }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

private:
  json* place(json&& value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    auto& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    auto& slot = parent[key_];
    slot = std::move(value);
    return &slot;
  }

  bool add(json&& value) {
    place(std::move(value));
    return true;
  }

  bool open(json&& value) {
    if (open_.size() == depth_max)
      return false;
    open_.push_back(place(std::move(value)));
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  json root_;
  std::vector<json*> open_;
  std::string key_;
};

void write(std::string& out, const json& value) {
  if (value.is_object()) {
    out += '{';
    const char* separator = "";
    for (auto i = value.begin(); i != value.end(); ++i) {
      out += separator;
      out += json(i.key()).dump();
      out += ':';
      write(out, i.value());
      separator = ",";
    }
    out += '}';
  } else if (value.is_array()) {
    out += '[';
    const char* separator = "";
    for (const auto& element : value) {
      out += separator;
      write(out, element);
      separator = ",";
    }
    out += ']';
  } else if (auto digits = digits_of(value)) {
    out += *digits;
  } else {
    out += value.dump();
  }
}

} // namespace

std::optional<json> read_exact(std::string_view text) {
  builder sink;
  if (!json::sax_parse(text, &sink))
    return std::nullopt;
  return sink.take();
}

std::string write_exact(const json& value) {
  std::string out;
  write(out, value);
  return out;
}

json exact_number(std::string_view digits) {
  return std::string{number_mark} + std::string{digits};
}

std::optional<std::string> digits_of(const json& value) {
  if (!value.is_string())
    return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  if (!text.starts_with(number_mark))
    return std::nullopt;
  return text.substr(number_mark.size());
}

} // namespace restante::simulation
