#include "widgets/look/look_theme.h"
#include "widgets/look/tokens.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

#include <memory>

namespace convscope {

namespace {

/// Draws the SVG at whatever size and pixel ratio is asked for, so that icons stay sharp everywhere.
class StrokeIconEngine : public QIconEngine {
 public:
  StrokeIconEngine(QByteArray svg, double disabledOpacity)
      : m_svg(std::move(svg)),
        m_renderer(std::make_shared<QSvgRenderer>(m_svg)),
        m_disabledOpacity(disabledOpacity) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
    const int side = std::min(rect.width(), rect.height());
    QRectF square(0, 0, side, side);
    square.moveCenter(QRectF(rect).center());
    const double opacity = painter->opacity();
    if (mode == QIcon::Disabled) painter->setOpacity(opacity * m_disabledOpacity);
    m_renderer->render(painter, square);
    painter->setOpacity(opacity);
  }
  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint(&painter, QRect(QPoint(), size), mode, state);
    return pixmap;
  }
  [[nodiscard]] QIconEngine* clone() const override { return new StrokeIconEngine(*this); }
  bool isNull() override { return !m_renderer->isValid(); }

 private:
  QByteArray m_svg;
  std::shared_ptr<QSvgRenderer> m_renderer;
  double m_disabledOpacity;
};

}  // namespace

QIcon themeIcon(const QString& name, const LookTheme& theme, const QColor& colour) {
  QFile file(QStringLiteral(":/convscope/icons/%1.svg").arg(name));
  const bool found = file.open(QIODevice::ReadOnly);
  Q_ASSERT_X(found, "themeIcon", qPrintable(name));
  if (!found) return {};
  QByteArray svg = file.readAll();
  svg.replace("currentColor", (colour.isValid() ? colour : theme.text).name().toLatin1());
  return QIcon(new StrokeIconEngine(std::move(svg), theme.staleOpacity));
}

}  // namespace convscope
