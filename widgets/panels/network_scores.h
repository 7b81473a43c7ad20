#pragma once

#include "widgets/state/network_view.h"

#include <QFontMetricsF>
#include <QWidget>

#include <vector>

namespace convscope {

/// The classes that the network thinks likeliest on the window, as bars, and a sentence on where the numbers
/// come from. A click on a row, or Space on the one that ↑ and ↓ lead to, chooses the class that is explained
/// (NetworkSettings::classIndex): its row is marked and the soft-max behind its share is written out below
/// it; once more goes back to the best class. Paints itself; computes nothing.
class NetworkScoresPanel : public QWidget {
  Q_OBJECT

 public:
  static constexpr int kTop = 5, kMost = 12;

  explicit NetworkScoresPanel(QWidget* parent = nullptr);
  void present(const NetworkView& view);
  /// Shows as many classes as `px` of height hold, up to kMost; 0: kTop of them.
  void setMostRows(int px);
  /// "frames 24 to 39, top 5 of 400".
  [[nodiscard]] QString fact() const { return m_fact; }
  /// The lines as plain text, for tests and screen readers.
  [[nodiscard]] QStringList lines() const { return m_lines; }
  /// What the numbers are worth: of which clip they are, and how the network did on clips it never saw.
  [[nodiscard]] QString sentence() const;
  /// Classes of the rows, from above: the likeliest; one that was chosen and is not among them is the last.
  [[nodiscard]] const std::vector<int>& classes() const { return m_classes; }
  /// The row of the class that was chosen; −1: none was, the best one is explained.
  [[nodiscard]] int chosenRow() const;
  /// How the share of the class of a row comes of the network's scores: one line, or empty where the network
  /// gives shares itself.
  [[nodiscard]] QString arithmetic(int row) const;
  /// Of a row, px; what is written out below it is not part of it.
  [[nodiscard]] QRectF rowRect(int row) const;
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 Q_SIGNALS:
  void factChanged(const QString& fact);
  void editRequested(const convscope::StateEdit& edit);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  /// Scores of the window, or of the picture of it that is looked at.
  [[nodiscard]] const std::vector<ClassScore>* shown() const;
  [[nodiscard]] const ClassScore& scoreOf(int row) const;
  [[nodiscard]] QString nameOf(int row) const;
  /// "57.1 %"; of a guess these words at the best one, and nothing else.
  [[nodiscard]] QString valueText(int row) const;
  [[nodiscard]] int rowAt(const QPointF& at) const;
  [[nodiscard]] bool isBest(int row) const;
  [[nodiscard]] QFontMetricsF nameMetrics(int row) const;
  void takeClasses();
  void choose(int row);
  void tell();
  void paintRow(QPainter& painter, int row, double names) const;

  NetworkView m_view;
  std::vector<int> m_classes;
  int m_top = kTop;  ///< rows at most
  int m_cursor = 0;  ///< the row that keys act on
  QString m_fact;
  QStringList m_lines;
};

}  // namespace convscope
