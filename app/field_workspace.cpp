#include "app/field_workspace.h"

#include "app/presenter_bar.h"
#include "app/stop_button.h"
#include "engine/field/field_puzzle.h"
#include "widgets/lesson/lesson_panel.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/framed_panel.h"
#include "widgets/panels/growth_chart.h"
#include "widgets/panels/puzzle_text.h"
#include "widgets/panels/stack_editor.h"
#include "widgets/panels/text_runs.h"
#include "widgets/panels/unit_panel.h"
#include "widgets/stage/field_stage.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QRegularExpression>
#include <QToolButton>

#include <algorithm>

namespace convscope {

namespace {

// px on a picture of 1080 lines, of the panels that a lesson names in presenter size
constexpr int kPresenterRight = 520;
constexpr int kPresenterEditor = 372;
constexpr double kLessonShare = .55;  // of the height, that a lesson has at most above other panels

/// Widths of the right dock and heights of the stack editor for a window size; in small windows the editor is
/// a tab over the stage's lower third.
struct Grid {
  int right;
  int editor;
  bool tab = false;
};
/// In presenter size panels are shown where a lesson names them alone.
Grid gridFor(const QSize& window, bool presenter, bool lesson) {
  if (presenter) {
    return lesson ? Grid{static_cast<int>(kPresenterRight * presenterScale()),
                         static_cast<int>(kPresenterEditor * presenterScale())}
                  : Grid{0, 0};
  }
  if (window.width() >= 1900 && window.height() >= 1000) return {480, 360};
  if (window.width() >= 1500 && window.height() >= 850) return {440, 332};
  return {340, PanelFrame::kTitleHeight, true};
}

/// The full run alone: a network has no cheaper preview, and stands behind the pyramid dimmed meanwhile.
constexpr StudyController::Policy kFieldPolicy{0, 60, Lane::Full, false};

Result<std::shared_ptr<const StudyResult>> computeStudy(const StudySpec& spec, const ComputeScope& scope,
                                                        StudyCache& cache, const ComputeContext& context) {
  return compute(spec, scope, cache, context);
}

}  // namespace

FieldWorkspace::FieldWorkspace(StateStore& store, QWidget* parent)
    : WorkspacePage(parent), m_store(store), m_controller(computeStudy, kFieldPolicy) {
  build();
  m_presentTimer.setSingleShot(true);
  connect(&m_presentTimer, &QTimer::timeout, this, &FieldWorkspace::presentNow);
  connect(&m_store, &StateStore::changed, this, &FieldWorkspace::schedulePresent);
  connect(&m_effective, &EffectiveQuery::changed, this, &FieldWorkspace::schedulePresent);
  connect(&m_stimulus, &StimulusQuery::changed, this, &FieldWorkspace::schedulePresent);
  connect(&m_controller, &StudyController::resultChanged, this, &FieldWorkspace::schedulePresent);
  connect(&m_controller, &StudyController::statusChanged, this, &FieldWorkspace::schedulePresent);
}

void FieldWorkspace::build() {
  m_stage = new FieldStage;
  m_editor = new StackEditor;
  m_unit = new UnitPanel;
  m_chart = new GrowthChart;
  m_meaning = new QLabel;
  m_meaning->setWordWrap(true);
  m_meaning->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  m_meaning->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
  connect(m_meaning, &QLabel::linkActivated, this, &FieldWorkspace::followLink);
  connect(m_stage, &FieldStage::editRequested, &m_store, &StateStore::edit);
  connect(m_editor, &StackEditor::editRequested, &m_store, &StateStore::edit);
  connect(m_chart, &GrowthChart::editRequested, &m_store, &StateStore::edit);

  m_editorFrame = framed(tr("Stack editor"), m_editor);
  m_tab = new QToolButton;
  m_tab->setCheckable(true);
  m_tab->setArrowType(Qt::UpArrow);
  m_tab->setAutoRaise(true);
  m_tab->setToolTip(tr("Open or shut the stack editor over the stage"));
  m_tab->setAccessibleName(tr("Open the stack editor"));
  m_tab->hide();
  connect(m_tab, &QToolButton::toggled, this, &FieldWorkspace::arrange);
  auto* const controls = new QWidget;
  auto* const line = new QHBoxLayout(controls);
  line->setContentsMargins(0, 0, 0, 0);
  m_stop = new StopButton(*this);
  m_stopMeasuring = new StopButton(*this);
  line->addWidget(m_stop);
  line->addWidget(m_editor->titleControl());
  line->addWidget(m_tab);
  m_editorFrame->setTitleControl(controls);
  m_unit->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  m_meaningFrame = new PanelFrame(tr("What it means"));
  m_meaningFrame->setBody(m_meaning);
  m_right = new QWidget;
  auto* const right = new QVBoxLayout(m_right);
  right->setContentsMargins(0, 0, 0, 0);
  right->setSpacing(1);
  m_unitFrame = framed(tr("Unit"), m_unit);
  m_unitFrame->setTitleControl(m_stopMeasuring);
  right->addWidget(m_unitFrame);
  m_chartFrame = framed(tr("Growth with depth"), m_chart);
  right->addWidget(m_chartFrame, 1);
  right->addWidget(m_meaningFrame);
  right->addStretch(0);  // where the chart is left out the others stay above

  m_grid = new QGridLayout(this);
  m_grid->setContentsMargins(0, 0, 0, 0);
  m_grid->setSpacing(1);
  m_grid->addWidget(m_stage, 0, 0);
  m_grid->addWidget(m_editorFrame, 1, 0);
  m_rightColumn = new QVBoxLayout;
  m_rightColumn->setContentsMargins(0, 0, 0, 0);
  m_rightColumn->setSpacing(1);
  m_rightColumn->addWidget(m_right);
  m_grid->addLayout(m_rightColumn, 0, 1, 2, 1);
  m_grid->setColumnStretch(0, 1);
  m_grid->setRowStretch(0, 1);
}

void FieldWorkspace::schedulePresent() {
  if (isVisible() && !m_presentTimer.isActive()) m_presentTimer.start(0);
}

void FieldWorkspace::showEvent(QShowEvent*) {
  if (m_controller.stale()) m_controller.resubmit();  // was stopped when it was hidden
  presentNow();
}

// One pool is busy at a time: the Kernel workspace has lanes of its own.
void FieldWorkspace::hideEvent(QHideEvent*) {
  m_effective.drop();
  m_stimulus.drop();
  if (m_controller.busy()) m_controller.stop();
}

void FieldWorkspace::resizeEvent(QResizeEvent*) {
  arrange();
}

void FieldWorkspace::presentNow() {
  m_presentTimer.stop();
  const AppState& state = m_store.state();
  const FieldSettings& field = state.field;
  m_controller.setSpec(StackStudy{clipFor(field.stack, state.kernel().clip), field.stack, field.run}, 0);
  m_controller.takeDelivered();
  m_view.state = state;
  m_view.holder = m_controller.result();
  m_view.result = m_view.holder ? std::get_if<StackResult>(m_view.holder.get()) : nullptr;
  m_view.stale = m_controller.stale() && m_view.result != nullptr;
  m_view.problem = m_controller.problem();
  m_view.busy = m_controller.busy();
  m_view.progress = m_controller.progress();
  // A stack that differs from the one shown has other layers: the levels are those of the picture.
  FieldView shown = m_view;
  if (m_view.result != nullptr && !(m_view.result->spec.stack == field.stack)) {
    shown.state.field.stack = m_view.result->spec.stack;
    const auto last = static_cast<int>(shown.state.field.stack.layers.size()) - 1;
    shown.state.field.layer = std::clamp(field.layer, 0, std::max(0, last));
  }
  lookAt(shown);
  measure(shown);
  m_stage->present(shown);
  m_unit->present(shown);
  m_chart->present(shown);
  m_editor->present(m_view);
  if (const QString meaning = meaningOf(shown); meaning != m_meaning->text()) m_meaning->setText(meaning);
  shown.state = m_view.state;
  m_view = std::move(shown);

  const LookTheme& theme = lookTheme(state.look);
  m_meaning->setContentsMargins(theme.panelPad, theme.panelPad, theme.panelPad, theme.panelPad);
  m_editorFrame->setBusy(m_view.busy, m_view.progress);
  m_unitFrame->setBusy(m_view.measuring, m_view.measured);
  m_stop->setBusy(m_view.busy);
  m_stopMeasuring->setBusy(m_view.measuring);
  arrange();
  Q_EMIT presented();
}

/// Asks for the effective field or the stimulus of the unit shown. One pool is busy at a time: the stack's
/// own run goes first.
void FieldWorkspace::measure(FieldView& shown) {
  shown.effective.reset();
  shown.stimulus.reset();
  shown.measuring = false;
  shown.effectiveProblem.clear();
  const FieldSettings& field = shown.state.field;
  const bool there = !shown.levels.empty() && !shown.stale && !shown.busy && isVisible();
  if (!there || !field.stimulus) m_stimulus.drop();
  if (!there || !field.effective || field.stimulus) m_effective.drop();
  if (!there || (!field.effective && !field.stimulus)) return;
  if (field.stimulus) {
    m_stimulus.ask(shown.holder, shown.row, shown.unit);
    shown.stimulus = m_stimulus.stimulus();
    shown.measuring = m_stimulus.busy();
    shown.measured = m_stimulus.progress();
    shown.effectiveProblem = m_stimulus.problem();
    return;
  }
  m_effective.ask(shown.holder, shown.row, shown.unit);
  shown.effective = m_effective.field();
  shown.measuring = m_effective.busy();
  shown.measured = m_effective.progress();
  shown.effectiveProblem = m_effective.problem();
}

/// What stands in the panel: the puzzle, where there is one, else what the field means.
QString FieldWorkspace::meaningOf(const FieldView& shown) const {
  const FieldSettings& field = m_store.state().field;
  const LookTheme& theme = lookTheme(m_store.state().look);
  if (const FieldPuzzle* puzzle = puzzleNamed(field.puzzle)) {
    const auto table = tableOf(field.stack);
    if (table) return puzzleText(*puzzle, judged(*puzzle, *table), theme);
    return richRun(QString::fromStdString(table.error().message), theme.error);
  }
  QString meaning = fieldMeaning(shown).toHtmlEscaped();
  meaning.replace(QRegularExpression(QStringLiteral("‹([^›]*)›")), QStringLiteral("<b>\\1</b>"));
  if (shown.result == nullptr) return meaning;
  if (shown.stimulus != nullptr) {
    const StackStimulus& found = *shown.stimulus;
    return meaning +
           QStringLiteral("<p>%1</p>")
               .arg(
                   tr("In place of the clip stands what filter %1 of <b>%2</b> answers to most at this unit: "
                      "%3 steps of gradient ascent from noise about grey, its sum from %4 to %5. The maps "
                      "above "
                      "are still those of the clip.")
                       .arg(found.channel + 1)
                       .arg(shown.nameOf(shown.levels.back()))
                       .arg(found.responses.size() - 1)
                       .arg(signedText(found.responses.front(), 2),
                            signedText(*std::ranges::max_element(found.responses), 2)));
  }
  const QString maps =
      field.run.weights == StackWeights::Uniform
          ? tr("Maps: all weights of a layer are equal, so each unit shows the mean of what it sees.")
          : tr("Maps: %1 random filters a layer at most, seed %2; each level shows the one that varies most.")
                .arg(field.run.filters)
                .arg(field.run.seed);
  return meaning + QStringLiteral("<p style='color:%1'>%2</p>").arg(theme.muted.name(), maps);
}

/// A link of the puzzle's text.
void FieldWorkspace::followLink(const QString& target) {
  const QString what = target.section(QLatin1Char(':'), 0, 0), which = target.section(QLatin1Char(':'), 1);
  const std::string id = what == QLatin1String("puzzle") ? which.toStdString() : m_store.state().field.puzzle;
  const FieldPuzzle* puzzle = puzzleNamed(id);
  if (puzzle == nullptr) return;
  if (what == QLatin1String("leave")) {
    m_store.edit({tr("Leave the puzzle"), [](AppState& state) { state.field.puzzle.clear(); }});
    return;
  }
  StackSpec stack = puzzleStart(*puzzle);
  if (what == QLatin1String("solution")) {
    auto known = bestKnown(*puzzle);
    stack = std::move(known[std::min(known.size() - 1, static_cast<std::size_t>(which.toUInt()))].stack);
  }
  m_store.edit(
      {what == QLatin1String("solution") ? tr("Solution") : tr("Puzzle"), [id, stack](AppState& state) {
         FieldSettings& field = state.field;
         field.puzzle = id;
         field.stack = stack;
         field.layer = static_cast<int>(stack.layers.size()) - 1;
         const auto table = tableOf(stack);
         const Triple extent = table ? table->rows.back().output.extent() : Triple{};
         field.unit = {extent.t / 2, extent.y / 2, extent.x / 2};
       }});
}

void FieldWorkspace::stop() {
  m_controller.stop();
  m_effective.stop();
  m_stimulus.stop();
}

QString FieldWorkspace::meaning() const {
  return m_meaning->text();
}

void FieldWorkspace::finish() {
  presentNow();
  m_controller.finish();
  presentNow();
  if (!m_effective.busy() && !m_stimulus.busy()) return;
  m_effective.finish();
  m_stimulus.finish();
  presentNow();
}

void FieldWorkspace::arrange() {
  const Look& look = m_store.state().look;
  const Grid grid = gridFor(window()->size(), look.presenter, !m_parts.isEmpty());
  const auto shown = [this](const char* part) {
    return m_parts.isEmpty() || m_parts.contains(QLatin1String(part));
  };
  m_right->setVisible(grid.right > 0 && (look.presenter || look.showRight) &&
                      (shown("unit") || shown("growth") || shown("meaning")));
  m_unitFrame->setVisible(shown("unit"));
  m_meaningFrame->setVisible(shown("meaning"));
  m_editorFrame->setVisible(grid.editor > 0 && (look.presenter || look.showStrip) && shown("editor"));
  // the lesson goes on to other pages, which give it the height that they have
  const bool lesson = m_beside != nullptr && isAncestorOf(m_beside) && m_beside->isVisibleTo(this);
  if (grid.right > 0) m_right->setFixedWidth(lesson ? m_beside->width() : grid.right);
  if (lesson) arrangeBeside();
  // A puzzle's score needs the room of the chart there.
  m_chartFrame->setVisible((!grid.tab || m_store.state().field.puzzle.empty()) && shown("growth"));
  if (grid.tab != m_editorIsTab) {
    m_editorIsTab = grid.tab;
    grid.tab ? m_grid->removeWidget(m_editorFrame) : m_grid->addWidget(m_editorFrame, 1, 0);
  }
  const bool tab = grid.tab && m_editorFrame->isVisibleTo(this);
  m_grid->setRowMinimumHeight(1, tab ? m_editorFrame->titleHeight() : 0);
  m_tab->setVisible(tab);
  m_tab->setArrowType(m_tab->isChecked() ? Qt::DownArrow : Qt::UpArrow);
  m_editor->setVisible(!tab || m_tab->isChecked());
  if (tab)
    placeTab();
  else if (grid.editor > 0)
    m_editorFrame->setFixedHeight(grid.editor);
}

/// A lesson has the height that it needs, up to a share of it; the panels below it take the rest.
void FieldWorkspace::arrangeBeside() {
  const bool shared = m_right->isVisibleTo(this);
  const int most = static_cast<int>(kLessonShare * height());
  m_beside->setMaximumHeight(shared ? std::min(most, m_beside->wantedHeight()) : QWIDGETSIZE_MAX);
  m_beside->setMinimumHeight(shared ? m_beside->maximumHeight() : 0);
}

bool FieldWorkspace::takeBeside(QWidget* panel) {
  m_beside = qobject_cast<LessonPanel*>(panel);
  m_rightColumn->insertWidget(0, panel);
  return true;
}

/// Shut the tab is its title alone; open it lies over the lower third of the stage.
void FieldWorkspace::placeTab() {
  const bool lesson = m_beside != nullptr && isAncestorOf(m_beside) && m_beside->isVisibleTo(this);
  const QWidget* const beside = lesson ? static_cast<const QWidget*>(m_beside) : m_right;
  const int wide = width() - (beside->isVisibleTo(this) ? beside->width() + m_grid->spacing() : 0);
  const int high = m_tab->isChecked() ? height() / 3 : m_editorFrame->titleHeight();
  m_editorFrame->setFixedHeight(high);
  m_editorFrame->setGeometry(0, height() - high, wide, high);
  m_editorFrame->raise();
}

void FieldWorkspace::move(Axis axis, int by) {
  m_store.edit({tr("Unit"), [axis, by](AppState& state) { state.field.unit[axis] += by; }, false});
}

QWidget* FieldWorkspace::part(const QString& name) const {
  const std::pair<const char*, QWidget*> parts[] = {{"stage", m_stage},
                                                    {"unit", m_unitFrame},
                                                    {"growth", m_chartFrame},
                                                    {"meaning", m_meaningFrame},
                                                    {"editor", m_editorFrame}};
  for (const auto& [known, widget] : parts)
    if (name == QLatin1String(known)) return widget;
  return nullptr;
}

void FieldWorkspace::showParts(const QStringList& names, Veil veil) {
  const bool veiled = veil == Veil::Field;
  if (m_parts == names && m_view.veiled == veiled) return;
  m_parts = names;
  m_view.veiled = veiled;
  // a puzzle is solved there
  if (names.contains(QStringLiteral("editor")) && !m_store.state().field.puzzle.empty())
    m_tab->setChecked(true);
  arrange();
  schedulePresent();
}

void FieldWorkspace::resetCamera() {
  m_stage->resetCamera();
}

QWidget* FieldWorkspace::stageWidget() const {
  return m_stage;
}

QStringList FieldWorkspace::hints() const {
  return {tr("<b>Drag</b> the unit through its layer"), tr("<b>Click</b> a row for its layer"),
          tr("<b>Double-click</b> a cell to change it"), tr("<b>← → ↑ ↓ [ ]</b> move the unit")};
}

QString FieldWorkspace::facts() const {
  if (m_view.result == nullptr || m_view.veiled) return {};
  const double share = m_view.paddingShare;
  return tr("<b>%1 %</b> of the field lies in padding")
      .arg(100 * share, 0, 'f', share > 0 && share < .1 ? 1 : 0);
}

void FieldWorkspace::presentBar(PresenterBar& bar, const QString& clip, const QString& figure) const {
  QString network = QString::fromStdString(m_store.state().field.stack.name);
  if (m_view.result != nullptr && !m_view.levels.empty() && !m_view.veiled) {
    const auto& field = m_view.layer().field;
    network = tr("%1: a unit of %2 sees %3 × %4 × %5")
                  .arg(network, m_view.nameOf(m_view.levels.back()))
                  .arg(field[0].size)
                  .arg(field[1].size)
                  .arg(field[2].size);
  }
  bar.presentTexts(figure.isEmpty() ? clip : figure, network);
}

void FieldWorkspace::deeper(int by) {
  m_store.edit({tr("Layer"), [by](AppState& state) { state.field.layer += by; }, false});
}

}  // namespace convscope
