#pragma once

#include <functional>

namespace convscope {

/// Runs `paint` on a thread of the global pool and `meanwhile` on this one, and returns when both are done. A
/// thread of that pool, because painting in any other Qt 6 hands each longer line to the pool in pieces,
/// several hundred times in a picture. Where no thread is free `paint` follows on this one. What either
/// throws is thrown here once neither works any more.
void paintBeside(const std::function<void()>& paint, const std::function<void()>& meanwhile);

}  // namespace convscope
