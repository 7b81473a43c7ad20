#include "widgets/stage/stage_legend.h"

#include "widgets/stage/stage_furniture.h"
#include "widgets/stage/stage_texture.h"

#include <QCoreApplication>
#include <QLinearGradient>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kGripReach = 9;  // px on each side of a grip or tick
constexpr double kAbove = 12;     // px above the bar that still belong to it
constexpr float kPlate = .86F;    // opacity of the ground under it
constexpr double kTick = 6;       // px: height of the level's marker
constexpr double kLeastLevel = .02, kMostLevel = .98;

QString tr(const char* text) {
  return QCoreApplication::translate("Stage", text);
}

/// Where value 0 stands on the bar, and the px from there to its right end.
std::pair<double, double> zeroOf(const KernelView& view, const QRectF& bar) {
  if (view.unsignedMaps()) return {bar.left(), bar.width()};
  return {bar.center().x(), bar.width() / 2};
}

class LegendPainter {
 public:
  explicit LegendPainter(const StageCanvas& canvas)
      : m_canvas(canvas),
        m_frame(canvas.frame),
        m_theme(canvas.frame.theme),
        m_bar(canvas.frame.furniture.legendBar),
        m_signed(!canvas.frame.view.unsignedMaps()),
        m_decimals(rangeDecimals(canvas.frame.range)) {}

  void paint() const {
    paintPlate();
    paintBar();
    paintGrips();
    if (m_frame.view.state.look.stageMode == StageMode::Isosurface) paintLevel();
    paintName();
    paintNumbers();
  }

 private:
  void label(QPointF at, Qt::Alignment side, const QString& text, const QFont& font,
             const QColor& colour) const {
    m_canvas.label(LabelKind::Legend, at, side, text, font, colour, true);
  }
  [[nodiscard]] QFont nameFont() const {
    return m_theme.font(m_theme.presenter ? m_theme.caption : m_theme.body, true);
  }
  [[nodiscard]] QFont numberFont() const {
    return m_theme.font(m_theme.presenter ? m_theme.caption : m_theme.body - .5);
  }

  /// The stage's colour under everything: close up, frames run below the legend.
  void paintPlate() const {
    const bool level = m_frame.view.state.look.stageMode == StageMode::Isosurface;
    const bool weak = !m_frame.view.weakNote(m_frame.range).isEmpty();
    const double above = (1 + level + weak) * (nameHeight() + 4) + (level ? kTick * 1.4 : 0) + 4;
    const double below = StageInk::textBox({}, Qt::AlignLeft, QStringLiteral("0"), numberFont()).height() + 8;
    QColor plate = m_theme.stage;
    plate.setAlphaF(kPlate);
    QPainter& painter = m_canvas.ink.painter();
    painter.setPen(Qt::NoPen);
    painter.setBrush(plate);
    painter.drawRoundedRect(m_bar.adjusted(-10, -above, 10, below), 6, 6);
    painter.setBrush(Qt::NoBrush);
  }

  void paintBar() const {
    const ColourMap& scale = mapScale(m_frame.view, m_theme);
    QLinearGradient gradient(m_bar.topLeft(), m_bar.topRight());
    constexpr int kStops = 32;
    for (int i = 0; i <= kStops; ++i) {
      gradient.setColorAt(static_cast<double>(i) / kStops,
                          QColor(scale.table()[static_cast<std::size_t>(i) * 255 / kStops]));
    }
    QPainter& painter = m_canvas.ink.painter();
    painter.setPen(QPen(m_theme.line2, m_theme.hairline));
    painter.setBrush(gradient);
    painter.drawRoundedRect(m_bar, 2, 2);
    painter.setBrush(Qt::NoBrush);
  }

  void paintGrips() const {
    const bool hot = m_frame.legend == LegendPart::Range;
    for (const double x : {m_bar.left(), m_bar.right()}) {
      if (!m_signed && x == m_bar.left()) continue;  // that end is 0
      m_canvas.ink.haloLines({{x, m_bar.top() - 3, x, m_bar.bottom() + 3}},
                             hot ? m_theme.text : m_theme.muted, hot ? 4 : 2.5);
    }
  }

  /// A tick on the scale at each surface's value, in words above it.
  void paintLevel() const {
    const bool hot = m_frame.legend == LegendPart::Level;
    const double share = std::clamp(m_frame.view.state.look.isoLevel, kLeastLevel, kMostLevel);
    const auto [zero, reach] = zeroOf(m_frame.view, m_bar);
    for (const double side : {1., -1.}) {
      if (side < 0 && !m_signed) continue;
      const double x = zero + side * share * reach;
      const double tick = hot ? kTick * 1.4 : kTick;
      m_canvas.ink.haloLines({{x, m_bar.top(), x, m_bar.bottom()}}, m_theme.text, 2);
      m_canvas.ink.haloPolygon(QPolygonF({QPointF(x, m_bar.top()),
                                          {x - tick * .8, m_bar.top() - tick * 1.4},
                                          {x + tick * .8, m_bar.top() - tick * 1.4}}),
                               m_theme.text, 1.5, 2);
      m_canvas.ink.fill(QPolygonF({QPointF(x, m_bar.top()),
                                   {x - tick * .8, m_bar.top() - tick * 1.4},
                                   {x + tick * .8, m_bar.top() - tick * 1.4}}),
                        m_theme.text, 1);
    }
    const double level = share * m_frame.range;
    const int decimals = std::clamp(1 - static_cast<int>(std::floor(std::log10(level))), 0, 6);
    const QString text = m_signed ? tr("surfaces at ±%1").arg(QString::number(level, 'f', decimals))
                                  : tr("surface at %1").arg(QString::number(level, 'f', decimals));
    label(m_bar.topRight() - QPointF(0, kTick * 1.4 + 6 + nameHeight()), Qt::AlignRight | Qt::AlignBottom,
          text, nameFont(), m_theme.text);
  }

  [[nodiscard]] double nameHeight() const {
    return StageInk::textBox({}, Qt::AlignLeft, QStringLiteral("a"), nameFont()).height();
  }

  void paintName() const {
    const Activation after = m_frame.view.result->spec.conv.activation;
    QString name = after == Activation::Relu       ? tr("activation after ReLU")
                   : after == Activation::Absolute ? tr("activation, absolute")
                   : after == Activation::Square   ? tr("activation, squared")
                                                   : tr("activation");
    const bool level = m_frame.view.state.look.stageMode == StageMode::Isosurface;
    const bool fixed = m_frame.view.state.look.rangeMode == RangeMode::Fixed;
    const double lift = level ? kTick * 1.4 + 3 : 4;
    label(m_bar.topLeft() - QPointF(0, lift), Qt::AlignLeft | Qt::AlignBottom, name, nameFont(),
          m_theme.muted);
    const auto width = [&](const QString& text) {
      return StageInk::textBox({}, Qt::AlignLeft, text, nameFont()).width();
    };
    const bool beside = width(name) + width(tr("fixed")) + 6 < m_bar.width();
    const double up = beside ? 0 : nameHeight() + (level ? nameHeight() + 3 : 0);
    if (fixed)
      label(m_bar.topRight() - QPointF(0, lift + up), Qt::AlignRight | Qt::AlignBottom, tr("fixed"),
            numberFont(), m_theme.muted);
    if (const QString weak = m_frame.view.weakNote(m_frame.range); !weak.isEmpty()) {
      const double above = m_bar.top() - lift - nameHeight() - (level ? nameHeight() + 3 : 0);
      label(QPointF(m_bar.right(), above), Qt::AlignRight | Qt::AlignBottom, weak, numberFont(),
            m_theme.muted);
    }
  }

  void paintNumbers() const {
    const double range = m_frame.range;
    const double y = m_bar.bottom() + 4;
    const QColor& ends = m_frame.legend == LegendPart::Range ? m_theme.text : m_theme.muted;
    label({m_bar.left(), y}, Qt::AlignLeft | Qt::AlignTop,
          m_signed ? signedText(-range, m_decimals) : QStringLiteral("0"), numberFont(),
          m_signed ? ends : m_theme.muted);
    if (m_signed)
      label({m_bar.center().x(), y}, Qt::AlignHCenter | Qt::AlignTop, QStringLiteral("0"), numberFont(),
            m_theme.muted);
    label({m_bar.right(), y}, Qt::AlignRight | Qt::AlignTop,
          m_signed ? signedText(range, m_decimals) : QString::number(range, 'f', m_decimals), numberFont(),
          ends);
  }

  const StageCanvas& m_canvas;
  const StageFrame& m_frame;
  const LookTheme& m_theme;
  const QRectF m_bar;
  const bool m_signed;
  const int m_decimals;
};

}  // namespace

void paintLegend(const StageCanvas& canvas) {
  LegendPainter(canvas).paint();
}

LegendPart legendPartAt(const KernelView& view, const QRectF& bar, QPointF at) {
  if (view.result == nullptr || !bar.adjusted(-kGripReach, -kAbove, kGripReach, kAbove).contains(at))
    return LegendPart::None;
  const auto [zero, reach] = zeroOf(view, bar);
  const bool isSigned = !view.unsignedMaps();
  if (view.state.look.stageMode == StageMode::Isosurface) {
    const double away = (isSigned ? std::abs(at.x() - zero) : at.x() - zero);
    const double tick = std::clamp(view.state.look.isoLevel, kLeastLevel, kMostLevel) * reach;
    if (std::abs(away - tick) <= kGripReach && at.y() <= bar.bottom() + 2) return LegendPart::Level;
  }
  const bool right = std::abs(at.x() - bar.right()) <= kGripReach;
  const bool left = isSigned && std::abs(at.x() - bar.left()) <= kGripReach;
  if (right || left) return LegendPart::Range;
  return LegendPart::Scale;
}

double levelAt(const KernelView& view, const QRectF& bar, QPointF at) {
  const auto [zero, reach] = zeroOf(view, bar);
  const double away = view.unsignedMaps() ? at.x() - zero : std::abs(at.x() - zero);
  return std::clamp(std::round(100 * away / std::max(1., reach)) / 100, kLeastLevel, kMostLevel);
}

double rangeAt(const QRectF& bar, double from, QPointF pressed, QPointF at) {
  const double outwards = (at.x() - pressed.x()) * (pressed.x() < bar.center().x() ? -1 : 1);
  const double wanted = std::clamp(from * std::pow(4, outwards / std::max(1., bar.width())), 1e-9, 1e9);
  const double unit = std::pow(10, std::floor(std::log10(wanted)) - 1);
  return std::clamp(std::round(wanted / unit) * unit, 1e-9, 1e9);
}

int rangeDecimals(double range) {
  for (int decimals = range < 10 ? 1 : 0; decimals < 6; ++decimals) {
    const double unit = std::pow(10, decimals);
    if (std::abs(std::round(range * unit) / unit - range) < 1e-4 * range) return decimals;
  }
  return 6;
}

}  // namespace convscope
