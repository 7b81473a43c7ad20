#pragma once

#include "engine/clip/clip.h"
#include "engine/clip/read_context.h"
#include "engine/core/result.h"

#include <span>

namespace convscope {

/// One kind of synthetic clip.
struct MotionLabEntry {
  std::string id;                     ///< "dot", "bar", "grating", "figure-clap", …
  std::string name;                   ///< for people: "Figure clapping"
  std::string group;                  ///< "Moving shapes", "Textures", "No motion", "Figure", …
  std::string shows;                  ///< one sentence: the ground truth
  std::vector<std::string> controls;  ///< fields of LabSpec it reads: "direction", "speed", …
  LabSpec defaults;                   ///< with `name` set to `id`
};
[[nodiscard]] std::span<const MotionLabEntry> motionLabEntries();
[[nodiscard]] const MotionLabEntry* findMotionLabEntry(std::string_view id);

/// Errors: BadUsage (unknown id, with the nearest names), BadSpec (a field out of range, by name and
/// numbers).
[[nodiscard]] Result<void> checkLab(const LabSpec& spec);

/// Draws the frames of `range` (a lab clip never ends). Frame t depends on `spec` and t alone, so any range
/// of the same spec agrees where it overlaps. Colour frames, values in [0, 1]. Bit-equal on every machine for
/// one compiler. Errors: those of checkLab(), TooLarge, Stopped.
[[nodiscard]] Result<RawFrames> drawLab(const LabSpec& spec, const FrameRange& range,
                                        const ReadContext& context = {});

}  // namespace convscope
