#include "widgets/stage/stage_value.h"

#include "widgets/stage/stage_ink.h"

#include <QPolygonF>

#include <algorithm>
#include <limits>

namespace convscope {

namespace {

constexpr double kLater = 3;  // px of line that a place further down the list may save before it is taken
constexpr double kOverWords = 60;  // px of line that words below the number count for
constexpr double kLetters = .16;   // of the box above and below the digits: a line there crosses nothing

/// px of `lines` inside the digits of a box.
double crossedLength(const std::vector<QLineF>& lines, const QRectF& box) {
  const double air = box.height() * kLetters;
  const QRectF digits = box.adjusted(-2, air, 2, -air);
  double length = 0;
  for (const QLineF& line : lines) {
    const bool beside =
        std::max(line.x1(), line.x2()) < digits.left() || std::min(line.x1(), line.x2()) > digits.right();
    const bool over =
        std::max(line.y1(), line.y2()) < digits.top() || std::min(line.y1(), line.y2()) > digits.bottom();
    if (beside || over) continue;
    double outside = 0;
    for (const QLineF& part : uncovered(line, {QPolygonF(digits)})) outside += part.length();
    length += std::max(0.0, line.length() - outside);
  }
  return length;
}

/// Boxes beside the square in the order in which they are liked.
std::vector<QRectF> placesBeside(const ValueRoom& room, const QSizeF& size) {
  const QRectF& square = room.square;
  std::vector<QRectF> places;
  for (const double away : {1., .45, 2.2}) {
    for (const double rise : {.72, .4, .1, 1.1}) {
      const double top = square.center().y() - size.height() * rise;
      for (const double left :
           {square.right() + room.gap * away, square.left() - room.gap * away - size.width()})
        places.emplace_back(QPointF(left, top), size);
    }
  }
  return places;
}

}  // namespace

ValuePlace placeValue(const ValueRoom& room, const QSizeF& size) {
  const auto hits = [](const std::vector<QRectF>& others, const QRectF& box) {
    return std::any_of(others.begin(), others.end(), [&](const QRectF& o) { return o.intersects(box); });
  };
  ValuePlace best;
  double least = std::numeric_limits<double>::max();
  double later = 0;
  for (const QRectF& box : placesBeside(room, size)) {
    later += kLater;
    if (!room.stage.contains(box) || hits(room.titles, box)) continue;
    const double length = crossedLength(room.lines, box) + (hits(room.quieter, box) ? kOverWords : 0);
    if (length + later >= least) continue;
    least = length + later;
    best = {box, length > 0};
  }
  if (!best.box.isNull()) return best;
  // a voxel outside the stage: its value waits at the border
  const QRectF& stage = room.stage;
  const double left = std::clamp(room.square.right() + room.gap, stage.left(),
                                 std::max(stage.left(), stage.right() - size.width()));
  const double top = std::clamp(room.square.center().y() - size.height() * .72, stage.top(),
                                std::max(stage.top(), stage.bottom() - size.height()));
  best.box = {QPointF(left, top), size};
  best.crossed = crossedLength(room.lines, best.box) > 0;
  return best;
}

}  // namespace convscope
