#include "restante/benchmarks/network/ws_codec.hpp"

#include <array>
#include <cstring>
#include <stdexcept>

namespace restante::benchmarks::network {

namespace {

constexpr std::uint8_t last_bit = 0x80;
constexpr std::uint8_t reserved_bits = 0x70;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::size_t short_length_max = 125;
constexpr std::uint8_t two_byte_length = 126;
constexpr std::uint8_t eight_byte_length = 127;

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char each : bytes)
    value = value << 8 | static_cast<std::uint8_t>(each);
  return value;
}

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(value >> shift & 0xff));
}

/// Handles eight bytes at a time: `key` has the byte order of the wire.
void mask_in_place(char* at, std::size_t size, std::array<char, 4> key) {
  std::array<char, 8> twice{key[0], key[1], key[2], key[3], key[0], key[1], key[2], key[3]};
  std::uint64_t wide = 0;
  std::memcpy(&wide, twice.data(), sizeof wide);
  for (; size >= sizeof wide; at += sizeof wide, size -= sizeof wide) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    word ^= wide;
    std::memcpy(at, &word, sizeof word);
  }
  for (std::size_t i = 0; i < size; ++i)
    at[i] = static_cast<char>(at[i] ^ key[i % key.size()]);
}

} // namespace

std::optional<ws_frame> next_ws_frame(std::string_view bytes) {
  if (bytes.size() < 2)
    return std::nullopt;
  const auto first = byte_at(bytes, 0);
  const auto second = byte_at(bytes, 1);
  if ((first & reserved_bits) != 0 || (second & mask_bit) != 0)
    throw std::runtime_error("a WebSocket frame that no server may send");
  std::size_t head = 2;
  std::uint64_t length = second;
  if (second > short_length_max) {
    const std::size_t width = second == two_byte_length ? 2 : 8;
    if (bytes.size() < head + width)
      return std::nullopt;
    length = big_endian(bytes.substr(head, width));
    head += width;
  }
  if (bytes.size() - head < length)
    return std::nullopt;
  return ws_frame{static_cast<ws_opcode>(first & 0x0f), (first & last_bit) != 0,
                  bytes.substr(head, length), head + static_cast<std::size_t>(length)};
}

void append_ws_frame(std::string& out, ws_opcode opcode, std::uint32_t mask,
                     std::initializer_list<std::string_view> pieces) {
  std::size_t length = 0;
  for (const auto piece : pieces)
    length += piece.size();
  out.push_back(static_cast<char>(last_bit | static_cast<std::uint8_t>(opcode)));
  if (length <= short_length_max) {
    out.push_back(static_cast<char>(mask_bit | length));
  } else if (length <= 0xffff) {
    out.push_back(static_cast<char>(mask_bit | two_byte_length));
    append_big_endian(out, length, 2);
  } else {
    out.push_back(static_cast<char>(mask_bit | eight_byte_length));
    append_big_endian(out, length, 8);
  }
  std::array<char, 4> key{};
  std::memcpy(key.data(), &mask, key.size());
  out.append(key.data(), key.size());
  const auto start = out.size();
  for (const auto piece : pieces)
    out.append(piece);
  mask_in_place(out.data() + start, length, key);
}

void append_ws_upgrade(std::string& out, std::string_view host, std::string_view path) {
  out.append("GET ").append(path).append(" HTTP/1.1\r\nHost: ").append(host);
  out.append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
}

std::optional<std::size_t> ws_upgrade_answer(std::string_view bytes) {
  constexpr std::string_view end = "\r\n\r\n";
  const auto found = bytes.find(end);
  if (found == std::string_view::npos)
    return std::nullopt;
  if (!bytes.starts_with("HTTP/1.1 101"))
    throw std::runtime_error("no WebSocket: " + std::string{bytes.substr(0, bytes.find("\r\n"))});
  return found + end.size();
}

std::optional<ws_message> ws_reader::next(std::string_view& bytes) {
  if (handed_out_) {
    joined_.clear();
    handed_out_ = false;
  }
  while (const auto frame = next_ws_frame(bytes)) {
    bytes.remove_prefix(frame->size);
    const bool control = static_cast<std::uint8_t>(frame->opcode) >= 8;
    if (control)
      return ws_message{frame->opcode, frame->payload};
    if (frame->last && frame->opcode != ws_opcode::continuation)
      return ws_message{frame->opcode, frame->payload};
    if (frame->opcode != ws_opcode::continuation)
      opcode_ = frame->opcode;
    joined_.append(frame->payload);
    if (frame->last) {
      handed_out_ = true;
      return ws_message{opcode_, joined_};
    }
  }
  return std::nullopt;
}

} // namespace restante::benchmarks::network
