#include <restante/broker/broker.hpp>

int main() {
  return 0;
}
