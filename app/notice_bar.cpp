#include "app/notice_bar.h"

#include "widgets/look/look_theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include <utility>

namespace convscope {

namespace {
constexpr int kMargin = 12;  // px, the design's grid
constexpr int kGap = 8;
constexpr int kMark = 3;  // px of the line at the left, as that of a selected row
}  // namespace

NoticeBar::NoticeBar(QWidget* parent) : QWidget(parent), m_row(new QHBoxLayout(this)), m_text(new QLabel) {
  m_row->setContentsMargins(kMargin, kGap, kMargin, kGap);
  m_row->setSpacing(kGap);
  m_text->setWordWrap(true);
  m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_row->addWidget(m_text, 1);
  hide();
}

int NoticeBar::show(const QString& sentence, std::vector<Answer> answers) {
  takeAway();
  m_text->setText(sentence);
  setAccessibleName(sentence);
  for (Answer& answer : answers) {
    auto* button = new QPushButton(answer.text);
    button->setAutoDefault(false);
    connect(button, &QPushButton::clicked, this, [this, run = std::move(answer.run)] {
      const auto then = run;  // the button goes before it is done
      takeAway();
      if (then) then();
      if (isHidden()) clear();  // nothing was said on that: what waits is next
    });
    m_row->addWidget(button);
    m_buttons.push_back(button);
  }
  setVisible(true);
  return ++m_number;
}

void NoticeBar::add(const QString& sentence, std::vector<Answer> answers) {
  if (isHidden()) {
    show(sentence, std::move(answers));
    return;
  }
  m_waiting.push_back({sentence, std::move(answers)});
}

QString NoticeBar::sentence() const {
  return isHidden() ? QString() : m_text->text();
}

void NoticeBar::clear() {
  takeAway();
  if (m_waiting.empty()) return;
  Notice next = std::move(m_waiting.front());
  m_waiting.pop_front();
  show(next.sentence, std::move(next.answers));
}

void NoticeBar::clear(int number) {
  if (number == m_number && !isHidden()) clear();
}

void NoticeBar::clearAll() {
  m_waiting.clear();
  takeAway();
}

void NoticeBar::takeAway() {
  hide();
  for (QWidget* button : std::exchange(m_buttons, {})) {
    button->hide();
    button->deleteLater();  // it may be the one whose click this is
  }
}

void NoticeBar::paintEvent(QPaintEvent*) {
  const LookTheme& theme = appliedTheme();
  QPainter painter(this);
  painter.fillRect(rect(), theme.raised);
  painter.fillRect(QRect(0, 0, kMark, height()), theme.accent);
  painter.fillRect(QRect(0, height() - 1, width(), 1), theme.line);
}

}  // namespace convscope
