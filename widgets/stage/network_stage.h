#pragma once

#include "widgets/stage/map_volume.h"
#include "widgets/stage/network_layout.h"
#include "widgets/stage/plane_stage.h"

namespace convscope {

/// What stands on the Network stage, for tests and for people who cannot see it.
struct NetworkStageFacts {
  bool valid = false;
  int clipFrames = 0;  ///< with pictures
  int mapFrames = 0;
  int paddingFrames = 0;
  int slices = 0;              ///< through time, beside frames
  std::int64_t triangles = 0;  ///< of the surfaces, where the maps are drawn so
  Explain shown = Explain::Field;
  QString sentence;  ///< instead of a picture
  std::vector<StageLabel> labels;
  QPolygonF box;  ///< px: silhouette of the field on the clip
  double lastPaintMs = 0;
};

/// The chosen channel of a layer above the clip, with the field of one unit between them; drawn from ready
/// pictures. Level 0 is the clip, level 1 the maps.
class NetworkStage : public PlaneStage {
  Q_OBJECT

 public:
  explicit NetworkStage(QWidget* parent = nullptr);

  void present(const NetworkView& view);
  [[nodiscard]] NetworkStageFacts facts() const;
  [[nodiscard]] QSize sizeHint() const override { return {900, 500}; }

 protected:
  [[nodiscard]] const AppState& state() const override { return m_view.state; }
  [[nodiscard]] CameraLook cameraIn(const AppState& state) const override { return state.network.camera; }
  void putCamera(AppState& state, const CameraLook& camera) const override { state.network.camera = camera; }
  [[nodiscard]] bool stale() const override { return m_view.stale; }
  [[nodiscard]] Sentence sentence() const override;
  [[nodiscard]] QMarginsF roomFor(const QSizeF& size) const override;
  [[nodiscard]] Picture pictureOf(const FieldPlane& plane) override;
  void paintBehind(QPainter& painter, double ratio) override;
  void paintOverlay(const StageInk& ink, std::vector<StageLabel>& labels) const override;
  [[nodiscard]] bool holdsUnits(int level) const override { return level == 1 && !m_view.showsMoments(); }
  void requestUnit(const FieldHit& hit) override;
  [[nodiscard]] int dragUnit(int from, const FieldHit& hit) override;
  [[nodiscard]] QString tipAt(const FieldHit& hit) const override;

 private:
  NetworkView m_view;
  std::unique_ptr<VolumeScene> m_volume;  ///< made when first needed
};

}  // namespace convscope
