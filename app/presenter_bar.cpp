#include "app/presenter_bar.h"

#include "engine/core/shape.h"
#include "widgets/lesson/lesson_parts.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/filter_edits.h"
#include "widgets/state/kernel_view.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace convscope {

namespace {

constexpr double kHeight = 64;  // px on a picture of 1080 lines
constexpr double kIcon = 28;

}  // namespace

PresenterBar::PresenterBar(QWidget* parent)
    : QWidget(parent),
      m_title(new QLabel),
      m_kernel(new QLabel),
      m_row(new QHBoxLayout(this)),
      m_dots(new LessonDots),
      m_count(new QLabel) {
  setAttribute(Qt::WA_StyledBackground);
  m_kernel->setObjectName(QStringLiteral("muted"));
  // a long file name gives way; the buttons stay
  m_title->setMinimumWidth(1);
  m_kernel->setMinimumWidth(1);
  m_row->addWidget(m_title);
  m_row->addWidget(m_kernel);
  m_row->addStretch(1);
  m_count->setObjectName(QStringLiteral("muted"));
  m_row->addWidget(m_dots);
  m_row->addWidget(m_count);
  m_dots->hide();
  m_count->hide();
  applySizes();
}

void PresenterBar::addAction(QAction* action) {
  auto* button = new QToolButton;
  button->setDefaultAction(action);
  button->setAutoRaise(true);
  button->setAccessibleName(action->text());
  // a button outside a tool bar does not follow its action by itself
  const auto follow = [this, button, action] { button->setVisible(action->isVisible() && !m_lesson); };
  connect(action, &QAction::visibleChanged, button, follow);
  follow();
  m_row->addWidget(button);
  applySizes();
}

void PresenterBar::present(const KernelView& view, const QString& clip, const QString& figure) {
  const Triple& k = view.study().conv.kernel;
  const QString extent = QStringLiteral("%1 × %2 × %3").arg(k.t).arg(k.y).arg(k.x);
  QString kernel = filterName(view.study(), view.filter());
  // some names say their extent
  if (!kernel.contains(extent)) kernel += QStringLiteral(", ") + extent;
  m_title->setText(figure.isEmpty() ? clip : figure);
  m_kernel->setText(kernel);
  m_kernel->setVisible(slidesAtAll(view));  // the input alone has none
}

void PresenterBar::presentTexts(const QString& title, const QString& shown) {
  m_title->setText(title);
  m_kernel->setText(shown);
  m_kernel->setVisible(true);
}

void PresenterBar::presentLesson(const QString& title, const QString& figure, int step, int count) {
  m_lesson = true;
  presentTexts(title, figure);
  m_dots->setProgress(step, count);
  m_count->setText(tr("Step %1 of %2").arg(step + 1).arg(count));
  m_dots->show();
  m_count->show();
  for (QToolButton* button : findChildren<QToolButton*>()) button->hide();
}

void PresenterBar::leaveLesson() {
  if (!m_lesson) return;
  m_lesson = false;
  m_dots->hide();
  m_count->hide();
  for (QToolButton* button : findChildren<QToolButton*>())
    button->setVisible(button->defaultAction() == nullptr || button->defaultAction()->isVisible());
}

void PresenterBar::applySizes() {
  const LookTheme& theme = appliedTheme();
  const double scale = presenterScale();
  setFixedHeight(static_cast<int>(kHeight * scale));
  const int side = static_cast<int>(32 * scale);
  m_row->setContentsMargins(side, 0, side, 0);
  m_row->setSpacing(static_cast<int>(12 * scale));
  m_title->setFont(theme.font(theme.title, true));
  m_kernel->setFont(theme.font(theme.body));
  m_count->setFont(theme.font(theme.body));
  const int icon = static_cast<int>(kIcon * scale);
  for (QToolButton* button : findChildren<QToolButton*>()) button->setIconSize({icon, icon});
}

}  // namespace convscope
