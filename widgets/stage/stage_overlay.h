#pragma once

#include "widgets/stage/stage_frame.h"
#include "widgets/stage/stage_furniture.h"

namespace convscope {

/// Everything that is painted over VTK's picture: outlines, kernel, links, voxel, arrows, titles, legend.
/// Holds no state but ready-painted labels. Thread rule: one thread at a time, on the GUI thread or while
/// that waits for it: themes, fonts of the screen and measured titles are its own.
class StageOverlay {
 public:
  void paint(QPainter& painter, const StageFrame& frame);
  /// The labels of the last paint.
  [[nodiscard]] const std::vector<StageLabel>& labels() const { return m_labels; }

 private:
  LabelStore m_store;
  std::vector<StageLabel> m_labels;
};

}  // namespace convscope
