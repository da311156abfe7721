#pragma once

#include "restante/broker/api/broker.hpp"

#include <functional>
#include <memory>
#include <string>

namespace restante::demo {

/// Where the frames for one connection go.
using frame_writer = std::function<void(const std::string& frame)>;

/// A sink that writes each push as the frame it is on the wire, times relative to `zero`.
/// Whoever leaves of his own accord, or is cut off, hears nothing of it; one that is ended
/// by another gets a `goodbye`. `open` is false from then on.
std::unique_ptr<sink> make_frame_sink(frame_writer out, instant zero, std::shared_ptr<bool> open);

} // namespace restante::demo
