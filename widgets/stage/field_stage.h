#pragma once

#include "widgets/stage/field_layout.h"
#include "widgets/stage/field_pictures.h"
#include "widgets/stage/stage_ink.h"

#include <QWidget>

namespace convscope {

/// What stands on the Field stage, for tests and for people who cannot see it.
struct FieldFacts {
  bool valid = false;
  int levels = 0;
  int frames = 0;         ///< with pictures
  int paddingFrames = 0;  ///< outlines
  bool cloud = false;     ///< the effective field stands in the clip
  std::vector<StageLabel> labels;
  std::vector<QPolygonF> boxes;  ///< px, silhouettes' corners by level
  double lastPictureMs = 0;
  double lastOverlayMs = 0;
};

/// The space-time pyramid: clip below, layers above, the field of one unit through all of them. Frames are
/// drawn with QPainter: some forty flat pictures take a fifth of what OpenGL in software takes for them, and
/// stay where they are while a unit is dragged. Holds no state of record.
class FieldStage : public QWidget {
  Q_OBJECT

 public:
  explicit FieldStage(QWidget* parent = nullptr);

  void present(const FieldView& view);
  /// Asks for the designed view, everything framed.
  void resetCamera();
  [[nodiscard]] FieldFacts facts() const;
  /// Where cell `at` of level `level` is seen, px.
  [[nodiscard]] QPointF cellCentre(int level, const Triple& at) const;
  [[nodiscard]] QSize sizeHint() const override { return {1160, 572}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {320, 200}; }

 Q_SIGNALS:
  void editRequested(const convscope::StateEdit& edit);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  bool event(QEvent* event) override;

 private:
  enum class Drag { None, Unit, Orbit, Pan };

  void frame();
  void drawPicture(double ratio);
  void drawOverlay(double ratio);
  void paintSentence(QPainter& painter) const;
  void requestCamera(const CameraLook& camera);
  void requestUnit(const FieldHit& hit);

  FieldView m_view;
  FieldLayout m_layout;
  StageCamera m_camera;
  FieldPictures m_pictures;
  LabelStore m_store;
  std::vector<StageLabel> m_labels;
  QImage m_picture;  ///< the frames
  QImage m_lines;    ///< lines, halos and text over them
  bool m_pictureOld = true;
  Drag m_drag = Drag::None;
  int m_dragLevel = 0;
  QPointF m_last;
  bool m_moved = false;
  double m_lastPictureMs = 0;
  double m_lastOverlayMs = 0;
};

}  // namespace convscope
