#include "widgets/panels/stack_editor.h"

#include "engine/field/architecture_presets.h"
#include "widgets/panels/choice_box.h"
#include "widgets/panels/text_runs.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QResizeEvent>
#include <QSignalBlocker>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace convscope {

namespace {

constexpr int kRowHeight = 21;  // px
constexpr int kColumnGap = 14;  // px between what two columns hold
constexpr int kLeastName = 90;
constexpr int kPresetWidth = 190;
constexpr int kNarrow = 1000;  // px of width under which columns stand closer

/// The field in the colours of its axes.
class FieldDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    QStyleOptionViewItem plain = option;
    initStyleOption(&plain, index);
    const QStringList parts = plain.text.split(QStringLiteral(" × "));
    plain.text.clear();
    const QWidget* const widget = option.widget;
    widget->style()->drawControl(QStyle::CE_ItemViewItem, &plain, painter, widget);
    if (parts.size() != 3) return;
    const LookTheme& theme = appliedTheme();
    TextLine line;
    for (int i = 0; i < 3; ++i) {
      if (i > 0) line.push_back({QStringLiteral(" × "), theme.muted});
      line.push_back({parts[i], theme.axisColour(kAxes[static_cast<std::size_t>(i)]), true});
    }
    painter->save();
    if (index.data(StackModel::kStaleRole).toBool()) painter->setOpacity(theme.staleOpacity);
    drawRuns(*painter, {option.rect.right() - 8.0, option.rect.center().y() + .5}, Anchor::Right, line,
             theme);
    painter->restore();
  }
};

}  // namespace

StackEditor::StackEditor(QWidget* parent)
    : QWidget(parent),
      m_model(new StackModel(this)),
      m_table(new QTableView),
      m_title(new QWidget),
      m_presets(new ChoiceBox),
      m_problem(new QLabel) {
  buildTitle();
  buildTable();
  m_problem->setWordWrap(true);
  m_problem->setObjectName(QStringLiteral("problem"));
  m_problem->hide();
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(m_table, 1);
  column->addWidget(m_problem);
  connect(m_model, &StackModel::editRequested, this, &StackEditor::editRequested);
  connect(m_model, &StackModel::refused, this, [this](const QString& sentence) {
    m_refused = sentence;
    present(FieldView(m_view));
  });
}

void StackEditor::buildTitle() {
  QList<ChoiceBox::Choice> choices;
  for (const ArchitecturePreset& preset : architecturePresets())
    choices << ChoiceBox::Choice{QString::fromUtf8(preset.title),
                                 QString::fromLatin1(preset.name),
                                 QString::fromUtf8(preset.source),
                                 {}};
  m_presets->setChoices(choices);
  m_presets->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  m_presets->setFixedWidth(kPresetWidth);
  m_presets->setAccessibleName(tr("Network"));
  connect(m_presets, &ChoiceBox::picked, this, &StackEditor::takePreset);
  auto* line = new QHBoxLayout(m_title);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(6);
  line->addWidget(m_presets);
  const auto button = [&](const QString& text, const QString& tip, auto run) {
    auto* const push = new QPushButton(text);
    push->setToolTip(tip);
    connect(push, &QPushButton::clicked, this, run);
    line->addWidget(push);
  };
  m_allColumns = new QPushButton(tr("All columns"));
  m_allColumns->setCheckable(true);
  m_allColumns->setToolTip(tr("Dilation, groups and repeats too where no layer makes use of them"));
  connect(m_allColumns, &QPushButton::toggled, this, &StackEditor::fitColumns);
  line->addWidget(m_allColumns);
  button(tr("Add"), tr("A further 3 × 3 × 3 layer behind the chosen one"), &StackEditor::addLayer);
  button(tr("Duplicate"), tr("The chosen layer once more, behind itself"), &StackEditor::duplicateChosen);
  button(tr("Remove"), tr("Takes the chosen layer out"), &StackEditor::removeChosen);
}

void StackEditor::buildTable() {
  m_table->setModel(m_model);
  m_table->viewport()->installEventFilter(this);
  m_table->setItemDelegateForColumn(StackModel::Field, new FieldDelegate(m_table));
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->setSelectionMode(QAbstractItemView::SingleSelection);
  m_table->setShowGrid(false);
  m_table->setCornerButtonEnabled(false);
  m_table->setAccessibleName(tr("Layers"));
  m_table->setFrameShape(QFrame::NoFrame);
  m_table->verticalHeader()->setDefaultSectionSize(kRowHeight);
  m_table->verticalHeader()->setMinimumSectionSize(kRowHeight);
  m_table->verticalHeader()->setSectionsMovable(true);
  m_table->verticalHeader()->setToolTip(tr("Drag a number to move its layer"));
  m_table->horizontalHeader()->setHighlightSections(false);
  connect(
      m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
      [this](const QModelIndex& now) {
        if (!now.isValid() || now.row() == m_view.state.field.layer) return;
        const int layer = now.row();
        Q_EMIT editRequested({tr("Layer"), [layer](AppState& state) { state.field.layer = layer; }, false});
      });
  connect(m_table->verticalHeader(), &QHeaderView::sectionMoved, this, [this](int, int from, int to) {
    QHeaderView* const header = m_table->verticalHeader();
    {
      const QSignalBlocker quiet(header);
      header->moveSection(to, from);  // the model's order is the only one
    }
    request(tr("Move layer"), [from, to](FieldSettings& field) {
      moveLayer(field.stack, from, to);
      field.layer = to;
    });
  });
}

void StackEditor::request(const QString& label, std::function<void(FieldSettings&)> apply) {
  m_refused.clear();
  Q_EMIT editRequested({label, [apply = std::move(apply)](AppState& state) { apply(state.field); }});
}

void StackEditor::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  fitColumns();
}

bool StackEditor::eventFilter(QObject* watched, QEvent* event) {
  // numbers of two digits and a scroll bar take from the table's width only once it is laid out
  if (watched == m_table->viewport() && event->type() == QEvent::Resize) {
    if (static_cast<const QResizeEvent*>(event)->oldSize().width() != m_table->viewport()->width())
      fitColumns();
    showChosen();
  }
  return QWidget::eventFilter(watched, event);
}

void StackEditor::showChosen() {
  const QModelIndex chosen = m_model->index(m_view.state.field.layer, 0);
  if (chosen.isValid()) m_table->scrollTo(chosen, QAbstractItemView::PositionAtCenter);
}

void StackEditor::takePreset(const QString& id) {
  const auto stack = architectureNamed(id.toStdString());
  if (!stack) return;
  request(tr("Network"), [stack = *stack](FieldSettings& field) { takeStack(field, stack); });
}

void StackEditor::addLayer() {
  request(tr("Add layer"), [](FieldSettings& field) {
    LayerSpec layer;
    layer.name = "conv" + std::to_string(field.stack.layers.size() + 1);
    layer.kernel = {3, 3, 3};
    layer.padding = {{{1, 1}, {1, 1}, {1, 1}}};
    const int at = field.stack.layers.empty() ? -1 : field.layer;
    if (at >= 0) {
      duplicateLayer(field.stack, at);
      field.layer = at + 1;
      field.stack.layers[static_cast<std::size_t>(at) + 1] = layer;
    } else {
      layer.filters = 8;
      field.stack.layers.push_back(layer);
    }
  });
}

void StackEditor::duplicateChosen() {
  request(tr("Duplicate layer"), [](FieldSettings& field) {
    if (field.stack.layers.empty()) return;
    duplicateLayer(field.stack, field.layer);
    ++field.layer;
    field.stack.layers[static_cast<std::size_t>(field.layer)].name += "'";
  });
}

void StackEditor::removeChosen() {
  request(tr("Remove layer"), [](FieldSettings& field) {
    // a stack without layers has no unit to look at
    if (field.stack.layers.size() > 1) removeLayer(field.stack, field.layer);
  });
}

QString StackEditor::problem() const {
  return m_problem->isHidden() ? QString() : m_problem->text();
}

void StackEditor::present(const FieldView& view) {
  const StackSpec& stack = view.state.field.stack;
  const bool other = m_model->rowCount() == 0 || !(stack == m_model->stack());
  m_view = view;
  if (other) presentStack(stack);
  const QString said = !m_refused.isEmpty() ? m_refused : !m_wrong.isEmpty() ? m_wrong : view.problem;
  const LookTheme& theme = lookTheme(view.state.look);
  if (said != m_problem->text()) {
    m_problem->setText(said);
    m_problem->setVisible(!said.isEmpty());
    m_problem->setContentsMargins(theme.panelPad, 4, theme.panelPad, 4);
  }
  if (m_problem->palette().color(QPalette::WindowText) != theme.error) {
    QPalette red = m_problem->palette();
    red.setColor(QPalette::WindowText, theme.error);
    m_problem->setPalette(red);
  }
  if (m_table->currentIndex().row() != view.state.field.layer) {
    const QSignalBlocker quiet(m_table->selectionModel());
    m_table->setCurrentIndex(m_model->index(view.state.field.layer, 0));
    showChosen();
    m_table->viewport()->update();
  }
}

void StackEditor::presentStack(const StackSpec& stack) {
  auto table = tableOf(stack);
  QString fact = m_fact;  // of the last stack that could be worked out
  if (table) {
    fact = tr("%1 layers, %2 weights, %3 multiply-adds")
               .arg(table->rows.size())
               .arg(countText(static_cast<double>(table->weights)),
                    shortCountText(static_cast<double>(table->multiplyAdds)));
  }
  m_wrong = table ? QString() : QString::fromStdString(table.error().message);
  m_model->present(stack, std::move(table));
  fitColumns();
  QString chosen;
  for (const ArchitecturePreset& preset : architecturePresets()) {
    StackSpec known = preset.make();
    known.clip = stack.clip;
    if (known == stack) chosen = QString::fromLatin1(preset.name);
  }
  m_presets->present(chosen, tr("your own, from %1").arg(QString::fromStdString(stack.name)));
  if (fact != m_fact) Q_EMIT factChanged(m_fact = fact);
}

/// Columns as wide as what they hold; what is left goes to the names.
void StackEditor::fitColumns() {
  const auto& layers = m_model->stack().layers;
  const auto differs = [&](auto isUsual) { return !std::ranges::all_of(layers, isUsual); };
  // what no layer of the stack makes use of is left out, unless it is asked for
  const bool all = m_allColumns->isChecked();
  const auto show = [&](StackModel::Column column, bool used) {
    m_table->setColumnHidden(column, !all && !used);
  };
  show(StackModel::Dilation, differs([](const LayerSpec& one) { return one.dilation == Triple{1, 1, 1}; }));
  show(StackModel::Groups, differs([](const LayerSpec& one) { return one.groups == 1; }));
  show(StackModel::Repeat, differs([](const LayerSpec& one) { return one.repeat == 1; }));
  m_table->resizeColumnsToContents();
  const int gap = width() < kNarrow ? kColumnGap / 4 : kColumnGap;
  for (int column = StackModel::Kind; column < StackModel::ColumnCount; ++column)
    m_table->setColumnWidth(column, m_table->columnWidth(column) + gap);
  // the names take what is left, and scroll rather than shrink away
  const int rest = m_table->viewport()->width() - m_table->horizontalHeader()->length() +
                   m_table->columnWidth(StackModel::Name);
  m_table->setColumnWidth(StackModel::Name, std::max(kLeastName, rest));
}

}  // namespace convscope
