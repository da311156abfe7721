#pragma once

#include <string_view>

/// The names of the members of `connect`. A client writes them from `connect_fields`, the broker
/// reads them into `connect_request`: the two structs differ, so there is no table of rows. The
/// name in `client` is also in a script's `disconnect` and `cut`, the name in `token` also in
/// `token.refresh`.
namespace restante::json::connect_names {

inline constexpr std::string_view client = "client";
inline constexpr std::string_view token = "token";
inline constexpr std::string_view ack = "ack";
inline constexpr std::string_view max_inflight = "max_inflight";
inline constexpr std::string_view resume_window = "resume_window_ms";
inline constexpr std::string_view resume = "resume";
inline constexpr std::string_view visit = "visit";

inline constexpr std::string_view all[] = {
    client, token, ack, max_inflight, resume_window, resume, visit,
};

} // namespace restante::json::connect_names
