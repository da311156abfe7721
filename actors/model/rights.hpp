#pragma once

#include "restante/messages/listing.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace restante::model {

/// Whether an id matches a pattern of these parts.
bool matches(const pattern_parts& parts, std::string_view id);

/// A pattern for ids: `*` stands for any run of bytes, `{client}` literally for the id of the
/// client that has the rights, and every other character for itself. A pattern matches whole ids.
class pattern {
public:
  /// Every text is a pattern.
  pattern(std::string_view text, std::string_view client);

  bool matches(std::string_view id) const { return model::matches(parts_, id); }
  const pattern_parts& parts() const { return parts_; }

private:
  pattern_parts parts_;
};

/// The operations that a client may do (spec W7). A list without patterns allows nothing. A client
/// without any `rights` may do everything that a client can do.
struct rights {
  struct topic_keys {
    pattern topic;
    pattern key;
  };

  std::vector<pattern> put;      ///< the clients that it may put to
  std::vector<pattern> watch;    ///< the clients that it may watch
  std::vector<pattern> read;     ///< the topics that it may know of, list and subscribe to
  std::vector<topic_keys> write; ///< the keys that it may set and clear
  std::vector<pattern> publish;  ///< the topics that it may publish to

  bool may_put(std::string_view to) const;
  bool may_watch(std::string_view client) const;
  bool may_read(std::string_view topic) const;
  bool may_publish(std::string_view topic) const;
  bool may_write(std::string_view topic, std::string_view key) const;
};

} // namespace restante::model
