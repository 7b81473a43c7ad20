#pragma once

#include "widgets/stage/stage_layout.h"

#include <QSize>

#include <memory>

class vtkRenderer;

namespace convscope {

/// What VTK draws of the stage: textured frames and maps, slices, isosurfaces, the volume. No lines, no text,
/// no widget. It compares with what it drew last and rebuilds only what differs. GUI thread only.
class StageScene {
 public:
  StageScene();
  ~StageScene();
  StageScene(const StageScene&) = delete;
  StageScene& operator=(const StageScene&) = delete;

  [[nodiscard]] vtkRenderer* renderer() const;

  /// Brings the scene to `layout` of `view`. True if anything changed, so that it must be drawn again.
  bool update(const StageLayout& layout, const KernelView& view, const LookTheme& theme);
  /// What is behind everything until the next update(); its alpha does not count.
  void setGround(const QColor& colour);
  /// Largest magnitude of the colour scale of map frame t of the chosen filter, as update() used it.
  [[nodiscard]] double rangeAt(const KernelView& view, int t);
  /// True if the camera differs from the one before. `camera` counts logical px, VTK's window may have more.
  bool setCamera(const StageCamera& camera);

  // for tests
  [[nodiscard]] int visibleQuads() const;
  [[nodiscard]] int textureUpdates() const;  ///< textures filled since the scene was made
  /// Where VTK itself projects a point of the world, in px of `size`, y downwards.
  [[nodiscard]] QPointF projectedByVtk(const Vec3& at, const QSizeF& size) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> m_parts;
};

}  // namespace convscope
