#pragma once

#include <QDoubleSpinBox>

namespace convscope {

/// A number: typed, stepped (arrow keys, Page keys by ten, wheel while hovered, the two arrows) or scrubbed
/// by dragging sideways over it. Holds nothing of record: present() shows, edited() asks.
class NumberField : public QDoubleSpinBox {
  Q_OBJECT

 public:
  explicit NumberField(QWidget* parent = nullptr);

  /// Whole numbers from `low` to `high`.
  void setWhole(int low, int high);
  /// Numbers with up to `decimals` decimals; `step` is one arrow or 6 px of dragging.
  void setReal(double low, double high, int decimals, double step);
  [[nodiscard]] int whole() const { return qRound(value()); }

  /// Shows `value` without a signal; does nothing while it is shown already, so that typing goes on
  /// undisturbed.
  void present(double value);
  /// Muted words behind the number ("px", "°") and before it ("+"); not part of the text.
  void setUnit(const QString& unit);
  void setMark(const QString& mark);
  void setFailed(bool failed);
  /// What the upper bound comes from, said where somebody types more: "8 frames end at frame 120".
  void setBoundReason(const QString& reason) { m_boundReason = reason; }
  /// The text is not the value yet: somebody types.
  [[nodiscard]] bool pending() const;
  /// "at most 64" while what stands in the field lies outside its bounds and just after it was taken back to
  /// them; else empty. Shown under the field.
  [[nodiscard]] QString note() const { return m_note; }
  /// Room for this many digits, and for how many at least where the row is narrow.
  void setDigits(int digits, int least);

  [[nodiscard]] QString textFromValue(double value) const override;
  [[nodiscard]] double valueFromText(const QString& text) const override;
  /// A number too large or too small may be typed; the bound that it breaks is said and then taken.
  QValidator::State validate(QString& text, int& position) const override;
  void fixup(QString& text) const override;
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return sizeFor(m_leastDigits); }

 Q_SIGNALS:
  void edited(double value);  ///< by the user; never by present()

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  [[nodiscard]] QSize sizeFor(int digits) const;
  void retheme();
  bool scrub(QMouseEvent* event);
  void sayBound(const QString& typed);
  void takeBound();
  void takeTyped();
  QString m_boundReason;
  QString m_note;
  QString m_unit;
  QString m_mark;
  int m_digits = 3;
  int m_leastDigits = 2;
  int m_pressX = 0;
  double m_pressValue = 0;
  enum class Press { None, Waiting, Scrubbing } m_press = Press::None;
};

}  // namespace convscope
