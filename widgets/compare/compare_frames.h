#pragma once

#include "widgets/compare/map_plate.h"
#include "widgets/stage/stage_camera.h"
#include "widgets/stage/stage_ink.h"

#include <QHash>

#include <span>

namespace convscope {

/// One input frame above a map.
struct ShownFrame {
  int t = 0;             ///< of the clip, from 0; outside it: padding
  bool seen = false;     ///< by the cell at the cursor
  bool padding = false;  ///< an outline
};

/// The clip's frames around the cursor in space, with what a column's cell sees of them. All columns show the
/// same frames through the same camera. Keeps pictures of the frames; GUI thread only.
class CompareFrames {
 public:
  /// Works out the frames of `column` for a stage part of `size` with `room` px left free on its sides.
  void update(const CompareView& view, int column, const QSizeF& size, const QMarginsF& room);
  /// Frames, patches and the cuboid through them.
  void paint(const StageInk& ink, const LookTheme& theme);
  /// The frames' times, each at the first corner of its frame where it keeps clear of `links`, px.
  void paintTitles(const StageInk& ink, const LookTheme& theme, std::span<const QLineF> links,
                   std::vector<StageLabel>& labels) const;
  /// Px from which the lines to the map start: left and right, or for a map beside the frames top and bottom;
  /// none where no frame is seen.
  [[nodiscard]] std::optional<std::pair<QPointF, QPointF>> linkEnds(bool beside) const;
  [[nodiscard]] const std::vector<ShownFrame>& frames() const { return m_frames; }
  [[nodiscard]] const StageCamera& camera() const { return m_camera; }

 private:
  [[nodiscard]] QPolygonF plane(std::size_t index) const;
  /// What the cell sees of a frame, px.
  [[nodiscard]] QPolygonF patch(std::size_t index) const;
  [[nodiscard]] Vec3 at(std::size_t index, double y, double x) const;
  const QImage& picture(int t);

  std::shared_ptr<const Clip> m_clip;
  QHash<int, QImage> m_pictures;
  std::vector<ShownFrame> m_frames;
  QRectF m_patch;  ///< px of the clip
  StageCamera m_camera;
};

}  // namespace convscope
