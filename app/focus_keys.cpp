#include "app/focus_keys.h"

#include "widgets/panels/ledger_grid.h"
#include "widgets/panels/reach_grid.h"
#include "widgets/panels/weight_grid.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QKeyEvent>
#include <QLineEdit>
#include <QTabBar>

namespace convscope {

namespace {

bool isArrow(int key) {
  return key >= Qt::Key_Left && key <= Qt::Key_Down;
}
bool isMove(int key) {
  return isArrow(key) || key == Qt::Key_Home || key == Qt::Key_End || key == Qt::Key_PageUp ||
         key == Qt::Key_PageDown;
}
bool isEnter(int key) {
  return key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Escape;
}
bool isErase(int key) {
  return key == Qt::Key_Delete || key == Qt::Key_Backspace;
}
bool isDigit(const QString& text) {
  return text.size() == 1 && QStringLiteral("0123456789.,+-").contains(text);
}

/// A spin box or the line editor inside one.
bool isNumberField(const QWidget& widget) {
  return qobject_cast<const QAbstractSpinBox*>(&widget) != nullptr ||
         (qobject_cast<const QLineEdit*>(&widget) != nullptr &&
          qobject_cast<const QAbstractSpinBox*>(widget.parentWidget()) != nullptr);
}

}  // namespace

bool FocusKeys::answers(const QWidget& widget, const QKeyEvent& event) {
  const int key = event.key();
  // the line editor knows its own chords (copy, paste, undo …) and asks for them itself
  if (event.modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) return false;
  const bool space = key == Qt::Key_Space;
  const QString text = event.text();
  const bool letter = text.size() == 1 && text.front().isPrint();
  const auto is = [&](auto* kind) { return qobject_cast<decltype(kind)>(&widget) != nullptr; };
  if (is(static_cast<const QAbstractSpinBox*>(nullptr)))
    return isDigit(text) || isMove(key) || isErase(key) || isEnter(key);
  if (is(static_cast<const QLineEdit*>(nullptr))) {
    // of a number field or an editable list: letters that it would refuse stay the window's
    return (isNumberField(widget) ? isDigit(text) : letter) || isMove(key) || isErase(key) || isEnter(key);
  }
  if (is(static_cast<const WeightGrid*>(nullptr)))
    return isDigit(text) || isMove(key) || isErase(key) || isEnter(key) || key == Qt::Key_F2;
  if (is(static_cast<const LedgerGrid*>(nullptr)) || is(static_cast<const ReachGrid*>(nullptr)))
    return isArrow(key) || isEnter(key);
  if (is(static_cast<const QComboBox*>(nullptr))) return isMove(key) || space || letter;
  if (is(static_cast<const QAbstractItemView*>(nullptr)))
    return isMove(key) || space || letter || isEnter(key);
  if (is(static_cast<const QAbstractSlider*>(nullptr))) return isMove(key);
  if (is(static_cast<const QTabBar*>(nullptr))) return isArrow(key) || space;
  if (is(static_cast<const QAbstractButton*>(nullptr))) return space || isArrow(key);
  return false;
}

bool FocusKeys::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() != QEvent::ShortcutOverride || !watched->isWidgetType()) return false;
  const auto& widget = *static_cast<const QWidget*>(watched);
  const auto& key = *static_cast<QKeyEvent*>(event);
  const bool plain = !(key.modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
  if (answers(widget, key)) {
    event->accept();
    return true;
  }
  // a number field would keep letters from the window and then refuse them
  if (plain && isNumberField(widget)) {
    event->ignore();
    return true;
  }
  return false;
}

}  // namespace convscope
