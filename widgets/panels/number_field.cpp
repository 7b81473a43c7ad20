#include "widgets/panels/number_field.h"

#include "widgets/look/look_style.h"
#include "widgets/look/look_theme.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPainter>
#include <QSignalBlocker>
#include <QToolTip>

#include <algorithm>

namespace convscope {

namespace {

constexpr int kPixelsPerStep = 6;
constexpr int kMostTyped = 9;  // characters
constexpr int kNoteMs = 5000;
constexpr QChar kMinus(0x2212);

/// As QLocale::c() reads it.
QString plain(QString text) {
  return text.replace(kMinus, QLatin1Char('-')).replace(QLatin1Char(','), QLatin1Char('.'));
}

}  // namespace

NumberField::NumberField(QWidget* parent) : QDoubleSpinBox(parent) {
  setLocale(QLocale::c());
  setKeyboardTracking(false);  // "12" must not ask for 1 on its way
  setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  setFocusPolicy(Qt::StrongFocus);
  setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
  setWhole(0, 99);
  lineEdit()->installEventFilter(this);
  lineEdit()->setCursor(Qt::SizeHorCursor);
  connect(this, &QDoubleSpinBox::valueChanged, this, &NumberField::edited);
  connect(lineEdit(), &QLineEdit::textEdited, this, &NumberField::sayBound);
  retheme();
}

void NumberField::setWhole(int low, int high) {
  // setting them anew would let go of an arrow that is held down
  if (decimals() == 0 && minimum() == low && maximum() == high) return;
  const QSignalBlocker quiet(this);
  setDecimals(0);
  setSingleStep(1);
  setRange(low, high);
}

void NumberField::setReal(double low, double high, int decimals, double step) {
  const QSignalBlocker quiet(this);
  setDecimals(decimals);
  setSingleStep(step);
  setRange(low, high);
}

void NumberField::present(double shown) {
  if (shown == value()) return;
  const QSignalBlocker quiet(this);
  setValue(shown);
}

void NumberField::setUnit(const QString& unit) {
  m_unit = unit;
  retheme();
}

void NumberField::setMark(const QString& mark) {
  m_mark = mark;
  retheme();
}

void NumberField::setFailed(bool failed) {
  if (property(kFailedProperty).toBool() == failed) return;
  setProperty(kFailedProperty, failed);
  update();
}

void NumberField::setDigits(int digits, int least) {
  m_digits = digits;
  m_leastDigits = least;
  updateGeometry();
}

QString NumberField::textFromValue(double value) const {
  QString text = QString::number(value, 'f', decimals());
  if (decimals() > 0) {
    while (text.endsWith(QLatin1Char('0'))) text.chop(1);
    if (text.endsWith(QLatin1Char('.'))) text.chop(1);
  }
  if (text == QLatin1String("-0")) text = QStringLiteral("0");
  return text.replace(QLatin1Char('-'), kMinus);
}

double NumberField::valueFromText(const QString& text) const {
  return plain(text).toDouble();
}

QValidator::State NumberField::validate(QString& text, int& position) const {
  QString read = plain(text);
  const QValidator::State state = QDoubleSpinBox::validate(read, position);
  bool isNumber = false;
  const double number = read.toDouble(&isNumber);
  text = read.replace(QLatin1Char('-'), kMinus);
  const bool tooLarge = isNumber && number > maximum() && read.size() <= kMostTyped &&
                        (decimals() > 0 || !read.contains(QLatin1Char('.')));
  return state == QValidator::Invalid && tooLarge ? QValidator::Intermediate : state;
}

void NumberField::fixup(QString& text) const {
  bool isNumber = false;
  const double number = plain(text).toDouble(&isNumber);
  if (isNumber) text = textFromValue(std::clamp(number, minimum(), maximum()));
}

bool NumberField::pending() const {
  return lineEdit()->text() != textFromValue(value());
}

void NumberField::sayBound(const QString& typed) {
  bool isNumber = false;
  const double number = plain(typed).toDouble(&isNumber);
  QString note;
  if (isNumber && number > maximum()) {
    note = tr("at most %1").arg(textFromValue(maximum()));
    if (!m_boundReason.isEmpty()) note += QStringLiteral(": ") + m_boundReason;
  } else if (isNumber && number < minimum()) {
    note = tr("at least %1").arg(textFromValue(minimum()));
  }
  if (note == m_note) return;
  m_note = note;
  if (note.isEmpty()) {
    QToolTip::hideText();
  } else {
    QToolTip::showText(mapToGlobal(QPoint(0, height() - 12)), note, this, {}, kNoteMs);
  }
}

QSize NumberField::sizeHint() const {
  return sizeFor(m_digits);
}

QSize NumberField::sizeFor(int digits) const {
  const LookTheme& theme = appliedTheme();
  const double digit = QFontMetricsF(font()).horizontalAdvance(QLatin1Char('0'));
  const int arrows = theme.presenter ? 36 : 18;
  return {qCeil(digit * digits) + arrows + 8 + property(kUnitWidthProperty).toInt() +
              property(kMarkWidthProperty).toInt(),
          theme.control};
}

bool NumberField::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::MouseButtonPress && hasFocus() && pending() && watched != this &&
      watched->isWidgetType() && !isAncestorOf(static_cast<QWidget*>(watched)))
    takeTyped();
  if (watched != lineEdit() || !isEnabled()) return QDoubleSpinBox::eventFilter(watched, event);
  switch (event->type()) {
    case QEvent::MouseButtonPress:
    case QEvent::MouseMove:
    case QEvent::MouseButtonRelease:
      return scrub(static_cast<QMouseEvent*>(event));
    default:
      return QDoubleSpinBox::eventFilter(watched, event);
  }
}

bool NumberField::scrub(QMouseEvent* event) {
  const int x = event->globalPosition().toPoint().x();
  if (event->type() == QEvent::MouseButtonPress) {
    if (event->button() != Qt::LeftButton) return false;
    m_press = Press::Waiting;
    m_pressX = x;
    m_pressValue = value();
    return true;  // whether it is a click into the text or a drag is seen later
  }
  if (m_press == Press::None) return false;
  if (event->type() == QEvent::MouseMove) {
    if (m_press == Press::Waiting && std::abs(x - m_pressX) >= QApplication::startDragDistance() / 2)
      m_press = Press::Scrubbing;
    if (m_press == Press::Scrubbing) setValue(m_pressValue + (x - m_pressX) / kPixelsPerStep * singleStep());
    return true;
  }
  if (m_press == Press::Waiting) {
    setFocus(Qt::MouseFocusReason);
    selectAll();
  }
  m_press = Press::None;
  return true;
}

void NumberField::keyPressEvent(QKeyEvent* event) {
  if (event->matches(QKeySequence::Undo) || event->key() == Qt::Key_Escape) {
    if (pending()) {
      lineEdit()->setText(textFromValue(value()));
      sayBound(lineEdit()->text());
      selectAll();
    } else {
      event->ignore();  // nothing to take back: the window's
    }
    return;
  }
  if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) takeBound();
  QDoubleSpinBox::keyPressEvent(event);
}

void NumberField::focusInEvent(QFocusEvent* event) {
  QDoubleSpinBox::focusInEvent(event);
  qApp->installEventFilter(this);  // a press elsewhere ends the typing, be it on what takes no focus
}

void NumberField::focusOutEvent(QFocusEvent* event) {
  qApp->removeEventFilter(this);
  takeTyped();
  QDoubleSpinBox::focusOutEvent(event);
}

void NumberField::takeTyped() {
  takeBound();
  interpretText();
}

void NumberField::takeBound() {
  QString text = lineEdit()->text();
  fixup(text);
  if (pending() && text != lineEdit()->text()) lineEdit()->setText(text);
}

void NumberField::paintEvent(QPaintEvent* event) {
  QDoubleSpinBox::paintEvent(event);
  if (m_unit.isEmpty() && m_mark.isEmpty()) return;
  const LookTheme& theme = appliedTheme();
  QPainter painter(this);
  painter.setPen(theme.muted);
  painter.setFont(font());
  const QRect edit = lineEdit()->geometry();
  painter.drawText(QRect(edit.right() + 3, 0, property(kUnitWidthProperty).toInt(), height()),
                   Qt::AlignVCenter | Qt::AlignLeft, m_unit);
  painter.drawText(QRect(7, 0, edit.left(), height()), Qt::AlignVCenter | Qt::AlignLeft, m_mark);
}

void NumberField::changeEvent(QEvent* event) {
  QDoubleSpinBox::changeEvent(event);
  if (event->type() == QEvent::StyleChange) retheme();
}

void NumberField::retheme() {
  const LookTheme& theme = appliedTheme();
  const QFont face = theme.font(theme.body);
  if (font() != face) setFont(face);
  const QFontMetricsF metrics(face);
  setProperty(kUnitWidthProperty, m_unit.isEmpty() ? 0 : qCeil(metrics.horizontalAdvance(m_unit)) + 3);
  setProperty(kMarkWidthProperty, m_mark.isEmpty() ? 0 : qCeil(metrics.horizontalAdvance(m_mark)) + 3);
  updateGeometry();
  update();
}

}  // namespace convscope
