#pragma once

#include "widgets/stage/stage_frame.h"

#include <optional>

namespace convscope {

/// A title of a frame or map and where it stands.
struct StageTitle {
  const StagePlane* plane = nullptr;
  QString text;  ///< the plane's title or its short one
  QRectF box;
  std::optional<QLineF> leader = {};  ///< from a raised title to its plane
};

[[nodiscard]] QFont titleFont(const StagePlane& plane, const LookTheme& theme);

/// Titles of frames stand below the corner of their near edge, those of maps above the far one. None collides
/// with another or with `taken`. The lit ones come first, then the ends of a row, then the others. In a row
/// of few planes all others move a little along their edges, are shortened, or rise by a line or two with a
/// line to their map, until all have a place; of many planes the kernel's neighbours do, and the rest are
/// titled where there is room at once: frames throughout or at 1, 4, 8, …. Titles behind an opaque frame are
/// left out.
[[nodiscard]] std::vector<StageTitle> placedTitles(const StageFrame& frame, const std::vector<QRectF>& taken);

void paintTitles(const StageCanvas& canvas, const std::vector<StageTitle>& titles);

}  // namespace convscope
