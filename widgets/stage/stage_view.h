#pragma once

#include "widgets/stage/kernel_block.h"
#include "widgets/stage/stage_gl.h"
#include "widgets/stage/stage_overlay.h"
#include "widgets/stage/stage_pick.h"
#include "widgets/stage/stage_response.h"
#include "widgets/stage/stage_scene.h"
#include "widgets/stage/stage_texture.h"

#include <QPointer>
#include <QVariantAnimation>
#include <QWidget>

namespace convscope {

/// What stands on the stage, for tests and for people who cannot see it.
struct StageFacts {
  int inputFrames = 0;  ///< drawn, padding not counted
  int paddingFrames = 0;
  int mapFrames = 0;
  int texturedQuads = 0;
  int litFrames = 0;
  bool valid = false;
  bool stale = false;
  QString problem;  ///< why there is no 3-D picture, or empty
  std::vector<StageLabel> labels;
  QRectF bounds;     ///< of everything that the camera frames, px
  QPolygonF voxel;   ///< px
  QPolygonF patch;   ///< px, the first one
  int pictures = 0;  ///< how often VTK has drawn
  double lastPictureMs = 0;
  double lastOverlayMs = 0;
};

/// The 3-D stage of the Kernel workspace. VTK draws frames and maps into memory, QPainter paints lines and
/// text over them: one ordinary widget, grabbed and docked like any other. Holds no state of record: shows
/// the KernelView it was given last and asks for changes.
class StageView : public QWidget {
  Q_OBJECT
 public:
  explicit StageView(QWidget* parent = nullptr);
  ~StageView() override;

  /// Shows `view`. Compares and redraws only what differs; cheap where nothing does.
  void present(const KernelView& view);

  /// While a question about the maps is open: those behind the kernel's are not on the stage, not even as
  /// outlines, and nothing says how many there are. `value`: the voxel's value is asked for and not told.
  void setVeiled(bool maps, bool value);

  /// 1 designed view, 2 front, 3 side (time), 4 top, 5 the voxel's map alone, 6 the kernel close up.
  [[nodiscard]] CameraLook presetCamera(int number) const;
  /// The designed view of what is shown, its channels drawn apart or not, its maps in that mode.
  [[nodiscard]] CameraLook designedView(bool channelsApart, StageMode mode) const;
  /// Asks for the designed view, everything framed.
  void resetCamera();

  /// The stage as a picture of `size` px, the same code as on screen, with `ratio` pixels a px.
  [[nodiscard]] QImage renderImage(const QSize& size, double ratio = 1);
  [[nodiscard]] StageFacts facts() const;

  [[nodiscard]] QSize sizeHint() const override { return {952, 692}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {320, 240}; }

 signals:
  void editRequested(const convscope::StateEdit& edit);
  void hovered(const convscope::Hover& hover);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;
  bool event(QEvent* event) override;

 private:
  enum class Drag { None, Orbit, Pan, Patch, Voxel, Time, Stretch, Level, Range };

  void rebuild();  ///< layout, furniture, camera
  void frame(const QSizeF& size);
  void paintStage(QPainter& painter, const QSize& size, double ratio);
  void paintSentence(QPainter& painter, const QSize& size, const QString& text) const;
  void travelTo(const KernelView& view);
  void flyTo(const CameraLook& camera);
  void requestCamera(const CameraLook& camera);
  void requestVoxel(const Triple& voxel);
  [[nodiscard]] Hover hoverAt(QPointF at) const;
  [[nodiscard]] Drag grabAt(QPointF at) const;
  void dragTo(QPointF at);
  void slideTo(QPointF at);
  void stretchTo(QPointF at);
  void scaleTo(QPointF at);
  [[nodiscard]] LegendPart legendAt(QPointF at) const;
  void updateHot(QPointF at);  ///< handle and legend under the pointer
  [[nodiscard]] std::optional<Axis> handleAt(QPointF at) const;
  void pinAt(QPointF at);
  void updateCursor(QPointF at);
  [[nodiscard]] QString stretchTip(Axis axis) const;
  [[nodiscard]] QString legendTip(LegendPart part) const;
  [[nodiscard]] QString tipFor(const Hover& hover) const;
  void describe();
  void drawPicture(const QSize& device, double ratio);
  void drawClearPicture(const QSize& device);
  void paintOverlay(QPainter& painter, double ratio);
  void drawOverlay(const QSize& device, double ratio);

  KernelView m_view;
  bool m_veiled = false;
  bool m_valueVeiled = false;
  StageLayout m_layout;
  StageFurniture m_furniture;
  std::optional<KernelResponse> m_response;
  StageCamera m_camera;
  CameraLook m_shown;  ///< on its way to m_view.state.look.camera
  KernelTravel m_travel;
  Triple m_travelFrom{0, 0, 0};
  StageOverlay m_overlay;
  double m_range = 1;  ///< largest magnitude of the colours at the voxel's map frame
  QVariantAnimation m_flight;
  QVariantAnimation m_step;
  CameraLook m_flightFrom, m_flightTo;
  Drag m_drag = Drag::None;
  QPointF m_pressed, m_last;
  QPointF m_grip;  ///< from the grabbed thing's corner to the pointer, in cells
  bool m_moved = false;
  std::optional<Axis> m_handle;  ///< of the large kernel: under the pointer or dragged
  KernelHandle m_stretch;        ///< as it was taken hold of
  int m_stretchFrom = 1;
  LegendPart m_legend = LegendPart::None;  ///< under the pointer or dragged
  double m_rangeFrom = 1;                  ///< range of the colours as its end was taken hold of
  double m_heldCell = 0;                   ///< px of the large kernel's cells while it is stretched
  Hover m_hover;

  QImage m_picture;  ///< the 3-D part
  QImage m_lines;    ///< the overlay's: lines, halos and text over it
  QSize m_pictureSize;
  bool m_pictureOld = true;
  bool m_pictureClear = false;  ///< it has no ground
  int m_pictures = 0;
  double m_lastPictureMs = 0;
  double m_lastOverlayMs = 0;
  std::unique_ptr<StageScene> m_scene;
  std::unique_ptr<StageGl> m_gl;  // last: releases what the scene holds on the graphics card
};

}  // namespace convscope
