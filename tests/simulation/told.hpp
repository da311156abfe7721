#pragma once

#include "restante/tests/simulation/reference.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace restante::simulation {

/// A reference for tests: carries out a line, keeps its output, and answers questions about it.
class told {
public:
  explicit told(const limits& bounds = {}) : world_{bounds} {}

  /// Carries out a line. Returns its first answer or, for `advance`, its last answer. Null when
  /// there is none.
  json operator()(std::string_view text) {
    output = world_.text(text, ++number_);
    json result;
    for (const auto& each : output)
      if (each.contains("ok") && (result.is_null() || text.find("advance") != text.npos))
        result = each;
    return result;
  }

  void end() { output = world_.end(); }

  /// The code of a refusal, or "ok".
  std::string code(std::string_view text) {
    auto answer = (*this)(text);
    return answer["ok"] == true ? "ok" : answer["error"]["code"].get<std::string>();
  }

  /// The pushes of the last line to `client`: for each frame its kind, without the part before the
  /// dot, and `detail` of the frame where it has one.
  std::string pushed(const std::string& client, const char* detail = "") const {
    std::string result;
    for (const auto& each : output) {
      if (!each.contains("frame") || each["to"] != client)
        continue;
      auto kind = each["frame"]["_orama"].get<std::string>();
      result += (result.empty() ? "" : " ") + kind.substr(kind.find('.') + 1);
      if (auto i = each["frame"].find(detail); i != each["frame"].end())
        result += "=" + (i->is_string() ? i->get<std::string>() : write_exact(*i));
    }
    return result;
  }

  std::vector<json> output;

private:
  reference world_;
  std::uint64_t number_ = 0;
};

} // namespace restante::simulation
