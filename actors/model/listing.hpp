#pragma once

#include "restante/messages/command.hpp"
#include "restante/messages/instant.hpp"
#include "restante/messages/listing.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace restante::model {

/// A page of clients or topics while it is made: every shard is asked for ids, then the children
/// whose ids are shown are asked for details. The page is no snapshot: see
/// docs/decisions/0013-listing.md.
class listing {
public:
  enum class subject : std::uint8_t { clients, topics };

  /// `deadline` holds for the whole listing, even if many pages turn out to be empty.
  listing(subject what, get_ids asked, instant deadline);

  subject what() const;
  instant deadline() const { return deadline_; }
  const std::string& ns() const { return asked_.range.ns; }

  /// Begins a page. Returns the query, which every shard gets with its own number.
  const get_ids& ask_for_ids();

  bool is_asking_for_ids() const { return phase_ == phase::asking_ids; }

  /// A shard has answered. A shard that fails has no ids.
  void add(ids_view&& m);

  /// All shards have answered. Returns the ids of the page; each is asked for details under its
  /// number.
  const std::vector<std::string>& ask_for_details();

  /// The client or topic with the number `part` has answered. A child that never answers is left
  /// out. A topic without use is left out too: it has ended or is about to end.
  void add(std::size_t part, const pending_view& m);
  void add(std::size_t part, const topic_usage_view& m);

  /// Called when all children that were asked have answered or never will. False: all of them have
  /// gone, but there are more ids behind them, and the caller must ask for the next page. A page
  /// with more ids behind it must show something, or the client would not know where to continue.
  bool finish_page();

  /// The answer.
  answer_value take();

private:
  bool is_asked(subject what, std::size_t part) const;

  enum class phase : std::uint8_t { new_page, asking_ids, asking_details, finished };

  get_ids asked_;
  instant deadline_;
  phase phase_ = phase::new_page;
  std::vector<std::string> ids_; ///< the first ids that shards have answered so far
  std::uint64_t behind_ = 0;     ///< the number of ids behind `after`
  std::variant<clients_view, topics_view> view_;
};

} // namespace restante::model
