// A block of type ids that starts where Restante's does. This source does not include Restante's
// types, so the compiler cannot see the overlap.

#include <restante/broker/api/configure.hpp>
#include <stdexcept>
#include <string>

struct stray {
  int x = 0;
};

template <class Inspector>
auto inspect(Inspector& f, stray& x) {
  return f(x.x);
}

CAF_BEGIN_TYPE_ID_BLOCK(strays, restante::type_ids_begin)
CAF_ADD_TYPE_ID(strays, (stray))
CAF_END_TYPE_ID_BLOCK(strays)

std::string told_of_an_overlap();

std::string told_of_an_overlap() {
  caf::actor_system_config config;
  try {
    restante::configure<caf::id_block::strays>(config);
  } catch (const std::invalid_argument& refused) {
    return refused.what();
  }
  return {};
}
