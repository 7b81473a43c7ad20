#include "widgets/stage/map_volume.h"

#include "widgets/stage/stage_gl.h"

#include <vtkActor.h>
#include <vtkCamera.h>
#include <vtkColorTransferFunction.h>
#include <vtkFloatArray.h>
#include <vtkFlyingEdges3D.h>
#include <vtkGPUVolumeRayCastMapper.h>
#include <vtkImageData.h>
#include <vtkMatrix4x4.h>
#include <vtkNew.h>
#include <vtkPiecewiseFunction.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>
#include <vtkVolume.h>
#include <vtkVolumeProperty.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace convscope {

namespace {

constexpr float kCastStep = .35F;  // of a cell, between two samples of the volume

}  // namespace

struct MapVolume::Parts {
  Parts() {
    for (std::size_t side = 0; side < 2; ++side) {
      contours[side]->SetInputData(image);
      contours[side]->ComputeNormalsOn();
      contours[side]->ComputeScalarsOff();
      mappers[side]->SetInputConnection(contours[side]->GetOutputPort());
      mappers[side]->ScalarVisibilityOff();
      surfaces[side]->SetMapper(mappers[side]);
      surfaces[side]->GetProperty()->SetAmbient(.35);
      surfaces[side]->GetProperty()->SetDiffuse(.75);
      surfaces[side]->PickableOff();
    }
    cast->SetInputData(image);
    cast->SetAutoAdjustSampleDistances(0);
    cast->SetImageSampleDistance(2);
    // several samples a cell, beginning anywhere: at one a cell the maps show rings like wood
    cast->SetSampleDistance(kCastStep);
    cast->SetUseJittering(1);
    volume->SetMapper(cast);
    volume->GetProperty()->SetInterpolationTypeToLinear();
    volume->GetProperty()->ShadeOff();
    volume->PickableOff();
  }

  bool setShown(bool surface, bool cloud) {
    if (surfaceShown == surface && cloudShown == cloud) return false;
    surfaceShown = surface;
    cloudShown = cloud;
    for (auto& actor : surfaces) actor->SetVisibility(surface);
    volume->SetVisibility(cloud);
    return true;
  }

  /// Zero-copy: the map is one contiguous x-y-t volume, which the holder keeps alive.
  void fill(const VolumePicture& wanted) {
    vtkNew<vtkFloatArray> values;
    values->SetArray(const_cast<float*>(wanted.values), wanted.samples.product(), 1);
    image->SetDimensions(wanted.samples.x, wanted.samples.y, wanted.samples.t);
    image->GetPointData()->SetScalars(values);
    image->Modified();
  }

  void colour(const VolumePicture& wanted) {
    const double level = std::clamp(wanted.level, .02, .98), range = wanted.range;
    const auto shade = [](QRgb colour) {
      return std::array{qRed(colour) / 255., qGreen(colour) / 255., qBlue(colour) / 255.};
    };
    for (std::size_t side = 0; side < 2; ++side) {
      const double value = side == 0 ? level * range : -level * range;
      contours[side]->SetValue(0, value);
      const auto rgb = shade(
          wanted.scale->at(static_cast<float>(std::copysign(std::max(level, .6), value) * range), range));
      surfaces[side]->GetProperty()->SetColor(rgb[0], rgb[1], rgb[2]);
    }
    vtkNew<vtkColorTransferFunction> colours;
    vtkNew<vtkPiecewiseFunction> opacities;
    for (int i = -8; i <= 8; ++i) {
      const double share = i / 8.;
      const auto rgb = shade(wanted.scale->at(static_cast<float>(share * range), range));
      colours->AddRGBPoint(share * range, rgb[0], rgb[1], rgb[2]);
      opacities->AddPoint(share * range, std::abs(share) < .08 ? 0 : std::min(1., 1.4 * std::abs(share)));
    }
    volume->GetProperty()->SetColor(colours);
    volume->GetProperty()->SetScalarOpacity(opacities);
    volume->GetProperty()->SetScalarOpacityUnitDistance(1);
  }

  void placeIn(const VolumePicture& wanted) {
    // sample (i, j, k) stands in the middle of its cell on x and y, and on the map frame in time
    const StageBox& box = wanted.box;
    const Triple& step = wanted.step;
    const Vec3 across{(box.high.x - box.low.x) / wanted.cells.x * step.x, 0, 0};
    const Vec3 down{0, (box.low.y - box.high.y) / wanted.cells.y * step.y, 0};
    const Vec3 away{0, 0, (box.high.z - box.low.z) / std::max(1, wanted.cells.t - 1) * step.t};
    const Vec3 first = Vec3{box.low.x, box.high.y, box.low.z} + across * .5 + down * .5;
    for (auto& actor : surfaces) placeInWorld(actor, across, down, away, first);
    placeInWorld(volume, across, down, away, first);
  }

  vtkNew<vtkImageData> image;
  std::array<vtkNew<vtkFlyingEdges3D>, 2> contours;
  std::array<vtkNew<vtkPolyDataMapper>, 2> mappers;
  std::array<vtkNew<vtkActor>, 2> surfaces;
  vtkNew<vtkGPUVolumeRayCastMapper> cast;
  vtkNew<vtkVolume> volume;
  std::optional<VolumePicture> drawn;
  bool surfaceShown = true;
  bool cloudShown = true;
};

MapVolume::MapVolume() : m_parts(std::make_unique<Parts>()) {}
MapVolume::~MapVolume() = default;

bool MapVolume::show(const std::optional<VolumePicture>& wanted) {
  const bool changed = m_parts->setShown(wanted && !wanted->cloud, wanted && wanted->cloud);
  if (!wanted || wanted == m_parts->drawn) return changed;
  const auto& drawn = m_parts->drawn;
  if (!drawn || drawn->holder != wanted->holder || drawn->values != wanted->values ||
      drawn->samples != wanted->samples)
    m_parts->fill(*wanted);
  m_parts->colour(*wanted);
  m_parts->placeIn(*wanted);
  m_parts->drawn = wanted;
  return true;
}

std::array<vtkProp*, 2> MapVolume::surfaces() const {
  return {m_parts->surfaces[0], m_parts->surfaces[1]};
}

vtkProp* MapVolume::cloud() const {
  return m_parts->volume;
}

std::int64_t MapVolume::triangles() const {
  std::int64_t sum = 0;
  for (const auto& contour : m_parts->contours) sum += contour->GetOutput()->GetNumberOfPolys();
  return sum;
}

struct VolumeScene::Parts {
  vtkNew<vtkRenderer> renderer;
  MapVolume volume;
  QImage picture;
  StageCamera camera;
  QColor background;
  StageGl gl;  // last: releases what the scene holds on the graphics card
};

VolumeScene::VolumeScene() : m_parts(std::make_unique<Parts>()) {
  m_parts->renderer->SetUseDepthPeeling(0);
  for (vtkProp* surface : m_parts->volume.surfaces()) m_parts->renderer->AddViewProp(surface);
  m_parts->renderer->AddViewProp(m_parts->volume.cloud());
  m_parts->gl.setRenderer(m_parts->renderer);
}

VolumeScene::~VolumeScene() = default;

const QImage& VolumeScene::draw(const VolumePicture& wanted, const StageCamera& camera,
                                const QColor& background, const QSize& device) {
  bool changed = m_parts->volume.show(wanted);
  if (m_parts->background != background) {
    m_parts->background = background;
    m_parts->renderer->SetBackground(background.redF(), background.greenF(), background.blueF());
    changed = true;
  }
  if (!(camera == m_parts->camera)) {
    m_parts->camera = camera;
    applyCamera(*m_parts->renderer, camera);
    changed = true;
  }
  if (changed || m_parts->picture.size() != device) m_parts->gl.draw(device, m_parts->picture);
  return m_parts->picture;
}

const QString& VolumeScene::problem() const {
  return m_parts->gl.problem();
}

std::int64_t VolumeScene::triangles() const {
  return m_parts->volume.triangles();
}

void placeInWorld(vtkProp3D* prop, const Vec3& across, const Vec3& down, const Vec3& away,
                  const Vec3& origin) {
  vtkNew<vtkMatrix4x4> matrix;
  const std::array<const Vec3*, 4> columns{&across, &down, &away, &origin};
  for (int column = 0; column < 4; ++column) {
    const Vec3& to = *columns[static_cast<std::size_t>(column)];
    matrix->SetElement(0, column, to.x);
    matrix->SetElement(1, column, to.y);
    matrix->SetElement(2, column, -to.z);
  }
  prop->SetUserMatrix(matrix);
}

void applyCamera(vtkRenderer& renderer, const StageCamera& camera) {
  vtkCamera* const vtk = renderer.GetActiveCamera();
  const Vec3 ahead = camera.eye() + camera.forward() * camera.distance();
  const QSizeF size = camera.size();
  vtk->SetPosition(camera.eye().x, camera.eye().y, -camera.eye().z);
  vtk->SetFocalPoint(ahead.x, ahead.y, -ahead.z);
  vtk->SetViewUp(camera.up().x, camera.up().y, -camera.up().z);
  vtk->SetViewAngle(2 * std::atan(size.height() / 2 / camera.focal()) * 180 / std::numbers::pi);
  vtk->SetWindowCenter(1 - 2 * camera.principal().x() / size.width(),
                       2 * camera.principal().y() / size.height() - 1);
  vtk->SetClippingRange(std::max(.05, camera.distance() - 4 * camera.radius()),
                        camera.distance() + 4 * camera.radius());
}

}  // namespace convscope
