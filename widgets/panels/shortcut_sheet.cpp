#include "widgets/panels/shortcut_sheet.h"

#include "widgets/panels/text_runs.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <array>
#include <cmath>

namespace convscope {

namespace {

// px at type of 12.5 px
constexpr double kLine = 26, kGroupTitle = 30, kGroupGap = 14, kPad = 24, kHead = 52, kColumnGap = 40;
constexpr double kKeyHeight = 19, kKeyPad = 7, kKeyGap = 4, kBesideKeys = 12;
constexpr double kEdge = 12;                           // px between the card and the window
constexpr std::array kLineShares{1.0, .92, .85, .78, .74};  // lines may close up so that all keys are seen at once
constexpr double kClosedGap = .6;
constexpr std::array<std::size_t, 2> kColumnCounts{3, 4};
constexpr std::size_t kLeastPiece = 2;  // lines of a group that stand together

double scaleOf(const LookTheme& theme) {
  return theme.body / 12.5;
}

QStringList alternatives(const QString& keys) {
  return keys.split(QStringLiteral(" / "), Qt::SkipEmptyParts);
}

double keysWidth(const QString& keys, const LookTheme& theme) {
  const double s = scaleOf(theme);
  double width = 0;
  for (const QString& key : alternatives(keys))
    width += widthOf({{key, theme.text}}, theme) + (2 * kKeyPad + kKeyGap) * s;
  return width;
}

}  // namespace

ShortcutSheet::ShortcutSheet(QWidget* parent) : QWidget(parent), m_theme(lookTheme({})) {
  setAccessibleName(tr("Keyboard shortcuts"));
  setFocusPolicy(Qt::StrongFocus);
  parent->installEventFilter(this);
  hide();
}

void ShortcutSheet::setShortcuts(std::vector<ShortcutGroup> groups) {
  m_groups = std::move(groups);
  QStringList words;
  for (const ShortcutGroup& group : m_groups)
    for (const ShortcutLine& line : group.lines) words << line.keys + QStringLiteral(": ") + line.what;
  setAccessibleDescription(words.join(QLatin1Char('\n')));
  update();
}

void ShortcutSheet::setLook(const Look& look) {
  m_theme = lookTheme(look);
  // the smallest type that the back row reads: all keys at once are worth more than large ones
  if (look.presenter) m_theme.body = m_theme.caption;
  update();
}

void ShortcutSheet::toggle() {
  setVisible(!isVisible());
}

bool ShortcutSheet::eventFilter(QObject* watched, QEvent* event) {
  if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible())
    setGeometry(parentWidget()->rect());
  return QWidget::eventFilter(watched, event);
}

void ShortcutSheet::showEvent(QShowEvent*) {
  setGeometry(parentWidget()->rect());
  m_scroll = 0;
  raise();
  setFocus(Qt::PopupFocusReason);
}

void ShortcutSheet::hideEvent(QHideEvent*) {
  Q_EMIT closed();
}

/// Groups in their order from column to column, none higher than `columnHeight` where that can be; broken
/// between columns only where they need not stay `whole`.
ShortcutSheet::Plan ShortcutSheet::filled(double columnHeight, double line, bool whole) const {
  const double s = scaleOf(m_theme);
  Plan plan;
  plan.line = line;
  plan.gap = kColumnGap * s * (line < kLine * s ? kClosedGap : 1);
  plan.columns.emplace_back();
  for (std::size_t group = 0; group < m_groups.size(); ++group) {
    const std::size_t lines = m_groups[group].lines.size();
    for (std::size_t first = 0; first < lines;) {
      const double head = kGroupTitle * s + (plan.columns.back().pieces.empty() ? 0 : kGroupGap * s);
      const double left = columnHeight - plan.columns.back().height - head;
      const auto fitting = static_cast<std::size_t>(std::max(0.0, std::floor(left / line + 1e-6)));
      std::size_t count = std::min(fitting, lines - first);
      const bool broken = count < lines - first;
      if (broken && !whole && lines - first - count < kLeastPiece) count -= std::min(count, kLeastPiece);
      if (broken && (whole || count < kLeastPiece)) {
        if (!plan.columns.back().pieces.empty()) {
          plan.columns.emplace_back();
          continue;
        }
        count = lines - first;  // higher than the column: it stands as it is
      }
      plan.columns.back().pieces.push_back({group, first, count});
      plan.columns.back().height += head + static_cast<double>(count) * line;
      first += count;
    }
  }
  measure(plan);
  return plan;
}

void ShortcutSheet::measure(Plan& plan) const {
  const LookTheme& theme = m_theme;
  const double s = scaleOf(theme);
  plan.width = static_cast<double>(plan.columns.size() - 1) * plan.gap;
  plan.height = 0;
  for (Column& column : plan.columns) {
    double what = 0;
    for (const Piece& piece : column.pieces) {
      for (std::size_t i = piece.first; i < piece.first + piece.count; ++i) {
        const ShortcutLine& line = m_groups[piece.group].lines[i];
        column.keysWidth = std::max(column.keysWidth, convscope::keysWidth(line.keys, theme));
        what = std::max(what, widthOf({{line.what, theme.text}}, theme));
      }
    }
    column.width = column.keysWidth + kBesideKeys * s + what;
    plan.width += column.width;
    plan.height = std::max(plan.height, column.height);
  }
}

/// The airiest that fits the window; where none does, the one of which most is seen.
ShortcutSheet::Plan ShortcutSheet::plan() const {
  const double s = scaleOf(m_theme);
  const double line = kLine * s;
  const QSizeF around = cardSize({});
  const QSizeF room(width() - 2 * kEdge - around.width(), height() - 2 * kEdge - around.height());
  for (const double share : kLineShares) {
    for (const bool whole : {true, false}) {
      for (const std::size_t most : kColumnCounts) {
        // the lowest columns of which there are no more than that side by side
        for (double high = 6 * line; high <= room.height(); high += line / 2) {
          Plan plan = filled(high, line * share, whole);
          const bool narrow = plan.width <= room.width() && plan.columns.size() <= most;
          if (narrow && plan.height <= room.height()) return plan;
        }
      }
    }
  }
  for (double high = room.height();; high += line) {
    Plan plan = filled(std::max(high, line), line * kLineShares.back(), false);
    if (plan.width <= room.width() || plan.columns.size() == 1) return plan;
  }
}

QSizeF ShortcutSheet::cardSize(const Plan& plan) const {
  const double s = scaleOf(m_theme);
  return {plan.width + 2 * kPad * s, plan.height + (kHead + kPad) * s};
}

QRectF ShortcutSheet::card(const Plan& plan) const {
  QRectF card(QPointF(0, 0), cardSize(plan));
  card.moveCenter(QRectF(rect()).center());
  if (card.top() < kEdge) card.moveTop(kEdge - m_scroll);
  return card;
}

double ShortcutSheet::overflow() const {
  return std::max(0.0, cardSize(plan()).height() + 2 * kEdge - height());
}

void ShortcutSheet::paintEvent(QPaintEvent*) {
  const LookTheme& theme = m_theme;
  const double s = scaleOf(theme);
  QPainter painter(this);
  QColor veil = theme.window;
  veil.setAlphaF(.72F);
  painter.fillRect(rect(), veil);
  const Plan plan = this->plan();
  const QRectF card = this->card(plan);
  const bool scrolls = card.height() + 2 * kEdge > height() + .5;
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(theme.line2, 1));
  painter.setBrush(theme.panel);
  painter.drawRoundedRect(card, theme.radius * 2, theme.radius * 2);
  drawRun(painter, {card.left() + kPad * s, card.top() + kHead * s / 2}, Anchor::Left,
          {tr("Keys"), theme.text, true, theme.stageTitle}, theme);
  drawRun(painter, {card.right() - kPad * s, card.top() + kHead * s / 2}, Anchor::Right,
          {scrolls ? tr("\u2191 \u2193 scroll, Esc closes") : tr("Esc closes"), theme.muted}, theme);
  double left = card.left() + kPad * s;
  for (const Column& column : plan.columns) {
    double top = card.top() + kHead * s;
    for (const Piece& piece : column.pieces) {
      paintPiece(painter, piece, {left, top}, column, plan.line);
      top += (kGroupTitle + kGroupGap) * s + plan.line * static_cast<double>(piece.count);
    }
    left += column.width + plan.gap;
  }
  if (!scrolls) return;
  const double track = height() - 2.0 * kEdge, shown = track / card.height();
  painter.setPen(Qt::NoPen);
  painter.setBrush(theme.line2);
  painter.drawRoundedRect(QRectF(card.right() - 10, kEdge + m_scroll * shown + 4, 6, track * shown - 8), 3,
                          3);
}

void ShortcutSheet::paintPiece(QPainter& painter, const Piece& piece, QPointF at, const Column& column,
                               double line) const {
  const LookTheme& theme = m_theme;
  const double s = scaleOf(theme);
  const ShortcutGroup& group = m_groups[piece.group];
  drawRun(painter, {at.x(), at.y() + kGroupTitle * s * .45}, Anchor::Left, {group.title, theme.text, true},
          theme);
  painter.fillRect(QRectF(at.x(), at.y() + (kGroupTitle - 4) * s, column.width, 1), theme.line);
  const double key = std::min(kKeyHeight * s, line - 3);
  double y = at.y() + kGroupTitle * s + line / 2;
  for (std::size_t i = piece.first; i < piece.first + piece.count; ++i, y += line) {
    double x = at.x();
    for (const QString& name : alternatives(group.lines[i].keys)) {
      const double width = widthOf({{name, theme.text}}, theme) + 2 * kKeyPad * s;
      painter.setPen(QPen(theme.line2, 1));
      painter.setBrush(theme.raised);
      painter.drawRoundedRect(QRectF(x + .5, y - key / 2 + .5, width - 1, key - 1), theme.radius,
                              theme.radius);
      drawRun(painter, {x + width / 2, y}, Anchor::Centre, {name, theme.text}, theme);
      x += width + kKeyGap * s;
    }
    drawRun(painter, {at.x() + column.keysWidth + kBesideKeys * s, y}, Anchor::Left,
            {group.lines[i].what, theme.muted}, theme);
  }
}

void ShortcutSheet::mousePressEvent(QMouseEvent*) {
  hide();
}

void ShortcutSheet::wheelEvent(QWheelEvent* event) {
  scrollBy(-event->angleDelta().y() / 2.0);
  event->accept();
}

void ShortcutSheet::scrollBy(double px) {
  m_scroll = std::clamp(m_scroll + px, 0.0, overflow());
  update();
}

bool ShortcutSheet::event(QEvent* event) {
  // while the sheet is open its own keys must not open it again or move the kernel behind it
  if (event->type() == QEvent::ShortcutOverride) event->accept();
  return QWidget::event(event);
}

void ShortcutSheet::keyPressEvent(QKeyEvent* event) {
  const double line = kLine * scaleOf(m_theme);
  event->accept();
  switch (event->key()) {
    case Qt::Key_Escape:
    case Qt::Key_F1:
      return hide();
    case Qt::Key_Up:
      return scrollBy(-line);
    case Qt::Key_Down:
      return scrollBy(line);
    case Qt::Key_PageUp:
      return scrollBy(-height() * .8);
    case Qt::Key_PageDown:
      return scrollBy(height() * .8);
    case Qt::Key_Home:
      return scrollBy(-1e6);
    case Qt::Key_End:
      return scrollBy(1e6);
    default:
      break;
  }
  if (event->text() == QStringLiteral("?")) hide();
}

}  // namespace convscope
