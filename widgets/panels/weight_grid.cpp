#include "widgets/panels/weight_grid.h"

#include "widgets/look/look_theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPainter>
#include <QSignalBlocker>
#include <QToolTip>

#include <cmath>

namespace convscope {

namespace {

// Limits at the usual size, px; presenter multiplies them.
constexpr double kWidestCell = 36;
constexpr double kHighestCell = 21;
constexpr double kSmallestCell = 7;  // of a long kernel; where that is too high for the panel, it scrolls
constexpr double kUsualHeight = 120;
constexpr double kWheelStep = 0.05;  // of the scale's upper end

double scaleOf(const LookTheme& theme) {
  return theme.presenter ? 1.8 : 1;
}

double rounded(double value) {
  return std::round(value * 100) / 100;
}

}  // namespace

WeightGrid::WeightGrid(QWidget* parent) : QWidget(parent), m_editor(new QLineEdit(this)) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setCursor(Qt::SizeVerCursor);
  QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
  m_editor->hide();
  m_editor->setAlignment(Qt::AlignCenter);
  m_editor->setAccessibleName(tr("Weight"));
  m_editor->setToolTip(tr("The new weight: Enter takes it, Escape leaves the old one."));
  m_editor->installEventFilter(this);
  m_shown.weights.assign(1, 0);
}

void WeightGrid::present(const Shown& shown) {
  if (shown == m_shown) return;
  const bool resized = shown.kernel != m_shown.kernel;
  m_shown = shown;
  if (resized) {
    closeEditor(false);
    moveCurrent(m_current);
    updateGeometry();
  }
  update();
}

void WeightGrid::presentHover(const std::optional<Triple>& tap) {
  if (tap == m_hover) return;
  m_hover = tap;
  update();
}

const WeightGrid::Plan& WeightGrid::planFor(int width) const {
  const LookTheme& theme = appliedTheme();
  const double scale = scaleOf(theme);
  const Triple& kernel = m_shown.kernel;
  // Asked for several times in every layout and painting, each time with the same answer.
  const PlanKey key{width, kernel, theme.body, scale};
  if (key == m_planKey) return m_plan;
  m_planKey = key;
  const QFontMetricsF metrics(theme.font(theme.body));
  Plan& best = m_plan;
  best = {};
  double bestWorth = 0;
  for (int columns = 1; columns <= kernel.t; ++columns) {
    Plan plan;
    plan.columns = columns;
    plan.rows = (kernel.t + columns - 1) / columns;
    plan.gap = (kernel.t > 8 ? 4 : 10) * scale;
    plan.cellWidth = std::min(kWidestCell * scale, (width - (columns - 1) * plan.gap) / (columns * kernel.x));
    if (plan.cellWidth < 1) break;
    plan.cellHeight = std::min(plan.cellWidth, kHighestCell * scale);
    if (kernel.t > 1 && metrics.horizontalAdvance(tr("frame %1").arg(kernel.t)) <= plan.cellWidth * kernel.x)
      plan.caption = metrics.height() + 4;
    const double excess = plan.height(kernel.y) - kUsualHeight * scale;
    if (excess > 0) {
      const double cells = plan.rows * kernel.y * plan.cellHeight;
      const double smallest = std::min(plan.cellHeight, kSmallestCell * scale);
      const double shrink = std::max(smallest / plan.cellHeight, (cells - excess) / cells);
      plan.cellHeight *= shrink;
      plan.cellWidth = std::min(plan.cellWidth, 1.6 * plan.cellHeight);
    }
    // Large cells are good, and so is a low panel; fewer rows where both are alike.
    const double worth = plan.cellWidth * plan.cellHeight / std::sqrt(plan.height(kernel.y));
    if (worth >= bestWorth * 0.98) {
      bestWorth = worth;
      best = plan;
    }
  }
  return m_plan;
}

int WeightGrid::heightForWidth(int width) const {
  return qCeil(planFor(width).height(m_shown.kernel.y)) + 1;
}

QSize WeightGrid::sizeHint() const {
  const int width = this->width() > 60 ? this->width() : 248;
  return {200, heightForWidth(width)};
}

QRectF WeightGrid::cellRect(const Plan& plan, const Triple& tap) const {
  const double left = (tap.t % plan.columns) * (m_shown.kernel.x * plan.cellWidth + plan.gap);
  const double top =
      (tap.t / plan.columns) * (m_shown.kernel.y * plan.cellHeight + plan.caption + plan.gap / 2);
  return {left + tap.x * plan.cellWidth, top + tap.y * plan.cellHeight, plan.cellWidth, plan.cellHeight};
}

QRectF WeightGrid::cellRect(const Triple& tap) const {
  return cellRect(planFor(width()), tap);
}

std::optional<Triple> WeightGrid::tapAt(const QPointF& at) const {
  const Plan plan = planFor(width());
  for (int t = 0; t < m_shown.kernel.t; ++t) {
    const QPointF origin = cellRect(plan, {t, 0, 0}).topLeft();
    const int x = static_cast<int>(std::floor((at.x() - origin.x()) / plan.cellWidth));
    const int y = static_cast<int>(std::floor((at.y() - origin.y()) / plan.cellHeight));
    if (x >= 0 && y >= 0 && x < m_shown.kernel.x && y < m_shown.kernel.y) return Triple{t, y, x};
  }
  return std::nullopt;
}

bool WeightGrid::showsNumbers() const {
  const LookTheme& theme = appliedTheme();
  const Plan plan = planFor(width());
  const QFontMetricsF metrics(theme.font(theme.caption));
  return plan.cellWidth + 0.5 >= metrics.horizontalAdvance(QStringLiteral("+.00")) &&
         plan.cellHeight >= metrics.ascent();
}

float WeightGrid::weightAt(const Triple& tap) const {
  const auto index = (static_cast<std::size_t>(tap.t) * m_shown.kernel.y + tap.y) * m_shown.kernel.x + tap.x;
  return index < m_shown.weights.size() ? m_shown.weights[index] : 0;
}

void WeightGrid::paintEvent(QPaintEvent*) {
  const LookTheme& theme = appliedTheme();
  const Plan plan = planFor(width());
  QPainter painter(this);
  for (int t = 0; t < m_shown.kernel.t; ++t) paintFrame(painter, plan, t);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setBrush(Qt::NoBrush);
  const auto outline = [&](const Triple& tap, const QColor& colour, double width) {
    painter.setPen(QPen(colour, width * scaleOf(theme), Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(cellRect(plan, tap).adjusted(0.5, 0.5, 0.5, 0.5));
  };
  if (m_hover && m_hover->t < m_shown.kernel.t && m_hover->y < m_shown.kernel.y &&
      m_hover->x < m_shown.kernel.x)
    outline(*m_hover, theme.text, 1.5);
  if (hasFocus()) outline(m_current, theme.focus, 2);
}

void WeightGrid::paintFrame(QPainter& painter, const Plan& plan, int t) const {
  const LookTheme& theme = appliedTheme();
  const Triple& kernel = m_shown.kernel;
  const bool numbers = showsNumbers();
  painter.setFont(theme.font(theme.caption));
  for (int y = 0; y < kernel.y; ++y)
    for (int x = 0; x < kernel.x; ++x) {
      const double value = weightAt({t, y, x});
      const QRectF exact = cellRect(plan, {t, y, x});
      // On whole pixels, so that neither seams nor blurred edges show between the cells.
      const QRect cell(QPoint(qRound(exact.left()), qRound(exact.top())),
                       QPoint(qRound(exact.right()) - 1, qRound(exact.bottom()) - 1));
      const QRgb colour = theme.weightSigned.at(value, m_shown.range);
      painter.fillRect(cell, QColor(colour));
      if (!numbers) continue;
      painter.setPen(theme.textOn(colour));
      painter.drawText(cell.adjusted(-4, 0, 4, 0), Qt::AlignCenter, cellText(value));
    }
  const QRectF all = cellRect(plan, {t, 0, 0}) | cellRect(plan, {t, kernel.y - 1, kernel.x - 1});
  painter.setPen(QPen(theme.line2, 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(QRect(qRound(all.left()), qRound(all.top()), qRound(all.right()) - qRound(all.left()) - 1,
                         qRound(all.bottom()) - qRound(all.top()) - 1));
  if (plan.cellWidth >= 12) {
    QColor seam = theme.line2;
    seam.setAlphaF(0.6F);
    painter.setPen(QPen(seam, 1));
    for (int x = 1; x < kernel.x; ++x) {
      const int at = qRound(cellRect(plan, {t, 0, x}).left());
      painter.drawLine(at, qRound(all.top()), at, qRound(all.bottom()) - 1);
    }
    for (int y = 1; y < kernel.y; ++y) {
      const int at = qRound(cellRect(plan, {t, y, 0}).top());
      painter.drawLine(qRound(all.left()), at, qRound(all.right()) - 1, at);
    }
  }
  if (plan.caption <= 0) return;
  painter.setFont(theme.font(theme.body));
  painter.setPen(theme.muted);
  painter.drawText(QRectF(all.left(), all.bottom() + 1, all.width(), plan.caption), Qt::AlignCenter,
                   tr("frame %1").arg(t + 1));
}

QString WeightGrid::describeTap(const Triple& tap) const {
  return tr("frame %1, row %2, column %3: %4")
      .arg(tap.t + 1)
      .arg(tap.y + 1)
      .arg(tap.x + 1)
      .arg(signedText(weightAt(tap), 3));
}

bool WeightGrid::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto tap = tapAt(help->pos());
    QToolTip::showText(help->globalPos(), tap ? describeTap(*tap) : toolTip(), this);
    return true;
  }
  if (event->type() == QEvent::StyleChange) updateGeometry();
  return QWidget::event(event);
}

void WeightGrid::mousePressEvent(QMouseEvent* event) {
  closeEditor(true);
  const auto tap = tapAt(event->position());
  if (event->button() != Qt::LeftButton || !tap) return;
  moveCurrent(*tap);
  m_pressed = tap;
  m_pressY = event->position().y();
  m_pressValue = weightAt(*tap);
  m_dragging = false;
}

void WeightGrid::mouseMoveEvent(QMouseEvent* event) {
  if (!m_pressed) {
    const auto tap = tapAt(event->position());
    if (tap != m_hover) Q_EMIT hovered(tap);
    return;
  }
  const double up = m_pressY - event->position().y();
  if (std::abs(up) >= 3) m_dragging = true;
  if (m_dragging) ask(*m_pressed, rounded(m_pressValue + up / 100 * m_shown.range));
}

void WeightGrid::mouseReleaseEvent(QMouseEvent*) {
  if (m_pressed && !m_dragging) openEditor(signedText(weightAt(*m_pressed), 3));
  m_pressed.reset();
}

void WeightGrid::leaveEvent(QEvent*) {
  Q_EMIT hovered(std::nullopt);
}

void WeightGrid::wheelEvent(QWheelEvent* event) {
  const auto tap = tapAt(event->position());
  if (!tap || event->angleDelta().y() == 0) return;
  const double fine = (event->modifiers() & Qt::ControlModifier) != 0 ? 0.2 : 1;
  const double notches = event->angleDelta().y() / 120.0;
  ask(*tap, rounded(weightAt(*tap) + notches * fine * kWheelStep * m_shown.range));
  event->accept();
}

void WeightGrid::keyPressEvent(QKeyEvent* event) {
  Triple to = m_current;
  switch (event->key()) {
    case Qt::Key_Left:
      --to.x;
      break;
    case Qt::Key_Right:
      ++to.x;
      break;
    case Qt::Key_Up:
      --to.y;
      break;
    case Qt::Key_Down:
      ++to.y;
      break;
    case Qt::Key_PageUp:
      --to.t;
      break;
    case Qt::Key_PageDown:
      ++to.t;
      break;
    case Qt::Key_Home:
      to.x = 0;
      break;
    case Qt::Key_End:
      to.x = m_shown.kernel.x - 1;
      break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_F2:
      openEditor(signedText(weightAt(m_current), 3));
      return;
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
      ask(m_current, 0);
      return;
    default:
      if (event->text().size() == 1 && QStringLiteral("0123456789.,+-").contains(event->text())) {
        openEditor(event->text());
        m_editor->deselect();
        m_editor->end(false);
        return;
      }
      QWidget::keyPressEvent(event);
      return;
  }
  moveCurrent(to);
}

void WeightGrid::moveCurrent(const Triple& to) {
  // Past the side of one grid lies the next kernel frame.
  Triple at = to;
  if (at.x < 0 && at.t > 0) at = {at.t - 1, at.y, m_shown.kernel.x - 1};
  if (at.x >= m_shown.kernel.x && at.t + 1 < m_shown.kernel.t) at = {at.t + 1, at.y, 0};
  for (const Axis axis : kAxes) at[axis] = std::clamp(at[axis], 0, m_shown.kernel[axis] - 1);
  m_current = at;
  setAccessibleDescription(describeTap(at));
  update();
}

void WeightGrid::openEditor(const QString& text) {
  const LookTheme& theme = appliedTheme();
  const QRectF cell = cellRect(m_current);
  QRect place(0, 0, qRound(58 * scaleOf(theme)), theme.control);
  place.moveCenter(cell.center().toPoint());
  place.moveLeft(std::clamp(place.left(), 0, std::max(0, width() - place.width())));
  place.moveTop(std::clamp(place.top(), 0, std::max(0, height() - place.height())));
  m_editor->setGeometry(place);
  m_editor->setText(text);
  m_editor->show();
  m_editor->setFocus(Qt::OtherFocusReason);
  m_editor->selectAll();
}

void WeightGrid::closeEditor(bool take) {
  if (m_editor->isHidden()) return;
  const bool inEditor = m_editor->hasFocus();
  QString text = m_editor->text();
  m_editor->hide();
  if (inEditor) setFocus(Qt::OtherFocusReason);
  bool good = false;
  const double value = text.replace(QChar(0x2212), QLatin1Char('-'))
                           .replace(QLatin1Char(','), QLatin1Char('.'))
                           .toDouble(&good);
  if (take && good && std::isfinite(value)) ask(m_current, value);
}

bool WeightGrid::eventFilter(QObject* watched, QEvent* event) {
  if (watched != m_editor) return QWidget::eventFilter(watched, event);
  if (event->type() == QEvent::FocusOut) closeEditor(true);
  if (event->type() != QEvent::KeyPress) return false;
  switch (static_cast<QKeyEvent*>(event)->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
      closeEditor(true);
      return true;
    case Qt::Key_Escape:
      closeEditor(false);
      return true;
    case Qt::Key_Up:
    case Qt::Key_Down: {
      const int step = static_cast<QKeyEvent*>(event)->key() == Qt::Key_Up ? -1 : 1;
      closeEditor(true);
      moveCurrent({m_current.t, m_current.y + step, m_current.x});
      return true;
    }
    default:
      return false;
  }
}

void WeightGrid::ask(const Triple& tap, double value) {
  if (static_cast<float>(value) != weightAt(tap)) Q_EMIT edited(tap, value);
}

}  // namespace convscope
