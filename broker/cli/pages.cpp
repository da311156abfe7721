#include "restante/broker/cli/pages.hpp"

namespace restante::cli {

void add_pages_flags(CLI::App& app, pages_flags& into, const std::string& what) {
  app.add_option("--prefix", into.prefix, "Only " + what + " that begin so")->type_name("TEXT");
  app.add_option("--limit", into.limit, "No more than so many [all]")
      ->type_name("NUMBER")
      ->check(CLI::PositiveNumber);
}

} // namespace restante::cli
