#pragma once

#include "widgets/stage/stage_frame.h"

namespace convscope {

/// A title of a frame or map and where it stands.
struct StageTitle {
  const StagePlane* plane = nullptr;
  QRectF box;
};

[[nodiscard]] QFont titleFont(const StagePlane& plane, const LookTheme& theme);

/// Titles of frames stand below the corner of their near edge, those of maps above the far one. None collides
/// with another or with `taken`: the lit ones come first, then the ends of a row, then every fourth. A row of
/// frames is titled throughout or, where that cannot be, at 1, 4, 8, …; titles behind an opaque frame are
/// left out.
[[nodiscard]] std::vector<StageTitle> placedTitles(const StageFrame& frame, const std::vector<QRectF>& taken);

void paintTitles(const StageCanvas& canvas, const std::vector<StageTitle>& titles);

}  // namespace convscope
