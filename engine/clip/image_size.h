#pragma once

#include "engine/clip/clip_spec.h"

#include <string_view>

namespace convscope {

/// The extent that an image's header claims, read from the first bytes of its file: PNG, BMP, JPEG, WebP,
/// TIFF (where its first directory lies within these bytes) and portable pixmaps. {0, 0} where it cannot be
/// told; nothing is believed beyond 2³⁰.
[[nodiscard]] FrameSize claimedImageSize(std::string_view start);

}  // namespace convscope
