#include "widgets/stage/stage_scene.h"

#include "widgets/stage/map_volume.h"
#include "widgets/stage/stage_texture.h"

#include <vtkActor.h>
#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkImageData.h>
#include <vtkMatrix4x4.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>
#include <vtkTexture.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <tuple>

namespace convscope {

namespace {

constexpr std::size_t kMostQuads = 96;  ///< more are not kept for when they come back

/// One textured quad, its own space the unit square.
class Quad {
 public:
  Quad() {
    m_points->SetDataTypeToFloat();
    for (const auto& [x, y] : {std::pair{0., 0.}, {1., 0.}, {1., 1.}, {0., 1.}})
      m_points->InsertNextPoint(x, y, 0);
    m_coordinates->SetNumberOfComponents(2);
    m_coordinates->SetNumberOfTuples(4);
    vtkNew<vtkCellArray> cells;
    cells->InsertNextCell({0, 1, 2, 3});
    m_geometry->SetPoints(m_points);
    m_geometry->SetPolys(cells);
    m_geometry->GetPointData()->SetTCoords(m_coordinates);
    cover(1, 1);
    m_mapper->SetInputData(m_geometry);
    m_mapper->ScalarVisibilityOff();
    m_texture->InterpolateOff();  // cells are drawn as they are, never smoothed
    m_texture->MipmapOff();
    m_texture->EdgeClampOn();
    m_texture->SetInputData(m_image);
    actor->SetMapper(m_mapper);
    actor->SetTexture(m_texture);
    actor->GetProperty()->LightingOff();
    actor->PickableOff();
    // Quads come far to near, so plain blending serves; VTK's order-independent pass costs two more buffers.
    actor->ForceOpaqueOn();
  }

  /// True if anything differs from what was shown.
  bool show(const StagePlane& plane, const KernelView& view, const LookTheme& theme, double range) {
    bool changed = actor->GetVisibility() == 0;
    actor->VisibilityOn();
    TextureKey key = textureKey(plane, view, theme, range);
    if (!(key == m_key)) {
      fill(texturePixels(plane, view, theme, range));
      m_key = std::move(key);
      changed = true;
    }
    if (!(plane == m_plane)) {
      placeInWorld(actor, plane.across, plane.down, {0, 0, 1}, plane.origin);
      actor->GetProperty()->SetOpacity(plane.opacity);
      m_plane = plane;
      changed = true;
    }
    return changed;
  }

  /// Out of sight, but ready: made anew, its shader and its texture would have to be, too. Lets go of what
  /// it showed.
  void park() {
    actor->VisibilityOff();
    m_key = {nullptr, PlaneKind::Padding, -1, -2, -1, {}, -1, -1};
  }
  [[nodiscard]] bool parked() const { return actor->GetVisibility() == 0; }

  [[nodiscard]] const StagePlane& plane() const { return m_plane; }

  vtkNew<vtkActor> actor;
  bool used = true;
  int fills = 0;

 private:
  void cover(double x, double y) {
    const float u = static_cast<float>(x), v = static_cast<float>(y);
    if (u == m_coverU && v == m_coverV) return;  // the geometry would be sent anew
    m_coverU = u;
    m_coverV = v;
    m_coordinates->SetTuple2(0, 0, 0);
    m_coordinates->SetTuple2(1, u, 0);
    m_coordinates->SetTuple2(2, u, v);
    m_coordinates->SetTuple2(3, 0, v);
    m_coordinates->Modified();
    m_geometry->Modified();
  }

  void fill(const TexturePixels& pixels) {
    m_image->SetDimensions(pixels.width, pixels.height, 1);
    m_image->AllocateScalars(VTK_UNSIGNED_CHAR, 3);
    std::memcpy(m_image->GetScalarPointer(), pixels.rgb.data(), pixels.rgb.size());
    m_image->GetPointData()->GetScalars()->Modified();
    m_image->Modified();
    cover(pixels.coverX, pixels.coverY);
    ++fills;
  }

  vtkNew<vtkPoints> m_points;
  vtkNew<vtkFloatArray> m_coordinates;
  vtkNew<vtkPolyData> m_geometry;
  vtkNew<vtkPolyDataMapper> m_mapper;
  vtkNew<vtkImageData> m_image;
  vtkNew<vtkTexture> m_texture;
  TextureKey m_key{nullptr, PlaneKind::Padding, -1, -2, -1, {}, -1, -1};
  StagePlane m_plane;
  float m_coverU = 0;
  float m_coverV = 0;
};

/// The chosen map as it is to be drawn as a volume; nothing where it is not.
std::optional<VolumePicture> volumeOf(const StageLayout& layout, const KernelView& view,
                                      const LookTheme& theme, MapRanges& ranges) {
  const StageMode mode = view.state.look.stageMode;
  if (!layout.mapVolume || layout.output.length <= 1 ||
      (mode != StageMode::Isosurface && mode != StageMode::Volume))
    return {};
  const KernelResult& result = *view.result;
  const int channel = std::max(0, result.channelOf(view.filter()));
  return VolumePicture{view.holder,
                       result.maps.frame(0, channel),
                       result.maps.shape().extent(),
                       layout.output.extent(),
                       result.step,
                       *layout.mapVolume,
                       ranges.at(view, layout.voxel.t),
                       &mapScale(view, theme),
                       view.state.look.isoLevel,
                       mode == StageMode::Volume};
}

}  // namespace

struct StageScene::Parts {
  using Name = std::tuple<PlaneKind, int, int>;  // kind, frame (slices: 0), channel (maps: 0)
  vtkNew<vtkRenderer> renderer;
  std::map<Name, Quad> quads;
  MapVolume volume;
  std::vector<vtkProp*> order;
  StageCamera camera;
  MapRanges ranges;
  QColor background;

  static Name nameOf(const StagePlane& plane) {
    const bool slice = plane.kind == PlaneKind::SliceX || plane.kind == PlaneKind::SliceY;
    return {plane.kind, slice ? 0 : plane.t, plane.kind == PlaneKind::Input ? plane.channel : 0};
  }

  /// Far to near, so that what is translucent lies over what it veils. The quads stand upright one behind the
  /// other; which is farther does not depend on where on them one looks.
  bool reorder() {
    std::vector<std::pair<double, vtkProp*>> byDistance;
    for (auto& [name, quad] : quads) {
      const StagePlane& plane = quad.plane();
      const double z = plane.origin.z + (plane.across.z + plane.down.z) / 2;
      byDistance.emplace_back(-std::abs(z - camera.eye().z), quad.actor);
    }
    std::stable_sort(byDistance.begin(), byDistance.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<vtkProp*> wanted;
    for (vtkProp* surface : volume.surfaces())
      wanted.push_back(surface);  // solid: what veils them comes later
    for (const auto& [distance, prop] : byDistance) wanted.push_back(prop);
    wanted.push_back(volume.cloud());
    if (wanted == order) return false;
    // Props are only taken out and put back in: their graphics resources stay.
    for (vtkProp* prop : order) renderer->GetViewProps()->RemoveItem(prop);
    for (vtkProp* prop : wanted) renderer->AddViewProp(prop);
    order = std::move(wanted);
    return true;
  }

  void drop(std::map<Name, Quad>::iterator quad) {
    const auto at = std::find(order.begin(), order.end(), static_cast<vtkProp*>(quad->second.actor));
    if (at != order.end()) {
      renderer->RemoveViewProp(*at);
      order.erase(at);
    }
    quads.erase(quad);
  }
};

StageScene::StageScene() : m_parts(std::make_unique<Parts>()) {
  m_parts->renderer->SetUseDepthPeeling(0);
  m_parts->renderer->SetUseFXAA(false);
  m_parts->volume.show({});
}

StageScene::~StageScene() = default;

vtkRenderer* StageScene::renderer() const {
  return m_parts->renderer;
}

void StageScene::setGround(const QColor& colour) {
  m_parts->background = colour;
  m_parts->renderer->SetBackground(colour.redF(), colour.greenF(), colour.blueF());
}

bool StageScene::update(const StageLayout& layout, const KernelView& view, const LookTheme& theme) {
  bool changed = false;
  if (m_parts->background != theme.stage) {
    setGround(theme.stage);
    changed = true;
  }
  for (auto& [name, quad] : m_parts->quads) quad.used = false;
  for (const StagePlane& plane : layout.planes) {
    if (plane.opacity <= 0) continue;
    Quad& quad = m_parts->quads[Parts::nameOf(plane)];
    quad.used = true;
    const bool slice = plane.kind == PlaneKind::SliceX || plane.kind == PlaneKind::SliceY;
    const double range =
        plane.kind == PlaneKind::Input ? 0 : m_parts->ranges.at(view, slice ? layout.voxel.t : plane.t);
    changed = quad.show(plane, view, theme, range) || changed;
  }
  for (auto quad = m_parts->quads.begin(); quad != m_parts->quads.end();) {
    const auto next = std::next(quad);
    if (!quad->second.used && !quad->second.parked()) {
      quad->second.park();
      changed = true;
    }
    if (!quad->second.used && m_parts->quads.size() > kMostQuads) m_parts->drop(quad);
    quad = next;
  }
  if (layout.valid) changed = m_parts->volume.show(volumeOf(layout, view, theme, m_parts->ranges)) || changed;
  return m_parts->reorder() || changed;
}

double StageScene::rangeAt(const KernelView& view, int t) {
  return m_parts->ranges.at(view, t);
}

bool StageScene::setCamera(const StageCamera& camera) {
  if (camera == m_parts->camera) return false;
  m_parts->camera = camera;
  applyCamera(*m_parts->renderer, camera);
  m_parts->reorder();
  return true;
}

int StageScene::visibleQuads() const {
  return static_cast<int>(std::count_if(m_parts->quads.begin(), m_parts->quads.end(),
                                        [](const auto& quad) { return !quad.second.parked(); }));
}

int StageScene::textureUpdates() const {
  int sum = 0;
  for (const auto& [name, quad] : m_parts->quads) sum += quad.fills;
  return sum;
}

QPointF StageScene::projectedByVtk(const Vec3& at, const QSizeF& size) const {
  vtkCamera* camera = m_parts->renderer->GetActiveCamera();
  vtkMatrix4x4* matrix = camera->GetCompositeProjectionTransformMatrix(size.width() / size.height(), -1, 1);
  const double from[4] = {at.x, at.y, -at.z, 1};
  double to[4];
  matrix->MultiplyPoint(from, to);
  return {(to[0] / to[3] + 1) / 2 * size.width(), (1 - to[1] / to[3]) / 2 * size.height()};
}

}  // namespace convscope
