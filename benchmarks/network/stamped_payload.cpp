#include "restante/benchmarks/network/stamped_payload.hpp"

#include <stdexcept>

namespace restante::benchmarks::network {

namespace {

constexpr int time_digits = 16;
constexpr int number_digits = 8;
constexpr std::string_view hexadecimal = "0123456789abcdef";

void write_digits(char* at, int count, std::uint64_t value) {
  for (int i = count - 1; i >= 0; --i, value >>= 4)
    at[i] = hexadecimal[value & 0xf];
}

std::uint64_t read_digits(std::string_view text) {
  std::uint64_t value = 0;
  for (const char each : text) {
    const bool letter = each >= 'a' && each <= 'f';
    if (!letter && (each < '0' || each > '9'))
      throw std::runtime_error("a payload that was changed");
    value = value << 4 | static_cast<std::uint64_t>(letter ? each - 'a' + 10 : each - '0');
  }
  return value;
}

} // namespace

std::string_view stamped_payload::write(bench_clock::time_point at, std::uint32_t number) {
  const auto time = std::chrono::nanoseconds{at.time_since_epoch()}.count();
  write_digits(text_.data(), time_digits, static_cast<std::uint64_t>(time));
  write_digits(text_.data() + time_digits, number_digits, number);
  return {text_.data(), text_.size()};
}

stamped_payload::stamp stamped_payload::read(std::string_view payload) {
  if (payload.size() != size)
    throw std::runtime_error("a payload of another size");
  const auto time = static_cast<std::int64_t>(read_digits(payload.substr(0, time_digits)));
  return {bench_clock::time_point{std::chrono::nanoseconds{time}},
          static_cast<std::uint32_t>(read_digits(payload.substr(time_digits, number_digits)))};
}

} // namespace restante::benchmarks::network
