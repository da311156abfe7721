#pragma once

#include "restante/broker/api/broker.hpp"

#include <functional>
#include <memory>
#include <string>

namespace restante::demo {

/// Where the frames for one connection go.
using frame_writer = std::function<void(const std::string& frame)>;

/// A sink that writes each push as its frame on the wire, with times relative to `zero`. A client
/// that disconnects or is cut off gets no frame for it; a client whose connection is ended by
/// another gets a `goodbye`. `open` is false from then on.
std::unique_ptr<sink> make_frame_sink(frame_writer out, instant zero, std::shared_ptr<bool> open);

} // namespace restante::demo
