#pragma once

#include "widgets/state/network_view.h"

#include <QWidget>

namespace convscope {

/// The classes that the network thinks likeliest on the window, as bars, and a sentence on where the numbers
/// come from. A click shows the arithmetic of the soft-max instead, and back. Paints itself; computes
/// nothing.
class NetworkScoresPanel : public QWidget {
  Q_OBJECT

 public:
  static constexpr int kTop = 5;

  explicit NetworkScoresPanel(QWidget* parent = nullptr);
  void present(const NetworkView& view);
  /// "frames 24 to 39, top 5 of 400".
  [[nodiscard]] QString fact() const { return m_fact; }
  /// The lines as plain text, for tests and screen readers.
  [[nodiscard]] QStringList lines() const { return m_lines; }
  /// What the numbers are worth: of which clip they are, and how the network did on clips it never saw.
  [[nodiscard]] QString sentence() const;
  [[nodiscard]] bool showsArithmetic() const { return m_arithmetic; }
  void setShowsArithmetic(bool shows);
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 Q_SIGNALS:
  void factChanged(const QString& fact);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;

 private:
  /// Scores of the window, or of the picture of it that is looked at.
  [[nodiscard]] const std::vector<ClassScore>* shown() const;
  void tell();

  NetworkView m_view;
  bool m_arithmetic = false;
  QString m_fact;
  QStringList m_lines;
};

}  // namespace convscope
