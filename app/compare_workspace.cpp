#include "app/compare_workspace.h"

#include "app/presenter_bar.h"
#include "app/stop_button.h"
#include "widgets/compare/clip_change_bar.h"
#include "widgets/compare/column_head.h"
#include "widgets/compare/compare_stage.h"
#include "widgets/compare/compare_table.h"
#include "widgets/compare/tuning_plot.h"
#include "widgets/panels/framed_panel.h"
#include "widgets/panels/number_field.h"
#include "widgets/panels/segmented_control.h"
#include "widgets/state/compare_choices.h"
#include "widgets/state/compare_layers.h"

#include <QFileDialog>
#include <QGridLayout>

#include <algorithm>

namespace convscope {

namespace {

constexpr int kLeastColumn = 310;  // px: narrower ones are left out
constexpr int kLeastShown = 2;
constexpr int kWide = 1500;       // px of a window from which on there are more than two columns
constexpr double kFrameMs = 360;  // of a map frame at speed 1 while playing

/// Height of the lower panels and width of the table for a window size.
struct Grid {
  int lower;
  int table;
};
Grid gridFor(const QSize& window, bool presenter, int columns) {
  const int more = std::max(0, columns - 2);
  if (presenter) {
    const double scale = presenterScale();
    return {static_cast<int>(310 * scale), static_cast<int>((860 + 60 * more) * scale)};
  }
  if (window.width() >= 1900 && window.height() >= 1000) return {360, 640 + 130 * more};
  if (window.width() >= 1500 && window.height() >= 850) return {340, 600 + 80 * more};
  return {252, 540 + 30 * more};
}

}  // namespace

CompareWorkspace::CompareWorkspace(StateStore& store, QWidget* parent)
    : WorkspacePage(parent), m_store(store) {
  build();
  m_presentTimer.setSingleShot(true);
  connect(&m_presentTimer, &QTimer::timeout, this, &CompareWorkspace::presentNow);
  connect(&m_playTimer, &QTimer::timeout, this, &CompareWorkspace::tick);
  connect(&m_store, &StateStore::changed, this, &CompareWorkspace::schedulePresent);
  connect(&m_controller, &CompareController::changed, this, &CompareWorkspace::schedulePresent);
}

void CompareWorkspace::build() {
  auto* const columns = new QWidget;
  m_columns = new QHBoxLayout(columns);
  m_columns->setContentsMargins(0, 0, 0, 0);
  m_columns->setSpacing(1);
  m_table = new CompareTable;
  m_plot = new TuningPlot;
  m_change = new ClipChangeBar;
  connect(m_plot, &TuningPlot::editRequested, &m_store, &StateStore::edit);
  connect(m_change, &ClipChangeBar::editRequested, &m_store, &StateStore::edit);
  m_tableFrame = framed(tr("Side by side"), m_table);
  m_stop = new StopButton(*this);
  m_tableFrame->setTitleControl(m_stop);
  m_tableFrame->setTitleControl(m_change);
  m_plotFrame = framed(tr("Direction and speed tuning"), m_plot);
  m_plotFrame->setTitleControl(m_plot->frequencyField());
  m_plotFrame->setTitleControl(m_plot->viewSwitch());
  m_lower = new QWidget;
  auto* const lower = new QHBoxLayout(m_lower);
  lower->setContentsMargins(0, 0, 0, 0);
  lower->setSpacing(1);
  lower->addWidget(m_tableFrame);
  lower->addWidget(m_plotFrame, 1);
  auto* const whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->setSpacing(1);
  whole->addWidget(columns, 1);
  whole->addWidget(m_lower);
  tile(0);
}

CompareWorkspace::Tile& CompareWorkspace::tile(int column) {
  const auto found = std::ranges::find(m_tiles, column, &Tile::column);
  if (found != m_tiles.end()) return *found;
  Tile made{column, new QWidget, new ColumnHead(column), new CompareStage(column)};
  auto* const line = new QVBoxLayout(made.whole);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(1);
  line->addWidget(made.head);
  line->addWidget(made.stage, 1);
  // columns are equal, whatever their heads hold
  made.head->setMinimumWidth(1);
  made.whole->setMinimumWidth(1);
  made.whole->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  connect(made.head, &ColumnHead::editRequested, &m_store, &StateStore::edit);
  connect(made.head, &ColumnHead::openNetworkRequested, this, &CompareWorkspace::openNetwork);
  connect(made.stage, &CompareStage::editRequested, &m_store, &StateStore::edit);
  connect(made.stage, &CompareStage::hovered, this, [this](const std::optional<CompareHover>& hover) {
    if (m_view.hover == hover) return;
    m_view.hover = hover;
    schedulePresent();
  });
  // columns in their order, the difference last
  const auto behind = std::ranges::count_if(
      m_tiles, [&](const Tile& other) { return other.column >= 0 && (column < 0 || other.column < column); });
  m_columns->insertWidget(static_cast<int>(behind), made.whole, 1);
  m_tiles.insert(m_tiles.begin() + behind, made);
  return m_tiles[static_cast<std::size_t>(behind)];
}

CompareStage* CompareWorkspace::stage(int column) const {
  const auto found = std::ranges::find(m_tiles, column, &Tile::column);
  return found == m_tiles.end() ? nullptr : found->stage;
}

ColumnHead* CompareWorkspace::head(int column) const {
  const auto found = std::ranges::find(m_tiles, column, &Tile::column);
  return found == m_tiles.end() ? nullptr : found->head;
}

std::vector<int> CompareWorkspace::shown() const {
  std::vector<int> all;
  const auto count = static_cast<int>(m_store.state().columns.size());
  for (int i = 0; i < count; ++i) all.push_back(i);
  if (m_store.state().compare.difference && count > 1) all.push_back(CompareStage::kDifference);
  const int wide = std::max(1, window()->width());
  const int fit = wide >= kWide ? wide / kLeastColumn : kLeastShown;
  const int first = std::clamp(m_offset, 0, std::max(0, static_cast<int>(all.size()) - fit));
  const int last = std::min(static_cast<int>(all.size()), first + fit);
  return {all.begin() + first, all.begin() + last};
}

void CompareWorkspace::schedulePresent() {
  if (isVisible() && !m_presentTimer.isActive()) m_presentTimer.start(0);
}

void CompareWorkspace::showEvent(QShowEvent*) {
  presentNow();
}

// One pool is busy at a time: the Kernel workspace has lanes of its own.
void CompareWorkspace::hideEvent(QHideEvent*) {
  m_controller.pause();
  m_playTimer.stop();
}

void CompareWorkspace::resizeEvent(QResizeEvent*) {
  arrange();
}

void CompareWorkspace::presentNow() {
  m_presentTimer.stop();
  m_controller.setState(m_store.state());
  m_controller.takeDelivered();
  m_view.state = m_store.state();
  m_controller.fill(m_view);
  if (m_view.hover && m_view.hover->column >= m_view.count()) m_view.hover.reset();
  arrange();
  for (const int column : shown()) {
    Tile& one = tile(column);
    one.head->present(m_view);
    one.stage->present(m_view);
  }
  m_table->present(m_view);
  m_plot->present(m_view);
  m_change->present(m_view.state);
  const bool works = m_view.busy || m_controller.measuring();
  m_tableFrame->setBusy(works, m_view.busy ? m_view.progress : -1);
  m_stop->setBusy(works);
  m_plotFrame->setBusy(m_controller.measuring());
  updatePlaying();
  Q_EMIT presented();
}

void CompareWorkspace::finish() {
  presentNow();
  m_controller.finish();
  presentNow();
}

void CompareWorkspace::arrange() {
  const std::vector<int> now = shown();
  for (const int column : now) tile(column);
  for (const Tile& one : m_tiles) one.whole->setVisible(std::ranges::find(now, one.column) != now.end());
  const Look& look = m_store.state().look;
  const Grid grid =
      gridFor(window()->size(), look.presenter, static_cast<int>(m_store.state().columns.size()));
  for (const int column : now) tile(column).stage->setShared(width() / static_cast<int>(now.size()));
  m_lower->setVisible(look.showStrip);
  m_lower->setFixedHeight(grid.lower);
  m_tableFrame->setFixedWidth(std::min(grid.table, std::max(320, window()->width() / 2)));
}

void CompareWorkspace::openNetwork(int column) {
  const QString path =
      QFileDialog::getOpenFileName(this, tr("Open model"), {}, tr("Networks (*.onnx);;All files (*)"));
  if (path.isEmpty()) return;
  m_store.edit({tr("Column"), [column, model = path.toStdString()](AppState& state) {
                  applyNetwork(state, column, model);
                }});
}

void CompareWorkspace::toggleDifference() {
  const std::vector<int> now = shown();
  const bool inSight = std::ranges::find(now, CompareStage::kDifference) != now.end();
  const bool wanted = m_store.state().compare.difference;
  m_offset = inSight ? 0 : static_cast<int>(kMostColumns);
  if (wanted && !inSight) {
    presentNow();
    return;
  }
  m_store.edit(
      {tr("Difference"), [](AppState& state) { state.compare.difference = !state.compare.difference; }});
}

void CompareWorkspace::scroll(int by) {
  const int all = m_view.count() + (m_view.state.compare.difference && m_view.count() > 1 ? 1 : 0);
  const auto most = std::max(0, all - static_cast<int>(shown().size()));
  m_offset = std::clamp(std::min(m_offset, most) + by, 0, most);
  presentNow();
}

void CompareWorkspace::move(Axis axis, int by) {
  const int chosen = m_store.state().selection.column;
  if (chosen >= m_view.count() || !m_view.column(chosen).result) return;
  Triple voxel = m_view.cell(chosen);
  const int extent = m_view.column(chosen).result->maps.shape().along(axis);
  voxel[axis] = std::clamp(voxel[axis] + by, 0, std::max(0, extent - 1));
  m_store.edit({tr("Cursor"),
                [voxel](AppState& state) {
                  state.selection.voxel = voxel;
                  state.selection.input.reset();
                },
                false});
}

void CompareWorkspace::step(std::int64_t by) {
  const int chosen = m_store.state().selection.column;
  if (chosen >= m_view.count() || !m_view.column(chosen).result) return;
  Triple voxel = m_view.cell(chosen);
  const int length = m_view.column(chosen).result->maps.shape().length;
  const int wanted = voxel.t + static_cast<int>(by % length);
  const bool loops = m_store.state().playback.loop;
  voxel.t = loops ? (wanted % length + length) % length : std::clamp(wanted, 0, length - 1);
  m_store.edit({tr("Cursor"), [voxel](AppState& state) { state.selection.voxel = voxel; }, false});
}

void CompareWorkspace::updatePlaying() {
  const Playback& playback = m_store.state().playback;
  const bool plays = playback.playing && isVisible();
  if (!plays) {
    m_playTimer.stop();
    return;
  }
  const double ms = m_store.state().look.reducedMotion ? 1000 : kFrameMs / std::max(.1, playback.speed);
  const int interval = std::max(40, static_cast<int>(ms));
  if (!m_playTimer.isActive() || m_playTimer.interval() != interval) m_playTimer.start(interval);
}

void CompareWorkspace::tick() {
  const int chosen = m_store.state().selection.column;
  if (chosen >= m_view.count() || !m_view.column(chosen).result) return;
  const bool last = m_view.cell(chosen).t + 1 >= m_view.column(chosen).result->maps.shape().length;
  if (last && !m_store.state().playback.loop) {
    m_store.edit({tr("Pause"), [](AppState& state) { setPlaying(state.playback, false); }, false});
    return;
  }
  step(1);
}

void CompareWorkspace::deeper(int by) {
  if (hasNetwork(m_view)) m_store.edit(deeperBy(m_view, by));
}

void CompareWorkspace::nextChannel(int by) {
  if (hasNetwork(m_view)) m_store.edit(nextChannelBy(m_view, by));
  m_store.edit({tr("Filter"),
                [by](AppState& state) {
                  const auto count = static_cast<int>(state.kernel().bank.size());
                  state.selection.filter = ((state.selection.filter + by) % count + count) % count;
                },
                false});
}

void CompareWorkspace::resetCamera() {
  m_store.edit(
      {tr("Camera"), [](AppState& state) { state.compare.camera = CompareSettings{}.camera; }, false});
}

QWidget* CompareWorkspace::stageWidget() const {
  return m_tiles.front().stage;  // of column A, which is always there
}

QStringList CompareWorkspace::hints() const {
  QStringList hints{tr("<b>Move</b> over any map: all cursors follow"), tr("<b>Click</b> pins a cell"),
                    tr("<b>D</b> difference on or off"), tr("<b>← → ↑ ↓ [ ]</b> move the cursor"),
                    tr("<b>Drag</b> the frames to turn them")};
  const int all = m_view.count() + (m_view.state.compare.difference && m_view.count() > 1 ? 1 : 0);
  if (all > static_cast<int>(shown().size())) hints.insert(2, tr("<b>Ctrl ← →</b> the other columns"));
  if (hasNetwork(m_view)) hints.insert(2, tr("<b>Shift+PgDown</b> one layer deeper"));
  return hints;
}

QString CompareWorkspace::facts() const {
  if (m_view.count() == 0 || !m_view.column(0).result) return {};
  const auto number = [](double range) { return QStringLiteral("±%1").arg(range, 0, 'g', 3); };
  if (!m_view.shareRange(0, m_view.count() - 1) && !m_view.state.compare.linked)
    return tr("colours: each column its own range");
  // columns of one range in one phrase
  QString facts;
  for (int i = 0; i < m_view.count(); ++i) {
    QStringList letters;
    bool told = false;
    for (int k = 0; k < m_view.count(); ++k) {
      if (!m_view.shareRange(i, k)) continue;
      told |= k < i;
      letters << columnLetter(k);
    }
    if (told) continue;
    const QString all =
        letters.size() < 2
            ? letters.join(QString())
            : tr("%1 and %2")
                  .arg(letters.mid(0, letters.size() - 1).join(QStringLiteral(", ")), letters.back());
    facts += (facts.isEmpty() ? tr("colour range <b>%1</b> in %2") : tr(", <b>%1</b> in %2"))
                 .arg(number(m_view.range(i)), all);
  }
  const std::vector<int> now = shown();
  if (m_view.difference && std::ranges::find(now, CompareStage::kDifference) != now.end())
    facts += tr(", <b>%1</b> in A − B").arg(number(m_view.differenceRange()));
  return facts;
}

void CompareWorkspace::presentBar(PresenterBar& bar, const QString& clip, const QString& figure) const {
  QStringList names;
  for (int i = 0; i < static_cast<int>(m_store.state().columns.size()); ++i)
    names << columnLetter(i) + QLatin1Char(' ') +
                 columnShape(m_store.state().columns[static_cast<std::size_t>(i)]);
  bar.presentTexts(figure.isEmpty() ? clip : figure, names.join(QStringLiteral("  |  ")));
}

}  // namespace convscope
