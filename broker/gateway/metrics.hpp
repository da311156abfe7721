#pragma once

#include "restante/broker/api/broker.hpp"
#include "restante/broker/gateway/gateway.hpp"

#include <string>

namespace restante::gateway {

/// All counters in the text format of Prometheus. They are never labelled by client, topic or trace
/// (spec W8), because the number of these has no bound.
std::string prometheus_page(const broker_stats& core, const gateway_stats& net);

/// The text of `/readyz` while new sockets are accepted: one line for each problem.
std::string readiness_text(const journal_condition& journal);

/// All counters as JSON. Those of the journal are included only if there is a journal.
std::string stats_page(const broker_stats& core, const gateway_stats& net);

} // namespace restante::gateway
