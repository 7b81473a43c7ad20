#include "widgets/panels/scale_legend.h"

#include "widgets/look/look_theme.h"

#include <QImage>
#include <QPainter>
#include <QPainterPath>

namespace convscope {

namespace {

/// "1", "0.36", "12": as many decimals as tell the ends apart.
QString endText(double range) {
  return QString::number(range, 'g', range < 10 ? 2 : 3);
}

}  // namespace

ScaleLegend::ScaleLegend(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  setAccessibleName(tr("Weight scale"));
  setToolTip(tr("Colours of the weights: violet takes away, green adds, the middle is 0."));
}

void ScaleLegend::setRange(double range) {
  if (range == m_range) return;
  m_range = range;
  setAccessibleDescription(tr("from −%1 to +%1").arg(endText(range)));
  update();
}

QSize ScaleLegend::sizeHint() const {
  const LookTheme& theme = appliedTheme();
  return theme.presenter ? QSize(240, 44) : QSize(133, 28);
}

void ScaleLegend::paintEvent(QPaintEvent*) {
  const LookTheme& theme = appliedTheme();
  QImage scale(256, 1, QImage::Format_RGB32);
  for (int i = 0; i < 256; ++i) scale.setPixel(i, 0, theme.weightSigned.table()[static_cast<std::size_t>(i)]);
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF bar(0.5, 0.5, width() - 1, theme.presenter ? 17 : 10);
  QPainterPath outline;
  outline.addRoundedRect(bar, 2, 2);
  painter.setClipPath(outline);
  painter.drawImage(bar, scale);
  painter.setClipping(false);
  painter.setPen(QPen(theme.line2, 1));
  painter.drawPath(outline);
  painter.setFont(theme.font(theme.caption));
  painter.setPen(theme.muted);
  const QRectF below(0, bar.bottom() + 2, width(), height() - bar.bottom() - 2);
  painter.drawText(below, Qt::AlignLeft | Qt::AlignTop, QStringLiteral("−") + endText(m_range));
  painter.drawText(below, Qt::AlignHCenter | Qt::AlignTop, QStringLiteral("0"));
  painter.drawText(below, Qt::AlignRight | Qt::AlignTop, QStringLiteral("+") + endText(m_range));
}

}  // namespace convscope
