#pragma once

#include "engine/clip/clip_spec.h"

#include <cstdint>
#include <iosfwd>
#include <string_view>

namespace convscope {

/// The extent that an image's header claims, read from the first bytes of its file: PNG, BMP, JPEG, WebP,
/// TIFF (where its first directory lies within these bytes) and portable pixmaps. {0, 0} where it cannot be
/// told; nothing is believed beyond 2³⁰.
[[nodiscard]] FrameSize claimedImageSize(std::string_view start);

/// Whether an image is cut short: decoders make up what is missing of a PNG, a JPEG or a WebP. `file`, which
/// holds `bytes` bytes and begins with `start`, is followed part by part to where its picture ends, so that
/// neither a thumbnail inside nor what phones put behind the picture is taken for its end. Other formats'
/// decoders refuse: false. Cost: a JPEG is read once.
[[nodiscard]] bool endsEarly(std::istream& file, std::string_view start, std::int64_t bytes);

}  // namespace convscope
