#pragma once

#include "widgets/stage/network_layout.h"
#include "widgets/stage/stage_ink.h"

#include <QWidget>

namespace convscope {

/// What stands on the Network stage, for tests and for people who cannot see it.
struct NetworkStageFacts {
  bool valid = false;
  int clipFrames = 0;  ///< with pictures
  int mapFrames = 0;
  int paddingFrames = 0;
  QString sentence;  ///< instead of a picture
  std::vector<StageLabel> labels;
  QPolygonF box;  ///< px: silhouette of the field on the clip
  double lastPaintMs = 0;
};

/// The chosen channel of a layer above the clip, with the field of one unit between them. Drawn with QPainter
/// from ready pictures, as FieldStage is. Holds no state of record.
class NetworkStage : public QWidget {
  Q_OBJECT

 public:
  explicit NetworkStage(QWidget* parent = nullptr);

  void present(const NetworkView& view);
  /// Asks for the designed view, everything framed.
  void resetCamera();
  [[nodiscard]] NetworkStageFacts facts() const;
  /// Where cell `at` of level `level` (0 the clip, 1 the maps) is seen, px.
  [[nodiscard]] QPointF cellCentre(int level, const Triple& at) const;
  [[nodiscard]] QSize sizeHint() const override { return {900, 500}; }
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
  void requestCamera(const CameraLook& camera);
  void requestUnit(const FieldHit& hit);
  [[nodiscard]] QString sentence() const;

  NetworkView m_view;
  FieldLayout m_layout;
  StageCamera m_camera;
  LabelStore m_store;
  std::vector<StageLabel> m_labels;
  QImage m_picture;  ///< the frames
  QImage m_lines;    ///< lines, halos and text over them
  Drag m_drag = Drag::None;
  QPointF m_last;
  double m_lastPaintMs = 0;
};

}  // namespace convscope
