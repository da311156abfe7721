#include "restante/broker/server/rights_text.hpp"

namespace restante::serve {

namespace {

std::vector<model::pattern> patterns_of(const std::vector<std::string>& texts,
                                        std::string_view client) {
  std::vector<model::pattern> patterns;
  patterns.reserve(texts.size());
  for (const auto& text : texts)
    patterns.emplace_back(text, client);
  return patterns;
}

} // namespace

std::shared_ptr<const model::rights> rights_of(const rights_text& text, std::string_view client) {
  auto made = std::make_shared<model::rights>();
  made->put = patterns_of(text.put, client);
  made->watch = patterns_of(text.watch, client);
  made->read = patterns_of(text.read, client);
  made->publish = patterns_of(text.publish, client);
  for (const auto& [topic, key] : text.write)
    made->write.push_back({{topic, client}, {key, client}});
  return made;
}

} // namespace restante::serve
