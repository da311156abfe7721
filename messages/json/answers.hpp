#pragma once

#include "restante/messages/attachment.hpp"
#include "restante/messages/ephemeral.hpp"
#include "restante/messages/listing.hpp"
#include "restante/messages/notification.hpp"

#include <string>
#include <string_view>

namespace restante::json {

/// What an operation answers, as the members of a JSON object without its braces: they
/// stand behind `"ok":true`. Empty where there is nothing to say. Times are whole
/// milliseconds since `zero`. All take both arguments, so that a `std::visit` can go over
/// any outcome.
std::string fields_of(const operation_done& done, instant zero);
std::string fields_of(const put_receipt& receipt, instant zero);
std::string fields_of(const put_many_receipt& receipt, instant zero);
std::string fields_of(const status_view& view, instant zero);
std::string fields_of(const reply_view& view, instant zero);
std::string fields_of(const drain_view& view, instant zero);
std::string fields_of(const pending_view& view, instant zero);
std::string fields_of(const purge_receipt& receipt, instant zero);
std::string fields_of(const ack_receipt& receipt, instant zero);
std::string fields_of(const entry_receipt& receipt, instant zero);
std::string fields_of(const entries_view& view, instant zero);
std::string fields_of(const clients_view& view, instant zero);
std::string fields_of(const topics_view& view, instant zero);

/// What `connect` answers (spec W4). `ping` is how often the transport will ask whether the
/// client is still there.
std::string fields_of(const connect_receipt& receipt, duration ping);

/// `{"code":…,"number":…,"message":…,"retry":…}` (spec §10)
std::string error_of(const failure& why);

/// `"ok":true` and `fields` behind it.
std::string success(std::string_view fields);

/// `"ok":false,"error":{…}`
std::string refusal(const failure& why);

/// One notification as `status` and `drain` show it.
std::string object_of(const notification_view& view, instant zero);

/// One entry of a list of clients, or of topics.
std::string object_of(const listed_client& client);
std::string object_of(const listed_topic& topic);

/// The `entries` array of W2.
std::string entries_of(const entries_view& view);

} // namespace restante::json
