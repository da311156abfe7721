#pragma once

#include "restante/messages/listing.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdint>
#include <string>

namespace restante::cli {

/// Which clients or topics a list shows.
struct pages_flags {
  std::string prefix;
  std::uint64_t limit = 0; ///< 0: all
};

/// Adds `--prefix` and `--limit`; `what` names the listed things.
void add_pages_flags(CLI::App& app, pages_flags& into, const std::string& what);

/// Asks for one page after another and shows each entry, up to the limit. `page` answers the view
/// of a range, `show` the id of the entry that it has shown.
template <class Page, class View, class Entries, class Show>
void for_each_listed(const pages_flags& how, const std::string& ns, Page page,
                     Entries View::*entries, Show show) {
  id_range range{how.prefix, {}, listed_max, ns};
  for (std::uint64_t shown = 0; how.limit == 0 || shown < how.limit;) {
    if (how.limit != 0)
      range.limit =
          static_cast<std::uint32_t>(std::min<std::uint64_t>(listed_max, how.limit - shown));
    const View view = page(range);
    for (const auto& one : view.*entries) {
      range.after = show(one);
      ++shown;
    }
    if (view.rest == list_rest::none || (view.*entries).empty())
      return;
  }
}

} // namespace restante::cli
