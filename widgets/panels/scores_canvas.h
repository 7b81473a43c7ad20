#pragma once

#include "widgets/panels/text_runs.h"
#include "widgets/state/scores_state.h"

#include <QWidget>

#include <functional>
#include <vector>

namespace convscope {

/// What the Scores panel paints: bars, the confusion matrix or the chart, by Look::scoresView. Paints what it
/// was given; computes nothing.
class ScoresCanvas : public QWidget {
  Q_OBJECT

 public:
  explicit ScoresCanvas(QWidget* parent = nullptr);

  void present(const ScoresState& scores);
  /// Everything shown as plain text.
  [[nodiscard]] QStringList lines() const;
  /// What the tooltip says at a place; empty where there is nothing to say.
  [[nodiscard]] QString tipAt(const QPointF& at) const;

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  bool event(QEvent* event) override;

 private:
  /// Nothing that is painted differs between `scores` and what is shown.
  [[nodiscard]] bool showsAlready(const ScoresState& scores) const;
  struct Spot {
    QRectF area;
    QString tip;
  };
  /// One small plot of the chart: a value of every scanned kernel against its extent.
  struct Plot {
    QString name;
    std::function<double(const Readout&)> value;
    std::function<QString(double)> text;
    double most = 0;  ///< upper end of the scale; 0: the largest value
  };

  void paintBars(QPainter& painter);
  void paintConfusion(QPainter& painter);
  void paintChart(QPainter& painter);
  void paintPlot(QPainter& painter, const QRectF& area, const Plot& plot,
                 const std::vector<ScanPoint>& points, int chosen, const QColor& accent);
  /// Of the sentences, wrapped at the canvas's width.
  [[nodiscard]] double sentencesHeight() const;
  void paintSentences(QPainter& painter, double top);
  [[nodiscard]] static std::vector<Plot> plots();
  [[nodiscard]] QStringList confusionLines() const;
  [[nodiscard]] QStringList chartLines() const;

  ScoresState m_scores;
  bool m_presented = false;
  std::vector<Spot> m_spots;  ///< of what was painted last
};

}  // namespace convscope
