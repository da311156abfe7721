#include "restante/broker/server/command_line.hpp"
#include "restante/broker/server/listen.hpp"
#include "restante/broker/server/nearest.hpp"
#include "restante/broker/server/setting_sources.hpp"
#include "restante/broker/server/setting_texts.hpp"
#include "restante/tests/server/temporary_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

namespace restante::serve {

namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// The settings from a command line and an environment.
serve_settings settings_of(std::vector<std::string> arguments,
                           const std::vector<std::string>& environment = {}) {
  CLI::App app;
  const command_line line{app};
  std::ranges::reverse(arguments); // in the form that CLI11 takes
  app.parse(arguments);
  std::vector<const char*> variables;
  for (const auto& variable : environment)
    variables.push_back(variable.c_str());
  variables.push_back(nullptr);
  return line.settings(variables.data());
}

/// The error message of these settings; empty if there is none.
std::string complaint_of(std::vector<std::string> arguments,
                         const std::vector<std::string>& environment = {}) {
  try {
    settings_of(std::move(arguments), environment);
  } catch (const settings_error& wrong) {
    return wrong.what();
  }
  return {};
}

/// A value for each setting that differs from its default and is compatible with all others.
std::string other_value(const setting& what) {
  static const std::map<std::string_view, std::string> texts{
      {"listen", "127.0.0.2:1234"}, {"node_address", "127.0.0.2"},
      {"log_level", "error"},       {"log_format", "json"},
      {"jwt_algorithms", "ES256"},  {"allow_origin", "https://a,https://b"},
      {"at_cap", "reject"},         {"default_rights", "{}"},
  };
  if (const auto found = texts.find(what.name); found != texts.end())
    return found->second;
  serve_settings any;
  const auto target = what.target(any);
  if (std::holds_alternative<bool*>(target))
    return "true";
  if (std::holds_alternative<std::string*>(target))
    return "some text";
  if (std::holds_alternative<std::vector<std::string>*>(target))
    return "one";
  return std::to_string(what.most - 1);
}

/// Those values as TOML.
std::string other_toml(const setting& what) {
  serve_settings any;
  assign(any, read_flag(what, {other_value(what)}));
  return toml_value(what, any);
}

/// TLS needs both of its files, whichever setting is tested.
std::vector<std::string> with_its_pair(const setting& what, std::vector<std::string> arguments) {
  if (what.name == "tls_cert")
    arguments.push_back("--tls-key=k");
  if (what.name == "tls_key")
    arguments.push_back("--tls-cert=c");
  return arguments;
}

std::string text_of(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace

TEST(Settings, W7_by_default_it_listens_on_loopback_and_asks_nobody_who_they_are) {
  const auto made = settings_of({});
  EXPECT_EQ(made.network.address, "127.0.0.1");
  EXPECT_EQ(made.network.port, 7467);
  EXPECT_FALSE(made.auth.is_needed());
  EXPECT_FALSE(made.network.insecure);
}

TEST(Settings, W7_another_address_needs_tokens_or_insecure) {
  const auto complaint = complaint_of({"--listen", "0.0.0.0:7467"});
  EXPECT_THAT(complaint, AllOf(HasSubstr("0.0.0.0:7467"), HasSubstr("insecure")));
  EXPECT_EQ(complaint_of({"--listen", "0.0.0.0:7467", "--insecure"}), "");
  EXPECT_EQ(complaint_of({"--listen", "[::]:7467", "--tokens-file", "t"}), "");
  EXPECT_EQ(complaint_of({"--listen", "[::1]:7467"}), "");
  EXPECT_EQ(complaint_of({"--listen", "localhost:7467"}), "");
}

TEST(Settings, names_make_the_flag_and_the_variable) {
  const auto* what = find_setting("drain_timeout_ms");
  ASSERT_NE(what, nullptr);
  EXPECT_EQ(flag_of(*what), "--drain-timeout-ms");
  EXPECT_EQ(variable_of(*what), "RESTANTE_DRAIN_TIMEOUT_MS");
  std::set<std::string_view> names;
  for (const auto& row : settings_table())
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
}

TEST(Settings, every_setting_is_reached_by_flag_variable_and_file) {
  for (const auto& what : settings_table()) {
    const auto wanted = other_toml(what);
    EXPECT_NE(wanted, toml_value(what, {})) << what.name;

    const auto by_flag =
        settings_of(with_its_pair(what, {flag_of(what) + "=" + other_value(what)}));
    EXPECT_EQ(toml_value(what, by_flag), wanted) << what.name;

    const auto by_variable =
        settings_of(with_its_pair(what, {}), {variable_of(what) + "=" + other_value(what)});
    EXPECT_EQ(toml_value(what, by_variable), wanted) << what.name;

    const temporary_file file{std::string{what.name} + " = " + wanted + "\n"};
    const auto by_file = settings_of(with_its_pair(what, {"--config", file.path()}));
    EXPECT_EQ(toml_value(what, by_file), wanted) << what.name;
  }
}

TEST(Settings, flags_count_more_than_variables_and_these_more_than_the_file) {
  const temporary_file file{"io_threads = 2\nslots = 2\nthreads = 2\n"};
  const auto made = settings_of({"--io-threads=4"}, {"RESTANTE_CONFIG=" + file.path(),
                                                     "RESTANTE_IO_THREADS=3", "RESTANTE_SLOTS=3"});
  EXPECT_EQ(made.network.io_threads, 4U);
  EXPECT_EQ(made.broker.slots, 3U);
  EXPECT_EQ(made.broker.threads, 2U);
}

TEST(Settings, the_flag_names_the_file_before_the_variable_does) {
  const temporary_file file{"slots = 5\n"};
  const auto made = settings_of({"--config", file.path()}, {"RESTANTE_CONFIG=/nowhere.toml"});
  EXPECT_EQ(made.broker.slots, 5U);
}

TEST(Settings, lists_replace_each_other_as_a_whole) {
  const temporary_file file{"allow_origin = [\"https://file\"]\nallow_host = [\"file\"]\n"};
  const auto made = settings_of({"--config", file.path(), "--allow-origin", "https://a",
                                 "--allow-origin", "https://b, https://c"},
                                {"RESTANTE_ALLOW_ORIGIN=https://variable", "RESTANTE_ALLOW_HOST="});
  EXPECT_THAT(made.network.allowed_origins, ElementsAre("https://a", "https://b", "https://c"));
  EXPECT_THAT(made.network.allowed_hosts, IsEmpty());
}

TEST(Settings, switches_can_be_switched_off_again) {
  EXPECT_TRUE(settings_of({"--insecure"}).network.insecure);
  EXPECT_FALSE(settings_of({"--insecure=false"}, {"RESTANTE_INSECURE=true"}).network.insecure);
}

TEST(Settings, an_unknown_key_is_an_error_that_names_line_and_nearest) {
  const temporary_file file{"# mine\nslots = 4\ndrain_timout_ms = 5\n"};
  EXPECT_EQ(complaint_of({"--config", file.path()}),
            file.path() + ":3: there is no setting drain_timout_ms; the nearest is "
                          "drain_timeout_ms");
}

TEST(Settings, an_unknown_table_is_an_error_that_names_its_line) {
  const temporary_file file{"\n[limits]\nqueue_length = 4\n"};
  EXPECT_THAT(complaint_of({"--config", file.path()}),
              HasSubstr(file.path() + ":2: there is no setting limits; the nearest is "));
}

TEST(Settings, an_unknown_variable_is_an_error_that_names_the_nearest) {
  EXPECT_EQ(complaint_of({}, {"RESTANTE_LISTN=x"}),
            "environment: there is no variable RESTANTE_LISTN; the nearest is RESTANTE_LISTEN");
  EXPECT_EQ(complaint_of({}, {"RESTANTE_CONFIGS=x"}),
            "environment: there is no variable RESTANTE_CONFIGS; the nearest is RESTANTE_CONFIG");
}

TEST(Settings, variables_of_scripts_and_of_others_are_passed_over) {
  EXPECT_EQ(complaint_of({}, {"RESTANTE_JOBS=3", "RESTANTE_SEEDS=9", "RESTANTE_URL=ws://h:1",
                              "RESTANTE_TOKEN=t", "PATH=/bin", "RESTANTES=1"}),
            "");
}

TEST(Settings, an_unknown_flag_is_an_error_that_names_the_nearest) {
  EXPECT_EQ(complaint_of({"--io-thread=3"}),
            "command line: there is no flag --io-thread; the nearest is --io-threads");
  EXPECT_EQ(complaint_of({"--confg", "x"}),
            "command line: there is no flag --confg; the nearest is --config");
  EXPECT_THAT(complaint_of({"7467"}), HasSubstr("7467"));
}

TEST(Settings, S8_numbers_are_taken_at_their_bounds_and_refused_one_past_them) {
  for (const auto& what : settings_table()) {
    if (what.most == 0)
      continue;
    EXPECT_EQ(complaint_of({flag_of(what), std::to_string(what.least)}), "") << what.name;
    EXPECT_EQ(complaint_of({flag_of(what), std::to_string(what.most)}), "") << what.name;
    const auto over = std::to_string(what.most + 1);
    EXPECT_EQ(complaint_of({flag_of(what), over}), flag_of(what) + ": " + std::string{what.name} +
                                                       " = \"" + over + "\": must be " +
                                                       allowed(what));
    if (what.least > 0) {
      EXPECT_NE(complaint_of({flag_of(what), std::to_string(what.least - 1)}), "") << what.name;
    }
  }
}

TEST(Settings, a_bad_number_says_where_it_stands_and_what_is_allowed) {
  for (const std::string bad :
       {"", "-1", "+1", "1.5", "1e3", "0x10", " 1", "1 ", "99999999999999999999"}) {
    EXPECT_EQ(complaint_of({}, {"RESTANTE_IO_THREADS=" + bad}),
              "RESTANTE_IO_THREADS: io_threads = \"" + bad +
                  "\": must be a whole number from 1 to 64");
  }
}

TEST(Settings, a_value_of_the_wrong_kind_in_the_file_says_its_line) {
  const std::map<std::string, std::string> cases{
      {"io_threads = \"4\"", "io_threads = \"4\": must be a whole number"},
      {"io_threads = 1.5", "io_threads = 1.5: must be a whole number"},
      {"io_threads = -1", "io_threads = \"-1\": must be a whole number"},
      {"insecure = 1", "insecure = 1: must be true or false"},
      {"log_level = 3", "log_level = 3: must be debug, info, warning or error"},
      {"log_level = \"loud\"", "log_level = \"loud\": must be debug, info, warning or error"},
      {"listen = {}", "listen = a table: must be IP:PORT"},
      {"allow_origin = \"x\"", "allow_origin = \"x\": must be a list"},
      {"allow_origin = [1]", "allow_origin = an array: must be a list"},
      {"jwt_algorithms = [\"none\"]", "jwt_algorithms = \"none\": must be a list of HS256, RS256"},
  };
  for (const auto& [line, complaint] : cases) {
    const temporary_file file{"\n" + line + "\n"};
    EXPECT_THAT(complaint_of({"--config", file.path()}),
                HasSubstr(file.path() + ":2: " + complaint));
  }
}

TEST(Settings, W7_what_no_browser_sends_is_refused_as_an_origin_or_a_host) {
  for (const auto* bad : {"app.example", "https://app.example/page", "https://a b", "https://",
                          "https://u@app.example", "https://app.example:x", "https://*.example"}) {
    EXPECT_THAT(
        complaint_of({"--allow-origin", bad}),
        AllOf(HasSubstr("--allow-origin: allow_origin = \""), HasSubstr("must be an origin")))
        << bad;
  }
  for (const auto* bad : {"https://app.example", "app.example/", "a b", "::1", "u@app.example",
                          "app.example:65536", "*.example/x"})
    EXPECT_THAT(complaint_of({"--allow-host", bad}), HasSubstr("must be a name or an IP address"))
        << bad;
  for (const auto* good : {"*", "null", "https://app.example", "HTTPS://App.Example:443/",
                           "http://[::1]:3000", "chrome-extension://abc"})
    EXPECT_EQ(complaint_of({"--allow-origin", good}), "") << good;
  for (const auto* good : {"*", "app.example", "App.example:8080", "[::1]", "10.0.0.1:80"})
    EXPECT_EQ(complaint_of({"--allow-host", good}), "") << good;
}

TEST(Settings, a_file_that_cannot_be_read_is_an_error_that_names_it) {
  EXPECT_THAT(complaint_of({"--config", "/nowhere/x.toml"}),
              AllOf(HasSubstr("/nowhere/x.toml: "), HasSubstr("No such file")));
  EXPECT_THAT(complaint_of({"--config", "/"}), HasSubstr("/: is a directory"));
  const temporary_file file{"slots = 3\nslots = \n"};
  EXPECT_THAT(complaint_of({"--config", file.path()}), HasSubstr(file.path() + ":2: "));
}

TEST(Settings, text_that_is_no_utf8_is_refused_and_cannot_break_the_line) {
  const auto complaint = complaint_of({}, {"RESTANTE_JWT_ISSUER=a\xff\nb"});
  EXPECT_THAT(complaint, HasSubstr("RESTANTE_JWT_ISSUER: "));
  EXPECT_EQ(complaint.find('\n'), std::string::npos);
}

TEST(Settings, tls_needs_both_of_its_files) {
  EXPECT_THAT(complaint_of({"--tls-cert", "c"}), HasSubstr("tls_key"));
  EXPECT_THAT(complaint_of({"--tls-key", "k"}), HasSubstr("tls_cert"));
}

TEST(Settings, the_ping_interval_is_the_broker_s_and_the_gateway_s) {
  const auto made = settings_of({"--ping-interval-ms=500"});
  EXPECT_EQ(made.network.ping_interval, std::chrono::milliseconds{500});
  EXPECT_EQ(made.broker.ping_interval, std::chrono::milliseconds{500});
}

TEST(Settings, the_default_file_sets_nothing_and_shows_every_default) {
  auto text = default_config();
  EXPECT_THAT(read_toml(text, "x"), IsEmpty());
  // Without the comment marks, the file sets every setting to its default.
  std::string all;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 100U);
    if (line.size() > 1 && line[0] == '#' && line[1] != ' ')
      all += line.substr(1) + "\n";
  }
  const auto values = read_toml(all, "x");
  EXPECT_EQ(values.size(), settings_table().size());
  const auto made = settle(values);
  for (const auto& what : settings_table())
    EXPECT_EQ(toml_value(what, made), toml_value(what, {})) << what.name;
}

TEST(Settings, what_is_in_force_is_printed_with_where_it_was_given) {
  const temporary_file file{"slots = 3\nlog_level = \"error\"\n"};
  const auto made = settings_of({"--config", file.path(), "--log-level", "debug"},
                                {"RESTANTE_ALLOW_ORIGIN=https://a,https://b"});
  const auto text = config_in_force(made);
  EXPECT_THAT(text, HasSubstr("\nslots = 3 # " + file.path() + ":1\n"));
  EXPECT_THAT(text, HasSubstr("\nlog_level = \"debug\" # --log-level\n"));
  EXPECT_THAT(text, HasSubstr("\nallow_origin = [\"https://a\", \"https://b\"] # "
                              "RESTANTE_ALLOW_ORIGIN\n"));
  EXPECT_THAT(text, HasSubstr("\nthreads = 0 # default\n"));
}

TEST(Settings, what_is_printed_can_be_fed_back) {
  for (const auto& what : settings_table()) {
    serve_settings given;
    assign(given, read_flag(what, {other_value(what)}));
    given.origins[std::string{what.name}] = "a \n b \x7f \xff";
    const auto values = read_toml(config_in_force(given), "x");
    EXPECT_EQ(values.size(), settings_table().size());
    serve_settings again;
    for (const auto& value : values)
      assign(again, value);
    EXPECT_EQ(toml_value(what, again), other_toml(what)) << what.name;
  }
}

TEST(Settings, W7_default_rights_are_rights_as_json) {
  for (const std::string good : {"", "{}", R"({"put":["*"],"publish":["room"]})"})
    EXPECT_EQ(complaint_of({"--default-rights", good}), "") << good;
  for (const std::string bad : {"none", "[]", "{", R"({"puts":[]})", R"({"put":"*"})"})
    EXPECT_THAT(complaint_of({"--default-rights", bad}),
                HasSubstr("must be rights as JSON, or empty"))
        << bad;
}

TEST(Settings, the_default_file_is_the_one_that_is_installed) {
  EXPECT_EQ(text_of("packaging/restante.toml"), default_config());
}

TEST(Settings, the_operations_page_has_the_table_that_print_settings_prints) {
  const auto page = text_of("docs/operations.md");
  const std::string begin = "<!-- settings: made by `restante serve --print-settings` -->\n";
  const std::string end = "<!-- settings: end -->\n";
  const auto from = page.find(begin);
  const auto to = page.find(end);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  EXPECT_EQ(page.substr(from + begin.size(), to - from - begin.size()), settings_markdown());
}

TEST(Listen, takes_an_address_and_a_port_and_nothing_else) {
  EXPECT_EQ(listen_endpoint_of("127.0.0.1:7467"), (listen_endpoint{"127.0.0.1", 7467}));
  EXPECT_EQ(listen_endpoint_of("[::1]:0"), (listen_endpoint{"::1", 0}));
  EXPECT_EQ(listen_endpoint_of("localhost:65535"), (listen_endpoint{"localhost", 65535}));
  for (const auto* bad : {"", ":", "7467", ":7467", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                          "127.0.0.1:-1", "127.0.0.1: 1", "::1:7467", "[::1]", "[127.0.0.1]:1",
                          "[]:1", "example.org:7467", "127.1:7467", "256.0.0.1:1"})
    EXPECT_FALSE(listen_endpoint_of(bad)) << bad;
}

TEST(Listen, W7_knows_loopback_from_other_addresses) {
  for (const auto* inside : {"127.0.0.1", "127.8.9.1", "::1", "localhost"})
    EXPECT_TRUE(is_loopback(inside)) << inside;
  for (const auto* outside : {"0.0.0.0", "::", "10.0.0.1", "127.evil.example", "::ffff:127.0.0.1"})
    EXPECT_FALSE(is_loopback(outside)) << outside;
}

TEST(Listen, writes_urls) {
  EXPECT_EQ(url("ws", {"127.0.0.1", 7467}, "/v1/ws"), "ws://127.0.0.1:7467/v1/ws");
  EXPECT_EQ(url("https", {"::1", 443}, "/"), "https://[::1]:443/");
}

TEST(Nearest, counts_letters) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(nearest("x", {}), "");
  EXPECT_EQ(nearest("lissten", std::vector<std::string>{"slots", "listen", "lists"}), "listen");
}

} // namespace restante::serve
