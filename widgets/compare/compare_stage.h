#pragma once

#include "widgets/compare/compare_frames.h"
#include "widgets/compare/map_plate.h"

#include <QWidget>

namespace convscope {

/// What stands in a column, for tests and for people who cannot see it.
struct CompareFacts {
  bool valid = false;  ///< a map is drawn
  std::vector<StageLabel> labels;
  std::vector<ShownFrame> frames;
  QRectF map;                 ///< px
  std::vector<QLineF> links;  ///< px
  Triple cell;                ///< at the cursor; of the difference a cell of its values
  double range = 1;           ///< upper end of the colours
};

/// One column of a comparison: the frames that its cell at the linked cursor sees, in space, and below them
/// its map, with lines between. Column −1 is the difference of the first two. Pointing, clicking and dragging
/// on the map ask for the linked cursor, dragging the frames turns them in all columns. Holds no state of
/// record.
class CompareStage : public QWidget {
  Q_OBJECT

 public:
  static constexpr int kDifference = -1;
  explicit CompareStage(int column, QWidget* parent = nullptr);

  /// The width that columns have, give or take a pixel: all are arranged by this one, so alike.
  void setShared(int width);
  void present(const CompareView& view);
  [[nodiscard]] int column() const { return m_column; }
  [[nodiscard]] CompareFacts facts() const;
  /// Middle of a cell of this map (of the difference: of its values), px.
  [[nodiscard]] QPointF cellCentre(int y, int x) const;
  [[nodiscard]] QSize sizeHint() const override { return {532, 524}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {240, 220}; }

 Q_SIGNALS:
  void editRequested(const convscope::StateEdit& edit);
  void hovered(const std::optional<convscope::CompareHover>& hover);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;
  bool event(QEvent* event) override;

 private:
  enum class Drag { None, Cursor, Orbit, Pan };

  void arrange();
  /// The map that is drawn: a column's, or the difference.
  [[nodiscard]] const Tensor* shownMaps() const;
  [[nodiscard]] int shownChannel() const;
  [[nodiscard]] std::optional<Triple> shownCell() const;
  [[nodiscard]] const ColourMap& colours() const;
  [[nodiscard]] double shownRange() const;
  /// The cell under `px` as the hover that it means: of a column, or of A.
  [[nodiscard]] std::optional<CompareHover> hoverAt(const QPointF& px) const;
  void requestCursor(const CompareHover& at);
  /// Px that a value takes beside the map.
  [[nodiscard]] double valueRoom() const;
  /// The value written beside a cell; of the difference that of the values written in A and B, so that what
  /// is read off adds up.
  [[nodiscard]] double shownValue(const Triple& cell) const;
  /// The two lines from the frames to the cell at the cursor, px; none of the difference.
  [[nodiscard]] std::vector<QLineF> links() const;
  void paintMap(const StageInk& ink);
  void paintLinks(const StageInk& ink) const;
  void paintTexts(const StageInk& ink);
  void paintDifferenceTexts(const StageInk& ink);
  void paintSentence(QPainter& painter) const;
  QRectF label(const StageInk& ink, LabelKind kind, QPointF at, Qt::Alignment side, const QString& text,
               double px, const QColor& colour, bool bold = false);

  int m_shared = 0;
  int m_column;
  CompareView m_view;
  CompareFrames m_frames;
  MapPlate m_plate;
  QRectF m_top;           ///< frames or numbers
  bool m_narrow = false;  ///< the words stand over the frames
  bool m_beside = false;  ///< the map stands beside them, not below
  QImage m_picture;
  LabelStore m_store;
  std::vector<StageLabel> m_labels;
  Drag m_drag = Drag::None;
  QPointF m_last;
};

}  // namespace convscope
