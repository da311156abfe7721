#include "restante/broker/server/secret_text.hpp"

#include "restante/broker/server/jwt_key.hpp"
#include "restante/broker/server/key_encodings.hpp"
#include "restante/broker/server/key_formats.hpp"
#include "restante/messages/validate.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace restante::serve {

namespace {

/// UTF-8 without control characters. 32 random bytes pass this check once in 2^40.
bool is_text(std::string_view bytes) {
  return is_valid_utf8(bytes) && std::ranges::none_of(bytes, [](char c) {
           return c == 0x7f || (c >= 0 && c < ' ' && !is_blank(c));
         });
}

std::string without_nul(std::string_view bytes) {
  std::string rest;
  std::ranges::copy_if(bytes, std::back_inserter(rest), [](char c) { return c != 0; });
  return rest;
}

/// Whether the text begins or ends with a non-ASCII blank or an invisible character of UTF-8.
bool begins_or_ends_unseen(std::string_view text) {
  constexpr std::array<std::string_view, 24> unseen{
      "\u00a0", "\u0085", "\u00ad", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
      "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u200b",
      "\u200c", "\u200d", "\u2028", "\u2029", "\u202f", "\u205f", "\u2060", "\u3000"};
  return std::ranges::any_of(unseen, [text](std::string_view one) {
    return text.starts_with(one) || text.ends_with(one);
  });
}

constexpr std::string_view utf8_mark = "\xef\xbb\xbf";

/// UTF-16: at least half of the characters are from one block of 256. 32 random bytes after a byte
/// order mark pass this check once in 2^39. Without a mark only the Latin block counts.
bool is_utf16(std::string_view bytes, std::size_t high_at, bool has_mark) {
  std::array<std::size_t, 256> blocks{};
  for (auto at = high_at; at < bytes.size(); at += 2)
    ++blocks[static_cast<unsigned char>(bytes[at])];
  const auto most = has_mark ? *std::ranges::max_element(blocks) : blocks[0];
  return bytes.size() % 2 == 0 && bytes.size() >= 16 && most * 4 >= bytes.size();
}

/// Text in an encoding with wider characters, or text with a byte order mark.
std::optional<std::string> fault_in_encoding(std::string_view file) {
  if (file.starts_with(utf8_mark) && is_text(file))
    return "it begins with a byte order mark (UTF-8), which is no part of a secret";
  const bool has_mark = file.starts_with("\xff\xfe") || file.starts_with("\xfe\xff");
  const auto rest = without_nul(has_mark ? file.substr(2) : file);
  const bool has_nul = rest.size() != file.size() - (has_mark ? 2 : 0);
  if (has_nul && rest.empty())
    return "all of its bytes are 0";
  const auto wide = has_mark ? file.substr(2) : file;
  const bool is_wide = has_mark ? is_utf16(wide, file.front() == '\xff' ? 1 : 0, true)
                                : is_utf16(wide, 0, false) || is_utf16(wide, 1, false);
  if (((has_mark || has_nul) && is_text(rest)) || is_wide)
    return has_mark ? "it begins with a byte order mark (UTF-16)"
                    : "it is text with NUL bytes in it, such as UTF-16";
  return std::nullopt;
}

/// Whether the text is only zeros in base64 or hex.
bool is_zeros(const encoding& how, std::string_view text) {
  const auto words = digits_in(how, text.substr(0, text.find_last_not_of('=') + 1));
  const auto bytes = bytes_of(how, words.front());
  return words.size() == 1 && !bytes.empty() &&
         std::ranges::all_of(bytes, [](char c) { return c == 0; });
}

/// Bytes that an attacker would try first. Another check refuses secrets that are too short.
std::optional<std::string> fault_in_choice(std::string_view secret) {
  constexpr std::size_t bytes_min = 32;
  if (secret.size() < bytes_min)
    return std::nullopt;
  if (is_zeros(base64(), secret) || is_zeros(hex(), secret))
    return "it is nothing but zeros";
  return std::nullopt;
}

/// Whether the text is in curly quotes such as `“…”`, in any order.
bool is_in_curly_quotes(std::string_view text) {
  constexpr std::array<std::string_view, 14> quotes{
      "\u201c", "\u201d", "\u201e", "\u201f", "\u2018", "\u2019", "\u201a",
      "\u201b", "\u00ab", "\u00bb", "\u2039", "\u203a", "\u300c", "\u300d"};
  const auto begins = [text](std::string_view one) { return text.starts_with(one); };
  const auto ends = [text](std::string_view one) { return text.ends_with(one); };
  return std::ranges::any_of(quotes, begins) && std::ranges::any_of(quotes, ends);
}

bool is_jwt(std::string_view text) {
  const auto dots = std::ranges::count(text, '.');
  if (dots != 2 && dots != 4) // 4 dots: an encrypted token
    return false;
  std::string header;
  return decode_base64url(text.substr(0, text.find('.')), header) &&
         nlohmann::json::parse(header, nullptr, false).is_object();
}

/// Text that is meant for another purpose, such as a JWT or a URL, or that has extra characters
/// around it.
std::optional<std::string> fault_in_text(std::string_view text) {
  if (is_blank(text.front()) || is_blank(text.back()))
    return std::string{"it "} + (is_blank(text.front()) ? "begins" : "ends") +
           " with white space, beside one line end";
  if (begins_or_ends_unseen(text) || text.ends_with("\ufeff"))
    return "it begins or ends with a character that cannot be seen";
  const auto quotes = [text](char c) { return text.front() == c && text.back() == c; };
  if (quotes('"') || quotes('\'') || quotes('`') || is_in_curly_quotes(text))
    return "it is in quotation marks";
  if (is_jwt(text.substr(text.rfind(' ') + 1)))
    return "it looks like a JWT, which others know";
  if (text.starts_with("http://") || text.starts_with("https://") || text.starts_with("file://"))
    return "it looks like an address; the key itself must be in the file";
  if (text.front() == '<' && text.back() == '>')
    return "it looks like XML or HTML";
  return std::nullopt;
}

} // namespace

std::string_view secret_in(std::string_view file) {
  if (!is_text(file) || !file.ends_with('\n'))
    return file;
  file.remove_suffix(1);
  if (file.ends_with('\r'))
    file.remove_suffix(1);
  return file;
}

std::optional<std::string> fault_in_secret(std::string_view file) {
  const auto secret = secret_in(file);
  if (secret.empty())
    return std::nullopt; // too short, which another check reports
  if (const auto key = key_in(secret))
    return "it looks like " + *key + "; a public key must be PEM, -----BEGIN PUBLIC KEY-----";
  if (auto wrong = fault_in_encoding(secret))
    return wrong;
  if (auto wrong = fault_in_choice(secret))
    return wrong;
  return is_text(secret) ? fault_in_text(secret) : std::nullopt;
}

} // namespace restante::serve
