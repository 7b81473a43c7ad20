#pragma once

#include "widgets/compare/compare_words.h"

#include <QPolygonF>
#include <QRectF>
#include <QWidget>

namespace convscope {

class NumberField;
class SegmentedControl;

/// How the columns answer drifting gratings: for each a polar plot of the amplitude over direction at three
/// speeds, or a heat map over direction and speed, or how strong its maps are on the clip made slower and
/// faster; beside them in words what that means. Paints measured values; computes nothing.
class TuningPlot : public QWidget {
  Q_OBJECT

 public:
  explicit TuningPlot(QWidget* parent = nullptr);

  void present(const CompareView& view);
  [[nodiscard]] QString fact() const { return m_fact; }
  /// The switch between the three, for the panel's title.
  [[nodiscard]] SegmentedControl* viewSwitch() const { return m_switch; }
  /// Cycles per pixel of the gratings, for the title, too; hidden where no grating is shown.
  [[nodiscard]] NumberField* frequencyField() const { return m_frequency; }
  /// The sentences as they stand there.
  [[nodiscard]] QString meaning() const;
  /// The curve of a column at a speed, px; empty where it is not drawn.
  [[nodiscard]] QPolygonF curve(int column, double speed) const;
  /// Where a column's plot stands, px.
  [[nodiscard]] QRectF plotRect(int column) const;

  /// "conv1, filter 5 of 16" of a network, whose tuning is that filter's; else empty.
  [[nodiscard]] QString tunedText(int column) const;

  /// The speeds of the polar plots, pixels a frame.
  static constexpr std::array kSpeeds{1., .5, 0.};

 Q_SIGNALS:
  void factChanged(const QString& fact);
  void editRequested(const convscope::StateEdit& edit);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  [[nodiscard]] double textWidth() const;
  /// Whether "left" and "right" have room beside the plots.
  [[nodiscard]] bool wordsFit() const;
  [[nodiscard]] std::vector<CompareSentence> sentences() const;
  void paintPolar(QPainter& painter, int column) const;
  void paintHeat(QPainter& painter, int column) const;
  void paintTempo(QPainter& painter) const;
  void paintMissing(QPainter& painter, int column) const;
  void paintName(QPainter& painter, int column) const;
  void paintWords(QPainter& painter) const;

  CompareView m_view;
  QString m_fact;
  SegmentedControl* m_switch;
  NumberField* m_frequency;
};

}  // namespace convscope
