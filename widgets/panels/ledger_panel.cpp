#include "widgets/panels/ledger_panel.h"

#include "widgets/look/look_theme.h"
#include "widgets/panels/kernel_place.h"
#include "widgets/panels/ledger_grid.h"
#include "widgets/panels/reach_grid.h"
#include "widgets/panels/text_runs.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QToolButton>

namespace convscope {

LedgerPanel::LedgerPanel(QWidget* parent)
    : QWidget(parent),
      m_grid(new LedgerGrid(this)),
      m_reach(new ReachGrid(this)),
      m_copy(new QToolButton(this)),
      m_back(new QToolButton(this)) {
  setAccessibleName(tr("Ledger"));
  makeActions();
  m_back->setText(tr("‹ Ledger"));
  m_back->setAutoRaise(true);
  m_back->setToolTip(tr("Back to the products of the output voxel"));
  m_back->setAccessibleName(tr("Back to the ledger"));
  connect(m_back, &QToolButton::clicked, this, &LedgerPanel::leaveReach);
  connect(m_reach, &ReachGrid::backRequested, this, &LedgerPanel::leaveReach);
  connect(m_grid, &LedgerGrid::editRequested, this, &LedgerPanel::editRequested);
  connect(m_grid, &LedgerGrid::hovered, this, &LedgerPanel::hovered);
  connect(m_reach, &ReachGrid::editRequested, this, &LedgerPanel::editRequested);
  connect(m_reach, &ReachGrid::hovered, this, &LedgerPanel::hovered);
  m_reach->hide();
  m_back->hide();
}

void LedgerPanel::makeActions() {
  const auto add = [this](const QString& text, auto make) {
    auto* action = new QAction(text, this);
    connect(action, &QAction::triggered, this, [this, make] {
      if (m_ledger) QGuiApplication::clipboard()->setText(QString::fromStdString(make()));
    });
    addAction(action);
    m_copyActions.append(action);
  };
  add(tr("Copy ledger as text"), [this] { return ledgerText(*m_ledger, m_view.result->spec.conv); });
  add(tr("Copy ledger as CSV"), [this] { return ledgerCsv(*m_ledger); });
  add(tr("Copy layer as torch.nn.Conv3d code"), [this] {
    return torchCode(m_view.result->spec.conv, m_view.result->geometry, m_view.result->spec.bank);
  });
  setContextMenuPolicy(Qt::ActionsContextMenu);
  auto* menu = new QMenu(m_copy);
  menu->addActions(m_copyActions);
  m_copy->setMenu(menu);
  m_copy->setPopupMode(QToolButton::InstantPopup);
  m_copy->setAutoRaise(true);
  m_copy->setStyleSheet(
      QStringLiteral("QToolButton { padding: 0; border: 0; } QToolButton::menu-indicator { image: none; }"));
  m_copy->setToolTip(tr("Copy the ledger or the layer"));
  m_copy->setAccessibleName(tr("Copy the ledger or the layer"));
}

void LedgerPanel::present(const KernelView& view) {
  const bool themed = m_copy->icon().isNull() || view.state.look != m_view.state.look;
  m_view = view;
  if (themed) {
    const LookTheme& theme = lookTheme(view.state.look);
    m_copy->setIcon(themeIcon(QStringLiteral("copy"), theme, theme.muted));
    placeChildren();
  }
  refreshLedger();
  const bool reach = showsReach();
  m_grid->setVisible(!reach && m_ledger != nullptr);
  m_copy->setVisible(!reach && m_ledger != nullptr);
  m_reach->setVisible(reach);
  m_back->setVisible(reach);
  if (reach) m_reach->present(view);
  m_grid->present(view, m_ledger);
  refreshFact();
  update();
}

void LedgerPanel::refreshLedger() {
  m_sentence.clear();
  if (m_view.result == nullptr) {
    m_ledger.reset();
    m_ledgerHolder.reset();
    return;
  }
  const KernelResult& result = *m_view.result;
  if (m_ledger && m_ledgerHolder == m_view.holder && m_ledger->voxel == m_view.voxel() &&
      m_ledger->filter == m_view.filter())
    return;
  m_ledgerHolder = m_view.holder;
  const std::int64_t products =
      result.spec.conv.kernel.product() * (result.geometry.input.channels / result.spec.conv.groups);
  if (products > kMaxListedProducts) {
    m_ledger.reset();
    m_sentence =
        tr("%1 products make up this voxel: too many to list.").arg(countText(static_cast<double>(products)));
    return;
  }
  auto ledger =
      ledgerOf(result.clip->pixels, result.spec.conv, result.spec.bank, m_view.filter(), m_view.voxel());
  if (ledger) {
    m_ledger = std::make_shared<const Ledger>(std::move(*ledger));
  } else {
    m_ledger.reset();
    m_sentence = QString::fromStdString(ledger.error().message);
  }
}

void LedgerPanel::refreshFact() {
  const LookTheme& theme = lookTheme(m_view.state.look);
  QString fact;
  QString words;
  if (showsReach()) {
    const InputPoint& input = *m_view.state.selection.input;
    const QString at = positionText(input.at) + QLatin1Char(' ') +
                       channelName(input.channel, m_view.result->geometry.input.channels);
    fact = tr("input voxel ") + richRun(at, theme.text, true);
    words = (m_reach->fedCount() == 1
                 ? tr("1 output cell of this map uses input cell %1.").arg(at)
                 : tr("%1 output cells of this map use input cell %2.").arg(m_reach->fedCount()).arg(at));
  } else if (m_view.result != nullptr) {
    const QString at = voxelText(m_view, m_view.voxel());
    const int filters = m_view.result->geometry.output.channels;
    fact = (filters > 1 ? tr("filter %1, voxel ").arg(m_view.filter() + 1) : tr("output voxel ")) +
           richRun(at, theme.voxel, true);
    if (m_ledger)
      words = tr("Output voxel %1 is %2, from the sum of %3 products.")
                  .arg(at, sumText(m_ledger->value))
                  .arg(m_ledger->cells.size());
  }
  setAccessibleDescription(m_sentence.isEmpty() ? words : m_sentence);
  if (fact == m_fact) return;
  m_fact = fact;
  Q_EMIT factChanged(fact);
}

bool LedgerPanel::showsReach() const {
  return m_view.result != nullptr && m_view.state.selection.input &&
         m_view.result->geometry.input.contains(m_view.state.selection.input->at);
}

bool LedgerPanel::folded() const {
  return m_ledger != nullptr && m_grid->layoutNow().mode != LedgerLayout::Mode::Products;
}

void LedgerPanel::leaveReach() {
  Q_EMIT editRequested(
      {QStringLiteral("Input voxel"), [](AppState& state) { state.selection.input.reset(); }, false});
}

void LedgerPanel::resizeEvent(QResizeEvent*) {
  placeChildren();
}

void LedgerPanel::placeChildren() {
  m_grid->setGeometry(rect());
  m_reach->setGeometry(rect());
  const double scale = lookTheme(m_view.state.look).caption / 11;
  const int button = static_cast<int>(22 * scale);
  m_copy->setGeometry(static_cast<int>(7 * scale), static_cast<int>(4 * scale), button, button);
  m_copy->raise();
  m_back->move(static_cast<int>(6 * scale), static_cast<int>(2 * scale));
  m_back->raise();
}

void LedgerPanel::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const LookTheme& theme = lookTheme(m_view.state.look);
  painter.fillRect(rect(), theme.panel);
  if (m_sentence.isEmpty()) return;
  painter.setFont(theme.font(theme.body));
  painter.setPen(theme.muted);
  painter.drawText(rect().adjusted(theme.panelPad, theme.panelPad, -theme.panelPad, -theme.panelPad),
                   Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_sentence);
}

QSize LedgerPanel::sizeHint() const {
  const double scale = lookTheme(m_view.state.look).caption / 11;
  return {static_cast<int>(376 * scale), static_cast<int>(294 * scale)};
}

QSize LedgerPanel::minimumSizeHint() const {
  const double scale = lookTheme(m_view.state.look).caption / 11;
  return {static_cast<int>(220 * scale), static_cast<int>(150 * scale)};
}

}  // namespace convscope
