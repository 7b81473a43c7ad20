#pragma once

#include "widgets/state/before_query.h"
#include "widgets/state/network_view.h"

#include <QImage>
#include <QWidget>

#include <array>
#include <optional>

namespace convscope {

/// What a change of the clip does: a frame of the clip and of the chosen channel's map before it and after
/// it, all on one scale, their strongest cells marked, and what is left when the map before is moved along
/// with a shift. The score beside it in words. Paints itself; computes nothing but that one frame's
/// difference.
class BeforeAfterView : public QWidget {
  Q_OBJECT

 public:
  explicit BeforeAfterView(QWidget* parent = nullptr);
  /// `before`: null while it is under way, or `problem` says why there is none.
  void present(const NetworkView& view, std::shared_ptr<const BeforeEdits> before, const QString& problem);

  enum class Tile { ClipBefore, ClipAfter, MapBefore, MapAfter, Difference };
  /// Where a picture stands, px; empty where it is not shown.
  [[nodiscard]] QRectF tileRect(Tile tile) const;
  /// Cells of the map that the clip's shift moves it by: the nearest whole numbers; none where the clip was
  /// changed otherwise.
  [[nodiscard]] std::optional<Triple> movedBy() const;
  /// Strongest cell of the frame shown, of the map before and after.
  [[nodiscard]] std::array<Triple, 2> peaks() const { return m_peaks; }
  /// After − before moved along, at a cell of the frame shown.
  [[nodiscard]] double differenceAt(int y, int x) const;
  /// What is written beside the pictures, line by line.
  [[nodiscard]] QStringList lines() const;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  struct Line {
    QString name, value;
  };
  [[nodiscard]] bool there() const { return m_before != nullptr && !m_view.levels.empty(); }
  [[nodiscard]] const Tensor& mapsBefore() const { return m_before->maps->maps; }
  [[nodiscard]] const Tensor& mapsAfter() const { return m_view.answer->maps->maps; }
  [[nodiscard]] std::vector<Line> said() const;
  /// Distance of all maps from those moved along, where the curves have it.
  [[nodiscard]] std::optional<double> distance() const;
  void makePictures();
  void paintTile(QPainter& painter, Tile tile) const;
  void paintLegend(QPainter& painter) const;
  void paintWords(QPainter& painter, const QRectF& room) const;

  NetworkView m_view;
  std::shared_ptr<const BeforeEdits> m_before;
  QString m_problem;
  std::array<QImage, 5> m_pictures;  ///< by Tile
  std::array<Triple, 2> m_peaks{};
  int m_clipFrame = 0;
  double m_range = 1;  ///< end of the scale of the maps
};

}  // namespace convscope
