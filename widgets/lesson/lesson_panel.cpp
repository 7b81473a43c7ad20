#include "widgets/lesson/lesson_panel.h"

#include "widgets/lesson/lesson_editor.h"
#include "widgets/look/themed_widgets.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

namespace convscope {

namespace {

/// Shown where there are words, hidden else: takes no room then.
/// A label that keeps the font it is given: the style sheet takes it away when it reaches a label anew.
class PanelLabel : public QLabel {
 public:
  void give(const QFont& font) {
    m_font = font;
    setFont(font);
  }

 protected:
  bool event(QEvent* event) override {
    const bool taken = QLabel::event(event);
    const bool restyled = event->type() == QEvent::Polish || event->type() == QEvent::StyleChange;
    if (restyled && m_font) setFont(*m_font);
    return taken;
  }

 private:
  std::optional<QFont> m_font;
};

void setRich(QLabel* label, const QString& html) {
  if (label->text() != html) label->setText(html);
  label->setVisible(!html.isEmpty());
}

}  // namespace

LessonPanel::LessonPanel(LessonPlayer& player, QWidget* parent) : QWidget(parent), m_player(player) {
  setAttribute(Qt::WA_StyledBackground);
  setAccessibleName(tr("Lesson"));
  build();
  connect(&m_player, &LessonPlayer::changed, this, &LessonPanel::refresh);
  setSizes();
  refresh();
}

QLabel* LessonPanel::addLabel() {
  auto* label = new PanelLabel;
  label->setWordWrap(true);
  label->setTextFormat(Qt::RichText);
  label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  label->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
  // a text that goes on behind the edge would be lost: it wraps at any width
  label->setMinimumWidth(1);
  connect(label, &QLabel::linkActivated, this, &LessonPanel::linkFollowed);
  m_body->layout()->addWidget(label);
  return label;
}

void LessonPanel::build() {
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 0, 0, 0);
  all->setSpacing(0);
  m_head = new QWidget;
  m_head->setAttribute(Qt::WA_StyledBackground);
  auto* head = new QVBoxLayout(m_head);
  auto* first = new QHBoxLayout;
  m_title = new ThemedLabel({}, &LookTheme::text, true, &LookTheme::title);
  m_title->setMinimumWidth(1);
  m_title->setWordWrap(true);  // all of it, also in a narrow panel
  m_figure = new ThemedLabel({}, &LookTheme::muted, false, &LookTheme::caption);
  auto* contents = new IconButton(QStringLiteral("lesson"), tr("Contents"), tr("All lessons (F9)"));
  auto* more = new IconButton(QStringLiteral("more"), tr("More about this lesson"),
                              tr("Change this lesson, or make a hand-out of it"));
  auto* menu = new QMenu(more);
  menu->addAction(tr("Edit the lesson"), this, &LessonPanel::editRequested);
  menu->addAction(tr("Save as a hand-out…"), this, &LessonPanel::handoutRequested);
  more->setMenu(menu);
  more->setPopupMode(QToolButton::InstantPopup);
  auto* shut =
      new IconButton(QStringLiteral("remove"), tr("Close the lesson"), tr("Back to the whole program"));
  connect(contents, &QToolButton::clicked, this, &LessonPanel::contentsRequested);
  connect(shut, &QToolButton::clicked, &m_player, &LessonPlayer::close);
  first->addWidget(m_title, 1);
  for (QWidget* button : {contents, more, shut}) first->addWidget(button, 0, Qt::AlignTop);
  auto* second = new QHBoxLayout;
  m_dots = new LessonDots;
  connect(m_dots, &LessonDots::stepChosen, &m_player, &LessonPlayer::goTo);
  m_count = new ThemedLabel({}, &LookTheme::muted, false, &LookTheme::caption);
  second->addWidget(m_dots);
  second->addStretch(1);
  second->addWidget(m_figure);
  second->addWidget(m_count);
  head->addLayout(first);
  head->addLayout(second);
  all->addWidget(m_head);

  m_body = new QWidget;
  auto* column = new QVBoxLayout(m_body);
  m_kicker = new ThemedLabel({}, &LookTheme::muted);
  column->addWidget(m_kicker);
  m_heading = addLabel();
  m_text = addLabel();
  m_question = addLabel();
  m_question->setObjectName(QStringLiteral("question"));
  m_choiceColumn = new QWidget;
  auto* choices = new QVBoxLayout(m_choiceColumn);
  choices->setContentsMargins(0, 0, 0, 0);
  column->addWidget(m_choiceColumn);
  m_numberRow = new QWidget;
  auto* number = new QHBoxLayout(m_numberRow);
  number->setContentsMargins(0, 0, 0, 0);
  m_number = new QLineEdit;
  m_number->setPlaceholderText(tr("your number"));
  m_number->setAccessibleName(tr("Your number"));
  connect(m_number, &QLineEdit::textEdited, this, [this](QString text) {
    bool isNumber = false;
    text.replace(QChar(0x2212), QLatin1Char('-')).replace(QLatin1Char(','), QLatin1Char('.'));
    const double value = QLocale::c().toDouble(text, &isNumber);
    if (isNumber) m_player.enter(value);
  });
  connect(m_number, &QLineEdit::returnPressed, &m_player, &LessonPlayer::tell);
  m_unit = new QLabel;
  number->addWidget(m_number);
  number->addWidget(m_unit, 1);
  column->addWidget(m_numberRow);
  m_line = new QWidget;
  m_line->setFixedHeight(1);
  m_line->setAutoFillBackground(true);
  column->addWidget(m_line);
  m_formula = addLabel();
  m_verdict = addLabel();
  m_answer = addLabel();
  m_goalRow = new QWidget;
  auto* goal = new QHBoxLayout(m_goalRow);
  goal->setContentsMargins(0, 0, 0, 0);
  m_goal = addLabel();
  column->removeWidget(m_goal);
  m_solve = new QToolButton;
  m_solve->setText(tr("Show me"));
  m_solve->setToolTip(tr("Let the program do it"));
  m_solve->setAccessibleName(tr("Show me how the goal is reached"));
  connect(m_solve, &QToolButton::clicked, &m_player, &LessonPlayer::solve);
  goal->addWidget(m_goal, 1);
  goal->addWidget(m_solve, 0, Qt::AlignTop);
  column->addWidget(m_goalRow);
  m_problem = addLabel();
  column->addStretch(1);
  m_scroll = new QScrollArea;
  m_scroll->setWidgetResizable(true);
  m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_scroll->setWidget(m_body);
  m_scroll->setFocusPolicy(Qt::NoFocus);
  m_body->setAutoFillBackground(false);
  m_scroll->viewport()->setAutoFillBackground(false);
  all->addWidget(m_scroll, 1);
  buildFoot();
}

void LessonPanel::buildFoot() {
  auto* foot = new QVBoxLayout;
  foot->setObjectName(QStringLiteral("foot"));
  m_keys = new QLabel;
  m_keys->setTextFormat(Qt::RichText);
  m_keys->setMinimumWidth(1);
  foot->addWidget(m_keys);
  auto* row = new QHBoxLayout;
  const auto button = [&](const QString& text, const QString& name, const QString& tip, auto order) {
    auto* one = new QPushButton(text);
    describe(one, name, tip);
    connect(one, &QPushButton::clicked, &m_player, order);
    row->addWidget(one);
    return one;
  };
  m_previous =
      button(tr("‹ Back"), tr("Step before"), tr("The step before (Page Up)"), &LessonPlayer::previous);
  m_back = button(tr("Return to this step"), tr("Return to this step"),
                  tr("Set the program as this step has it (Ctrl+R)"), &LessonPlayer::back);
  m_next = new QPushButton;
  describe(m_next, tr("Step after"), tr("Tell the answer, or go on (Page Down)"));
  connect(m_next, &QPushButton::clicked, this, &LessonPanel::nextRequested);
  row->addWidget(m_next);
  foot->addLayout(row);
  static_cast<QVBoxLayout*>(layout())->addLayout(foot);
}

void LessonPanel::setSizes() {
  const LookTheme& theme = appliedTheme();
  const double s = theme.body / 12.5;
  const int pad = theme.presenter ? static_cast<int>(36 * presenterScale()) : theme.panelPad;
  m_head->setVisible(!theme.presenter);
  m_head->layout()->setContentsMargins(pad, 6, pad / 2, 6);
  m_head->layout()->setSpacing(4);
  m_body->layout()->setContentsMargins(pad, pad, pad, pad);
  m_body->layout()->setSpacing(static_cast<int>(8 * s));
  m_choiceColumn->layout()->setSpacing(static_cast<int>(6 * s));
  auto* foot = layout()->itemAt(layout()->count() - 1)->layout();
  foot->setContentsMargins(pad, pad / 2, pad, theme.presenter ? pad : pad / 2);
  const auto give = [](QLabel* label, const QFont& font) { static_cast<PanelLabel*>(label)->give(font); };
  for (QLabel* label : {m_text, m_answer, m_goal, m_verdict, m_problem}) give(label, theme.font(theme.body));
  for (QLabel* label : {m_keys, m_unit}) label->setFont(theme.font(theme.body));
  give(m_formula, theme.font(theme.body * (theme.presenter ? 1.1 : 1.05)));
  give(m_heading, theme.font(theme.presenter ? theme.question * .8 : theme.title + 3, true));
  give(m_question, theme.font(theme.presenter ? theme.question : theme.title + 1, true));
  QPalette line = m_line->palette();
  line.setColor(QPalette::Window, theme.line2);
  m_line->setPalette(line);
  m_number->setMaximumWidth(static_cast<int>(150 * s));
  for (QPushButton* button : {m_previous, m_back, m_next}) button->setVisible(!theme.presenter);
}

void LessonPanel::changeEvent(QEvent* event) {
  if (event->type() == QEvent::StyleChange) {
    setSizes();
    refresh();
  }
  QWidget::changeEvent(event);
}

void LessonPanel::setEditing(LessonEditor* editor) {
  if (m_editor == editor) return;
  if (m_editor != nullptr) m_editor->hide();
  m_editor = editor;
  m_scroll->setVisible(editor == nullptr);
  if (editor == nullptr) return;
  auto* all = static_cast<QVBoxLayout*>(layout());
  if (all->indexOf(editor) < 0) all->insertWidget(1, editor, 1);
  editor->show();
}

int LessonPanel::wantedHeight() const {
  const int width = std::max(1, m_scroll->viewport()->width());
  const int body = m_body->layout()->hasHeightForWidth() ? m_body->layout()->totalHeightForWidth(width)
                                                         : m_body->sizeHint().height();
  const auto* foot = layout()->itemAt(layout()->count() - 1);
  return body + foot->sizeHint().height() + (m_head->isVisibleTo(this) ? m_head->sizeHint().height() : 0);
}

QString LessonPanel::answerText() const {
  const StepFacts& facts = m_player.facts();
  if (!m_player.told() || !facts.answer) return {};
  return lessonNumber(*facts.answer, 3);
}

void LessonPanel::refresh() {
  if (!m_player.isOpen()) return;
  const LookTheme& theme = appliedTheme();
  const Lesson& lesson = m_player.lesson();
  const LessonStep& step = m_player.current();
  const QuotedValues& values = m_player.facts().values;
  m_title->setText(QString::fromStdString(lesson.title));
  m_title->setToolTip(QString::fromStdString(lesson.summary));
  m_figure->setText(lesson.figure.empty() ? QString()
                                          : QString::fromStdString(lesson.figure) + QStringLiteral("  ·  "));
  m_dots->setProgress(m_player.step(), m_player.count());
  m_count->setText(tr("Step %1 of %2").arg(m_player.step() + 1).arg(m_player.count()));
  const QString kicker = m_player.asking() ? tr("Predict first") : step.goal ? tr("Your turn") : QString();
  m_kicker->setText(kicker);
  m_kicker->setVisible(!kicker.isEmpty());
  // on the wall the question is the heading
  const bool heading = !theme.presenter || !step.question;
  setRich(m_heading, heading ? QString::fromStdString(step.title).toHtmlEscaped() : QString());
  setRich(m_text, lessonHtml(step.text, theme, values, answerText()));
  refreshQuestion();
  setRich(m_formula, lessonHtml(step.formula, theme, values, answerText()));
  m_line->setVisible(!step.formula.empty() && step.question);
  refreshGoal();
  const QString problem =
      !m_player.problem().isEmpty() ? m_player.problem() : QString::fromStdString(m_player.facts().problem);
  setRich(m_problem, problem.isEmpty() ? QString()
                                       : QStringLiteral("<span style='color:%1'>%2</span>")
                                             .arg(theme.error.name(), problem.toHtmlEscaped()));
  refreshFoot();
  if (m_editor != nullptr) m_editor->refresh();
}

void LessonPanel::refreshQuestion() {
  const LookTheme& theme = appliedTheme();
  const LessonStep& step = m_player.current();
  const StepFacts& facts = m_player.facts();
  const bool asked = step.question.has_value();
  QString question;
  if (asked) {
    question = lessonHtml(step.question->text, theme, facts.values);
    if (!step.question->hint.empty())
      question += QStringLiteral("<div style='font-weight:400;font-size:%1px'>%2</div>")
                      .arg(static_cast<int>(theme.body))
                      .arg(lessonHtml(step.question->hint, theme, facts.values, answerText()));
  }
  setRich(m_question, question);
  const std::size_t count = asked ? step.question->choices.size() : 0;
  while (m_choices.size() < count) {
    const int index = static_cast<int>(m_choices.size());
    auto* button = new ChoiceButton(index + 1, {});
    connect(button, &ChoiceButton::clicked, &m_player, [this, index] { m_player.choose(index); });
    m_choiceColumn->layout()->addWidget(button);
    m_choices.push_back(button);
  }
  const bool told = m_player.told();
  for (std::size_t i = 0; i < m_choices.size(); ++i) {
    if (i >= count) {
      m_choices[i]->hide();
      continue;
    }
    const auto index = static_cast<int>(i);
    const bool chosen = m_player.chosen() == index;
    const bool right = told && facts.right == index;
    using State = ChoiceButton::State;
    const State state = right                        ? (chosen ? State::RightChosen : State::Right)
                        : !told                      ? (chosen ? State::Chosen : State::Open)
                        : chosen && m_player.known() ? State::WrongChosen
                                                     : State::Passed;
    // on the wall what is told now needs the room of what was not chosen
    m_choices[i]->setVisible(state != State::Passed || !appliedTheme().presenter);
    m_choices[i]->present(lessonPlain(step.question->choices[i].text, facts.values), state);
  }
  m_choiceColumn->setVisible(count > 0);
  const bool number = asked && count == 0;
  m_numberRow->setVisible(number);
  if (number) {
    m_number->setReadOnly(told);
    if (!told && !m_player.entered() && !m_number->hasFocus()) m_number->clear();
    m_unit->setText(QString::fromStdString(step.question->unit));
  }
  QString verdict;
  if (told && m_player.known()) {
    const auto right = m_player.right();
    const QString word = !right ? QString() : *right ? tr("✓ Right.") : tr("✗ Not quite.");
    const QString is = number && facts.answer ? tr("The engine says %1 %2.")
                                                    .arg(lessonNumber(*facts.answer, 3),
                                                         QString::fromStdString(step.question->unit))
                                                    .replace(QStringLiteral(" ."), QStringLiteral("."))
                                              : QString();
    verdict = QStringLiteral("<b>%1</b> %2").arg(word, is).trimmed();
    if (word.isEmpty() && is.isEmpty()) verdict.clear();
  }
  setRich(m_verdict, verdict);
  setRich(m_answer, told ? lessonHtml(step.answerText, theme, facts.values, answerText()) : QString());
}

void LessonPanel::refreshGoal() {
  const LookTheme& theme = appliedTheme();
  const LessonStep& step = m_player.current();
  m_goalRow->setVisible(step.goal.has_value());
  if (!step.goal) return;
  const bool reached = m_player.goalReached();
  const QString mark = reached ? QStringLiteral("✓ ") : QStringLiteral("○ ");
  m_goal->setText(lessonHtml((mark + (reached ? QStringLiteral("**") : QString())).toStdString() +
                                 step.goal->text + (reached ? "**" : ""),
                             theme, m_player.facts().values));
  m_goal->setAccessibleName(reached ? tr("Goal, reached") : tr("Goal"));
  m_solve->setVisible(!reached && !step.goal->solution.empty());
}

void LessonPanel::refreshFoot() {
  const LookTheme& theme = appliedTheme();
  const bool last = m_player.step() + 1 == m_player.count();
  const auto key = [&](const QString& name) {
    return QStringLiteral("<b style='color:%1'>%2</b>").arg(theme.text.name(), name);
  };
  QStringList hints;
  if (m_player.asking()) {
    QStringList numbers;
    for (std::size_t i = 1; i <= m_player.current().question->choices.size(); ++i)
      numbers << QString::number(i);
    if (!numbers.isEmpty()) hints << tr("%1 choose").arg(key(numbers.join(QLatin1Char(' '))));
    hints << tr("%1 reveals").arg(key(tr("Space")));
  }
  if (!last && !m_player.asking()) hints << tr("%1 next step").arg(key(tr("Page Down")));
  if (last && !m_player.asking()) hints << tr("%1 contents").arg(key(tr("F9")));
  m_keys->setText(QStringLiteral("<span style='color:%1'>%2</span>")
                      .arg(theme.muted.name(), hints.join(QStringLiteral(" &nbsp;&nbsp; "))));
  m_keys->setVisible(theme.presenter || m_player.asking());
  m_previous->setEnabled(m_player.step() > 0);
  m_next->setText(m_player.asking() ? tr("Reveal") : last ? tr("Contents") : tr("Next ›"));
  m_next->setDefault(true);
  m_back->setEnabled(m_player.moved());
}

QString LessonPanel::words() const {
  if (!m_player.isOpen()) return {};
  const LessonStep& step = m_player.current();
  const QuotedValues& values = m_player.facts().values;
  QStringList all{QString::fromStdString(step.title), lessonPlain(step.text, values, answerText()),
                  lessonPlain(step.formula, values, answerText())};
  if (step.question) all << lessonPlain(step.question->text, values);
  if (m_player.told()) all << lessonPlain(step.answerText, values, answerText());
  return all.join(QLatin1Char('\n'));
}

}  // namespace convscope
