#include "restante/messages/json/items.hpp"

namespace restante::json {

std::vector<std::string_view> items_of(std::string_view array) {
  const auto inner = array.substr(1, array.size() - 2);
  std::vector<std::string_view> items;
  std::size_t begin = 0;
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < inner.size(); ++i) {
    const char c = inner[i];
    if (quoted && c == '\\')
      ++i; // the next character does not end the string
    else if (c == '"')
      quoted = !quoted;
    else if (quoted)
      continue;
    else if (c == '[' || c == '{')
      ++depth;
    else if (c == ']' || c == '}')
      --depth;
    else if (c == ',' && depth == 0) {
      items.push_back(inner.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  if (!inner.empty())
    items.push_back(inner.substr(begin));
  return items;
}

} // namespace restante::json
