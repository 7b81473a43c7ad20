#pragma once

#include "engine/clip/animation_writer.h"

namespace convscope {

/// The .gif of openAnimation(): giflib's median cut and compression; of each picture only what changed.
[[nodiscard]] Result<std::unique_ptr<AnimationWriter>> openGif(const std::string& path, int height, int width,
                                                               double framesPerSecond,
                                                               std::span<const PictureView> samples);

}  // namespace convscope
