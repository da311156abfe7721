#include "restante/broker/cli/bench_text.hpp"

#include "restante/messages/json/writer.hpp"

#include <array>
#include <cstdio>

namespace restante::cli {

namespace {

template <class... Values>
std::string formatted(const char* how, Values... values) {
  std::array<char, 256> text{};
  std::snprintf(text.data(), text.size(), how, values...);
  return text.data();
}

double ms(duration span) {
  return std::chrono::duration<double, std::milli>(span).count();
}

std::string figure(double value) {
  return formatted("%.3f", value);
}

} // namespace

bench_result result_of(const load_flags& how, const tally& done, duration worked) {
  bench_result made;
  made.mode = how.mode;
  made.connections = how.connections;
  made.pipeline = how.pipeline;
  made.bytes = how.bytes;
  made.seconds = std::chrono::duration<double>(worked).count();
  made.operations = done.done.count();
  made.refused = done.refused;
  made.unfinished = done.unfinished;
  made.p50_ms = ms(done.done.percentile(50));
  made.p90_ms = ms(done.done.percentile(90));
  made.p99_ms = ms(done.done.percentile(99));
  made.max_ms = ms(done.done.longest());
  return made;
}

std::string table_text(const bench_result& it) {
  return formatted("mode        %s, %u connections, pipeline %u, %u bytes, %.1f s\n",
                   it.mode.c_str(), it.connections, it.pipeline, it.bytes, it.seconds) +
         formatted("operations  %llu, %llu refused, %llu unfinished\n",
                   static_cast<unsigned long long>(it.operations),
                   static_cast<unsigned long long>(it.refused),
                   static_cast<unsigned long long>(it.unfinished)) +
         formatted("throughput  %.0f/s\n", it.per_second()) +
         formatted("latency     p50 %.3f ms, p90 %.3f ms, p99 %.3f ms, max %.3f ms", it.p50_ms,
                   it.p90_ms, it.p99_ms, it.max_ms);
}

std::string json_text(const bench_result& it) {
  const auto latency = json::writer{}
                           .raw("p50", figure(it.p50_ms))
                           .raw("p90", figure(it.p90_ms))
                           .raw("p99", figure(it.p99_ms))
                           .raw("max", figure(it.max_ms));
  json::writer out;
  out.text("mode", it.mode)
      .number("connections", it.connections)
      .number("pipeline", it.pipeline)
      .number("bytes", it.bytes)
      .raw("seconds", figure(it.seconds))
      .number("operations", it.operations)
      .number("refused", it.refused)
      .number("unfinished", it.unfinished)
      .raw("per_second", formatted("%.1f", it.per_second()))
      .raw("latency_ms", json::writer{latency}.object());
  return std::move(out).object();
}

std::string progress_text(std::uint64_t operations, duration passed, double seconds) {
  const double done = std::chrono::duration<double>(passed).count();
  return formatted("%.1f/%g s %.0f/s", done, seconds,
                   done > 0 ? static_cast<double>(operations) / done : 0.0);
}

} // namespace restante::cli
