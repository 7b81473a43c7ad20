#pragma once

#include "widgets/look/look_theme.h"
#include "widgets/stage/stage_layout.h"

#include <QImage>

#include <array>
#include <memory>
#include <optional>

class vtkProp;
class vtkProp3D;
class vtkRenderer;

namespace convscope {

/// One map as an x-y-t volume.
struct VolumePicture {
  std::shared_ptr<const void> holder;  ///< keeps `values` alive
  const float* values = nullptr;       ///< `samples`, in order L, H, W
  Triple samples;
  Triple cells;          ///< of the whole map: fewer samples stand for more cells in a preview
  Triple step{1, 1, 1};  ///< cells from one sample to the next
  StageBox box;          ///< from the middle of the first frame to that of the last one
  double range = 1;      ///< end of the colour scale
  const ColourMap* scale = nullptr;
  double level = .5;   ///< of the surfaces, share of the range
  bool cloud = false;  ///< ray-cast, else isosurfaces at ± level
  bool operator==(const VolumePicture&) const = default;
};

/// What VTK draws of a volume. Compares with what it drew last; reads the values in place. GUI thread only.
class MapVolume {
 public:
  MapVolume();
  ~MapVolume();
  MapVolume(const MapVolume&) = delete;
  MapVolume& operator=(const MapVolume&) = delete;

  /// Nothing hides it. True if anything changed, so that it must be drawn again.
  bool show(const std::optional<VolumePicture>& wanted);
  /// Solid; at + level and − level.
  [[nodiscard]] std::array<vtkProp*, 2> surfaces() const;
  /// Translucent: drawn after all that is solid.
  [[nodiscard]] vtkProp* cloud() const;
  /// Triangles of both surfaces, as they were drawn last.
  [[nodiscard]] std::int64_t triangles() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> m_parts;
};

/// A volume by itself, drawn into memory: for stages that draw the rest with QPainter. GUI thread only.
class VolumeScene {
 public:
  VolumeScene();
  ~VolumeScene();
  VolumeScene(const VolumeScene&) = delete;
  VolumeScene& operator=(const VolumeScene&) = delete;

  /// The picture of `device` pixels on the ground `background`; null where there is no OpenGL.
  [[nodiscard]] const QImage& draw(const VolumePicture& wanted, const StageCamera& camera,
                                   const QColor& background, const QSize& device);
  /// Why there is none, as one sentence; empty where OpenGL works.
  [[nodiscard]] const QString& problem() const;
  [[nodiscard]] std::int64_t triangles() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> m_parts;
};

/// Columns: where the unit vectors of a prop's own space go. VTK's world is (x, y, −z) of ours.
void placeInWorld(vtkProp3D* prop, const Vec3& across, const Vec3& down, const Vec3& away,
                  const Vec3& origin);
/// Brings a renderer's camera to ours.
void applyCamera(vtkRenderer& renderer, const StageCamera& camera);

}  // namespace convscope
