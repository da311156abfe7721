// The demo: scripts in, output lines out.

#include "restante/broker/api/version.hpp"
#include "restante/broker/cli/demo/play.hpp"
#include "restante/tests/scenarios/demo_session.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace restante::demo {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::string played(const std::string& path, std::uint64_t seed = 1) {
  std::istringstream in{text_of(path)};
  std::ostringstream out, err;
  EXPECT_EQ(play({.is_virtual = true, .seed = seed}, in, out, err), 0) << err.str();
  return out.str();
}

const std::string chat = "examples/sessions/chat.jsonl";
const std::string call = "examples/sessions/call.jsonl";

// --- whole sessions ------------------------------------------------------------------------------

/// The output for each client, in order: first the answers, then the pushes of each connection. The
/// schedule decides which of several clients is told first of an event, and which random bits a
/// trace or token has. Neither is a promise, so traces and tokens are numbered in the order in
/// which they appear.
std::string streams_of(const std::string& text) {
  std::map<std::string, std::string> streams;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) {
    const auto parsed = json::parse(line);
    streams[parsed.contains("to") ? parsed["to"].get<std::string>() : ""] += line + '\n';
  }
  std::string all;
  for (const auto& [whose, stream] : streams)
    all += stream;

  static const std::regex drawn{"[0-9a-f]{32}"};
  std::map<std::string, std::size_t> numbers;
  std::string numbered;
  auto from = all.cbegin();
  for (std::sregex_iterator at{all.begin(), all.end(), drawn}, none; at != none; ++at) {
    const auto number = numbers.try_emplace(at->str(), numbers.size() + 1).first->second;
    numbered.append(from, (*at)[0].first).append("drawn-" + std::to_string(number));
    from = (*at)[0].second;
  }
  return numbered.append(from, all.cend());
}

TEST(Demo, W3_the_chat_session_is_the_golden_one) {
  EXPECT_EQ(streams_of(played(chat)), streams_of(text_of("tests/scenarios/golden/chat.jsonl")));
}

TEST(Demo, W3_the_call_session_is_the_golden_one) {
  EXPECT_EQ(streams_of(played(call)), streams_of(text_of("tests/scenarios/golden/call.jsonl")));
}

/// The blocks of a page that are fenced with `kind`.
lines blocks_of(const std::string& page, const std::string& kind) {
  lines found;
  const auto fence = "```" + kind + "\n";
  for (auto at = page.find(fence); at != std::string::npos; at = page.find(fence, at)) {
    at += fence.size();
    const auto end = page.find("```", at);
    found.push_back(page.substr(at, end - at));
    at = end;
  }
  return found;
}

TEST(Demo, W3_the_examples_of_the_protocol_page_are_real) {
  const auto page = text_of("docs/protocol.md");
  const auto scripts = blocks_of(page, "jsonl in");
  const auto outputs = blocks_of(page, "jsonl out");
  ASSERT_FALSE(scripts.empty());
  ASSERT_EQ(scripts.size(), outputs.size());
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    std::istringstream in{scripts[i]};
    std::ostringstream out, err;
    EXPECT_EQ(play({.is_virtual = true, .no_end = true}, in, out, err), 0);
    EXPECT_EQ(streams_of(out.str()), streams_of(outputs[i])) << scripts[i];
  }
}

TEST(Demo, S10_the_protocol_page_has_the_whole_table_of_errors) {
  const auto page = text_of("docs/protocol.md");
  for (const auto& row : error_table()) {
    const auto wanted = "| " + std::to_string(static_cast<unsigned>(row.code)) + " | `" +
                        std::string{row.name} + "` | " +
                        (row.may_retry == retry::yes ? "yes" : "no") + " |";
    EXPECT_NE(page.find(wanted), std::string::npos) << wanted;
  }
}

TEST(Demo, T1_ten_runs_are_identical) {
  for (const auto& path : {chat, call}) {
    const auto first = played(path, 42);
    for (int run = 1; run < 10; ++run)
      ASSERT_EQ(played(path, 42), first) << path;
  }
}

TEST(Demo, T1_another_seed_draws_other_traces_and_means_the_same) {
  const auto outcomes = [](const std::string& text) {
    lines found;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) {
      const auto parsed = json::parse(line);
      if (!parsed.contains("id"))
        continue;
      found.push_back(parsed["t"].dump() + parsed["id"].dump() + parsed["ok"].dump());
    }
    return found;
  };
  const auto first = played(call, 1);
  for (const std::uint64_t seed : {2U, 3U, 4U, 5U}) {
    const auto other = played(call, seed);
    EXPECT_NE(other, first);
    EXPECT_EQ(outcomes(other), outcomes(first)) << "seed " << seed;
  }
}

// --- lines, ids, identities ----------------------------------------------------------------------

TEST(Demo, W3_all_lines_count_for_the_default_id) {
  session s;
  EXPECT_TRUE(s.play("# a comment").empty());
  EXPECT_TRUE(s.play("").empty());
  EXPECT_TRUE(s.play("  \r").empty());
  EXPECT_EQ(s.ask(R"({"op":"ping"})")["id"], 4);
  EXPECT_EQ(s.ask(R"({"op":"ping","id":"x"})")["id"], "x");
  EXPECT_EQ(s.ask(R"({"op":"ping"})")["id"], 6);
}

TEST(Demo, W3_answers_begin_with_time_and_id) {
  session s;
  EXPECT_EQ(s.play(R"({"op":"ping","id":1.50})").front(), R"({"t":0,"id":1.50,"ok":true})");
  EXPECT_EQ(s.play(R"({"op":"shout"})").front(),
            R"({"t":0,"id":2,"ok":false,"error":{"code":"unknown_op","number":101,)"
            R"("message":"there is no such operation","retry":false}})");
}

TEST(Demo, W5_a_bad_line_is_answered_and_the_script_goes_on) {
  session s;
  for (const auto* bad : {"nonsense", "{", "[]", "5", "\xff", "{}", R"({"op":1})"}) {
    EXPECT_FALSE(s.ask(bad)["ok"].get<bool>()) << bad;
  }
  EXPECT_EQ(s.ask(R"({"op":"ping"})")["id"], 8);
}

TEST(Demo, N1_a_dollar_id_stands_for_the_trace_of_that_put) {
  session s;
  const auto put = s.ask(R"({"op":"notify.put","to":"b","pack":1,"id":"p"})");
  const auto status = s.ask(R"({"op":"notify.status","trace":"$p"})");
  EXPECT_EQ(status["notification"]["trace"], put["trace"]);
  s.play(R"({"op":"notify.put","to":"b","pack":3})");
  EXPECT_EQ(s.ask(R"({"op":"notify.status","trace":"$3"})")["notification"]["pack"], 3);
}

TEST(Demo, N1_of_two_puts_with_one_id_the_later_one_counts) {
  session s;
  s.play(R"({"op":"notify.put","to":"b","pack":"first","id":2})");
  const auto pack = [&s] {
    return s.ask(R"({"op":"notify.status","trace":"$2"})")["notification"]["pack"];
  };
  s.play(R"({"op":"notify.put","to":"b","pack":"second"})"); // line 2
  EXPECT_EQ(pack(), "second");
  s.play(R"({"op":"notify.put","to":"b","pack":"third","id":"2"})");
  EXPECT_EQ(pack(), "third");
}

TEST(Demo, S10_200_the_dollar_id_of_no_accepted_put_is_not_found) {
  session s;
  EXPECT_EQ(s.error(R"({"op":"notify.status","trace":"$nothing"})"), "not_found");
  EXPECT_EQ(s.error(R"({"op":"notify.status","trace":"$"})"), "not_found");
  s.play(R"({"op":"notify.put","to":"b","pack":1,"id":"p"})");
  EXPECT_EQ(s.error(R"({"op":"notify.put","to":"","pack":1,"id":"p"})"), "invalid_argument");
  EXPECT_EQ(s.error(R"({"op":"notify.status","trace":"$p"})"), "not_found");
}

TEST(Demo, N17_a_put_many_has_many_traces_and_no_dollar_id) {
  session s;
  const auto put = s.ask(R"({"op":"notify.put_many","targets":["","b","c"],"pack":1,"id":"m"})");
  ASSERT_EQ(put["outcomes"].size(), 3U);
  EXPECT_EQ(put["outcomes"][0]["error"]["code"], "invalid_argument");
  EXPECT_TRUE(put["outcomes"][1]["ok"].get<bool>());
  EXPECT_EQ(s.error(R"({"op":"notify.status","trace":"$m"})"), "not_found");
}

TEST(Demo, S10_202_who_is_not_connected_can_do_nothing) {
  session s;
  const auto* stale = "stale_connection";
  EXPECT_EQ(s.error(R"({"op":"notify.put","as":"a","to":"b","pack":1})"), stale);
  EXPECT_EQ(s.error(R"({"op":"notify.pending","as":""})"), stale);
  EXPECT_EQ(s.error(R"({"op":"ephemeral.set","as":"a"})"), stale); // before its fields
  for (const auto* op : {"ephemeral.set", "ephemeral.clear", "topic.subscribe", "notify.ack",
                         "topic.unsubscribe", "topic.publish", "client.watch", "client.unwatch"}) {
    EXPECT_EQ(s.error(R"({"op":")" + std::string{op} + "\"}"), stale) << op;
  }
  s.play(R"({"op":"connect","client":"a"})");
  EXPECT_EQ(s.error(R"({"op":"notify.pending","as":"a","ns":"elsewhere"})"), stale);
  s.play(R"({"op":"disconnect","client":"a"})");
  EXPECT_EQ(s.error(R"({"op":"notify.pending","as":"a"})"), stale);
}

TEST(Demo, S10_301_a_client_may_not_do_what_is_the_servers) {
  session s;
  s.play(R"({"op":"connect","client":"a"})");
  for (const auto* text : {
           R"({"op":"notify.drain","as":"a","client":"a"})",
           R"({"op":"notify.purge","as":"a"})",
           R"({"op":"notify.pending","as":"a","client":"b"})",
           R"({"op":"notify.put","as":"a","to":"b","pack":1,"from":"c"})",
       }) {
    EXPECT_EQ(s.error(text), "forbidden") << text;
  }
  EXPECT_EQ(s.error(R"({"op":"notify.put","as":"a","to":"b","pack":1,"from":"a"})"), "none");
  EXPECT_EQ(s.ask(R"({"op":"notify.pending","as":"a"})")["pending"], 0);
}

// --- order of the output
// ---------------------------------------------------------------------------

TEST(Demo, E10_pushes_come_behind_the_answer_of_the_line_that_set_them_off) {
  session s;
  s.play(R"({"op":"connect","client":"a"})");
  s.play(R"({"op":"topic.subscribe","as":"a","topic":"t"})");
  const auto out = s.play(R"({"op":"ephemeral.set","as":"a","topic":"t","key":"k"})");
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0], R"({"t":0,"id":3,"ok":true})");
  EXPECT_EQ(out[1].substr(0, 56), R"({"t":0,"to":"a","frame":{"_orama":"ephemeral.set","topic)");
}

TEST(Demo, N13_an_await_is_answered_where_it_happens) {
  session s;
  s.play(R"({"op":"notify.put","to":"b","pack":1,"suit":true,"id":"p"})");
  EXPECT_TRUE(s.play(R"({"op":"notify.await","trace":"$p","timeout_ms":50,"id":"w"})").empty());
  EXPECT_TRUE(s.play(R"({"op":"notify.await","trace":"$p","timeout_ms":5000,"id":"v"})").empty());
  auto out = s.play(R"({"op":"advance","ms":100})");
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(json::parse(out[0])["id"], "w");
  EXPECT_EQ(json::parse(out[0])["t"], 50);
  EXPECT_EQ(json::parse(out[0])["error"]["code"], "timeout");
  EXPECT_EQ(out[1], R"({"t":100,"id":4,"ok":true})");

  out = s.play(R"({"op":"notify.reply","trace":"$p","reply":null})");
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(json::parse(out[0])["id"], 5);
  EXPECT_EQ(out[1], R"({"t":100,"id":"v","ok":true,"reply":null,"replied_at_ms":100})");
}

TEST(Demo, T1_what_happens_while_time_passes_has_its_own_time) {
  session s;
  s.play(R"({"op":"connect","client":"a"})");
  s.play(R"({"op":"topic.subscribe","as":"a","topic":"t"})");
  s.play(R"({"op":"ephemeral.set","as":"a","topic":"t","key":"x","ttl_ms":30})");
  s.play(R"({"op":"ephemeral.set","as":"a","topic":"t","key":"y","ttl_ms":20})");
  const auto out = s.play(R"({"op":"advance","ms":40})");
  ASSERT_EQ(out.size(), 3U);
  EXPECT_EQ(json::parse(out[0])["t"], 20);
  EXPECT_EQ(json::parse(out[0])["frame"]["key"], "y");
  EXPECT_EQ(json::parse(out[1])["t"], 30);
  EXPECT_EQ(json::parse(out[2])["t"], 40);
}

TEST(Demo, T1_paced_play_waits_from_deadline_to_deadline) {
  std::vector<duration> pauses;
  script_setup how;
  how.pause = [&pauses](duration span) { pauses.push_back(span); };
  session s{how};
  s.play(R"({"op":"connect","client":"a"})");
  s.play(R"({"op":"ephemeral.set","as":"a","topic":"t","key":"x","ttl_ms":30})");
  s.play(R"({"op":"advance","ms":40})");
  // There may be more stops than deadlines, but one stop is right after the end of the lease.
  std::set<duration> stops;
  duration passed{0};
  for (const auto span : pauses)
    stops.insert(passed += span);
  EXPECT_EQ(passed, std::chrono::milliseconds{40});
  const auto lease_end = stops.lower_bound(std::chrono::milliseconds{30});
  ASSERT_NE(lease_end, stops.end());
  EXPECT_LT(*lease_end, std::chrono::milliseconds{31});
}

TEST(Demo, S10_102_time_does_not_pass_beyond_all_measure) {
  session s;
  for (const auto* ms : {"-1", "1.5", "1e30", "9223372036854775807", "\"1\""}) {
    EXPECT_EQ(s.error(R"({"op":"advance","ms":)" + std::string{ms} + "}"), "invalid_argument");
  }
  EXPECT_EQ(s.error(R"({"op":"advance","ms":3153600000000})"), "none"); // a hundred years
  EXPECT_EQ(s.error(R"({"op":"advance","ms":3153600000001})"), "invalid_argument");
}

// --- coming and going
// ------------------------------------------------------------------------------

TEST(Demo, C1_ending_who_is_not_there_is_fine) {
  session s;
  EXPECT_EQ(s.play(R"({"op":"disconnect","client":"a"})").front(), R"({"t":0,"id":1,"ok":true})");
  EXPECT_EQ(s.play(R"({"op":"cut","client":"a"})").front(), R"({"t":0,"id":2,"ok":true})");
}

TEST(Demo, C2_the_one_before_is_told_that_it_is_taken_over) {
  session s;
  s.play(R"({"op":"connect","client":"a","ns":"shop"})");
  const auto out = s.play(R"({"op":"connect","client":"a","ns":"shop"})");
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[1], R"({"t":0,"to":"a","ns":"shop","frame":{"_orama":"goodbye","code":4503,)"
                    R"("reason":"taken_over","reconnect":false}})");
  EXPECT_EQ(s.error(R"({"op":"notify.pending","as":"a","ns":"shop"})"), "none");
}

TEST(Demo, C4_resume_true_takes_the_token_of_the_last_connection) {
  session s;
  const auto first = s.ask(R"({"op":"connect","client":"a","resume_window_ms":1000})");
  EXPECT_FALSE(first["resumed"].get<bool>());
  s.play(R"({"op":"cut","client":"a"})");
  EXPECT_EQ(s.error(R"({"op":"notify.pending","as":"a"})"), "stale_connection");
  s.play(R"({"op":"advance","ms":999})");
  auto again = s.ask(R"({"op":"connect","client":"a","resume":true,"resume_window_ms":1000})");
  EXPECT_TRUE(again["resumed"].get<bool>());
  EXPECT_EQ(again["resume"], first["resume"]);
  EXPECT_EQ(s.error(R"({"op":"notify.pending","as":"a"})"), "none");

  s.play(R"({"op":"cut","client":"a"})");
  s.play(R"({"op":"advance","ms":1000})");
  again = s.ask(R"({"op":"connect","client":"a","resume":true})");
  EXPECT_FALSE(again["resumed"].get<bool>());
  EXPECT_NE(again["resume"], first["resume"]);
}

TEST(Demo, E13_keys_stay_within_the_resume_window_and_are_cleared_behind_it) {
  session s;
  s.play(R"({"op":"connect","client":"a","resume_window_ms":1000})");
  s.play(R"({"op":"connect","client":"b"})");
  s.play(R"({"op":"topic.subscribe","as":"b","topic":"t"})");
  s.play(R"({"op":"ephemeral.set","as":"a","topic":"t","key":"stays"})");
  s.play(R"({"op":"ephemeral.set","as":"a","topic":"t","key":"ends","ttl_ms":500})");
  EXPECT_EQ(s.play(R"({"op":"cut","client":"a"})").size(), 1U); // and no clears
  const auto out = s.play(R"({"op":"advance","ms":999})");
  ASSERT_EQ(out.size(), 2U); // the lease continues
  EXPECT_EQ(json::parse(out[0])["frame"]["reason"], "expired");
  EXPECT_EQ(s.ask(R"({"op":"ephemeral.list","topic":"t"})")["entries"].size(), 1U);
  const auto behind = s.play(R"({"op":"advance","ms":2})");
  ASSERT_EQ(behind.size(), 2U);
  EXPECT_EQ(json::parse(behind[0])["t"], 1000);
  EXPECT_EQ(json::parse(behind[0])["frame"]["reason"], "disconnect");

  s.play(R"({"op":"connect","client":"a","resume_window_ms":1000})");
  s.play(R"({"op":"ephemeral.set","as":"a","topic":"t","key":"k"})");
  EXPECT_EQ(s.play(R"({"op":"disconnect","client":"a"})").size(), 2U); // a clean end: at once
}

TEST(Demo, C4_resume_true_of_a_stranger_connects_afresh) {
  session s;
  EXPECT_FALSE(s.ask(R"({"op":"connect","client":"a","resume":true})")["resumed"].get<bool>());
}

TEST(Demo, N13_an_await_goes_with_its_connection) {
  session s;
  s.play(R"({"op":"connect","client":"a"})");
  s.play(R"({"op":"notify.put","as":"a","to":"b","pack":1,"suit":true,"id":"p"})");
  s.play(R"({"op":"notify.await","as":"a","trace":"$p","timeout_ms":5000,"id":"w"})");
  const auto out = s.play(R"({"op":"cut","client":"a"})");
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(json::parse(out[0])["id"], 4);
  EXPECT_EQ(json::parse(out[1])["id"], "w");
  EXPECT_EQ(json::parse(out[1])["error"]["code"], "stale_connection");
}

TEST(Demo, C6_at_the_end_everybody_leaves_in_byte_order) {
  session s;
  for (const auto* who :
       {R"("client":"b")", R"("client":"a","ns":"z")", R"("client":"\u00e9")", R"("client":"a")"}) {
    s.play(R"({"op":"connect",)" + std::string{who} + "}");
    std::string as{who};
    as.replace(0, 8, R"("as")");
    s.play(R"({"op":"topic.subscribe","topic":"t",)" + as + "}");
    s.play(R"({"op":"ephemeral.set","topic":"t","key":"k","payload":"eA==",)" + as + "}");
    s.play(R"({"op":"ephemeral.set","topic":"t","key":)" + json(who).dump() + "," + as + "}");
  }
  std::vector<std::string> gone;
  for (const auto& line : s.end()) {
    const auto frame = json::parse(line)["frame"];
    EXPECT_EQ(frame["_orama"], "ephemeral.clear");
    if (frame["key"] != "k")
      gone.push_back(frame["client_id"]);
  }
  // Two clients were left to see a leave, one to see b leave, and none for the last client of a
  // namespace.
  EXPECT_EQ(gone, (lines{"a", "a", "b"}));
}

TEST(Demo, C6_without_the_end_nothing_more_is_said) {
  lines out;
  {
    script played{[&out](const std::string& line) { out.push_back(line); }};
    played.line(R"({"op":"connect","client":"a"})");
    played.line(R"({"op":"notify.put","to":"b","pack":1,"suit":true,"id":"p"})");
    played.line(R"({"op":"notify.await","trace":"$p","timeout_ms":5000})");
  }
  EXPECT_EQ(out.size(), 2U);
}

TEST(Demo, C6_S10_402_at_the_end_no_await_is_left_without_an_answer) {
  session s;
  s.play(R"({"op":"notify.put","to":"b","pack":1,"suit":true,"id":"p"})");
  s.play(R"({"op":"notify.await","trace":"$p","timeout_ms":5000,"id":"w"})");
  const auto out = s.end();
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(json::parse(out[0])["error"]["code"], "shutting_down");
}

// --- the program
// -----------------------------------------------------------------------------------

int play_file(const std::string& file, std::string& complaint) {
  std::istringstream in;
  std::ostringstream out, err;
  const int status = play({.file = file, .is_virtual = true}, in, out, err);
  complaint = err.str();
  return status;
}

TEST(Demo, W5_an_unreadable_script_is_one_clear_line_and_status_2) {
  std::string complaint;
  EXPECT_EQ(play_file("no/such/file", complaint), 2);
  EXPECT_EQ(complaint, "restante: no/such/file: No such file or directory\n");
  EXPECT_EQ(play_file("examples", complaint), 2);
  EXPECT_EQ(complaint, "restante: examples: Is a directory\n");
}

TEST(Demo, W5_a_closed_output_ends_it_quietly) {
  std::istringstream in{"{\"op\":\"ping\"}\n{\"op\":\"ping\"}\n"};
  std::ostringstream out, err;
  out.setstate(std::ios::badbit);
  EXPECT_EQ(play({.is_virtual = true}, in, out, err), 0);
  EXPECT_EQ(err.str(), "");
}

TEST(Demo, W5_of_an_endless_line_no_more_than_needed_is_kept) {
  std::istringstream in{"abcdef\n\nlast"};
  std::string line;
  EXPECT_TRUE(read_line(in, line, 3));
  EXPECT_EQ(line, "abc");
  EXPECT_TRUE(read_line(in, line, 3));
  EXPECT_EQ(line, "");
  EXPECT_TRUE(read_line(in, line, 4));
  EXPECT_EQ(line, "last");
  EXPECT_FALSE(read_line(in, line, 4));
}

TEST(Demo, T1_the_version_is_that_of_the_project) {
  const auto project = text_of("CMakeLists.txt");
  EXPECT_NE(project.find("VERSION " + std::string{version} + " "), std::string::npos);
}

} // namespace
} // namespace restante::demo
