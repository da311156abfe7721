#pragma once

#include "restante/actors/model/rights.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace restante::testing {

/// Short helpers for rights: patterns as in a token.
struct granted {
  std::vector<std::string> put{};
  std::vector<std::string> watch{};
  std::vector<std::string> read{};
  std::vector<std::pair<std::string, std::string>> write{};
  std::vector<std::string> publish{};
};

inline std::shared_ptr<const model::rights> rights_of(const granted& words,
                                                      const std::string& client = "alice") {
  auto made = std::make_shared<model::rights>();
  for (const auto& text : words.put)
    made->put.emplace_back(text, client);
  for (const auto& text : words.watch)
    made->watch.emplace_back(text, client);
  for (const auto& text : words.read)
    made->read.emplace_back(text, client);
  for (const auto& [topic, key] : words.write)
    made->write.push_back({{topic, client}, {key, client}});
  for (const auto& text : words.publish)
    made->publish.emplace_back(text, client);
  return made;
}

} // namespace restante::testing
