#pragma once

#include "widgets/stage/field_layout.h"
#include "widgets/stage/stage_ink.h"
#include "widgets/state/state_edit.h"

#include <QWidget>

namespace convscope {

/// A stage of levels of frames, the clip below, with the field of one unit through all of them: what the
/// Field and the Network stage have in common. Frames are drawn with QPainter: some forty flat pictures take
/// a fifth of what OpenGL in software takes for them, and stay where they are while a unit is dragged. Turns,
/// moves and zooms the camera and asks for units; holds no state of record. GUI thread only.
class PlaneStage : public QWidget {
  Q_OBJECT

 public:
  explicit PlaneStage(const QString& name, QWidget* parent = nullptr);

  /// Asks for the designed view, everything framed.
  void resetCamera();
  /// Where cell `at` of level `level` (0: the clip) is seen, px; (−1, −1) where that frame is not shown.
  [[nodiscard]] QPointF cellCentre(int level, const Triple& at) const;
  [[nodiscard]] QSize minimumSizeHint() const override { return {320, 200}; }

 Q_SIGNALS:
  void editRequested(const convscope::StateEdit& edit);

 protected:
  /// Takes over what is to be drawn; of the same layout the pictures may have changed.
  void showLayout(FieldLayout layout);
  [[nodiscard]] const FieldLayout& fieldLayout() const { return m_layout; }
  [[nodiscard]] const StageCamera& camera() const { return m_camera; }
  [[nodiscard]] const std::vector<StageLabel>& labels() const { return m_labels; }
  [[nodiscard]] double lastPictureMs() const { return m_lastPictureMs; }
  [[nodiscard]] double lastOverlayMs() const { return m_lastOverlayMs; }

  // --- what a stage is of
  [[nodiscard]] virtual const AppState& state() const = 0;
  /// The part of a state that is this stage's camera.
  [[nodiscard]] virtual CameraLook cameraIn(const AppState& state) const = 0;
  virtual void putCamera(AppState& state, const CameraLook& camera) const = 0;
  [[nodiscard]] virtual bool stale() const = 0;
  /// Stands in the place of a picture, where there is none; `failed`: as an error.
  struct Sentence {
    QString text;
    bool failed = false;
  };
  [[nodiscard]] virtual Sentence sentence() const = 0;
  /// Px that names, sizes and legend take from the stage on each side.
  [[nodiscard]] virtual QMarginsF roomFor(const QSizeF& size) const = 0;
  /// A frame's picture, its opacity, and one that lies on it; null pictures are left out.
  struct Picture {
    const QImage* image = nullptr;
    double opacity = 1;
    const QImage* over = nullptr;
  };
  [[nodiscard]] virtual Picture pictureOf(const FieldPlane& plane) = 0;
  /// Drawn behind all frames, from a picture that the stage makes itself; nothing by default.
  virtual void paintBehind(QPainter& painter, double ratio) {
    static_cast<void>(painter), static_cast<void>(ratio);
  }
  /// Lines, halos and text; called on a thread of its own while the frames are drawn.
  virtual void paintOverlay(const StageInk& ink, std::vector<StageLabel>& labels) const = 0;
  /// True for levels whose units can be chosen.
  [[nodiscard]] virtual bool holdsUnits(int level) const = 0;
  virtual void requestUnit(const FieldHit& hit) = 0;
  /// The pointer drags a unit that was taken on `from`, by then over `hit`; gives the level that it is on
  /// now.
  [[nodiscard]] virtual int dragUnit(int from, const FieldHit& hit) = 0;
  [[nodiscard]] virtual QString tipAt(const FieldHit& hit) const = 0;

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
  void drawPlane(QPainter& painter, const FieldPlane& plane, const QRectF& part);
  void drawSlices(QPainter& painter);
  void drawOverlay(double ratio);
  void requestCamera(const CameraLook& camera);

  FieldLayout m_layout;
  StageCamera m_camera;
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
