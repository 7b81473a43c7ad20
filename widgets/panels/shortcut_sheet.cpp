#include "widgets/panels/shortcut_sheet.h"

#include "widgets/look/look_theme.h"
#include "widgets/panels/text_runs.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

// px at type of 12.5 px
constexpr double kLine = 26, kGroupTitle = 30, kGroupGap = 14, kPad = 24, kHead = 52, kColumnGap = 40;
constexpr double kKeyHeight = 20, kKeyPad = 7, kKeyGap = 4;

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

double groupHeight(const ShortcutGroup& group, double s) {
  return (kGroupTitle + kLine * static_cast<double>(group.lines.size()) + kGroupGap) * s;
}

}  // namespace

ShortcutSheet::ShortcutSheet(QWidget* parent) : QWidget(parent) {
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
  m_look = look;
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
  emit closed();
}

ShortcutSheet::Columns ShortcutSheet::columns() const {
  const LookTheme& theme = lookTheme(m_look);
  const double s = scaleOf(theme);
  Columns out;
  double whatWidth = 0;
  double all = 0;
  double tallest = 0;
  for (const ShortcutGroup& group : m_groups) {
    for (const ShortcutLine& line : group.lines) {
      out.keysWidth = std::max(out.keysWidth, convscope::keysWidth(line.keys, theme));
      whatWidth = std::max(whatWidth, widthOf({{line.what, theme.text}}, theme));
    }
    all += groupHeight(group, s);
    tallest = std::max(tallest, groupHeight(group, s));
  }
  out.columnWidth = out.keysWidth + 12 * s + whatWidth;
  const int fitting =
      static_cast<int>((width() - (4 * kPad - kColumnGap) * s) / (out.columnWidth + kColumnGap * s));
  const int count = std::clamp(fitting, 1, std::max(1, std::min<int>(3, static_cast<int>(m_groups.size()))));
  // the lowest columns that hold all groups in their order
  for (double wanted = std::max(tallest, all / count);; wanted += kLine * s / 2) {
    double height = 0;
    out.height = 0;
    out.groups.assign(1, {});
    for (std::size_t i = 0; i < m_groups.size(); ++i) {
      const double next = groupHeight(m_groups[i], s);
      if (height > 0 && height + next > wanted + .5) {
        out.groups.emplace_back();
        height = 0;
      }
      out.groups.back().push_back(i);
      height += next;
      out.height = std::max(out.height, height);
    }
    if (static_cast<int>(out.groups.size()) <= count) break;
  }
  return out;
}

QRectF ShortcutSheet::card(const Columns& columns) const {
  const double s = scaleOf(lookTheme(m_look));
  const double count = static_cast<double>(columns.groups.size());
  const QSizeF size(count * columns.columnWidth + ((count - 1) * kColumnGap + 2 * kPad) * s,
                    columns.height + (kHead + kPad - kGroupGap) * s);
  QRectF card(QPointF(0, 0), size);
  card.moveCenter(QRectF(rect()).center());
  if (card.top() < 12) card.moveTop(12 - m_scroll);
  return card;
}

void ShortcutSheet::paintEvent(QPaintEvent*) {
  const LookTheme& theme = lookTheme(m_look);
  const double s = scaleOf(theme);
  QPainter painter(this);
  QColor veil = theme.window;
  veil.setAlphaF(.72F);
  painter.fillRect(rect(), veil);
  const Columns columns = this->columns();
  const QRectF card = this->card(columns);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(theme.line2, 1));
  painter.setBrush(theme.panel);
  painter.drawRoundedRect(card, theme.radius * 2, theme.radius * 2);
  drawRun(painter, {card.left() + kPad * s, card.top() + kHead * s / 2}, Anchor::Left,
          {tr("Keys"), theme.text, true, theme.stageTitle}, theme);
  drawRun(painter, {card.right() - kPad * s, card.top() + kHead * s / 2}, Anchor::Right,
          {tr("Esc closes"), theme.muted}, theme);
  for (std::size_t column = 0; column < columns.groups.size(); ++column) {
    QPointF at(card.left() + kPad * s + static_cast<double>(column) * (columns.columnWidth + kColumnGap * s),
               card.top() + kHead * s);
    for (const std::size_t index : columns.groups[column]) {
      paintGroup(painter, m_groups[index], at, columns);
      at.ry() += groupHeight(m_groups[index], s);
    }
  }
}

void ShortcutSheet::paintGroup(QPainter& painter, const ShortcutGroup& group, QPointF at,
                               const Columns& columns) const {
  const LookTheme& theme = lookTheme(m_look);
  const double s = scaleOf(theme);
  drawRun(painter, {at.x(), at.y() + kGroupTitle * s * .45}, Anchor::Left, {group.title, theme.text, true},
          theme);
  painter.fillRect(QRectF(at.x(), at.y() + (kGroupTitle - 4) * s, columns.columnWidth, 1), theme.line);
  double y = at.y() + (kGroupTitle + kLine / 2) * s;
  for (const ShortcutLine& line : group.lines) {
    double x = at.x();
    for (const QString& key : alternatives(line.keys)) {
      const double width = widthOf({{key, theme.text}}, theme) + 2 * kKeyPad * s;
      painter.setPen(QPen(theme.line2, 1));
      painter.setBrush(theme.raised);
      painter.drawRoundedRect(QRectF(x + .5, y - kKeyHeight * s / 2 + .5, width - 1, kKeyHeight * s - 1),
                              theme.radius, theme.radius);
      drawRun(painter, {x + width / 2, y}, Anchor::Centre, {key, theme.text}, theme);
      x += width + kKeyGap * s;
    }
    drawRun(painter, {at.x() + columns.keysWidth + 12 * s, y}, Anchor::Left, {line.what, theme.muted}, theme);
    y += kLine * s;
  }
}

void ShortcutSheet::mousePressEvent(QMouseEvent*) {
  hide();
}

void ShortcutSheet::wheelEvent(QWheelEvent* event) {
  const double over = card(columns()).height() + 24 - height();
  m_scroll = std::clamp(m_scroll - event->angleDelta().y() / 2.0, 0.0, std::max(0.0, over));
  update();
  event->accept();
}

bool ShortcutSheet::event(QEvent* event) {
  // while the sheet is open its own keys must not open it again or move the kernel behind it
  if (event->type() == QEvent::ShortcutOverride) event->accept();
  return QWidget::event(event);
}

void ShortcutSheet::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape || event->key() == Qt::Key_F1 || event->text() == QStringLiteral("?")) {
    hide();
  } else {
    event->accept();
  }
}

}  // namespace convscope
