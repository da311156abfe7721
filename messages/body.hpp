#pragma once

#include "restante/messages/inspect.hpp"
#include "restante/messages/outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace restante {

/// An immutable value behind a shared pointer: a copy costs one reference count, whatever the size.
/// It is serialised by value when it leaves the process.
template <class T>
class shared {
public:
  shared() = default;
  explicit shared(T value) : value_{std::make_shared<const T>(std::move(value))} {}

  const T& operator*() const { return value_ ? *value_ : nothing(); }
  const T* operator->() const { return &**this; }

  bool operator==(const shared& other) const { return value_ == other.value_ || **this == *other; }

  template <class Inspector>
  friend auto inspect(Inspector& f, shared& x) {
    return inspect_as<T>(
        f, [&x] { return *x; }, [&x](T value) { x = shared{std::move(value)}; });
  }

private:
  static const T& nothing() {
    static const T empty{};
    return empty;
  }

  std::shared_ptr<const T> value_;
};

/// What the bytes of a body are.
enum class content : std::uint8_t {
  bytes, ///< any bytes, from an embedder
  json,  ///< the compact text of one JSON value, from the wire

  /// A peer declared it as JSON, but it is not JSON. Operations with such a body are refused
  /// (`check_body`), so it is never stored; it is shown as bytes.
  not_json,
};

/// How deep a JSON body may nest. A frame may nest one level deeper, because its own braces count.
inline constexpr std::size_t json_body_depth_max = 63;

/// A payload: opaque bytes, shared inside the process and never copied (spec N1).
class body {
public:
  body() = default;

  static body bytes(std::string_view text);
  static body bytes(std::span<const std::byte> raw);

  /// One JSON value, kept as its compact text. Throws std::invalid_argument, which names the fault,
  /// for any other text: no JSON, no UTF-8, half a surrogate pair, a NUL, nested deeper than
  /// `json_body_depth_max`.
  static body json(std::string_view text);

  /// Makes a JSON body of text from outside. Answers `invalid_argument`, with the fault, instead of
  /// throwing.
  static outcome<body> parse_json(std::string_view text);

  /// Compact text made by a JSON parser or writer. It is not checked.
  static body trusted_json(std::string_view text);

  /// A body as a peer or a file declares it. Declared JSON that is not JSON becomes
  /// `content::not_json`.
  static body received(content kind, std::string_view text);

  std::string_view view() const { return {bytes_.get(), size_}; }
  std::span<const std::byte> raw() const { return std::as_bytes(std::span{view()}); }
  content kind() const { return static_cast<content>(kind_); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// Compares the content. Equal bodies need not share a buffer.
  bool operator==(const body& other) const {
    return kind() == other.kind() && view() == other.view();
  }

  /// Whether both bodies are one buffer, which proves that nothing was copied.
  bool shares_buffer_with(const body& other) const { return bytes_ == other.bytes_; }

  struct stored {
    content kind = content::bytes;
    std::string text;
  };

  template <class Inspector>
  friend auto inspect(Inspector& f, body& x) {
    return inspect_as<stored>(
        f,
        [&x] {
          return stored{x.kind(), std::string{x.view()}};
        },
        [&x](const stored& value) { x = received(value.kind, value.text); });
  }

private:
  body(content kind, std::string_view text);

  // The counter and the bytes share one allocation, and a body takes three words, because millions
  // of bodies wait in queues.
  std::shared_ptr<const char[]> bytes_;
  std::uint64_t size_ : 56 = 0;
  std::uint64_t kind_ : 8 = 0;
};

BOOST_DESCRIBE_STRUCT(body::stored, (), (kind, text))

} // namespace restante
