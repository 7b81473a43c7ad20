#pragma once

#include "widgets/look/look_theme.h"
#include "widgets/state/field_view.h"

#include <QWidget>

namespace convscope {

/// What the chosen unit sees: its extent in large figures, then one bar an axis with the clip and the
/// padding, in frames, pixels, seconds and per cent. Paints itself; computes nothing.
class UnitPanel : public QWidget {
  Q_OBJECT

 public:
  explicit UnitPanel(QWidget* parent = nullptr);
  void present(const FieldView& view);
  [[nodiscard]] QString fact() const { return m_fact; }
  [[nodiscard]] QSize sizeHint() const override;
  /// The lines as plain text, for tests and screen readers.
  [[nodiscard]] QStringList lines() const { return m_lines; }

 Q_SIGNALS:
  void factChanged(const QString& fact);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void paintExtent(QPainter& painter, const LookTheme& theme, double y) const;
  void paintAxis(QPainter& painter, const LookTheme& theme, Axis axis, double y) const;

  FieldView m_view;
  QString m_fact;
  QStringList m_lines;
};

}  // namespace convscope
