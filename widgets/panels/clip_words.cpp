#include "widgets/panels/clip_words.h"

#include <QObject>
#include <QStringList>

namespace convscope {

QString takenText(const std::vector<int>& taken) {
  if (taken.empty()) return {};
  if (taken.size() == 1) return QString::number(taken.front() + 1);
  const int step = taken[1] - taken[0];
  if (step == 1 || taken.size() == 2)
    return QObject::tr("%1 to %2").arg(taken.front() + 1).arg(taken.back() + 1);
  return QStringLiteral("%1, %2 … %3").arg(taken[0] + 1).arg(taken[1] + 1).arg(taken.back() + 1);
}

QString shortNumber(double value, int decimals) {
  QString text = QString::number(value, 'f', decimals);
  while (text.contains(QLatin1Char('.')) &&
         (text.endsWith(QLatin1Char('0')) || text.endsWith(QLatin1Char('.')))) {
    const bool point = text.endsWith(QLatin1Char('.'));
    text.chop(1);
    if (point) break;
  }
  return text;
}

QString noteOf(const ClipSpec& clip) {
  QStringList words;
  if (clip.prepare.colour == ColourMode::Grey) words << QObject::tr("grey");
  if (clip.prepare.crop) words << QObject::tr("cropped");
  if (clip.range.step > 1) words << QObject::tr("step %1").arg(clip.range.step);
  return words.join(QStringLiteral(", "));
}

bool isShortFile(const QString& notice, const FrameRange& range) {
  return range == FrameRange{} && notice.endsWith(QLatin1String(" asked for could be taken.")) &&
         !notice.contains(QLatin1String(" ends after "));
}

}  // namespace convscope
