#include "widgets/compare/compare_table.h"

#include "widgets/panels/text_runs.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kPad = 8;         // px at the sides
constexpr double kMostRow = 26;    // px
constexpr double kLeastRow = 18;   // px: before rows get lower the least important one goes
constexpr double kNoteGap = 6;     // px over the note
constexpr double kCellGap = 10;    // px between two cells at least
constexpr int kMostLines = 3;      // of a cell
constexpr int kPresenterRows = 4;  // as many as a class takes in

/// Draws words at the right of `cell`, broken into lines where they do not fit.
constexpr int kCellFlags = Qt::AlignRight | Qt::AlignVCenter | Qt::TextWordWrap;

}  // namespace

CompareTable::CompareTable(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Side by side"));
}

void CompareTable::present(const CompareView& view) {
  m_look = view.state.look;
  m_heads.clear();
  for (int i = 0; i < view.count(); ++i)
    m_heads << columnLetter(i) + QStringLiteral("  ") + narrowShape(view.column(i).spec);
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

double CompareTable::noteHeight() const {
  if (m_note.isEmpty()) return 0;
  const QFontMetricsF metrics(lookTheme(m_look).font(lookTheme(m_look).caption));
  return metrics.boundingRect(QRectF(0, 0, width() - 2 * kPad, 1e4), Qt::TextWordWrap, m_note).height() +
         2 * kNoteGap;
}

int CompareTable::linesOf(const CompareRow& row, double cell) const {
  const QFontMetricsF metrics(lookTheme(m_look).font(lookTheme(m_look).body, row.strong));
  double high = metrics.height();
  for (const QString& text : row.cells)
    high = std::max(high, metrics.boundingRect(QRectF(0, 0, cell, 1e4), kCellFlags, text).height());
  return std::clamp(static_cast<int>(std::lround(high / metrics.height())), 1, kMostLines);
}

CompareTable::Plan CompareTable::plan() const {
  const LookTheme& theme = lookTheme(m_look);
  const double scale = theme.body / 12.5;
  Plan plan;
  const auto columns = static_cast<double>(std::max<qsizetype>(1, m_heads.size()));
  for (const CompareRow& one : m_rows) {
    plan.names = std::max(plan.names, widthOf({{one.name, theme.muted}}, theme));
    if (m_heads.size() == 2)
      plan.beside = std::max(plan.beside, widthOf({{one.beside, theme.muted}}, theme) + 2 * kPad);
  }
  plan.names = kPad + std::min(plan.names + 2 * kPad, width() * (m_heads.size() > 2 ? .3 : .42));
  plan.cells = (width() - kPad - plan.names - plan.beside) / columns;
  std::vector<std::pair<const CompareRow*, int>> kept;
  int lines = 1;  // the head
  for (const CompareRow& one : m_rows) {
    kept.emplace_back(&one, linesOf(one, plan.cells - kCellGap));
    lines += kept.back().second;
  }
  const double room = height() - noteHeight();
  const auto tooMany = [&] {
    return lines * kLeastRow * scale > room || (m_look.presenter && std::ssize(kept) > kPresenterRows);
  };
  while (tooMany()) {
    const auto least = std::ranges::max_element(kept, {}, [](const auto& one) { return one.first->minor; });
    if (least == kept.end() || least->first->minor == 0) break;
    lines -= least->second;
    kept.erase(least);
  }
  plan.row = std::min(kMostRow * scale, room / lines);
  double y = plan.row;
  for (const auto& [row, count] : kept) {
    plan.lines.push_back({row, y, plan.row * count});
    y += plan.row * count;
  }
  plan.note = y;
  return plan;
}

QStringList CompareTable::shownNames() const {
  const Plan now = plan();
  QStringList names;
  for (const Line& line : now.lines) names << line.row->name;
  return names;
}

bool CompareTable::showsAllWords() const {
  const LookTheme& theme = lookTheme(m_look);
  const Plan now = plan();
  const bool rows = std::ranges::all_of(now.lines, [&](const Line& line) {
    const QFontMetricsF metrics(theme.font(theme.body, line.row->strong));
    return std::ranges::all_of(line.row->cells, [&](const QString& text) {
      const QRectF room(0, 0, now.cells - kCellGap, line.height);
      const QRectF taken = metrics.boundingRect(room, kCellFlags, text);
      return taken.width() <= room.width() + .5 && taken.height() <= room.height() + .5;
    });
  });
  return rows && now.note + noteHeight() <= height() + .5;
}

void CompareTable::paintEvent(QPaintEvent*) {
  if (m_heads.isEmpty()) return;
  const LookTheme& theme = lookTheme(m_look);
  QPainter painter(this);
  painter.fillRect(rect(), theme.panel);
  const Plan now = plan();
  const QFontMetricsF bold(theme.font(theme.body, true));
  for (int i = 0; i < m_heads.size(); ++i) {
    const QString head = bold.elidedText(m_heads[i], Qt::ElideRight, now.cells - kCellGap);
    drawRun(painter, {now.right(i), now.row / 2}, Anchor::Right, {head, theme.kernel, true}, theme);
  }
  if (now.beside > 0)
    drawRun(painter, {width() - kPad, now.row / 2}, Anchor::Right, {tr("A : B"), theme.muted}, theme);
  for (const Line& line : now.lines) paintRow(painter, now, line);
  painter.setPen(QPen(theme.line, 1));
  painter.drawLine(QPointF(0, now.note), QPointF(width(), now.note));
  painter.setFont(theme.font(theme.caption));
  painter.setPen(theme.muted);
  painter.drawText(QRectF(kPad, now.note + kNoteGap, width() - 2 * kPad, height() - now.note - kNoteGap),
                   Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_note);
}

void CompareTable::paintRow(QPainter& painter, const Plan& plan, const Line& line) const {
  const LookTheme& theme = lookTheme(m_look);
  const CompareRow& row = *line.row;
  const double middle = line.top + line.height / 2;
  const auto clipped = [&](const QString& text, double room) {
    return QFontMetricsF(theme.font(theme.body)).elidedText(text, Qt::ElideRight, room);
  };
  painter.setPen(QPen(theme.line, 1));
  painter.drawLine(QPointF(0, line.top), QPointF(width(), line.top));
  drawRun(painter, {kPad, middle}, Anchor::Left, {clipped(row.name, plan.names - kPad - 4), theme.muted},
          theme);
  for (int i = 0; i < row.cells.size(); ++i) {
    const auto column = static_cast<std::size_t>(i);
    const bool guess = column < row.guesses.size() && row.guesses[column];
    painter.setFont(theme.font(theme.body, row.strong && !guess));
    painter.setPen(guess ? theme.muted : theme.text);
    painter.drawText(
        QRectF(plan.right(i) - plan.cells + kCellGap, line.top, plan.cells - kCellGap, line.height),
        kCellFlags, row.cells[i]);
  }
  if (plan.beside > 0)
    drawRun(painter, {width() - kPad, middle}, Anchor::Right,
            {clipped(row.beside, plan.beside - 4), theme.muted}, theme);
}

bool CompareTable::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const Plan now = plan();
  const auto found = std::ranges::find_if(now.lines, [&](const Line& line) {
    return help->pos().y() >= line.top && help->pos().y() < line.top + line.height;
  });
  if (found == now.lines.end()) {
    QToolTip::hideText();
    return true;
  }
  const CompareRow& row = *found->row;
  QStringList texts{row.name};
  for (int i = 0; i < row.cells.size(); ++i) texts << columnLetter(i) + QStringLiteral(": ") + row.cells[i];
  QToolTip::showText(help->globalPos(), texts.join(QLatin1Char('\n')), this);
  return true;
}

}  // namespace convscope
