#include "restante/broker/serve/secret_text.hpp"

#include "restante/broker/serve/jwt_key.hpp"
#include "restante/broker/serve/key_formats.hpp"
#include "restante/messages/validate.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace restante::serve {

namespace {

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// UTF-8 without control characters. 32 random bytes are that once in 2^40.
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

/// Blanks beyond ASCII, and characters that nobody sees, in UTF-8.
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

/// Text of an encoding with wider characters, or with the mark of one in front.
std::optional<std::string> fault_in_encoding(std::string_view file) {
  if (file.starts_with(utf8_mark) && is_text(file))
    return "it begins with a byte order mark (UTF-8), which is no part of a secret";
  const bool has_mark = file.starts_with("\xff\xfe") || file.starts_with("\xfe\xff");
  const auto rest = without_nul(has_mark ? file.substr(2) : file);
  const bool has_nul = rest.size() != file.size() - (has_mark ? 2 : 0);
  if (has_nul && rest.empty())
    return "all of its bytes are 0";
  const bool is_ascii = std::ranges::all_of(rest, [](char c) { return c > 0; });
  if ((has_mark || has_nul) && is_ascii && is_text(rest))
    return has_mark ? "it begins with a byte order mark (UTF-16)"
                    : "it is text with NUL bytes in it, such as UTF-16";
  return std::nullopt;
}

bool is_jwt(std::string_view text) {
  const auto dots = std::ranges::count(text, '.');
  if (dots != 2 && dots != 4) // 4: it is encrypted
    return false;
  std::string header;
  return decode_base64url(text.substr(0, text.find('.')), header) &&
         nlohmann::json::parse(header, nullptr, false).is_object();
}

/// Text that is meant for something else.
std::optional<std::string> fault_in_text(std::string_view text) {
  if (is_blank(text.front()) || is_blank(text.back()))
    return std::string{"it "} + (is_blank(text.front()) ? "begins" : "ends") +
           " with white space, beside one line end";
  if (begins_or_ends_unseen(text) || text.ends_with("\ufeff"))
    return "it begins or ends with a character that cannot be seen";
  const auto quotes = [text](char c) { return text.front() == c && text.back() == c; };
  if (quotes('"') || quotes('\'') || quotes('`'))
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
    return std::nullopt; // it is too short, which is said elsewhere
  if (const auto key = key_in(secret))
    return "it looks like " + *key + "; a public key must be PEM, -----BEGIN PUBLIC KEY-----";
  if (auto wrong = fault_in_encoding(secret))
    return wrong;
  return is_text(secret) ? fault_in_text(secret) : std::nullopt;
}

} // namespace restante::serve
