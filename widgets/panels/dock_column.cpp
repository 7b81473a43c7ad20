#include "widgets/panels/dock_column.h"

#include "widgets/look/look_theme.h"
#include "widgets/panels/panel_frame.h"
#include "widgets/panels/panel_rows.h"

#include <QEvent>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QTabBar>
#include <QVBoxLayout>

#include <algorithm>

namespace convscope {

namespace {

/// Height that `panel` asks for without what comes and goes while one works: folds and sentences. Asked of
/// the body's own layout: that one is up to date even while the panel is hidden behind another tab.
int restHeight(const PanelFrame& panel, int width) {
  QLayout* body = panel.body()->layout();
  if (body == nullptr)
    return panel.titleHeight() + panel.body()->minimumSizeHint().height();  // paints itself
  int height = panel.titleHeight() + (body->hasHeightForWidth() ? body->totalHeightForWidth(width)
                                                                : body->totalSizeHint().height());
  for (const Fold* fold : panel.findChildren<Fold*>()) {
    if (!fold->isHidden()) height -= fold->sizeHint().height() + appliedTheme().rowGap;
  }
  for (const QWidget* child : panel.body()->findChildren<QWidget*>()) {
    const QVariant nominal = child->property(kNominalHeight);
    if (!nominal.isValid() || child->isHidden()) continue;
    const int inner = width - 2 * appliedTheme().panelPad;
    const int now = child->hasHeightForWidth() ? child->heightForWidth(inner) : child->sizeHint().height();
    height -= now - nominal.toInt();
  }
  for (const InlineSentence* sentence : panel.findChildren<InlineSentence*>()) {
    if (sentence->isHidden()) continue;
    height -= sentence->heightForWidth(width - 2 * appliedTheme().panelPad) + appliedTheme().rowGap;
  }
  return height;
}

}  // namespace

DockColumn::DockColumn(QWidget* parent)
    : QWidget(parent),
      m_tabs(new QTabBar),
      m_scroll(new QScrollArea),
      m_inside(new QWidget),
      m_stack(new QVBoxLayout(m_inside)) {
  m_stack->setContentsMargins(0, 0, 0, 0);
  m_stack->setSpacing(0);
  m_stack->addStretch(1);
  m_scroll->setWidget(m_inside);
  m_scroll->setWidgetResizable(true);
  m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_scroll->setFrameShape(QFrame::NoFrame);
  m_scroll->setFocusPolicy(Qt::NoFocus);
  m_tabs->setExpanding(true);
  m_tabs->setDrawBase(false);
  m_tabs->setUsesScrollButtons(false);
  m_tabs->setAccessibleName(tr("Panels"));
  m_tabs->setToolTip(tr("The window is too low for all panels at once: choose one."));
  m_tabs->hide();
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(m_tabs);
  column->addWidget(m_scroll, 1);
  connect(m_tabs, &QTabBar::currentChanged, this, [this] { arrange(); });
}

void DockColumn::add(PanelFrame* panel, int stretch) {
  const QSignalBlocker quiet(m_tabs);
  m_stack->insertWidget(static_cast<int>(m_panels.size()), panel, stretch);
  m_panels.push_back(panel);
  panel->body()->installEventFilter(this);
  m_tabs->addTab(panel->name());
  arrange();
}

void DockColumn::showPanel(int index) {
  if (index < 0 || index >= static_cast<int>(m_panels.size())) return;
  m_tabs->setCurrentIndex(index);
  if (!m_tabbed) m_scroll->ensureWidgetVisible(m_panels[static_cast<std::size_t>(index)], 0, 0);
}

bool DockColumn::isLeftOut(const PanelFrame* panel) const {
  return std::ranges::find(m_leftOut, panel) != m_leftOut.end();
}

void DockColumn::setLeftOut(const PanelFrame* panel, bool out) {
  if (isLeftOut(panel) == out) return;
  if (out) {
    m_leftOut.push_back(panel);
  } else {
    std::erase(m_leftOut, panel);
  }
  for (std::size_t i = 0; i < m_panels.size(); ++i)
    m_tabs->setTabVisible(static_cast<int>(i), !isLeftOut(m_panels[i]));
  // of tabs that were all left out none may be the current one
  const int now = m_tabs->currentIndex();
  const auto first =
      std::ranges::find_if(m_panels, [this](const PanelFrame* one) { return !isLeftOut(one); });
  if (first != m_panels.end() && (now < 0 || isLeftOut(m_panels[static_cast<std::size_t>(now)])))
    m_tabs->setCurrentIndex(static_cast<int>(first - m_panels.begin()));
  arrange();
}

int DockColumn::openHeight() const {
  int height = 0;
  for (const PanelFrame* panel : m_panels)
    if (!isLeftOut(panel)) height += restHeight(*panel, width());
  return height;
}

void DockColumn::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  arrange();
}

bool DockColumn::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::LayoutRequest) arrange();
  return QWidget::eventFilter(watched, event);
}

void DockColumn::arrange() {
  if (m_panels.empty()) return;
  m_tabbed = m_panels.size() - m_leftOut.size() > 1 && openHeight() > height();
  m_tabs->setVisible(m_tabbed);
  for (std::size_t i = 0; i < m_panels.size(); ++i)
    m_panels[i]->setVisible(!isLeftOut(m_panels[i]) &&
                            (!m_tabbed || static_cast<int>(i) == m_tabs->currentIndex()));
}

}  // namespace convscope
