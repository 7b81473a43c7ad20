#include "widgets/panels/text_runs.h"

#include <QFontMetricsF>
#include <QHash>
#include <QPainterPath>
#include <QStaticText>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace convscope {

namespace {

/// A font of whole px with the factor that brings it to the wanted size: QFont rounds to whole px, the look
/// does not.
struct ScaledFont {
  QFont font;
  QFontMetricsF metrics;
  double factor = 1;
  double ascent = 0;  ///< px at the whole size

  /// A run once shaped: it is measured to be laid out, again to be anchored, then drawn, and few runs change
  /// from picture to picture, while shaping is what text costs.
  struct Shaped {
    QStaticText text;
    double width = 0;  ///< px at the wanted size
  };
  mutable QHash<QString, Shaped> shaped = {};
};
constexpr int kMostShaped = 2048;

/// Made once per size and weight: every line that is painted asks for some. GUI thread.
const ScaledFont& fontOf(const TextRun& run, const LookTheme& theme) {
  // the weight that reads alike differs between light type on dark and dark type on light
  static std::map<std::tuple<double, bool, Theme>, ScaledFont> fonts;
  const double px = run.px > 0 ? run.px : theme.body;
  const std::tuple key(px, run.semibold, theme.theme);
  const auto known = fonts.find(key);
  if (known != fonts.end()) return known->second;
  QFont font = theme.font(px, run.semibold);
  const int whole = std::max(1, static_cast<int>(std::lround(px)));
  font.setPixelSize(whole);
  return fonts.emplace(key, ScaledFont{font, QFontMetricsF(font), px / whole, QFontMetricsF(font).ascent()})
      .first->second;
}

const ScaledFont::Shaped& shapedOf(const TextRun& run, const ScaledFont& font) {
  if (const auto known = font.shaped.constFind(run.text); known != font.shaped.constEnd()) return *known;
  if (font.shaped.size() >= kMostShaped) font.shaped.clear();
  ScaledFont::Shaped made{QStaticText(run.text), font.metrics.horizontalAdvance(run.text) * font.factor};
  made.text.setTextFormat(Qt::PlainText);
  if (font.factor == 1) made.text.prepare({}, font.font);  // else it is not drawn from here
  return *font.shaped.insert(run.text, made);
}

double widthOf(const TextRun& run, const ScaledFont& font) {
  return shapedOf(run, font).width;
}

}  // namespace

double widthOf(const TextLine& line, const LookTheme& theme) {
  double width = 0;
  for (const TextRun& run : line) width += widthOf(run, fontOf(run, theme));
  return width;
}

QString plainText(const TextLine& line) {
  QString text;
  for (const TextRun& run : line) text += run.text;
  return text;
}

double drawRuns(QPainter& painter, const QPointF& at, Anchor anchor, const TextLine& line,
                const LookTheme& theme) {
  const double width = widthOf(line, theme);
  double tallest = 0;
  for (const TextRun& run : line) {
    const ScaledFont& font = fontOf(run, theme);
    tallest = std::max(tallest, font.metrics.capHeight() * font.factor);
  }
  double x = at.x() - (anchor == Anchor::Left ? 0 : anchor == Anchor::Centre ? width / 2 : width);
  // figures and capitals sit in the middle; a whole base line keeps the type crisp
  const double baseline = std::round(at.y() + tallest / 2);
  for (const TextRun& run : line) {
    const ScaledFont& font = fontOf(run, theme);
    painter.setFont(font.font);
    painter.setPen(run.colour);
    if (font.factor == 1) {
      painter.drawStaticText(QPointF(x, baseline - font.ascent), shapedOf(run, font).text);
    } else {
      const QTransform before = painter.transform();
      painter.translate(x, baseline);
      painter.scale(font.factor, font.factor);
      painter.drawText(QPointF(0, 0), run.text);
      painter.setTransform(before);
    }
    x += widthOf(run, font);
  }
  return width;
}

double drawRun(QPainter& painter, const QPointF& at, Anchor anchor, const TextRun& run,
               const LookTheme& theme) {
  return drawRuns(painter, at, anchor, {run}, theme);
}

QString richRun(const QString& text, const QColor& colour, bool semibold) {
  QString style;
  if (colour.isValid()) style += QStringLiteral("color:%1;").arg(colour.name());
  if (semibold) style += QStringLiteral("font-weight:600;");
  return QStringLiteral("<span style=\"%1\">%2</span>").arg(style, text.toHtmlEscaped());
}

void drawHatch(QPainter& painter, const QRectF& area, const LookTheme& theme) {
  if (area.isEmpty()) return;
  painter.save();
  painter.setClipRect(area, Qt::IntersectClip);
  painter.setRenderHint(QPainter::Antialiasing);
  QColor colour = theme.padding;
  colour.setAlphaF(.55F);
  painter.setPen(QPen(colour, std::min(theme.hatchWidth, 1.2)));
  const double pitch = theme.hatchPitch * std::sqrt(2.0);
  // lines of x + y = constant, on one grid for the whole widget so that neighbours join
  const double low = std::floor((area.left() + area.top()) / pitch) * pitch;
  for (double sum = low; sum <= area.right() + area.bottom(); sum += pitch)
    painter.drawLine(QPointF(sum - area.top(), area.top()), QPointF(sum - area.bottom(), area.bottom()));
  painter.restore();
}

void drawArrow(QPainter& painter, const QPointF& from, const QPointF& to, double width, double head,
               const QColor& colour) {
  const QPointF along = to - from;
  const double length = std::hypot(along.x(), along.y());
  if (length < 1) return;
  const QPointF unit = along / length;
  const QPointF across(-unit.y(), unit.x());
  const double size = std::min(head, length);
  const QPointF neck = to - unit * size;
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colour, width, Qt::SolidLine, Qt::FlatCap));
  painter.drawLine(from, neck + unit * std::min(1.0, size));
  QPainterPath tip(to);
  tip.lineTo(neck + across * size * .5);
  tip.lineTo(neck - across * size * .5);
  tip.closeSubpath();
  painter.fillPath(tip, colour);
  painter.restore();
}

void drawHaloed(QPainter& painter, const QRectF& rect, double width, const QColor& colour,
                const LookTheme& theme) {
  painter.setBrush(Qt::NoBrush);
  QColor halo = theme.halo;
  halo.setAlphaF(.8F);
  painter.setPen(QPen(halo, width + theme.haloWidth * .75, Qt::SolidLine, Qt::SquareCap, Qt::RoundJoin));
  painter.drawRect(rect);
  painter.setPen(QPen(colour, width, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
  painter.drawRect(rect);
}

}  // namespace convscope
