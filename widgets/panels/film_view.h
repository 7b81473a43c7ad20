#pragma once

#include "widgets/panels/cell_pointer.h"
#include "widgets/panels/film_images.h"
#include "widgets/panels/film_layout.h"
#include "widgets/state/kernel_view.h"

#include <QWidget>

namespace convscope {

struct TextRun;

/// The row of input frames and the row of output maps, aligned in time, with the kernel's bracket between
/// them. Click or drag slides the kernel in time, the wheel scrubs, Shift+click selects an input voxel.
class FilmView : public QWidget {
  Q_OBJECT

 public:
  explicit FilmView(QWidget* parent = nullptr);

  /// `images` must outlive the view and be up to date with `view`.
  void present(const KernelView& view, const FilmImages* images, const FilmSetting& setting);
  /// While a question about the maps is open: those not painted yet are a single question mark.
  void setVeiled(bool veiled);
  [[nodiscard]] FilmLayout layoutNow() const;
  /// The maps that the pinned input voxel feeds, ascending; none where no input voxel is pinned.
  [[nodiscard]] std::vector<int> fedMaps() const;
  /// The input or output cell under `at`; kind None where there is neither.
  [[nodiscard]] Hover cellAt(const QPointF& at) const;

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
  void paintFrames(QPainter& painter, const FilmLayout& lay);
  void paintUnused(QPainter& painter, const QRectF& box, int frame, bool lit, double cell) const;
  void paintFrameTitles(QPainter& painter, const FilmLayout& lay) const;
  void paintBracket(QPainter& painter, const FilmLayout& lay) const;
  void paintPatches(QPainter& painter, const FilmLayout& lay) const;
  void paintMaps(QPainter& painter, const FilmLayout& lay) const;
  void paintLabels(QPainter& painter, const FilmLayout& lay) const;
  void paintFed(QPainter& painter, const FilmLayout& lay) const;
  void paintHover(QPainter& painter, const FilmLayout& lay) const;
  [[nodiscard]] double baseOpacity() const;  ///< of everything: lower while it is stale
  /// The frame at the size it is drawn: reduced by averaging where it has more cells than px.
  [[nodiscard]] const QImage& frameFor(int t, const QSizeF& size);
  [[nodiscard]] bool hasMaps() const;
  [[nodiscard]] bool hidden(int map) const;
  [[nodiscard]] double typePx() const;
  void slideTo(const QPointF& at);
  void setHovered(const Hover& hover);

  struct Reduced {
    qint64 source = 0;
    QSize size;
    QImage image;
  };

  KernelView m_view;
  const FilmImages* m_images = nullptr;
  FilmSetting m_setting;
  std::vector<Reduced> m_reduced;
  Hover m_hover;
  bool m_dragging = false;
  bool m_veiled = false;
  WheelNotches m_wheel;
};

/// Tooltip of an input or output cell: its index and its value.
[[nodiscard]] QString cellTip(const KernelView& view, const Hover& cell);

}  // namespace convscope
