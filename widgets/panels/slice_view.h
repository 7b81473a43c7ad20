#pragma once

#include "widgets/panels/cell_pointer.h"
#include "widgets/panels/film_images.h"
#include "widgets/state/kernel_view.h"

#include <QWidget>

namespace convscope {

/// Where the two slices stand, in px. Time runs down on one scale for both; each output row stands beside the
/// middle of the frames that it was made from, and each output column below the middle of its patch.
struct SliceLayout {
  QRectF input;
  QRectF output;      ///< empty where there is no room
  int firstIn = 0;    ///< first column of the input shown; above 0 only where not all fit
  int columnsIn = 0;  ///< columns of the input shown
  int firstOut = 0;   ///< the same of the output: those over the middle of what is shown of the input
  int columnsOut = 0;
  double rowHeight = 0;  ///< of an input frame
  double cell = 0;       ///< width of an input cell
  double titleX = 0;     ///< left end of the output's title
};

/// The x–t (or y–t) slice of the input through the middle of the patch and of the output through the voxel:
/// motion is a slanted line there. Where a frame is wider than the room, both show the columns around the
/// patch and their titles say which. Click or drag puts the kernel at that time and place; the wheel scrubs
/// time.
class SliceView : public QWidget {
  Q_OBJECT

 public:
  using Plane = FilmImages::Plane;
  explicit SliceView(QWidget* parent = nullptr);

  /// `images` must outlive the view and be up to date with `view` and `plane`.
  void present(const KernelView& view, const FilmImages* images, Plane plane, bool compact);
  [[nodiscard]] SliceLayout layoutNow() const;
  [[nodiscard]] Hover cellAt(const QPointF& at) const;
  /// What is said about motion: measured in the slice about the patch, or general where nothing clear is
  /// found.
  [[nodiscard]] QString caption() const { return m_caption; }
  /// What stands above the input's or the output's picture, as plain text.
  [[nodiscard]] QString title(bool output) const;
  /// Leaves so many px at the right of the titles to a button.
  void keepClear(int width) { m_clear = width; }
  static constexpr double kTitleHeight = 23;  ///< px at type of 12.5 px
  /// Width that serves the slices well at the given height.
  [[nodiscard]] double wantedWidth(double height) const;

 signals:
  void editRequested(const convscope::StateEdit& edit);
  void hovered(const convscope::Hover& hover);

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  [[nodiscard]] Axis axis() const { return m_plane == Plane::XT ? Axis::X : Axis::Y; }
  [[nodiscard]] SliceLayout layoutFor(const QSizeF& size) const;
  [[nodiscard]] double outputNumberWidth() const;
  void cropTo(SliceLayout& lay, double columns) const;
  [[nodiscard]] QString columnsText(const SliceLayout& lay, bool output) const;
  void paintTitles(QPainter& painter, const SliceLayout& lay) const;
  void measureMotion();
  void paintNumbers(QPainter& painter, const SliceLayout& lay) const;
  void paintArrows(QPainter& painter, const SliceLayout& lay) const;
  void paintMarks(QPainter& painter, const SliceLayout& lay) const;
  void slideTo(const QPointF& at);
  void setHovered(const Hover& hover);

  KernelView m_view;
  const FilmImages* m_images = nullptr;
  Plane m_plane = Plane::XT;
  bool m_compact = false;
  int m_clear = 0;
  QString m_caption;
  QString m_brief;  ///< where there is no room for the caption
  Hover m_hover;
  WheelNotches m_wheel;
};

}  // namespace convscope
