#pragma once

#include "restante/messages/listing.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace restante::model {

/// An id that can be listed. All ids of a namespace share one copy of its name.
struct listed_id {
  const std::string* ns = nullptr;
  std::string id;
};

/// The ids of one shard in the order of their namespaces and bytes, each with its rank. So the cost
/// of a page depends only on the ids on the page, and `total` costs two searches, for any number of
/// ids and in any namespace. An id takes 48 bytes.
class id_index {
public:
  id_index();
  ~id_index();
  id_index(const id_index&) = delete;
  id_index& operator=(const id_index&) = delete;

  /// `one` must keep its address and its value until it is removed.
  void add(const listed_id& one);
  void remove(const listed_id& one);

  /// The first ids of the range that may be shown, in order, and how many there are.
  ///
  /// If the rights have a pattern with a star before its end, the ids that begin like the pattern
  /// up to its first star are looked at one by one. All other ids are counted by rank.
  ids_view page(const get_ids& asked) const;

  /// How many ids all pages so far have looked at.
  std::uint64_t looked_at() const { return looked_at_; }

  std::size_t size() const;
  void clear();

private:
  struct ranked;
  struct range;
  struct found;
  void add_all(const range& part, const get_ids& asked, found& into) const;
  void add_matching(const range& part, const get_ids& asked, found& into) const;

  std::unique_ptr<ranked> all_;
  mutable std::uint64_t looked_at_ = 0;
};

/// Merges the ids of one more shard: both lists are in order, the result is cut to `limit`.
void merge_ids(std::vector<std::string>& into, std::vector<std::string> more, std::size_t limit);

} // namespace restante::model
