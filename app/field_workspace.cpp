#include "app/field_workspace.h"

#include "app/presenter_bar.h"
#include "widgets/panels/framed_panel.h"
#include "widgets/panels/growth_chart.h"
#include "widgets/panels/stack_editor.h"
#include "widgets/panels/text_runs.h"
#include "widgets/panels/unit_panel.h"
#include "widgets/stage/field_stage.h"

#include <QGridLayout>
#include <QLabel>
#include <QRegularExpression>

#include <algorithm>

namespace convscope {

namespace {

/// Widths of the right dock and heights of the stack editor for a window size.
struct Grid {
  int right;
  int editor;
};
Grid gridFor(const QSize& window, bool presenter) {
  if (presenter) return {0, 0};
  if (window.width() >= 1900 && window.height() >= 1000) return {480, 360};
  if (window.width() >= 1500 && window.height() >= 850) return {440, 332};
  return {340, 210};
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
  connect(m_stage, &FieldStage::editRequested, &m_store, &StateStore::edit);
  connect(m_editor, &StackEditor::editRequested, &m_store, &StateStore::edit);
  connect(m_chart, &GrowthChart::editRequested, &m_store, &StateStore::edit);

  m_editorFrame = framed(tr("Stack editor"), m_editor);
  m_editorFrame->setTitleControl(m_editor->titleControl());
  auto* const meaning = new PanelFrame(tr("What it means"));
  meaning->setBody(m_meaning);
  m_right = new QWidget;
  auto* const right = new QVBoxLayout(m_right);
  right->setContentsMargins(0, 0, 0, 0);
  right->setSpacing(1);
  right->addWidget(framed(tr("Unit"), m_unit));
  right->addWidget(framed(tr("Growth with depth"), m_chart), 1);
  right->addWidget(meaning);

  auto* const grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(1);
  grid->addWidget(m_stage, 0, 0);
  grid->addWidget(m_editorFrame, 1, 0);
  grid->addWidget(m_right, 0, 1, 2, 1);
  grid->setColumnStretch(0, 1);
  grid->setRowStretch(0, 1);
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
  m_stage->present(shown);
  m_unit->present(shown);
  m_chart->present(shown);
  m_editor->present(m_view);
  m_view.row = shown.row;
  m_view.unit = shown.unit;
  m_view.levels = shown.levels;
  m_view.paddingShare = shown.paddingShare;

  const LookTheme& theme = lookTheme(state.look);
  QString meaning = fieldMeaning(shown).toHtmlEscaped();
  meaning.replace(QRegularExpression(QStringLiteral("‹([^›]*)›")), QStringLiteral("<b>\\1</b>"));
  if (shown.result != nullptr) {
    const QString maps =
        field.run.weights == StackWeights::Uniform
            ? tr("Maps: all weights of a layer are equal, so each unit shows the mean of what it sees.")
            : tr("Maps: %1 random filters a layer at most, seed %2; each level shows its strongest.")
                  .arg(field.run.filters)
                  .arg(field.run.seed);
    meaning += QStringLiteral("<p style='color:%1'>%2</p>").arg(theme.muted.name(), maps);
  }
  if (meaning != m_meaning->text()) m_meaning->setText(meaning);
  m_meaning->setContentsMargins(theme.panelPad, theme.panelPad, theme.panelPad, theme.panelPad);
  m_editorFrame->setBusy(m_view.busy, m_view.progress);
  arrange();
  Q_EMIT presented();
}

QString FieldWorkspace::meaning() const {
  return m_meaning->text();
}

void FieldWorkspace::finish() {
  presentNow();
  m_controller.finish();
  presentNow();
}

void FieldWorkspace::arrange() {
  const Look& look = m_store.state().look;
  const Grid grid = gridFor(window()->size(), look.presenter);
  m_right->setVisible(grid.right > 0 && look.showRight);
  m_editorFrame->setVisible(grid.editor > 0 && look.showStrip);
  if (grid.right > 0) m_right->setFixedWidth(grid.right);
  if (grid.editor > 0) m_editorFrame->setFixedHeight(grid.editor);
}

void FieldWorkspace::move(Axis axis, int by) {
  m_store.edit({tr("Unit"), [axis, by](AppState& state) { state.field.unit[axis] += by; }, false});
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
  if (m_view.result == nullptr) return {};
  const double share = m_view.paddingShare;
  return tr("<b>%1 %</b> of the field lies in padding")
      .arg(100 * share, 0, 'f', share > 0 && share < .1 ? 1 : 0);
}

void FieldWorkspace::presentBar(PresenterBar& bar, const QString& clip, const QString& figure) const {
  QString network = QString::fromStdString(m_store.state().field.stack.name);
  if (m_view.result != nullptr && !m_view.levels.empty()) {
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
