#include "app/status_words.h"

#include "widgets/look/look_theme.h"

#include <QObject>

#include <cmath>

namespace convscope {

namespace {

/// The colour of muted text as faint as a stale picture.
QColor faintText() {
  const LookTheme& theme = appliedTheme();
  const auto mixed = [&](int under, int over) {
    return static_cast<int>(std::lround(under + (over - under) * theme.staleOpacity));
  };
  return {mixed(theme.window.red(), theme.muted.red()), mixed(theme.window.green(), theme.muted.green()),
          mixed(theme.window.blue(), theme.muted.blue())};
}

}  // namespace

QStringList kernelHints(const KernelView& view) {
  if (view.result == nullptr) return {};  // there is no cell yet
  QStringList hints{QObject::tr("<b>Hover</b> a cell for its index and value"),
                    QObject::tr("<b>Click</b> pins it")};
  if (slidesAtAll(view)) hints << QObject::tr("<b>← → ↑ ↓</b> slide the kernel");
  if (slidesInTime(view)) hints << QObject::tr("<b>[ ]</b> step in time");
  if (slidesAtAll(view)) hints << QObject::tr("<b>J</b> strongest response");
  return hints;
}

QString kernelFacts(const KernelView& view) {
  if (view.state.look.inputOnly || view.result == nullptr) return {};  // no convolution is on the stage
  static const char* const kOver[] = {
      QT_TRANSLATE_NOOP("QObject", "this map frame"), QT_TRANSLATE_NOOP("QObject", "this filter’s maps"),
      QT_TRANSLATE_NOOP("QObject", "all filters"), QT_TRANSLATE_NOOP("QObject", "a fixed value")};
  const ValueRange range = view.mapRange(view.filter(), view.voxel().t);
  const QString high = QString::number(range.high, 'g', 3);
  const QString over = QObject::tr(kOver[static_cast<int>(view.state.look.rangeMode)]);
  const QString flip = view.study().conv.flipped ? QObject::tr("weights applied flipped")
                                                 : QObject::tr("weights applied without flipping");
  const QString gap = QStringLiteral(" &nbsp;&nbsp; ");
  if (!view.stale) return flip + gap + QObject::tr("colours span ±<b>%1</b>, %2").arg(high, over);
  return flip + gap +
         QStringLiteral("<span style='color:%1'>%2</span>")
             .arg(faintText().name(), QObject::tr("colours span ±%1, %2").arg(high, over));
}

}  // namespace convscope
