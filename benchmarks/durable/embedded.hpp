#pragma once

#include "restante/benchmarks/harness.hpp"
#include "restante/broker/api/broker.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

/// A broker in this process with a data directory, and the senders that put into it.
namespace restante::benchmarks::durable {

constexpr std::size_t pack_bytes = 100;

/// A broker with the default settings, and room for what is measured. Makes the directory.
options broker_options(const std::filesystem::path& journal);

std::string target_name(std::size_t number);
put_request request_for(std::size_t target);

/// Throws std::runtime_error that names `what` when the operation failed.
void expect_fine(errc code, const char* what);

struct put_rate {
  double per_second = 0;
  double per_commit = 0; ///< average puts in one commit
  double commit_us = 0;  ///< average duration of one commit
  double committing = 0; ///< share of the time spent in commits
  double cpu_us = 0;     ///< CPU time of this process per put
  latency_summary latency;
};

/// `senders` connected clients. Each puts to the next target when its last put is answered.
put_rate put_at_once(broker& at, std::size_t senders, std::size_t targets,
                     std::chrono::duration<double> time);

/// One client, in a thread that waits for each answer.
latency_summary put_alone(broker& at, std::size_t targets, std::chrono::duration<double> time);

} // namespace restante::benchmarks::durable
