#pragma once

#include "restante/messages/assert.hpp"
#include "restante/messages/notification.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace restante::model {

/// The outcomes of a put to many targets, one for each target in the order of the request (spec
/// N17). A target without an answer has `unknown_outcome`.
class put_outcomes {
public:
  explicit put_outcomes(const std::vector<std::string>& targets) {
    RESTANTE_ASSERT(!targets.empty());
    outcomes_.reserve(targets.size());
    for (const auto& target : targets)
      outcomes_.push_back({target, errc::unknown_outcome, {}, {}});
  }

  /// The target with the number `part` has accepted the put.
  void accepted(std::size_t part, const put_receipt& receipt) {
    if (auto* mine = find(part)) {
      mine->code = errc::none;
      mine->receipt = receipt;
    }
  }

  /// The target with the number `part` was refused.
  void refused(std::size_t part, failure why) {
    if (auto* mine = find(part)) {
      mine->code = why.code;
      mine->detail = std::move(why.detail);
    }
  }

  /// The answer, with the outcomes that have come so far.
  put_many_receipt receipt() && { return {std::move(outcomes_)}; }

private:
  /// Null for a part beyond the last target.
  target_outcome* find(std::size_t part) {
    return part < outcomes_.size() ? &outcomes_[part] : nullptr;
  }

  std::vector<target_outcome> outcomes_;
};

/// The number of notifications that a purge of all shards has removed so far (spec N8).
class purge_total {
public:
  void add(const purge_receipt& of_shard) { removed_ += of_shard.removed; }
  purge_receipt receipt() const { return {0, removed_}; }

private:
  std::uint64_t removed_ = 0;
};

} // namespace restante::model
