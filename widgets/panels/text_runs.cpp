#include "widgets/panels/text_runs.h"

#include <QFontMetricsF>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

QFont fontOf(const TextRun& run, const LookTheme& theme) {
  return theme.font(run.px > 0 ? run.px : theme.body, run.semibold);
}

}  // namespace

double widthOf(const TextLine& line, const LookTheme& theme) {
  double width = 0;
  for (const TextRun& run : line) width += QFontMetricsF(fontOf(run, theme)).horizontalAdvance(run.text);
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
  for (const TextRun& run : line) tallest = std::max(tallest, QFontMetricsF(fontOf(run, theme)).capHeight());
  double x = at.x() - (anchor == Anchor::Left ? 0 : anchor == Anchor::Centre ? width / 2 : width);
  // figures and capitals sit in the middle; a whole base line keeps the type crisp
  const double baseline = std::round(at.y() + tallest / 2);
  for (const TextRun& run : line) {
    painter.setFont(fontOf(run, theme));
    painter.setPen(run.colour);
    painter.drawText(QPointF(x, baseline), run.text);
    x += QFontMetricsF(painter.font()).horizontalAdvance(run.text);
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
  painter.setPen(QPen(halo, width + theme.haloWidth / 2, Qt::SolidLine, Qt::SquareCap, Qt::RoundJoin));
  painter.drawRect(rect);
  painter.setPen(QPen(colour, width, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
  painter.drawRect(rect);
}

}  // namespace convscope
