#pragma once

#include "restante/broker/cli/demo/script.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace restante::demo {

using lines = std::vector<std::string>;
using nlohmann::json;

/// A script that a test plays line by line.
class session {
public:
  explicit session(script_setup how = {})
      : script_{how, [this](const std::string& line) { out_.push_back(line); }} {}

  /// Plays a line and returns its output.
  lines play(std::string_view line) {
    out_.clear();
    script_.line(line);
    return out_;
  }

  /// Plays a line and returns the first line of its output, which is the answer.
  json ask(std::string_view line) {
    const auto out = play(line);
    return out.empty() ? json{} : json::parse(out.front());
  }

  std::string error(std::string_view line) {
    const auto answer = ask(line);
    return answer.contains("error") ? answer["error"]["code"].get<std::string>() : "none";
  }

  lines end() {
    out_.clear();
    script_.end();
    return out_;
  }

  testing::world& world() { return script_.world(); }

private:
  lines out_;
  script script_;
};

} // namespace restante::demo
