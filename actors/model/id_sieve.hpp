#pragma once

#include "restante/messages/listing.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace restante::model {

/// Finds, among ids in any order, the first ones of a range, and counts all that match. Keeps
/// no more than the range's limit, however many come by: `limit` steps for one that is kept,
/// a comparison for one that is not.
class id_sieve {
public:
  /// `asked` must outlive it, and so must all that it sees.
  explicit id_sieve(const get_ids& asked) : asked_{asked} {}

  void see(std::string_view ns, const std::string& id);

  /// What there was, in order. Ends it.
  ids_view view();

private:
  bool may_be_told(std::string_view id) const;

  const get_ids& asked_;
  std::vector<const std::string*> first_; ///< a heap, the last of them on top
  std::uint64_t total_ = 0;
  std::uint64_t behind_ = 0;
};

/// Merges what one more shard has found: both in order, cut to `limit`.
void merge_ids(std::vector<std::string>& into, std::vector<std::string> more, std::size_t limit);

} // namespace restante::model
