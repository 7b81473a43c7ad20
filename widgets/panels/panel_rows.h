#pragma once

#include "widgets/look/themed_widgets.h"

#include <QVariant>
#include <QWidget>

class QHBoxLayout;

namespace convscope {

/// One line of a panel: its label in the column of 62 px, then its fields from one common line on.
class LabelledRow : public QWidget {
  Q_OBJECT

 public:
  explicit LabelledRow(const QString& label, QWidget* parent = nullptr);
  /// Adds a field at the right; `stretch` > 0 lets it take what room there is.
  void add(QWidget* field, int stretch = 0);
  void addText(const QString& text);  ///< a muted word between fields: "+", "×", "of 120"
  void addSpace(int px);
  void addStretch();
  /// Moves a field, out of another row perhaps, to right behind the label.
  void addFirst(QWidget* field);
  [[nodiscard]] ThemedLabel* label() const { return m_label; }

  static constexpr int kFieldGap = 8;     ///< px between two fields
  static constexpr int kLabelWidth = 62;  ///< px, at the usual size
  static constexpr int kNarrow = 230;     ///< px of the row: below, every one counts

 protected:
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void retheme();
  ThemedLabel* m_label;
  QHBoxLayout* m_line;
};

/// One sentence under a control: an error in the error colour or a notice in the muted one, with its icon.
/// Takes no room while it is empty.
class InlineSentence : public QWidget {
  Q_OBJECT

 public:
  enum class Kind { Error, Notice };
  explicit InlineSentence(Kind kind, QWidget* parent = nullptr);
  void setText(const QString& sentence);
  [[nodiscard]] QString text() const;

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void retheme();
  Kind m_kind;
  QLabel* m_icon;
  ThemedLabel* m_text;
};

/// Rows that are shown on demand. DockColumn leaves their height out of account when it chooses between open
/// panels and tabs, so that opening them never turns the dock over.
class Fold : public QWidget {
  Q_OBJECT

 public:
  explicit Fold(QWidget* parent = nullptr);
  /// Adds a row below the others.
  void add(QWidget* row);
};

}  // namespace convscope
