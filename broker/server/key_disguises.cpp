#include "restante/broker/server/key_disguises.hpp"

#include "restante/broker/server/key_dumps.hpp"
#include "restante/broker/server/key_encodings.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace restante::serve {

namespace {

/// Resolves the escapes of JSON, shells and URLs, as far as base64 and PEM need that.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    const auto code = [text](std::size_t from) { // two hex digits
      return from + 1 < text.size() && hex_digit(text[from]) >= 0 && hex_digit(text[from + 1]) >= 0
                 ? hex_digit(text[from]) * 16 + hex_digit(text[from + 1])
                 : -1;
    };
    if (c == '%' && code(at + 1) >= 0) {
      plain += static_cast<char>(code(at + 1));
      at += 2;
    } else if (c == '\\' && next == 'x' && code(at + 2) >= 0) {
      plain += static_cast<char>(code(at + 2));
      at += 3;
    } else if (c == '\\' && next == 'u' && text.substr(at + 2, 2) == "00" && code(at + 4) >= 0) {
      plain += static_cast<char>(code(at + 4));
      at += 5;
    } else if (c == '\\' && (next == 'n' || next == 'r' || next == 't')) {
      plain += '\n';
      ++at;
    } else if (c == '\\') {
      if (next == '/')
        plain += '/';
      at += next == '\0' ? 0 : 1;
    } else {
      plain += c;
    }
  }
  return plain;
}

/// Removes the `0x` from a list of bytes such as `0x30, 0x82`.
std::string without_0x(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at, 2) == "0x")
      ++at;
    else
      plain += text[at];
  }
  return plain;
}

/// Removes the characters of quotations, comments and string literals around a line. A plus is a
/// digit of base64 unless blanks separate it from the other text.
std::string_view bare_line(std::string_view line) {
  constexpr std::string_view around = " \t\r\v\f\"'`,;.>|#*\\()";
  const auto is_around = [around](char c) { return around.find(c) != std::string_view::npos; };
  const auto is_apart = [is_around](std::string_view two) {
    return two.size() < 2 || (two[0] == '+' && is_around(two[1])) ||
           (two[1] == '+' && is_around(two[0]));
  };
  while (!line.empty() &&
         (is_around(line.front()) || (line.front() == '+' && is_apart(line.substr(0, 2)))))
    line.remove_prefix(1);
  while (!line.empty() &&
         (is_around(line.back()) ||
          (line.back() == '+' && is_apart(line.substr(line.size() < 2 ? 0 : line.size() - 2)))))
    line.remove_suffix(1);
  return line;
}

std::string bare_lines(std::string_view text) {
  std::string bare;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    bare.append(bare_line(text.substr(0, end))).append("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return bare;
}

} // namespace

std::vector<std::string> undisguised(std::string_view text) {
  auto plain = unescaped(text);
  std::vector<std::string> all{plain, bare_lines(text), bare_lines(plain), without_0x(text)};
  for (const bool is_swapped : {false, true}) {
    if (auto digits = dumped_digits(text, is_swapped); !digits.empty())
      all.push_back(std::move(digits));
  }
  if (text.find('\0') != std::string_view::npos) { // UTF-16, UTF-32
    all.emplace_back();
    std::ranges::copy_if(text, std::back_inserter(all.back()), [](char c) { return c != 0; });
  }
  std::erase(all, text);
  return all;
}

} // namespace restante::serve
