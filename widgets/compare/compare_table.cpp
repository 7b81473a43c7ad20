#include "widgets/compare/compare_table.h"

#include "widgets/panels/text_runs.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace convscope {

namespace {

constexpr double kPad = 8;          // px at the sides
constexpr double kMostRow = 26;     // px
constexpr double kNoteLines = 2.4;  // of the note, in rows
constexpr double kLeastRow = 18;    // px: below it the note gives its room to the rows

}  // namespace

CompareTable::CompareTable(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Side by side"));
}

void CompareTable::present(const CompareView& view) {
  m_look = view.state.look;
  m_heads.clear();
  for (int i = 0; i < view.count(); ++i)
    m_heads << columnLetter(i) + QStringLiteral("  ") +
                   columnShape(view.column(i).spec).remove(QLatin1Char(' '));
  m_rows = compareRows(view);
  m_note = compareNote(view);
  setAccessibleDescription(lines().join(QLatin1Char('\n')));
  update();
}

QStringList CompareTable::lines() const {
  QStringList all{m_heads.join(QStringLiteral(" | "))};
  for (const CompareRow& row : m_rows)
    all << QStringList{row.name, row.cells.join(QStringLiteral(" | ")), row.beside}.join(
        QStringLiteral(" | "));
  return all;
}

double CompareTable::rowHeight() const {
  const auto rows = static_cast<double>(m_rows.size()) + 1;
  return std::min(kMostRow * lookTheme(m_look).body / 12.5, height() / (rows + (notes() ? kNoteLines : 0)));
}

bool CompareTable::notes() const {
  const auto rows = static_cast<double>(m_rows.size()) + 1;
  return !m_note.isEmpty() && height() / (rows + kNoteLines) >= kLeastRow * lookTheme(m_look).body / 12.5;
}

void CompareTable::paintEvent(QPaintEvent*) {
  if (m_heads.isEmpty()) return;
  const LookTheme& theme = lookTheme(m_look);
  QPainter painter(this);
  painter.fillRect(rect(), theme.panel);
  const double row = rowHeight();
  const bool several = m_heads.size() > 1;
  double names = 0;
  for (const CompareRow& one : m_rows) names = std::max(names, widthOf({{one.name, theme.muted}}, theme));
  names = std::min(names + 2 * kPad, width() * (m_heads.size() > 2 ? .3 : .42));
  double beside = 0;
  for (const CompareRow& one : m_rows) {
    if (several && m_heads.size() < 3)
      beside = std::max(beside, widthOf({{one.beside, theme.muted}}, theme) + 2 * kPad);
  }
  const double cells = (width() - 2 * kPad - names - beside) / static_cast<double>(m_heads.size());
  const auto right = [&](int column) { return kPad + names + cells * (column + 1); };
  const auto clipped = [&](const QString& text, double room, bool bold) {
    return QFontMetricsF(theme.font(theme.body, bold)).elidedText(text, Qt::ElideRight, room);
  };
  for (int i = 0; i < m_heads.size(); ++i)
    drawRun(painter, {right(i), row / 2}, Anchor::Right,
            {clipped(m_heads[i], cells - 10, true), theme.kernel, true}, theme);
  if (beside > 0)
    drawRun(painter, {width() - kPad, row / 2}, Anchor::Right, {tr("A : B"), theme.muted}, theme);
  double y = row;
  for (const CompareRow& one : m_rows) {
    painter.setPen(QPen(theme.line, 1));
    painter.drawLine(QPointF(0, y), QPointF(width(), y));
    drawRun(painter, {kPad, y + row / 2}, Anchor::Left, {clipped(one.name, names - 4, false), theme.muted},
            theme);
    for (int i = 0; i < one.cells.size(); ++i)
      drawRun(painter, {right(i), y + row / 2}, Anchor::Right,
              {clipped(one.cells[i], cells - 10, one.strong), theme.text, one.strong}, theme);
    if (beside > 0)
      drawRun(painter, {width() - kPad, y + row / 2}, Anchor::Right,
              {clipped(one.beside, beside - 4, false), theme.muted}, theme);
    y += row;
  }
  painter.setPen(QPen(theme.line, 1));
  painter.drawLine(QPointF(0, y), QPointF(width(), y));
  if (!notes()) return;
  painter.setFont(theme.font(theme.caption));
  painter.setPen(theme.muted);
  painter.drawText(QRectF(kPad, y + 6, width() - 2 * kPad, height() - y - 6),
                   Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_note);
}

bool CompareTable::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const auto index = static_cast<int>(help->pos().y() / rowHeight()) - 1;
  if (index < 0 || index >= static_cast<int>(m_rows.size())) {
    QToolTip::hideText();
    return true;
  }
  const CompareRow& row = m_rows[static_cast<std::size_t>(index)];
  QStringList texts{row.name};
  for (int i = 0; i < row.cells.size(); ++i) texts << columnLetter(i) + QStringLiteral(": ") + row.cells[i];
  QToolTip::showText(help->globalPos(), texts.join(QLatin1Char('\n')), this);
  return true;
}

}  // namespace convscope
