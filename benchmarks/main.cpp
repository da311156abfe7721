#include "restante/benchmarks/restante_subject.hpp"
#include "restante/benchmarks/scenarios.hpp"

/// Measures the baseline and Restante in one run and prints the ratios.
int main(int argc, char** argv) {
  using namespace restante::benchmarks;
  keep_freed_memory();
  suite all{argc, argv};
  add_scenarios(all, make_mutex_subject, make_restante_subject);
  return all.run();
}
