#include "widgets/panels/panel_rows.h"

#include <QEvent>
#include <QHBoxLayout>

namespace convscope {

LabelledRow::LabelledRow(const QString& label, QWidget* parent)
    : QWidget(parent), m_label(new ThemedLabel(label, &LookTheme::muted)), m_line(new QHBoxLayout(this)) {
  m_line->setContentsMargins(0, 0, 0, 0);
  m_line->setSpacing(0);
  m_line->addWidget(m_label);
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  retheme();
}

void LabelledRow::add(QWidget* field, int stretch) {
  m_line->addWidget(field, stretch);
}

void LabelledRow::addText(const QString& text) {
  add(new ThemedLabel(text, &LookTheme::muted));
}

void LabelledRow::addSpace(int px) {
  m_line->addSpacing(px);
}

void LabelledRow::addStretch() {
  m_line->addStretch(1);
}

void LabelledRow::addFirst(QWidget* field) {
  m_line->insertWidget(1, field);
}

void LabelledRow::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::StyleChange) retheme();
}

void LabelledRow::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  retheme();
}

void LabelledRow::retheme() {
  const LookTheme& theme = appliedTheme();
  // 8 px between the label's column and the fields, but for the narrow dock of a small window
  m_label->setFixedWidth(theme.presenter     ? 2 * kLabelWidth
                         : width() < kNarrow ? kLabelWidth
                                             : kLabelWidth + 8);
  setFixedHeight(theme.row);
}

InlineSentence::InlineSentence(Kind kind, QWidget* parent)
    : QWidget(parent),
      m_kind(kind),
      m_icon(new QLabel),
      m_text(new ThemedLabel({}, kind == Kind::Error ? &LookTheme::error : &LookTheme::muted)) {
  m_text->setWordWrap(true);
  m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_text->setFocusPolicy(Qt::NoFocus);
  auto* line = new QHBoxLayout(this);
  line->setContentsMargins(0, 0, 0, 2);
  line->setSpacing(6);
  line->addWidget(m_icon, 0, Qt::AlignTop);
  line->addWidget(m_text, 1);
  QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
  setVisible(false);
  retheme();
}

void InlineSentence::setText(const QString& sentence) {
  if (sentence == m_text->text() && isHidden() == sentence.isEmpty()) return;
  m_text->setText(sentence);
  setAccessibleName(sentence);
  setVisible(!sentence.isEmpty());
}

QString InlineSentence::text() const {
  return m_text->text();
}

void InlineSentence::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::StyleChange) retheme();
}

void InlineSentence::retheme() {
  const LookTheme& theme = appliedTheme();
  const int side = theme.presenter ? 26 : 16;
  m_icon->setPixmap(
      themeIcon(QStringLiteral("warning"), theme, m_kind == Kind::Error ? theme.error : theme.muted)
          .pixmap({side, side}, devicePixelRatioF()));
}

Fold::Fold(QWidget* parent) : QWidget(parent) {
  auto* rows = new QVBoxLayout(this);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(appliedTheme().rowGap);
  setVisible(false);
}

void Fold::add(QWidget* row) {
  layout()->addWidget(row);
}

}  // namespace convscope
