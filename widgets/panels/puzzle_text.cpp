#include "widgets/panels/puzzle_text.h"

#include "widgets/panels/text_runs.h"

#include <QCoreApplication>

#include <cmath>

namespace convscope {

namespace {

constexpr std::size_t kMostRules = 3;

QString tr(const char* text) {
  return QCoreApplication::translate("Puzzle", text);
}

QString workText(std::int64_t multiplyAdds) {
  return shortCountText(static_cast<double>(multiplyAdds));
}

/// What is reached, what was asked for, and a mark.
QString row(const QString& name, const QString& is, const QString& asked, bool good, const LookTheme& theme) {
  const QString mark = good ? QStringLiteral("✓") : QStringLiteral("✗");
  return QStringLiteral(
             "<tr><td>%1&nbsp;&nbsp;</td><td align='right'><b>%2</b></td>"
             "<td>&nbsp;&nbsp;%3</td><td>&nbsp;&nbsp;%4</td></tr>")
      .arg(richRun(name, theme.muted), is, richRun(asked, theme.muted),
           richRun(mark, good ? theme.text : theme.error, true));
}

QString link(const QString& target, const QString& text, const LookTheme& theme) {
  return QStringLiteral("<a href='%1' style='color:%2'>%3</a>")
      .arg(target, theme.accent.name(), text.toHtmlEscaped());
}

/// The best stacks known as a table, each name a link that shows it.
QString knownText(const FieldPuzzle& puzzle, const LookTheme& theme) {
  const auto cells = [](const QString& name, const QStringList& numbers) {
    QString line = QStringLiteral("<tr><td>%1</td>").arg(name);
    for (const QString& number : numbers)
      line += QStringLiteral("<td align='right'>&nbsp;&nbsp;&nbsp;%1</td>").arg(number);
    return line + QStringLiteral("</tr>");
  };
  const auto quiet = [&](const QString& text) { return richRun(text, theme.muted); };
  QString text =
      QStringLiteral("<table style='margin-top:4px'>") +
      cells(quiet(tr("best known")), {quiet(tr("layers")), quiet(tr("weights")), quiet(tr("multiply-adds"))});
  const auto known = bestKnown(puzzle);
  for (std::size_t i = 0; i < known.size(); ++i) {
    const auto table = tableOf(known[i].stack);
    if (!table) continue;  // cannot be: tested
    text += cells(link(QStringLiteral("solution:%1").arg(i), QString::fromUtf8(known[i].name), theme),
                  {QString::number(table->rows.size()), countText(static_cast<double>(table->weights)),
                   workText(table->multiplyAdds)});
  }
  return text + QStringLiteral("</table>");
}

}  // namespace

QString puzzleText(const FieldPuzzle& puzzle, const PuzzleVerdict& verdict, const LookTheme& theme) {
  QString text =
      QStringLiteral("<b>%1</b><br>%2").arg(QString::fromUtf8(puzzle.title), QString::fromUtf8(puzzle.task));
  text += QStringLiteral("<table style='margin-top:6px'>");
  for (const Axis axis : kAxes) {
    const auto a = static_cast<std::size_t>(axis);
    const char* const letter = axis == Axis::T ? "t" : axis == Axis::Y ? "h" : "w";
    text += row(QString::fromLatin1(letter), QString::number(verdict.field[axis]),
                tr("of %1, within 1 %").arg(puzzle.field[axis]), verdict.reached[a], theme);
  }
  text +=
      row(tr("weights"), countText(static_cast<double>(verdict.weights)),
          tr("%1 at most").arg(countText(static_cast<double>(puzzle.weights))), verdict.weightsFit, theme);
  text += row(tr("multiply-adds"), workText(verdict.multiplyAdds),
              tr("%1 at most").arg(workText(puzzle.multiplyAdds)), verdict.workFits, theme);
  text += QStringLiteral("</table>");
  for (std::size_t i = 0; i < std::min(kMostRules, verdict.broken.size()); ++i)
    text += QStringLiteral("<p style='margin:2px 0;color:%1'>%2</p>")
                .arg(theme.error.name(), QString::fromStdString(verdict.broken[i]).toHtmlEscaped());
  if (verdict.broken.empty())
    text +=
        QStringLiteral("<p style='margin:4px 0'>%1</p>")
            .arg(verdict.solved() ? tr("<b>Solved.</b> Ctrl+S keeps it as a file to share.")
                                  : richRun(tr("Kernels of 1 or 3, strides of 1 or 2, %1 filters, no gaps.")
                                                .arg(puzzle.filters),
                                            theme.muted));
  text += knownText(puzzle, theme);
  QStringList links{link(QStringLiteral("start"), tr("Start again"), theme)};
  for (const FieldPuzzle& other : fieldPuzzles()) {
    if (&other != &puzzle)
      links << link(QStringLiteral("puzzle:%1").arg(QLatin1String(other.id)),
                    tr("To “%1”").arg(QString::fromUtf8(other.title)), theme);
  }
  links << link(QStringLiteral("leave"), tr("Leave the puzzle"), theme);
  return text + QStringLiteral("<p style='margin:4px 0'>%1</p>").arg(links.join(QStringLiteral(" · ")));
}

}  // namespace convscope
