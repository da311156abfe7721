// Adds Restante's message types to the configuration of an actor system, which may be an
// embedder's.

#include "restante/actors/protocol/caf_config.hpp"
#include "restante/actors/protocol/demangled.hpp"

#include <array>
#include <stdexcept>
#include <typeindex>
#include <utility>

namespace restante::dialect {

namespace {

constexpr auto first = caf::id_block::restante::begin;
constexpr auto count = caf::id_block::restante::end - caf::id_block::restante::begin;

using value_factory = caf::actor_system_config::value_factory;

/// The type of the values that a configuration makes by this name; null for one of CAF's own types.
const std::type_info* type_behind(const value_factory& make) {
  return make()->type().second;
}

/// Adds one type by its name, which is what CAF 0.17 sends. CAF's `add_message_types` is not used,
/// because its instantiations are named after numbers: if an embedder's block has a number of ours
/// in another translation unit, the linker would keep one of the two and lose the other type. Only
/// the factory is a template, because everything in a template is compiled once per type.
void add(caf::actor_system_config& config, const std::type_info& type, const char* name,
         value_factory make) {
  const std::type_index index{type};
  const auto by_name = config.value_factories_by_name.find(name);
  if (by_name != config.value_factories_by_name.end()) {
    const auto* other = type_behind(by_name->second);
    if (other == nullptr || std::type_index{*other} != index) {
      throw std::invalid_argument{std::string{"the configuration has the message type "} +
                                  (other != nullptr ? demangled(*other) : std::string{"of CAF"}) +
                                  " under the name " + name + ", which is the name of " +
                                  demangled(type)};
    }
  }
  const auto named = config.type_names_by_rtti.find(index);
  if (named != config.type_names_by_rtti.end() && named->second != name) {
    throw std::invalid_argument{"the configuration has the message type " + demangled(type) +
                                " under the name " + named->second + ", but it is " + name};
  }
  config.type_names_by_rtti.emplace(index, name);
  config.value_factories_by_name.emplace(name, make);
  config.value_factories_by_rtti.emplace(index, std::move(make));
}

template <class T>
void add(caf::actor_system_config& config, const char* name) {
  add(config, typeid(T), name, [] { return caf::make_type_erased_value<T>(); });
}

std::string render(std::uint8_t code, caf::atom_value category, const caf::message& context) {
  return failure_of(caf::error{code, category, context}).line();
}

} // namespace

void add_message_types(caf::actor_system_config& config) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (add<typename caf::type_by_id<first + I>::type>(config, caf::type_name_by_id<first + I>::value),
     ...);
  }
  (std::make_index_sequence<count>{});
  config.add_error_category(to_caf_error({errc::internal, {}}).category(), render);
}

std::string_view name_of_type_id(caf::type_id_t id) {
  static constexpr auto names = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<std::string_view, count>{caf::type_name_by_id<first + I>::value...};
  }
  (std::make_index_sequence<count>{});
  return id >= first && id < first + count ? names[id - first] : std::string_view{};
}

} // namespace restante::dialect
