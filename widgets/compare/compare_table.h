#pragma once

#include "widgets/compare/compare_words.h"

#include <QWidget>

namespace convscope {

/// "Side by side": what each column costs, sees and can tell, one row a figure. Paints; computes nothing.
class CompareTable : public QWidget {
  Q_OBJECT

 public:
  explicit CompareTable(QWidget* parent = nullptr);

  void present(const CompareView& view);
  [[nodiscard]] QString fact() const { return m_fact; }
  /// Each row as "name | cell | cell | beside", the head first, for tests.
  [[nodiscard]] QStringList lines() const;

 Q_SIGNALS:
  void factChanged(const QString& fact);

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;

 private:
  [[nodiscard]] double rowHeight() const;
  /// Whether the note has room under the rows.
  [[nodiscard]] bool notes() const;
  Look m_look;
  QStringList m_heads;  ///< "A  3×3×3"
  std::vector<CompareRow> m_rows;
  QString m_note;
  QString m_fact;
};

}  // namespace convscope
