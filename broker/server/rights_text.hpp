#pragma once

#include "restante/actors/model/rights.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace restante::serve {

/// Rights as text, before they are bound to a client.
struct rights_text {
  struct topic_keys {
    std::string topic;
    std::string key;
  };

  std::vector<std::string> put{};
  std::vector<std::string> watch{};
  std::vector<std::string> read{};
  std::vector<topic_keys> write{};
  std::vector<std::string> publish{};
};

/// The rights that the text gives to `client`.
std::shared_ptr<const model::rights> rights_of(const rights_text& text, std::string_view client);

} // namespace restante::serve
