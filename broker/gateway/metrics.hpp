#pragma once

#include "restante/broker/api/broker.hpp"
#include "restante/broker/gateway/gateway.hpp"

#include <string>

namespace restante::gateway {

/// Everything counted, in Prometheus' text format. Never labelled by client, topic or trace
/// (spec W8): their number has no bound.
std::string prometheus_page(const broker_stats& core, const gateway_stats& net);

/// What `/readyz` says while newcomers are taken: with a line for each thing that is wrong.
std::string readiness_text(const journal_condition& journal);

/// The same numbers as JSON; those of the journal, too, only where there is one.
std::string stats_page(const broker_stats& core, const gateway_stats& net);

} // namespace restante::gateway
