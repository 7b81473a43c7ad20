#pragma once

#include "widgets/stage/field_pictures.h"
#include "widgets/stage/plane_stage.h"

namespace convscope {

/// What stands on the Field stage, for tests and for people who cannot see it.
struct FieldFacts {
  bool valid = false;
  int levels = 0;
  int frames = 0;         ///< with pictures
  int paddingFrames = 0;  ///< outlines
  bool cloud = false;     ///< the effective field stands in the clip
  std::vector<StageLabel> labels;
  std::vector<QPolygonF> boxes;     ///< px, silhouettes' corners by level
  std::vector<QPolygonF> outlines;  ///< px, of every frame and padding frame
  double lastPictureMs = 0;
  double lastOverlayMs = 0;
};

/// The space-time pyramid: clip below, layers above, the field of one unit through all of them.
class FieldStage : public PlaneStage {
  Q_OBJECT

 public:
  explicit FieldStage(QWidget* parent = nullptr);

  void present(const FieldView& view);
  [[nodiscard]] FieldFacts facts() const;
  [[nodiscard]] QSize sizeHint() const override { return {1160, 572}; }

 protected:
  [[nodiscard]] const AppState& state() const override { return m_view.state; }
  [[nodiscard]] CameraLook cameraIn(const AppState& state) const override { return state.field.camera; }
  void putCamera(AppState& state, const CameraLook& camera) const override { state.field.camera = camera; }
  [[nodiscard]] bool stale() const override { return m_view.stale; }
  [[nodiscard]] Sentence sentence() const override;
  [[nodiscard]] QMarginsF roomFor(const QSizeF& size) const override;
  [[nodiscard]] Picture pictureOf(const FieldPlane& plane) override;
  void paintOverlay(const StageInk& ink, std::vector<StageLabel>& labels) const override;
  [[nodiscard]] bool holdsUnits(int level) const override { return level > 0; }
  void requestUnit(const FieldHit& hit) override;
  [[nodiscard]] int dragUnit(int from, const FieldHit& hit) override;
  [[nodiscard]] QString tipAt(const FieldHit& hit) const override;

 private:
  FieldView m_view;
  FieldPictures m_pictures;
};

}  // namespace convscope
