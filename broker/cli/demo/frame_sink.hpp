#pragma once

#include "restante/broker/api/broker.hpp"

#include <functional>
#include <memory>
#include <string>

namespace restante::demo {

/// Writes the frames of one connection.
using frame_writer = std::function<void(const std::string& frame)>;

/// A sink that writes each push as its frame on the wire, with times relative to `zero`. A client
/// that disconnects or is cut off gets no frame about it. If something else ends the connection,
/// the client gets a `goodbye`. `open` becomes false at the end.
std::unique_ptr<sink> make_frame_sink(frame_writer out, instant zero, std::shared_ptr<bool> open);

} // namespace restante::demo
