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
  /// Names of the rows that have room, and whether every word of them and of the note is drawn, for tests.
  [[nodiscard]] QStringList shownNames() const;
  [[nodiscard]] bool showsAllWords() const;

 Q_SIGNALS:
  void factChanged(const QString& fact);

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;

 private:
  /// Where everything stands, px.
  struct Line {
    const CompareRow* row = nullptr;
    double top = 0;
    double height = 0;
  };
  struct Plan {
    std::vector<Line> lines;  ///< the rows that have room, in their order
    double names = 0, beside = 0, cells = 0;
    double row = 0;   ///< height of one line of text
    double note = 0;  ///< top of the note
    [[nodiscard]] double right(int column) const { return names + cells * (column + 1); }
  };
  [[nodiscard]] Plan plan() const;
  [[nodiscard]] double noteHeight() const;
  /// Lines of text that a row's cells take.
  [[nodiscard]] int linesOf(const CompareRow& row, double cell) const;
  void paintRow(QPainter& painter, const Plan& plan, const Line& line) const;
  Look m_look;
  QStringList m_heads;  ///< "A  3×3×3"
  std::vector<CompareRow> m_rows;
  QString m_note;
  QString m_fact;
};

}  // namespace convscope
