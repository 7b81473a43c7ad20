#include "widgets/panels/scores_facts.h"

#include <cmath>

namespace convscope {

namespace {

QString groupText(const std::vector<MotionClass>& group) {
  QStringList names;
  for (const MotionClass label : group) names << className(static_cast<int>(label));
  return names.join(QStringLiteral(", "));
}

TextLine apartSentence(const TestScore& score, const LookTheme& theme) {
  TextLine line{{QObject::tr("Cannot tell apart with this bank: "), theme.text}};
  const auto groups = confusedGroups(score);
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

QString bankWords(const Readout& readout) {
  const auto filters = static_cast<int>(readout.bank.size());
  switch (readout.spec.bank) {
    case BankKind::Own:
      return filters == 1 ? QObject::tr("your kernel alone")
                          : QObject::tr("your kernel and its mirror images, %1 filters").arg(filters);
    case BankKind::Random:
      return filters == 1 ? QObject::tr("1 random filter") : QObject::tr("%1 random filters").arg(filters);
    case BankKind::Gabor:
      break;
  }
  return filters == 1 ? QObject::tr("1 Gabor filter") : QObject::tr("%1 Gabor filters").arg(filters);
}

std::vector<TextLine> scoresSentences(const ScoresState& scores, const LookTheme& theme) {
  if (scores.result == nullptr) return {};
  const Readout& readout = *scores.result->readout;
  const TestScore& test = readout.test;
  std::vector<TextLine> lines;
  lines.push_back(
      {{QObject::tr("Held-out accuracy "), theme.text, true},
       {accuracyText(test), theme.text, true},
       {QObject::tr(" (%1 of %2 synthetic clips)").arg(test.right()).arg(test.clips()), theme.muted}});
  lines.push_back(apartSentence(test, theme));
  const QString bank = bankWords(readout);
  const QString learned =
      QObject::tr("Learned from %1 synthetic clips, %2; no real one seen. ").arg(kTrainingClips).arg(bank);
  if (scores.result->unlike()) {
    const QString times = QString::number(scores.result->distance / readout.farthest, 'f', 1);
    // before what it learned from: of a long text the end is cut, and this may not be
    lines.push_back({{QObject::tr("A guess: yours lies %1 × as far out as any clip learned. ").arg(times),
                      theme.text, true},
                     {learned, theme.muted}});
    return lines;
  }
  lines.push_back({{learned + (scores.realClip() ? QObject::tr("Yours, grey 32 × 32: a likeness, no verdict.")
                                                 : QObject::tr("This one is fed grey, 32 × 32.")),
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
