#pragma once

#include "widgets/stage/stage_frame.h"

#include <QMarginsF>

namespace convscope {

/// Where the furniture of the stage stands for one size and theme: everything that does not turn with the
/// camera.
struct StageFurniture {
  QMarginsF room;          ///< what the camera keeps free at each side
  QPointF outputCorner;    ///< upper left of OUTPUT MAPS
  QPointF kernelCorner;    ///< upper left of KERNEL
  QRectF kernelArea;       ///< of the block itself; empty where there is no room for it
  QRectF ghostArea;        ///< where StageLayout::ghost stands, beside it
  QPointF responseCorner;  ///< upper left of the words above the chart of StageLayout::response
  QRectF responseArea;     ///< of its curves; empty where there is no room for it
  QRectF legendBar;
  QRectF kernelColumn;    ///< kernelArea with the words above and below it; empty without
  double kernelCell = 0;  ///< px of the block's cells while one of its handles is dragged; else 0: they fit
  double flatter = 0;     ///< degrees that the designed pitch is lowered on a wide stage
  double mapsLeft = 0;    ///< px beyond room.left() that the block takes from the level of the maps
};
[[nodiscard]] StageFurniture furnitureOf(const QSizeF& size, const LookTheme& theme,
                                         const StageLayout& layout);

/// The camera of `look` for that furniture: frames all levels, titles included.
[[nodiscard]] StageCamera stageCamera(const StageLayout& layout, const CameraLook& look, const QSizeF& size,
                                      const StageFurniture& furniture);

/// Corner texts, kernel block and legend.
void paintFurniture(const StageCanvas& canvas);
/// Dashed border and the word, over a picture that does not belong to the settings any more.
void paintStale(const StageCanvas& canvas);

}  // namespace convscope
