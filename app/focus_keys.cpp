#include "app/focus_keys.h"

#include "widgets/panels/ledger_grid.h"
#include "widgets/panels/network_scores.h"
#include "widgets/panels/number_field.h"
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

/// A list that is closed: what is typed is not meant for it.
bool isClosedList(const QWidget& widget) {
  const auto* list = qobject_cast<const QComboBox*>(&widget);
  return list != nullptr && !list->isEditable() && !list->view()->isVisible();
}
bool isPlain(const QKeyEvent& event) {
  return !(event.modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
}

}  // namespace

bool FocusKeys::answers(const QWidget& widget, const QKeyEvent& event) {
  const int key = event.key();
  // the line editor knows its own chords (copy, paste, undo …) and asks for them itself
  if (!isPlain(event)) return false;
  const bool space = key == Qt::Key_Space;
  const QString text = event.text();
  const bool letter = text.size() == 1 && text.front().isPrint();
  const auto is = [&](auto* kind) { return qobject_cast<decltype(kind)>(&widget) != nullptr; };
  // While one types into a field nothing typed is an order, not even what the field then refuses.
  if (is(static_cast<const QAbstractSpinBox*>(nullptr)) || is(static_cast<const QLineEdit*>(nullptr)))
    return letter || isMove(key) || isErase(key) || isEnter(key);
  if (is(static_cast<const WeightGrid*>(nullptr)))
    return isDigit(text) || isMove(key) || isErase(key) || isEnter(key) || key == Qt::Key_F2;
  if (is(static_cast<const LedgerGrid*>(nullptr)) || is(static_cast<const ReachGrid*>(nullptr)))
    return isArrow(key) || isEnter(key);
  if (is(static_cast<const NetworkScoresPanel*>(nullptr)))
    return key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_Return || key == Qt::Key_Enter || space;
  if (is(static_cast<const QComboBox*>(nullptr)))
    return isMove(key) || space || (letter && !isClosedList(widget));
  if (is(static_cast<const QAbstractItemView*>(nullptr)))
    return isMove(key) || space || letter || isEnter(key);
  if (is(static_cast<const QAbstractSlider*>(nullptr))) return isMove(key);
  if (is(static_cast<const QTabBar*>(nullptr))) return isArrow(key) || space;
  if (is(static_cast<const QAbstractButton*>(nullptr))) return space || isArrow(key);
  return false;
}

bool FocusKeys::eventFilter(QObject* watched, QEvent* event) {
  if (!watched->isWidgetType()) return false;
  const auto& widget = *static_cast<const QWidget*>(watched);
  if (event->type() == QEvent::KeyPress) {
    // a letter that orders nothing must not pick an entry of a closed list either
    const auto& key = *static_cast<QKeyEvent*>(event);
    const bool typed = key.text().size() == 1 && key.text().front().isPrint() && key.key() != Qt::Key_Space;
    return typed && isPlain(key) && isClosedList(widget);
  }
  if (event->type() != QEvent::ShortcutOverride) return false;
  // with nothing typed a number field has nothing to undo, and would keep the key all the same
  const auto& order = *static_cast<QKeyEvent*>(event);
  if (order.matches(QKeySequence::Undo) || order.matches(QKeySequence::Redo)) {
    const auto* field = qobject_cast<const NumberField*>(&widget);
    if (field != nullptr && !field->pending()) {
      event->ignore();
      return true;
    }
  }
  if (!answers(widget, *static_cast<QKeyEvent*>(event))) return false;
  event->accept();
  return true;
}

}  // namespace convscope
