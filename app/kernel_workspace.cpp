#include "app/kernel_workspace.h"

#include "app/presenter_bar.h"
#include "app/status_words.h"
#include "widgets/lesson/lesson_panel.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/clip_panel.h"
#include "widgets/panels/cost_panel.h"
#include "widgets/panels/dock_column.h"
#include "widgets/panels/film_view.h"
#include "widgets/panels/framed_panel.h"
#include "widgets/panels/kernel_panel.h"
#include "widgets/panels/ledger_panel.h"
#include "widgets/panels/number_field.h"
#include "widgets/panels/panel_rows.h"
#include "widgets/panels/scores_panel.h"
#include "widgets/panels/segmented_control.h"
#include "widgets/panels/time_strip.h"
#include "widgets/panels/weights_panel.h"
#include "widgets/stage/stage_view.h"

#include <QGridLayout>
#include <QResizeEvent>
#include <QTabBar>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace convscope {

namespace {

constexpr int kPlayTickMs = 16;
/// A changed setting and its maps are drawn together, once, where the maps come within this time.
constexpr int kAnswerMs = 12;

constexpr int kLeastStage = 640;           // px of width, everywhere
constexpr int kLeastPresenterStage = 900;  // px that the presenter's drawer leaves to the stage

constexpr int kLeastPresenterLeft = 372;  // below, its fields are cut
constexpr int kPresenterLeft = 420;   // px on a picture of 1080 lines, of a left panel that a lesson shows
constexpr double kLessonShare = .62;  // of the height, that a lesson has at most above a right panel
constexpr int kPresenterMargin = 32;  // px on a picture of 1080 lines
constexpr int kMargin = 12;

/// The design's grid: widths of the docks and height of the strip for a window size.
struct Grid {
  int left;
  int right;
  int strip;
};
Grid gridFor(const QSize& window, bool presenter) {
  if (presenter) {
    const int drawer = std::clamp(window.width() - kLeastPresenterStage, 320, 640);
    return {0, drawer, static_cast<int>(226 * presenterScale())};
  }
  if (window.width() >= 1900 && window.height() >= 1000) return {288, 400, 228};
  if (window.width() >= 1500 && window.height() >= 850) return {272, 376, 212};
  return {240, 320, 132};
}

}  // namespace

KernelWorkspace::KernelWorkspace(StateStore& store, StudyController& controller, QWidget* parent)
    : WorkspacePage(parent),
      m_store(store),
      m_controller(controller),
      m_scores(controller, StudyController::kBackground),
      m_scan(m_scores) {
  build();
  connectViews();
  m_presentTimer.setSingleShot(true);
  connect(&m_presentTimer, &QTimer::timeout, this, &KernelWorkspace::presentNow);
  connect(&m_store, &StateStore::changed, this, &KernelWorkspace::schedulePresent);
  connect(&m_controller, &StudyController::resultChanged, this, [this] {
    if (isVisible()) m_presentTimer.start(0);
  });
  connect(&m_controller, &StudyController::statusChanged, this, &KernelWorkspace::schedulePresent);
  connect(&m_store, &StateStore::playbackChanged, this, [this] {
    const bool playing = m_store.state().playback.playing;
    if (playing == m_playTimer.isActive()) return;
    m_clock.reset();
    m_sinceTick.start();
    playing ? m_playTimer.start(kPlayTickMs) : m_playTimer.stop();
  });
  connect(&m_playTimer, &QTimer::timeout, this, &KernelWorkspace::tick);
  if (m_store.state().playback.playing) {
    m_sinceTick.start();
    m_playTimer.start(kPlayTickMs);
  }
  presentNow();
}

void KernelWorkspace::build() {
  m_clip = new ClipPanel;
  m_kernel = new KernelPanel;
  m_weights = new WeightsPanel;
  m_ledger = new LedgerPanel;
  m_cost = new CostPanel;
  m_strip = new TimeStrip;
  m_stage = new StageView;
  m_left = new DockColumn;
  m_left->add(m_clip);
  m_left->add(m_kernel);
  m_left->add(m_weights);
  m_right = new DockColumn;
  m_ledgerFrame = framed(tr("Ledger"), m_ledger);
  m_costFrame = framed(tr("Cost"), m_cost);
  m_right->add(m_ledgerFrame, 300);  // these two share what the scores leave
  m_right->add(m_costFrame, 100);
  m_scoresPanel = new ScoresPanel;
  m_scoresFrame = framed(tr("Scores"), m_scoresPanel);
  m_scoresFrame->setTitleControl(m_scoresPanel->viewSwitch());
  m_right->add(m_scoresFrame);
  m_stripFrame = framed(tr("Time strip"), m_strip);

  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(1);
  grid->addWidget(m_left, 0, 0);
  grid->addWidget(m_stage, 0, 1);
  m_rightColumn = new QVBoxLayout;
  m_rightColumn->setContentsMargins(0, 0, 0, 0);
  m_rightColumn->setSpacing(1);
  // no stretch: a column of hidden panels would be a row of height 0 that wants to grow, and the stage's
  // limit
  m_rightColumn->addWidget(m_right);
  grid->addLayout(m_rightColumn, 0, 2);
  m_rightBar = new QTabBar;
  m_rightBar->setShape(QTabBar::RoundedEast);
  m_rightBar->setDrawBase(false);
  m_rightBar->setAccessibleName(tr("Right panels"));
  m_rightBar->setToolTip(
      tr("The window is too narrow for both sides: a panel opens in place of the left ones."));
  for (const QString& name : {tr("Ledger"), tr("Cost"), tr("Scores")}) m_rightBar->addTab(name);
  connect(m_rightBar, &QTabBar::tabBarClicked, this, &KernelWorkspace::openFromBar);
  grid->addWidget(m_rightBar, 0, 3, Qt::AlignTop);
  grid->addWidget(m_stripFrame, 1, 0, 1, 4);
  grid->setColumnStretch(1, 1);
  grid->setRowStretch(0, 1);
  m_stage->setMinimumSize(320, 200);
  m_rightBar->hide();
}

template <class View>
void KernelWorkspace::connectView(View* view) {
  connect(view, &View::editRequested, &m_store, &StateStore::edit);
}

void KernelWorkspace::connectViews() {
  connectView(m_clip);
  connectView(m_kernel);
  connectView(m_weights);
  connectView(m_ledger);
  connectView(m_strip);
  connectView(m_stage);
  connectView(m_scoresPanel);
  connect(m_scoresPanel, &ScoresPanel::shown, this, &KernelWorkspace::schedulePresent);
  connect(&m_scores, &StudyController::resultChanged, this, &KernelWorkspace::presentScores);
  connect(&m_scores, &StudyController::statusChanged, this, &KernelWorkspace::presentScores);
  connect(&m_scan, &ReadoutScan::changed, this, &KernelWorkspace::presentScores);
  connect(m_stage, &StageView::hovered, this, &KernelWorkspace::setHover);
  connect(m_weights, &WeightsPanel::hoverChanged, this, &KernelWorkspace::setHover);
  connect(m_ledger, &LedgerPanel::hovered, this, &KernelWorkspace::setHover);
  connect(m_strip, &TimeStrip::hovered, this, &KernelWorkspace::setHover);
  connect(m_clip, &ClipPanel::openFileRequested, this, &KernelWorkspace::openFileRequested);
  connect(m_clip, &ClipPanel::stopRequested, this, &KernelWorkspace::stop);
}

void KernelWorkspace::schedulePresent() {
  if (!isVisible()) return;  // another page is shown; see showEvent()
  if (!m_presentTimer.isActive()) m_presentTimer.start(m_controller.answering() ? kAnswerMs : 0);
}

void KernelWorkspace::setHover(const Hover& hover) {
  if (m_view.hover == hover) return;
  m_view.hover = hover;
  schedulePresent();
}

void KernelWorkspace::presentNow() {
  m_presentTimer.stop();
  m_controller.takeDelivered();  // a painting that took long may have let an answer wait
  const Triple shownVoxel = m_view.state.selection.voxel;
  m_view.holder = m_controller.result();
  m_view.result = m_view.holder ? std::get_if<KernelResult>(m_view.holder.get()) : nullptr;
  chooseStrongest();
  m_view.state = m_store.state();
  if (m_view.state.selection.voxel == kStrongest) m_view.state.selection.voxel = shownVoxel;
  // a size that only the file knows: the store could not check the pinned cell against it
  auto& input = m_view.state.selection.input;
  if (input && m_view.result != nullptr) {
    const Shape& shape = m_view.result->geometry.input;
    if (!shape.contains(input->at) || input->channel >= shape.channels) input.reset();
  }
  m_view.stale = m_controller.stale() && !m_controller.answering();  // no flicker while dragging
  m_view.problem = m_controller.problem();
  m_view.problemPlace = m_controller.problemPlace();
  m_view.busy = m_controller.busy();
  m_view.progress = m_controller.progress();
  arrange();
  m_clip->present(m_view);
  m_kernel->present(m_view);
  m_weights->present(m_view);
  m_ledger->present(m_view);
  m_cost->present(costView());
  m_strip->present(m_view);
  m_stage->present(m_view);
  updateScores();
  // these paint themselves and ask for room by the size of the type
  if (const double type = lookTheme(m_view.state.look).caption; std::exchange(m_typeSize, type) != type) {
    for (QWidget* panel :
         {static_cast<QWidget*>(m_ledger), static_cast<QWidget*>(m_cost), static_cast<QWidget*>(m_strip)})
      panel->updateGeometry();
  }
  Q_EMIT presented();
}

KernelView KernelWorkspace::costView() const {
  KernelView view = m_view;
  if (view.problem.isEmpty() || view.result == nullptr || view.study().clip == view.result->spec.clip)
    return view;
  // Of the clip that the problem is about nothing is known here but what the problem says: counted on the
  // clip of before, its kernel would be complained about with other numbers.
  view.state.kernel().conv = view.result->spec.conv;
  view.state.kernel().bank = view.result->spec.bank;
  return view;
}

void KernelWorkspace::chooseStrongest() {
  if (m_view.result == nullptr || m_store.state().selection.voxel != kStrongest) return;
  const KernelStudy& study = m_store.state().kernel();
  const KernelStudy& shown = m_view.result->spec;
  if (!(shown.clip == study.clip && shown.conv == study.conv)) return;  // maps of before
  const Triple voxel = m_view.result->strongest(m_store.state().selection.filter);
  m_store.edit(
      {tr("Strongest response"), [voxel](AppState& state) { state.selection.voxel = voxel; }, false});
}

void KernelWorkspace::updateScores() {
  const AppState& state = m_store.state();
  const KernelStudy& study = state.kernel();
  const bool inSight = m_scoresFrame->isVisibleTo(this);
  // A clip that is not in memory is being read for the maps; its scores follow them.
  // Where no maps can be made there is nothing to score either, for the same reason.
  const bool good = m_controller.problem().isEmpty();
  if (inSight && good && m_controller.cache().peek(study.clip)) {
    const ReadoutSpec readout = readoutOf(study, state.scores.bank);
    m_scores.setSpec(ReadoutStudy{study.clip, readout}, 0);
    state.look.scoresView == ScoresView::Chart ? m_scan.start(readout) : m_scan.stop();
  } else if (!inSight) {
    m_scan.stop();
  }
  presentScores();
}

void KernelWorkspace::presentScores() {
  m_scoresState.state = m_store.state();
  m_scoresState.holder = m_scores.result();
  m_scoresState.result =
      m_scoresState.holder ? std::get_if<ReadoutResult>(m_scoresState.holder.get()) : nullptr;
  const KernelStudy& study = m_scoresState.state.kernel();
  m_scoresState.stale =
      m_scores.stale() || (m_scoresState.result != nullptr && m_scoresState.result->spec.clip != study.clip);
  m_scoresState.busy = m_scores.busy();
  m_scoresState.problem = m_scores.problem();
  // What the maps cannot be made from is said once, at its control; scores of before stay, as faint as the
  // maps.
  if (m_scoresState.result != nullptr && !m_controller.problem().isEmpty()) {
    m_scoresState.stale = true;
    m_scoresState.problem.clear();
  }
  // Scores follow the maps: where the first clip cannot be read, nothing is on its way.
  if (m_scoresState.result == nullptr && !m_scores.busy() && !m_controller.busy() &&
      !m_controller.problem().isEmpty() && m_scoresState.problem.isEmpty())
    m_scoresState.problem = tr("There is no clip to score.");
  m_scoresState.alongTime = m_scan.alongTime();
  m_scoresState.alongSpace = m_scan.alongSpace();
  m_scoresPanel->present(m_scoresState);
  m_scoresFrame->setBusy(m_scores.busy(), m_scores.progress());
  Q_EMIT scoresPresented();
}

void KernelWorkspace::finish() {
  m_controller.finish();
  presentNow();
  finishScores();
}

void KernelWorkspace::finishScores() {
  if (!m_scoresFrame->isVisibleTo(this)) return;
  updateScores();
  m_scores.finish();
  m_scan.finish();
  presentScores();
}

void KernelWorkspace::arrange() {
  const Look& look = m_view.state.look;
  const Grid grid = gridFor(window()->size(), look.presenter);
  // with the input alone there is no convolution on the stage to speak of
  m_left->setLeftOut(m_kernel, look.inputOnly || !names({"kernel"}));
  m_left->setLeftOut(m_weights, look.inputOnly || !names({"weights"}));
  m_left->setLeftOut(m_clip, !names({"clip"}));
  m_right->setLeftOut(m_ledgerFrame, !names({"ledger"}));
  m_right->setLeftOut(m_costFrame, !names({"cost"}));
  // one frame holds no motion, and all seven classes are motions
  const bool scored = !isStill(m_view) && names({"scores"});
  m_right->setLeftOut(m_scoresFrame, !scored);
  m_rightBar->setTabVisible(m_rightBar->count() - 1, scored);
  // the panel goes on to other pages, which give it the height that they have
  const bool lesson = m_beside != nullptr && isAncestorOf(m_beside) && m_beside->isVisibleTo(this);
  // of a first clip that cannot be read there is nothing to say but that
  const bool empty = m_view.result == nullptr && !m_view.problem.isEmpty() && !m_controller.busy() &&
                     !m_controller.cache().peek(m_store.state().kernel().clip);
  const bool wantsRight = (look.presenter && !lesson ? look.presenterDrawer : look.showRight) &&
                          !look.inputOnly && !empty && names({"ledger", "cost", "scores"}) &&
                          !(lesson && m_parts.isEmpty() && look.presenter);
  const bool wantsLeft = look.showLeft && names({"clip", "kernel", "weights"}) &&
                         (!look.presenter || (lesson && !m_parts.isEmpty()));
  const bool narrow = !lesson && !look.presenter && wantsLeft && wantsRight &&
                      window()->width() - grid.left - grid.right - 2 < kLeastStage;
  if (!narrow) m_openedFromBar = false;
  m_rightBar->setVisible(narrow);
  m_left->setVisible(wantsLeft && !m_openedFromBar);
  m_right->setVisible(wantsRight && (!narrow || m_openedFromBar));
  m_stripFrame->setVisible(look.showStrip && !empty && names({"strip", "slices"}));
  m_stripFrame->setTitleVisible(!(look.presenter && lesson));
  m_left->setFixedWidth(
      look.presenter ? std::max(kLeastPresenterLeft, static_cast<int>(kPresenterLeft * presenterScale()))
                     : std::max(1, grid.left));
  m_right->setFixedWidth(lesson ? m_beside->width() : grid.right);
  if (lesson) arrangeBeside(size());
  m_stripFrame->setFixedHeight(grid.strip);
  // presenter: the strip's margin of 12 px becomes that of the bar and the stage
  const int side = look.presenter ? static_cast<int>((kPresenterMargin - kMargin) * presenterScale()) : 0;
  m_stripFrame->layout()->setContentsMargins(side, 0, side, 0);
}

bool KernelWorkspace::names(std::initializer_list<const char*> parts) const {
  return m_parts.isEmpty() || std::ranges::any_of(parts, [this](const char* part) {
           return m_parts.contains(QLatin1String(part));
         });
}

/// A lesson has the height that it needs, up to a share of it; the dock below it takes the rest.
void KernelWorkspace::arrangeBeside(const QSize& window) {
  const bool shared = m_right->isVisibleTo(this);
  const int room = window.height() - (m_stripFrame->isVisibleTo(this) ? m_stripFrame->height() : 0);
  const int most = static_cast<int>(kLessonShare * room);
  m_beside->setMaximumHeight(shared ? std::min(most, m_beside->wantedHeight()) : QWIDGETSIZE_MAX);
  m_beside->setMinimumHeight(shared ? m_beside->maximumHeight() : 0);
}

QWidget* KernelWorkspace::part(const QString& name) const {
  const auto field = [](const QWidget* panel, const QString& begins) -> QWidget* {
    for (NumberField* one : panel->findChildren<NumberField*>())
      if (one->accessibleName().startsWith(begins)) return one;
    return nullptr;
  };
  const std::pair<const char*, QWidget*> parts[] = {
      {"stage", m_stage},    {"strip", m_stripFrame},   {"clip", m_clip},
      {"kernel", m_kernel},  {"weights", m_weights},    {"ledger", m_ledgerFrame},
      {"cost", m_costFrame}, {"scores", m_scoresFrame}, {"slices", m_stripFrame}};
  for (const auto& [known, widget] : parts)
    if (name == QLatin1String(known)) return widget;
  if (name == QLatin1String("kernel.length")) return field(m_kernel, tr("Size in time"));
  if (name == QLatin1String("kernel.size")) return field(m_kernel, tr("Size in height"));
  if (name == QLatin1String("stride")) return field(m_kernel, tr("Stride in time"));
  if (name == QLatin1String("padding")) return m_kernel;
  if (name == QLatin1String("frames")) return field(m_clip, tr("Number of frames"));
  return nullptr;
}

void KernelWorkspace::showParts(const QStringList& parts, Veil veil) {
  if (m_parts == parts && m_veil == veil) return;
  m_parts = parts;
  m_veil = veil;
  m_stage->setVeiled(veil == Veil::Maps, veil == Veil::Value);
  m_strip->film()->setVeiled(veil == Veil::Maps);
  m_strip->demandSlices(parts.contains(QStringLiteral("slices")));
  arrange();
}

bool KernelWorkspace::takeBeside(QWidget* panel) {
  m_beside = qobject_cast<LessonPanel*>(panel);
  m_rightColumn->insertWidget(0, panel);
  return true;
}

Triple KernelWorkspace::mapsExtent() const {
  return m_view.result == nullptr ? Triple{0, 0, 0} : m_view.result->geometry.output.extent();
}

void KernelWorkspace::openFromBar(int panel) {
  if (panel < 0) return;
  m_openedFromBar = !m_openedFromBar || panel != m_rightBar->currentIndex();
  m_right->showPanel(panel);
  arrange();
}

void KernelWorkspace::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  presentNow();
}

void KernelWorkspace::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  arrange();
}

void KernelWorkspace::step(std::int64_t steps) {
  if (m_view.result == nullptr) return;
  const Triple output = m_view.result->geometry.output.extent();
  m_store.edit({tr("Slide the kernel"),
                [output, steps](AppState& state) {
                  if (state.selection.voxel == kStrongest) return;
                  state.selection.input.reset();  // the eye follows the kernel now
                  state.selection.voxel = slide(output, state.selection.voxel, steps, state.playback.loop);
                },
                false});
}

void KernelWorkspace::move(Axis axis, int by) {
  if (m_view.result == nullptr) return;
  const int extent = m_view.result->geometry.output.along(axis);
  m_store.edit({tr("Slide the kernel"),
                [axis, by, extent](AppState& state) {
                  if (state.selection.voxel == kStrongest) return;  // maps of before: the choice is to come
                  state.selection.input.reset();
                  int& at = state.selection.voxel[axis];
                  at = std::clamp(at + by, 0, std::max(0, extent - 1));
                },
                false});
}

void KernelWorkspace::resetCamera() {
  m_stage->resetCamera();
}

QWidget* KernelWorkspace::stageWidget() const {
  return m_stage;
}

QStringList KernelWorkspace::hints() const {
  return kernelHints(m_view);
}

QString KernelWorkspace::facts() const {
  return kernelFacts(m_view);
}

QString KernelWorkspace::problemOutOfSight() const {
  const QString problem = m_controller.problem();
  if (problem.isEmpty()) return {};
  for (const InlineSentence* sentence : findChildren<InlineSentence*>())
    if (sentence->isVisible() && sentence->text() == problem) return {};
  return problem;
}

void KernelWorkspace::presentBar(PresenterBar& bar, const QString& clip, const QString& figure) const {
  bar.present(m_view, clip, figure);
}

void KernelWorkspace::tick() {
  const double elapsed = static_cast<double>(m_sinceTick.restart());
  // another page plays in its own way
  if (m_view.result == nullptr || m_store.state().workspace != Workspace::Kernel) return;
  const Playback& playback = m_store.state().playback;
  const Look& look = m_store.state().look;
  const Triple output = m_view.result->geometry.output.extent();
  if (!playback.loop && atEnd(output, m_view.voxel())) {
    m_store.edit({tr("Pause"), [](AppState& state) { setPlaying(state.playback, false); }, false});
    return;
  }
  // With reduced motion the kernel jumps once a second (travelMs 0 means that to the clock).
  const double travelMs = look.reducedMotion ? 0 : lookTheme(look).travelMs;
  const std::int64_t steps = m_clock.due(elapsed, playback.speed, travelMs, output);
  if (steps > 0) step(steps);
}

}  // namespace convscope
