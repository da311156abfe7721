// A broker with a data directory: every accepted notification is there after a restart.

#include "restante/broker/api/broker.hpp"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

using namespace restante;

namespace {

/// Puts a note for bob, and ends before bob connects.
trace_id put_and_leave(const options& how) {
  broker broker{how};
  const auto note = broker.server().put({.to = "bob", .pack = body::bytes("call me")}).get();
  // The answer came when the note was on disk: from here on the note survives kill -9.
  return note && note->accepted == kept_in::disk ? note->trace : trace_id{};
}

bool is_there_again(const options& how, const trace_id& trace) {
  broker broker{how};
  const auto waits = broker.server().drain("bob").get();
  if (!waits || waits->notifications.size() != 1)
    return false;
  const auto& note = waits->notifications.front();
  std::cout << "bob reads: " << note.pack.view() << '\n';
  return note.trace == trace;
}

} // namespace

int main() {
  auto home = (std::filesystem::temp_directory_path() / "restante-XXXXXX").string();
  if (mkdtemp(home.data()) == nullptr)
    return EXIT_FAILURE;

  options how;
  how.data_directory = home + "/data"; // made by the first broker, and never shared with another
  const auto trace = put_and_leave(how);
  const bool is_there = is_there_again(how, trace);

  std::filesystem::remove_all(home);
  return is_there ? EXIT_SUCCESS : EXIT_FAILURE;
}
