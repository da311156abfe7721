// Passes the files of the given folders to a target, one after the other, so that every fault that
// a fuzzer has found is tested again. Needs no fuzzer.

#include "restante/tests/fuzz/fuzz.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

int main(int argc, char** argv) {
  int inputs = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& found : std::filesystem::directory_iterator{argv[i]}) {
      std::ifstream file{found.path(), std::ios::binary};
      const std::string input{std::istreambuf_iterator<char>{file}, {}};
      std::cerr << found.path().filename() << std::endl; // on a crash, the last one is at fault
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
      ++inputs;
    }
  }
  std::cout << inputs << " inputs" << std::endl;
  return inputs > 0 ? 0 : 1;
}
