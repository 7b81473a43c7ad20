#include "widgets/lesson/lesson_editor.h"

#include "widgets/lesson/lesson_state.h"
#include "widgets/look/themed_widgets.h"

#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <utility>

namespace convscope {

namespace {

constexpr int kPauseMs = 400;
const std::string kName = "step";
const std::string kHead = "---\ntitle: step\n---\n";
constexpr int kHeadLines = 3;

LessonStep newStep(int number, std::vector<LessonSetting> settings) {
  LessonStep step;
  step.title = "Step " + std::to_string(number);
  step.text = "Write here what is to be seen.";
  step.panels = {"stage", "strip"};
  step.settings = std::move(settings);
  return step;
}

/// "step:9: …" of the field with its head as "Line 6: …".
QString withoutHead(const Error& error) {
  if (error.place.line == 0) return QString::fromStdString(error.message);
  const std::size_t before = (kName + ":" + std::to_string(error.place.line) + ": ").size();
  return QObject::tr("Line %1: ").arg(std::max(1, error.place.line - kHeadLines)) +
         QString::fromStdString(error.message.substr(before));
}

}  // namespace

Lesson recordedLesson(const AppState& state) {
  Lesson lesson;
  lesson.id = "my-lesson";
  lesson.title = "My lesson";
  lesson.group = "My lessons";
  lesson.steps.push_back(newStep(1, settingsBetween(initialState(), state)));
  return lesson;
}

LessonEditor::LessonEditor(LessonPlayer& player, StateStore& store, QWidget* parent)
    : QWidget(parent), m_player(player), m_store(store) {
  auto* column = new QVBoxLayout(this);
  auto* row = new QHBoxLayout;
  const auto order = [&](const QString& text, const QString& tip, auto run) {
    auto* button = new QPushButton(text);
    describe(button, text, tip);
    connect(button, &QPushButton::clicked, this, run);
    row->addWidget(button);
  };
  order(tr("Record"), tr("The program as it is now becomes a new step behind this one"),
        [this] { record(); });
  order(tr("Set here"), tr("The program as it is now becomes the state of this step"),
        [this] { recordHere(); });
  order(QStringLiteral("↑"), tr("One step earlier"), [this] { move(-1); });
  order(QStringLiteral("↓"), tr("One step later"), [this] { move(1); });
  order(QStringLiteral("−"), tr("Remove this step"), [this] { remove(); });
  order(tr("Save…"), tr("Write the lesson to a file"), [this] { Q_EMIT saveRequested(); });
  order(tr("Done"), tr("Show the step again"), [this] { Q_EMIT closed(); });
  column->addLayout(row);
  m_source = new QPlainTextEdit;
  m_source->setAccessibleName(tr("Source of the step"));
  m_source->setTabChangesFocus(true);
  column->addWidget(m_source, 1);
  m_problem = new QLabel;
  m_problem->setWordWrap(true);
  m_problem->hide();
  column->addWidget(m_problem);
  m_pause.setSingleShot(true);
  m_pause.setInterval(kPauseMs);
  connect(&m_pause, &QTimer::timeout, this, &LessonEditor::take);
  m_player.setLeaveStep([this] { return take(); });
  connect(m_source, &QPlainTextEdit::textChanged, this, [this] {
    if (pending()) m_pause.start();
  });
}

QString LessonEditor::problem() const {
  return m_problem->isHidden() ? QString() : m_problem->text();
}

bool LessonEditor::pending() const {
  return m_player.isOpen() && m_opening == m_player.opening() && m_at < m_player.count() &&
         m_source->toPlainText().toStdString() != m_taken;
}

void LessonEditor::refresh() {
  if (!m_player.isOpen() || pending()) return;
  const std::string text = lessonStepText(m_player.current());
  const bool same = m_opening == m_player.opening() && m_at == m_player.step();
  m_opening = m_player.opening();
  m_at = m_player.step();
  if (same && text == m_shown) return;  // put again, the place in the text would be lost
  m_shown = text;
  m_problem->hide();
  m_source->setPlainText(QString::fromStdString(text));
  m_taken = m_source->toPlainText().toStdString();
  m_pause.stop();
}

bool LessonEditor::take() {
  m_pause.stop();
  if (!pending()) {
    m_problem->hide();
    return true;
  }
  const std::string text = m_source->toPlainText().toStdString();
  auto typed = lessonFromText(kHead + text, kName);
  if (!typed || typed->steps.size() != 1) {
    const QString problem =
        typed ? tr("Only one step is edited here: Record makes another.") : withoutHead(typed.error());
    m_problem->setText(m_at == m_player.step() ? problem : tr("Step %1: %2").arg(m_at + 1).arg(problem));
    m_problem->show();
    return false;
  }
  m_problem->hide();
  Lesson lesson = m_player.lesson();
  LessonStep& step = lesson.steps[static_cast<std::size_t>(m_at)];
  step = std::move(typed->steps.front());
  m_shown = lessonStepText(step);
  m_taken = text;
  put(std::move(lesson), m_player.step());
  return true;
}

void LessonEditor::put(Lesson lesson, int step) {
  m_player.replaceLesson(std::move(lesson), step);
}

void LessonEditor::record() {
  if (!take()) return;
  Lesson lesson = m_player.lesson();
  const int at = m_player.step();
  const auto before = stepState(lesson, at, true, m_store.state().look);
  if (!before) return;
  lesson.steps.insert(lesson.steps.begin() + at + 1,
                      newStep(at + 2, settingsBetween(*before, m_store.state())));
  put(std::move(lesson), at + 1);
}

void LessonEditor::recordHere() {
  if (!take()) return;
  Lesson lesson = m_player.lesson();
  const auto at = static_cast<std::size_t>(m_player.step());
  LessonStep& step = lesson.steps[at];
  step.settings.clear();
  const auto before = stepState(lesson, m_player.step(), false, m_store.state().look);
  if (!before) return;
  step.settings = settingsBetween(*before, m_store.state());
  put(std::move(lesson), m_player.step());
}

void LessonEditor::move(int by) {
  if (!take()) return;
  Lesson lesson = m_player.lesson();
  const int from = m_player.step();
  const int to = from + by;
  if (to < 0 || to >= static_cast<int>(lesson.steps.size())) return;
  std::swap(lesson.steps[static_cast<std::size_t>(from)], lesson.steps[static_cast<std::size_t>(to)]);
  put(std::move(lesson), to);
}

void LessonEditor::remove() {
  if (m_at == m_player.step())
    m_taken = m_source->toPlainText().toStdString();  // what was typed goes with it
  else if (!take())
    return;
  Lesson lesson = m_player.lesson();
  if (lesson.steps.size() < 2) return;
  const int at = m_player.step();
  lesson.steps.erase(lesson.steps.begin() + at);
  put(std::move(lesson), std::min(at, static_cast<int>(lesson.steps.size()) - 1));
}

void LessonEditor::changeEvent(QEvent* event) {
  if (event->type() == QEvent::StyleChange) {
    const LookTheme& theme = appliedTheme();
    m_source->setFont(theme.font(theme.caption + 1));
    QPalette colours = m_problem->palette();
    colours.setColor(QPalette::WindowText, theme.error);
    m_problem->setPalette(colours);
  }
  QWidget::changeEvent(event);
}

}  // namespace convscope
