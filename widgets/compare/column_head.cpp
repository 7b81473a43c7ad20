#include "widgets/compare/column_head.h"

#include "engine/network/bundled_models.h"
#include "widgets/state/compare_choices.h"
#include "widgets/state/compare_layers.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QToolButton>

#include <algorithm>
#include <utility>

namespace convscope {

ColumnHead::ColumnHead(int column, QWidget* parent) : QWidget(parent), m_column(column) {
  m_letter = new ThemedLabel(column < 0 ? tr("A − B") : columnLetter(column),
                             column < 0 ? &LookTheme::text : &LookTheme::muted, column < 0,
                             column < 0 ? &LookTheme::stageTitle : &LookTheme::body);
  m_shape = new ThemedLabel({}, &LookTheme::kernel, true, &LookTheme::stageTitle);
  m_name = new QToolButton;
  m_name->setAutoRaise(true);
  m_name->setPopupMode(QToolButton::InstantPopup);
  m_name->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
  m_maps = new ThemedLabel({}, &LookTheme::muted);
  m_remove = new IconButton(QStringLiteral("remove"),
                            tr("Take column %1 out").arg(columnLetter(std::max(0, column))),
                            tr("The others stay as they are"));
  m_menu = new QMenu(this);
  m_name->setMenu(m_menu);
  m_layers = new QMenu(this);
  m_layer = new QToolButton;
  m_layer->setAutoRaise(true);
  m_layer->setPopupMode(QToolButton::InstantPopup);
  m_layer->setMenu(m_layers);
  m_layer->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
  m_layer->setToolTip(tr("Which layer's maps stand here"));
  m_layer->hide();
  auto* const line = new QHBoxLayout(this);
  line->setContentsMargins(12, 0, 8, 0);
  line->setSpacing(8);
  line->addWidget(m_letter);
  line->addWidget(m_shape);
  line->addWidget(m_name);
  line->addWidget(m_layer);
  line->addStretch(1);
  line->addWidget(m_maps);
  line->addWidget(m_remove);
  setFixedHeight(kHeight);
  if (column < 0) {
    m_shape->hide();
    m_remove->hide();
    m_name->setMenu(nullptr);
    m_name->setFocusPolicy(Qt::NoFocus);
    m_name->setAttribute(Qt::WA_TransparentForMouseEvents);
    return;
  }
  m_name->setAccessibleName(tr("What column %1 is").arg(columnLetter(column)));
  m_name->setToolTip(tr("Make this column something else"));
  m_layer->setAccessibleName(tr("Layer of column %1").arg(columnLetter(column)));
  buildMenu();
  connect(m_remove, &QToolButton::clicked, this, [this] {
    Q_EMIT editRequested(
        {tr("Remove column"), [column = m_column](AppState& state) { removeColumn(state, column); }});
  });
}

void ColumnHead::buildMenu() {
  const auto add = [this](const ColumnChoice& choice) {
    QAction* const action = m_menu->addAction(choice.text);
    action->setToolTip(choice.tip);
    action->setData(choice.id);
    connect(action, &QAction::triggered, this, [this, choice] {
      Q_EMIT editRequested({tr("Column"), [column = m_column, choice](AppState& state) {
                              applyChoice(state, column, choice);
                            }});
    });
  };
  m_menu->setToolTipsVisible(true);
  m_menu->addSection(tr("Made from the first kernel"));
  for (const ColumnChoice& choice : columnChoices()) add(choice);
  m_menu->addSection(tr("A network"));
  for (const BundledModel& model : bundledModels()) {
    QAction* const action = m_menu->addAction(QString::fromUtf8(model.title));
    action->setWhatsThis(QString::fromUtf8(model.says));
    action->setData(QString::fromLatin1(model.id));
    m_networks.push_back(action);
    connect(action, &QAction::triggered, this, [this, id = std::string(model.id)] {
      Q_EMIT editRequested(
          {tr("Column"), [column = m_column, id](AppState& state) { applyNetwork(state, column, id); }});
    });
  }
  QAction* const network = m_menu->addAction(tr("Open an ONNX file…"));
  network->setWhatsThis(
      tr("The maps of any of its layers beside the kernels', and what it says of the clip"));
  network->setData(QStringLiteral("network"));
  m_networks.push_back(network);
  connect(network, &QAction::triggered, this, [this] { Q_EMIT openNetworkRequested(m_column); });
  m_menu->addSection(tr("All columns at once"));
  for (const Comparison& comparison : comparisons()) {
    QAction* const action = m_menu->addAction(comparison.text);
    action->setToolTip(comparison.tip);
    action->setData(comparison.id);
    connect(action, &QAction::triggered, this, [this, comparison] {
      Q_EMIT editRequested(
          {tr("Comparison"), [comparison](AppState& state) { applyComparison(state, comparison); }});
    });
  }
  m_menu->addSeparator();
  QAction* const edit = m_menu->addAction(tr("Edit in the Kernel workspace"));
  edit->setData(QStringLiteral("edit"));
  connect(edit, &QAction::triggered, this, [this] {
    Q_EMIT editRequested({tr("Workspace"),
                          [column = m_column](AppState& state) {
                            const auto& spec = state.columns.at(static_cast<std::size_t>(column));
                            if (!std::holds_alternative<KernelStudy>(spec)) return;
                            state.selection.column = column;
                            state.workspace = Workspace::Kernel;
                          },
                          false});
  });
}

void ColumnHead::presentLayers(const CompareView& view) {
  const auto result = view.column(m_column).own();
  const bool network =
      result && result->network && std::holds_alternative<NetworkStudy>(view.column(m_column).spec);
  m_layer->setVisible(network);
  if (!network) return;
  const std::vector<ColumnLayer> layers = layersOf(view, m_column);
  if (std::exchange(m_network, result->network) != result->network) {
    m_layers->clear();
    for (const ColumnLayer& layer : layers) {
      const Shape& output = result->network->row(layer.row).output;
      // what stands behind the tab stands at the right
      QAction* const action = m_layers->addAction(QStringLiteral("%1\t%2").arg(
          QString::fromStdString(layer.name), QString::fromStdString(toText(output))));
      action->setCheckable(true);
      action->setData(QString::fromStdString(layer.name));
      connect(action, &QAction::triggered, this,
              [this, name = layer.name] { Q_EMIT editRequested(showLayer(m_column, name)); });
    }
    m_layers->addSeparator();
    connect(m_layers->addAction(tr("This depth in all networks")), &QAction::triggered, this, [this] {
      const std::vector<ColumnLayer> own = layersOf(m_view, m_column);
      if (const int at = shownLayer(m_view, m_column, own); at >= 0)
        Q_EMIT editRequested(showDepth(m_view, own[static_cast<std::size_t>(at)].depth));
    });
  }
  const int shown = shownLayer(view, m_column, layers);
  for (int i = 0; i < static_cast<int>(layers.size()); ++i) m_layers->actions()[i]->setChecked(i == shown);
  const int group = result->network->groupOf(result->row);
  m_layer->setText(QString::fromStdString(result->network->groups[static_cast<std::size_t>(group)].name) +
                   QStringLiteral(" ▾"));
}

void ColumnHead::present(const CompareView& view) {
  m_view = view;
  const bool chosen = view.state.selection.column == m_column && view.count() > 1;
  if (std::exchange(m_chosen, chosen) != chosen) update();
  if (m_column < 0) {
    m_nameText = tr("same place, same time");
    if (view.difference) {
      const auto& cells = view.difference->cells[0];
      m_maps->setText(tr("%1 × %2 × %3 cells in common")
                          .arg(cells.size())
                          .arg(view.difference->cells[1].size())
                          .arg(view.difference->cells[2].size()));
    } else {
      m_maps->clear();
    }
  } else if (m_column < view.count()) {
    const CompareColumn& column = view.column(m_column);
    m_shape->setText(columnShape(column.spec));
    // it takes making its siblings to find out what it is: not at each move of the pointer
    const int filter = view.state.selection.filter;
    if (std::exchange(m_named, {view.state.columns, filter}) != std::pair(view.state.columns, filter))
      m_nameText = columnName(view.state, m_column);
    QString maps;
    if (column.result) {
      const Shape& shape = column.result->maps.shape();
      maps = tr("maps %1").arg(QString::fromStdString(toText(shape.extent())));
      if (shape.channels > 1)
        maps = tr("%1 of %2, %3").arg(view.channel(m_column) + 1).arg(shape.channels).arg(maps);
    }
    m_maps->setText(maps);
    presentLayers(view);
    const QString why = whyNotRemovable(view.state, m_column);
    m_remove->setVisible(view.count() > 1);
    m_remove->setEnabled(why.isEmpty());
    if (!why.isEmpty()) m_remove->setToolTip(why);
    const bool kernel = std::holds_alternative<KernelStudy>(column.spec);
    for (QAction* action : m_menu->actions()) {
      if (action->data() == QStringLiteral("edit")) action->setVisible(kernel);
    }
    const QString stays = whyKernelStays(view.state, m_column);
    for (QAction* const action : m_networks) {
      action->setEnabled(stays.isEmpty());
      action->setToolTip(stays.isEmpty() ? action->whatsThis() : stays);
    }
  }
  setFixedHeight(static_cast<int>(kHeight * lookTheme(view.state.look).stageTitle / 15));
  shorten();
}

void ColumnHead::shorten() {
  // the name gives way first, then the size of the maps
  const int others = m_letter->sizeHint().width() + (m_shape->isHidden() ? 0 : m_shape->sizeHint().width()) +
                     (m_layer->isHidden() ? 0 : m_layer->sizeHint().width() + 8) +
                     (m_remove->isHidden() ? 0 : m_remove->sizeHint().width()) + 70;
  m_maps->setVisible(width() - others - m_maps->sizeHint().width() > 60 && !m_maps->text().isEmpty());
  const int room =
      width() - others - (m_maps->isHidden() ? 0 : m_maps->sizeHint().width()) - (m_column < 0 ? 0 : 16);
  const QString arrow = m_column < 0 ? QString() : QStringLiteral(" ▾");
  // of a network its title and its layer say it
  constexpr int kLeastName = 60;
  const QString name = room < kLeastName && !m_layer->isHidden()
                           ? QString()
                           : m_name->fontMetrics().elidedText(m_nameText, Qt::ElideRight, std::max(40, room));
  m_name->setText(name + arrow);
  m_name->setToolTip(m_nameText);
}

QString ColumnHead::text() const {
  return QStringList{m_letter->text(), m_shape->text(), m_nameText,
                     m_layer->isHidden() ? QString() : m_layer->text(), m_maps->text()}
      .join(QLatin1Char(' '))
      .simplified();
}

void ColumnHead::resizeEvent(QResizeEvent*) {
  shorten();
}

void ColumnHead::paintEvent(QPaintEvent*) {
  const LookTheme& theme = appliedTheme();
  QPainter painter(this);
  painter.fillRect(rect(), theme.head);
  if (m_chosen) painter.fillRect(QRectF(0, height() - 2, width(), 2), theme.accent);
}

}  // namespace convscope
