#include "widgets/panels/choice_box.h"

#include "widgets/look/look_style.h"
#include "widgets/look/look_theme.h"

#include <QAbstractItemView>
#include <QSignalBlocker>
#include <QStandardItemModel>
#include <QStyledItemDelegate>

namespace convscope {

namespace {

constexpr int kIdRole = Qt::UserRole;

}  // namespace

ChoiceBox::ChoiceBox(QWidget* parent) : QComboBox(parent) {
  setFocusPolicy(Qt::TabFocus);  // a choice by mouse leaves the keys where they were
  setMaxVisibleItems(24);
  setItemDelegate(new QStyledItemDelegate(this));  // the usual one takes no height from the style sheet
  setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  connect(this, &QComboBox::activated, this,
          [this](int index) { Q_EMIT picked(itemData(index, kIdRole).toString()); });
}

void ChoiceBox::setChoices(const QList<Choice>& choices) {
  if (choices == m_choices) return;
  const QSignalBlocker quiet(this);
  const QString shown = currentId();
  m_choices = choices;
  auto* list = new QStandardItemModel(this);
  for (const Choice& choice : choices) {
    auto* item = new QStandardItem(choice.text);
    item->setData(choice.id, kIdRole);
    const bool title = choice.id.isEmpty();
    if (title || !choice.obstacle.isEmpty()) item->setFlags(Qt::NoItemFlags);
    if (title) {
      QFont face = item->font();
      face.setWeight(QFont::DemiBold);
      item->setFont(face);
    } else {
      item->setToolTip(choice.obstacle.isEmpty() ? choice.tip : choice.obstacle);
    }
    list->appendRow(item);
  }
  setModel(list);  // deletes the old one
  setCurrentIndex(shown.isEmpty() ? -1 : findData(shown, kIdRole));
}

void ChoiceBox::present(const QString& id, const QString& otherwise) {
  const int index = id.isEmpty() ? -1 : findData(id, kIdRole);
  const QSignalBlocker quiet(this);
  if (index != currentIndex()) setCurrentIndex(index);
  if (index < 0 && placeholderText() != otherwise) setPlaceholderText(otherwise);
}

QString ChoiceBox::currentId() const {
  return currentIndex() < 0 ? QString() : currentData(kIdRole).toString();
}

void ChoiceBox::setFailed(bool failed) {
  if (property(kFailedProperty).toBool() == failed) return;
  setProperty(kFailedProperty, failed);
  update();
}

void ChoiceBox::showPopup() {
  // The list may be wider than the narrow field that it belongs to.
  view()->setMinimumWidth(std::max(width(), view()->sizeHintForColumn(0) + 32));
  QComboBox::showPopup();
}

QSize ChoiceBox::minimumSizeHint() const {
  return {60, appliedTheme().control};
}

}  // namespace convscope
