#pragma once

#include "engine/clip/clip_spec.h"

#include <cstdint>
#include <string_view>

namespace convscope {

/// The extent that an image's header claims, read from the first bytes of its file: PNG, BMP, JPEG, WebP,
/// TIFF (where its first directory lies within these bytes) and portable pixmaps. {0, 0} where it cannot be
/// told; nothing is believed beyond 2³⁰.
[[nodiscard]] FrameSize claimedImageSize(std::string_view start);

/// Whether an image whose file holds `bytes` bytes is cut short, by its first bytes and its last ones:
/// decoders make up what is missing of a PNG, a JPEG or a WebP. False for other formats, whose decoders
/// refuse.
[[nodiscard]] bool endsEarly(std::string_view start, std::string_view end, std::int64_t bytes);

}  // namespace convscope
