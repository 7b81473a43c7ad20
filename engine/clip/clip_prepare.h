#pragma once

#include "engine/clip/clip.h"
#include "engine/clip/read_context.h"
#include "engine/core/result.h"

namespace convscope {

/// Crop, then resize (area averaging on an axis that shrinks, else linear; each frame on its own), then grey
/// (or, of a grey source in colour, the same picture three times), then values/255 as float32: the clip that
/// the engine is fed, exactly. Errors: BadSpec (crop outside the
/// frame, size below 1: the sentence names the axis and the numbers), TooLarge. `step` is the range's step,
/// for the frame rate. Stopped where the context says so. Thread-safe.
[[nodiscard]] Result<Clip> prepareClip(const RawFrames& raw, const PrepareSpec& spec, int step,
                                       const ReadContext& context = {});

/// Shape of what prepareClip() makes of frames of shape `raw`, without making it. Errors: those of
/// prepareClip() for `spec`, from the numbers alone. Cost O(1). Thread-safe.
[[nodiscard]] Result<Shape> preparedShape(const Shape& raw, const PrepareSpec& spec);

}  // namespace convscope
