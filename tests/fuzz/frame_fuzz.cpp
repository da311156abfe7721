// Text frames of a WebSocket: any text becomes a request or a failure, and a request that was
// decoded can be encoded and decoded again.

#include "restante/messages/json/answers.hpp"
#include "restante/messages/json/decode.hpp"
#include "restante/messages/limits.hpp"
#include "restante/tests/fuzz/fuzz.hpp"

#include <string>
#include <variant>

namespace restante::testing {
namespace {

using json::request;

request read(const std::string& frame) {
  auto read = json::decode(frame);
  const auto* bad = read.why();
  must(bad == nullptr, "what was written down can be read: " + frame);
  return std::move(*read);
}

void check_id(const request& asked) {
  if (asked.id.empty())
    return;
  const auto again = read(R"({"op":"ping","id":)" + asked.id + "}");
  must(again.wrong.code == errc::none && again.id == asked.id, "an id comes back as it was");
}

/// A pack survives encoding and decoding unchanged, also the second time.
void check_pack(const body& pack) {
  const std::string text{pack.view()};
  const auto again = json::command_of(read(R"({"op":"notify.put","to":"t","pack":)" + text + "}"));
  must(again.ok(), "a pack can be put again");
  must(std::get<put_notification>(*again).pack.view() == text, "a pack stays what it is");
}

void check_failure(const failure& why) {
  must(why.code != errc::none, "a failure has a number");
  read(R"({"op":"ping","error":)" + json::error_of(why) + "}");
}

void check_request(const request& asked) {
  check_id(asked);
  if (asked.wrong.code != errc::none)
    check_failure(asked.wrong);
  const auto what = json::command_of(asked);
  if (const auto* wrong = what.why())
    check_failure(*wrong);
  else if (const auto* put = std::get_if<put_notification>(&*what))
    check_pack(put->pack);
  else if (const auto* list = std::get_if<list_topics>(&*what))
    must(list->range.limit <= listed_max, "a limit is in its bounds, or none");
  if (const auto wanted = json::connect_of(asked)) {
    must(wanted->inflight >= 1 && wanted->inflight <= inflight_max, "a window has its bounds");
    must(wanted->resume_window >= duration{0} && wanted->resume_window <= resume_window_max,
         "a resume window has its bounds");
  }
  (void)json::client_of(asked);
  (void)json::pause_of(asked);
}

} // namespace
} // namespace restante::testing

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace restante;
  const auto frame = testing::text_of(data, size);
  const auto decoded = json::decode(frame);
  if (const auto* wrong = decoded.why())
    testing::check_failure(*wrong);
  else
    testing::check_request(*decoded);
  if (const auto fields = json::decode_fields(json::operation_for<put_notification>, frame))
    (void)json::command_of(*fields);
  return 0;
}
