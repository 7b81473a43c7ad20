#include "widgets/panels/scores_facts.h"

#include <cmath>

namespace convscope {

namespace {

QString groupText(const std::vector<MotionClass>& group) {
  QStringList names;
  for (const MotionClass label : group) names << className(static_cast<int>(label));
  return names.join(QStringLiteral(", "));
}

TextLine apartSentence(const Readout& readout, const LookTheme& theme) {
  const auto filters = static_cast<int>(readout.bank.size());
  TextLine line{{filters == 1 ? QObject::tr("This filter cannot tell apart: ")
                              : QObject::tr("These %1 filters cannot tell apart: ").arg(filters),
                 theme.text}};
  const auto groups = confusedGroups(readout.test);
  if (groups.empty()) {
    line.push_back({QObject::tr("none of the seven."), theme.text, true});
    return line;
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const bool last = i + 1 == groups.size();
    line.push_back(
        {groupText(groups[i]) + (last ? QStringLiteral(".") : QStringLiteral("; ")), theme.text, true});
  }
  return line;
}

}  // namespace

QString className(int label) {
  return QString::fromLatin1(motionClassName(static_cast<MotionClass>(label)));
}

QString percentText(double share) {
  return QStringLiteral("%1 %").arg(QString::number(100 * share, 'f', 1));
}

QString accuracyText(const TestScore& score) {
  const double share = score.right() == score.clips() ? 1 : std::min(0.99, score.accuracy());
  return QString::number(share, 'f', 2);
}

QString classMeaning(int label) {
  static const QStringList kMeanings{QObject::tr("nothing moves"),
                                     QObject::tr("all or a part moves to the left"),
                                     QObject::tr("all or a part moves to the right"),
                                     QObject::tr("all or a part moves up"),
                                     QObject::tr("all or a part moves down"),
                                     QObject::tr("nothing moves, the contrast swings"),
                                     QObject::tr("another texture in every frame, as in snow")};
  return kMeanings[label];
}

std::vector<TextLine> scoresSentences(const ScoresState& scores, const LookTheme& theme) {
  if (scores.result == nullptr) return {};
  const Readout& readout = *scores.result->readout;
  const TestScore& test = readout.test;
  // Four lines of the dock at 1600 × 1000: longer ones would be cut.
  std::vector<TextLine> lines;
  if (scores.result->unlike()) {
    // first: of a long text the end is cut, and this may not be
    lines.push_back(
        {{QObject::tr("This clip looks unlike anything it was taught: do not trust what is said of it. "),
          theme.text, true},
         {QObject::tr("Taught by %1 synthetic clips, no real one.").arg(kTrainingClips), theme.muted}});
  }
  lines.push_back(
      {{QObject::tr("Held-out accuracy "), theme.text, true},
       {accuracyText(test), theme.text, true},
       {QObject::tr(" (%1 of %2), where a part moves ").arg(test.right()).arg(test.clips()), theme.muted},
       {accuracyText(readout.partialTest), theme.text, true}});
  lines.push_back(apartSentence(readout, theme));
  if (scores.result->unlike()) return lines;
  const QString learned =
      QObject::tr("Taught by %1 synthetic clips of one motion each, no real one").arg(kTrainingClips);
  lines.push_back({{learned + (scores.realClip()
                                   ? QObject::tr(". Yours, fed grey, 32 × 32: a likeness, no verdict.")
                                   : QObject::tr("; what moves several ways at once is none of the seven.")),
                    theme.muted}});
  return lines;
}

double flowRuns(QPainter* painter, const QRectF& area, const TextLine& line, const LookTheme& theme,
                double pitch) {
  double x = area.left();
  double y = area.top() + pitch / 2;
  for (const TextRun& run : line) {
    // Words with the space behind them, so that runs join as they were written.
    int from = 0;
    while (from < run.text.size()) {
      int to = static_cast<int>(run.text.indexOf(QLatin1Char(' '), from));
      to = to < 0 ? static_cast<int>(run.text.size()) : to + 1;
      const TextRun word{run.text.mid(from, to - from), run.colour, run.semibold, run.px};
      const TextRun bare{word.text.trimmed(), run.colour, run.semibold, run.px};
      if (x > area.left() && x + widthOf({bare}, theme) > area.right() + 1) {
        x = area.left();
        y += pitch;
      }
      if (painter != nullptr && !bare.text.isEmpty()) drawRun(*painter, {x, y}, Anchor::Left, word, theme);
      x += widthOf({word}, theme);
      from = to;
    }
  }
  return y + pitch / 2 - area.top();
}

}  // namespace convscope
