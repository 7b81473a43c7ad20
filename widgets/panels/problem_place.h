#pragma once

#include "engine/clip/clip.h"
#include "engine/core/shape.h"

#include <QString>

#include <optional>

namespace convscope {

/// Which control the sentence of a failure speaks of, so that it can stand under that control.
struct ProblemPlace {
  enum class Row {
    None,
    Size,
    Stride,
    Dilation,
    Padding,
    Groups,
    Filters,
    Clip,
    Motion,
    Range,
    Crop,
    Resize
  } row = Row::None;
  std::optional<Axis> axis;  ///< where the sentence names one
};

/// By the words that the engine's sentences use (conv_spec.cpp, clip_prepare.cpp, clip_reader.cpp,
/// motion_lab.cpp); what is about none of the kernel's settings is about the clip. A sentence that begins
/// with `clipName` is about the clip, whatever words its name is made of. Empty: None.
[[nodiscard]] ProblemPlace placeOfProblem(const QString& sentence, const QString& clipName);
/// The name by which the engine's sentences call the clip's source; empty where they do not.
[[nodiscard]] QString nameInSentences(const ClipSource& source);

}  // namespace convscope
