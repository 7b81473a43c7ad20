#pragma once

#include <QLineF>
#include <QRectF>
#include <QSizeF>

#include <vector>

namespace convscope {

/// What is already on the stage where the pinned voxel's value is to be written; all in px of the stage.
struct ValueRoom {
  QRectF square;                ///< the voxel's outline
  QRectF stage;                 ///< the box stays inside
  double gap = 0;               ///< between square and box
  std::vector<QLineF> lines;    ///< outlines and links: to be kept off the number
  std::vector<QRectF> titles;   ///< never overprinted
  std::vector<QRectF> quieter;  ///< words that may give way where nothing else is free
};

/// A place for the value. `crossed`: none near the voxel is free, so that the number needs a plate.
struct ValuePlace {
  QRectF box;
  bool crossed = false;
};

/// The place beside the voxel with the fewest lines through it; of equal ones that on the right, a little up.
[[nodiscard]] ValuePlace placeValue(const ValueRoom& room, const QSizeF& size);

}  // namespace convscope
