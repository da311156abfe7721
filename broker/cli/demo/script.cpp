#include "restante/broker/cli/demo/script.hpp"

#include "restante/broker/cli/demo/frame_sink.hpp"
#include "restante/messages/json/answers.hpp"
#include "restante/messages/json/ignored.hpp"
#include "restante/messages/json/writer.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace restante::demo {

namespace {

using json::operation;

/// The longest time that a script may advance, so that an instant does not overflow.
constexpr duration longest_play = std::chrono::hours{24 * 365 * 200};

bool is_skipped(std::string_view text) {
  return text.starts_with('#') || text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// The id that `$…` refers to: the text of a string, or the digits of a number.
std::string key_of(const json::request& from) {
  if (!from.id.starts_with('"'))
    return from.id;
  return from.fields.text("id").value_or(from.id); // an unreadable request has no fields
}

options options_of(const script_setup& how) {
  options made;
  made.limits = how.limits;
  made.seed = how.seed;
  made.open_store = how.open_store;
  made.log = how.log;
  return made;
}

} // namespace

/// A connected client of the script.
class script::script_client {
public:
  script_client(connection link, std::shared_ptr<bool> open)
      : link_{std::move(link)}, open_{std::move(open)} {}

  connection& link() { return link_; }
  bool is_open() const { return *open_; }

  /// Writes no frames from now on.
  void close() { *open_ = false; }

private:
  connection link_;
  std::shared_ptr<bool> open_;
};

script::script(script_setup how, writer out)
    : how_{std::move(how)}, out_{std::move(out)}, world_{options_of(how_), how_.seed},
      start_{world_.now()} {}

script::~script() {
  is_silent_ = true;
}

void script::restart(const std::function<void()>& between) {
  is_silent_ = true;
  world_.restart([&] {
    between();
    clients_.clear();
  });
  open_answer_.clear();
  happened_.clear();
  is_silent_ = false;
}

std::int64_t script::now_ms() const {
  return json::whole_ms(world_.now() - start_);
}

void script::line(std::string_view text) {
  ++lines_;
  if (is_skipped(text))
    return;
  asked line{lines_, std::to_string(lines_), std::to_string(lines_), operation::unknown, {}};
  open_line_ = lines_;
  const auto read = json::decode(text);
  if (const auto* bad = read.why()) {
    refuse(line, *bad);
  } else {
    const auto& from = *read;
    if (!from.id.empty()) {
      line.id = from.id;
      line.key = key_of(from);
    }
    line.op = from.op;
    line.ignored = json::ignored_member(from, json::venue::script);
    if (from.wrong.code != errc::none) {
      refuse(line, from.wrong);
    } else {
      play(from, line);
    }
  }
  world_.settle();
  open_line_ = 0;
  if (auto answer = std::exchange(open_answer_, {}); !answer.empty())
    happened(std::move(answer));
  for (auto& later : std::exchange(happened_, {}))
    happened(std::move(later));
}

void script::play(const json::request& from, const asked& line) {
  switch (line.op) {
  case operation::connect:
    return connect(from, line);
  case operation::disconnect:
  case operation::cut:
    return leave(from, line);
  case operation::advance:
    return advance(from, line);
  case operation::ping:
    return answer_with(line, json::success({}));
  default:
    return submit(from, line);
  }
}

// --- who is there --------------------------------------------------------------------------------

void script::connect(const json::request& from, const asked& line) {
  const auto read = json::connect_of(from);
  if (const auto* bad = read.why())
    return refuse(line, *bad);
  const auto& wanted = *read;
  if (!wanted.client)
    return refuse(line, {errc::invalid_argument, "client is missing"});

  const client_address who{from.ns, *wanted.client};
  connect_options how;
  how.client = who.client;
  how.ns = who.ns;
  how.acks = wanted.acks.value_or(ack_mode::automatic);
  how.max_inflight = wanted.inflight;
  how.resume_window = wanted.resume_window;
  how.resume = wanted.resume_from == json::resume_target::last ? tokens_[who] : wanted.resume;

  const auto open = std::make_shared<bool>(true);
  const auto write = [this, who, open](const std::string& frame) { pushed(who, frame); };
  auto link = world_.broker().connect(std::move(how), make_frame_sink(write, start_, open));
  const auto outcome = world_.outcome_of(link.connected());
  if (!outcome)
    return refuse(line, outcome.error());
  tokens_[who] = outcome->resume;
  clients_[who] =
      std::make_unique<script_client>(std::move(link), open); // the previous connection has ended
  answer_with(line, json::success(json::fields_of(*outcome, options{}.ping_interval)));
}

void script::leave(const json::request& from, const asked& line) {
  const auto read = json::client_of(from);
  if (const auto* bad = read.why())
    return refuse(line, *bad);
  answer_with(line, json::success({}));
  const auto found = clients_.find({from.ns, *read});
  if (found == clients_.end())
    return;
  auto& who = *found->second;
  who.close();
  if (line.op == operation::cut) {
    who.link().cut();
  } else {
    who.link().disconnect();
  }
  world_.settle(); // dropping the connection earlier would turn a cut into a clean end
  clients_.erase(found);
}

void script::end() {
  world_.settle();
  for (auto& [address, who] : clients_) {
    who->close();
    who->link().disconnect();
    world_.settle();
  }
  clients_.clear();
  world_.stop();
}

// --- what is asked -------------------------------------------------------------------------------

caller* script::caller_of(const json::request& from) {
  if (!from.as)
    return json::needs_client(from.op) ? nullptr : &world_.server();
  const auto found = clients_.find({from.ns, *from.as});
  if (found == clients_.end() || !found->second->is_open())
    return nullptr;
  return &found->second->link();
}

/// Replaces `$ID` by the trace. An unknown `$ID` stays as it is: no trace has that form, so the
/// trace is unknown.
void script::resolve_trace(json::request& from) const {
  const auto* value = from.fields.find("trace");
  if (value == nullptr || !value->starts_with("\"$"))
    return;
  const auto found = traces_.find(from.fields.text("trace")->substr(1));
  if (found != traces_.end())
    from.fields.put_text("trace", found->second);
}

void script::submit(json::request from, const asked& line) {
  auto* who = caller_of(from);
  if (who == nullptr)
    return refuse(line, {errc::stale_connection, {}});
  resolve_trace(from);
  auto made = json::command_of(from);
  if (const auto* bad = made.why())
    return refuse(line, *bad);
  who->submit(std::move(*made), [this, line](answer_value&& value) { answered(line, value); });
}

// --- time ----------------------------------------------------------------------------------------

void script::advance(const json::request& from, const asked& line) {
  const auto read = json::pause_of(from);
  if (const auto* bad = read.why())
    return refuse(line, *bad);
  const auto span = *read;
  if (span > longest_play - (world_.now() - start_)) {
    return refuse(line, {errc::invalid_argument, "ms leads beyond 200 years"});
  }
  open_line_ = 0; // events are written when they happen, and the answer of this line comes last
  pass(span);
  answer_with(line, json::success({}));
}

/// Advances from deadline to deadline, so that people see each event at its own time and not at the
/// end of one long pause.
void script::pass(duration span) {
  const auto until = world_.now() + span;
  const auto pass_until = [this](instant at) {
    const auto pause = std::max(at - world_.now(), duration{0});
    if (how_.pause && pause.count() > 0)
      how_.pause(pause);
    world_.pass(pause);
  };
  for (auto next = world_.next_alarm(); next && *next <= until; next = world_.next_alarm()) {
    pass_until(*next);
  }
  pass_until(until);
}

// --- what comes out ------------------------------------------------------------------------------

void script::answered(const asked& line, const answer_value& value) {
  remember(line, value);
  answer_with(line, json::reply_of(value, start_));
}

void script::remember(const asked& line, const answer_value& value) {
  if (line.op != json::operation_for<put_notification>)
    return; // a put_many has several traces, and `$ID` stands for one
  if (const auto* receipt = std::get_if<put_receipt>(&value)) {
    traces_[line.key] = to_string(receipt->trace);
  } else {
    traces_.erase(line.key);
  }
}

void script::refuse(const asked& line, failure why) {
  answered(line, std::move(why));
}

void script::answer_with(const asked& line, std::string_view text) {
  auto whole = R"({"t":)" + std::to_string(now_ms()) + R"(,"id":)" + line.id + ',';
  whole.append(text);
  if (!line.ignored.empty())
    whole.append(1, ',').append(line.ignored);
  whole += '}';
  if (line.line == open_line_) {
    open_answer_ = std::move(whole);
  } else {
    happened(std::move(whole));
  }
}

void script::pushed(const client_address& to, std::string_view frame) {
  json::writer out;
  out.number("t", now_ms()).text("to", to.client);
  if (!to.ns.empty())
    out.text("ns", to.ns);
  happened(std::move(out.raw("frame", frame)).object());
}

/// Writes a line, or keeps it until the script line that caused it has its answer.
void script::happened(std::string text) {
  if (is_silent_)
    return;
  if (open_line_ != 0) {
    happened_.push_back(std::move(text));
  } else {
    out_(text);
  }
}

} // namespace restante::demo
