#include "widgets/stage/stage_response.h"

#include "engine/conv/kernel_presets.h"
#include "engine/conv/time_response.h"
#include "widgets/stage/kernel_block.h"
#include "widgets/stage/stage_block.h"
#include "widgets/stage/stage_furniture.h"

#include <QCoreApplication>
#include <QPainterPath>

#include <algorithm>

namespace convscope {

namespace {

constexpr int kSamples = 65;
constexpr std::size_t kMostPlotted = 8192;
constexpr double kFill = .14;      // under the kernel's curve
constexpr double kSample = 20;     // px of a line that stands for a curve: two dashes
constexpr double kLineGap = 5;     // px from it to its word
constexpr double kTouching = 1.5;  // px that the curves keep from the frame's upper edge

QString tr(const char* text) {
  return QCoreApplication::translate("Stage", text);
}

class ResponsePainter {
 public:
  explicit ResponsePainter(const StageCanvas& canvas)
      : m_canvas(canvas),
        m_theme(canvas.frame.theme),
        m_response(*canvas.frame.response),
        m_box(canvas.frame.furniture.responseArea) {}

  void paint() const {
    m_canvas.label(LabelKind::Kernel, m_canvas.frame.furniture.responseCorner, Qt::AlignLeft | Qt::AlignTop,
                   tr("Response in time"), sectionFont(m_theme), m_theme.muted, false);
    QPainter& painter = m_canvas.ink.painter();
    painter.fillRect(m_box, m_theme.stage);
    const QPolygonF own = curve(m_response.gain);
    QPolygonF under = own;
    under << m_box.bottomRight() << m_box.bottomLeft();
    m_canvas.ink.fill(under, m_theme.kernel, kFill);
    m_canvas.ink.segments({{m_box.bottomLeft(), m_box.bottomRight()}}, m_theme.muted, m_theme.hairline);
    if (!m_response.ghostGain.empty()) draw(curve(m_response.ghostGain), m_theme.muted, Qt::DashLine);
    draw(own, m_theme.kernel, Qt::SolidLine);
    paintScale();
    paintKey();
  }

 private:
  [[nodiscard]] QPolygonF curve(const std::vector<double>& gain) const {
    QPolygonF line;
    for (std::size_t i = 0; i < gain.size(); ++i) {
      line << QPointF(
          m_box.left() + m_box.width() * static_cast<double>(i) / static_cast<double>(gain.size() - 1),
          m_box.bottom() - (m_box.height() - kTouching) * gain[i] / m_response.largest);
    }
    return line;
  }
  void draw(const QPolygonF& line, const QColor& colour, Qt::PenStyle style) const {
    QPainter& painter = m_canvas.ink.painter();
    painter.setPen(QPen(colour, m_theme.frameEdgeFocus, style, Qt::FlatCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(line);
  }
  double words(QPointF at, Qt::Alignment side, const QString& text, const QColor& colour) const {
    m_canvas.label(LabelKind::Kernel, at, side | Qt::AlignTop, text, m_theme.font(m_theme.caption), colour,
                   false);
    return m_canvas.labels.back().box.width();
  }

  void paintScale() const {
    const double below = m_box.bottom() + 2;
    words({m_box.left(), below}, Qt::AlignLeft, tr("still"), m_theme.muted);
    const QString fastest =
        m_response.hertz > 0 ? tr("%1 Hz").arg(shortDecimal(m_response.hertz)) : tr("½ a frame");
    words({m_box.right(), below}, Qt::AlignRight, fastest, m_theme.muted);
  }

  /// "— l = 3  ┄ l = 2" in the last line.
  void paintKey() const {
    const double top = m_box.bottom() + m_theme.caption * 1.5 + 2;
    double x = m_box.left();
    const auto entry = [&](int length, const QColor& colour, Qt::PenStyle style) {
      const double middle = top + m_theme.caption * .75;
      draw(QPolygonF({{x, middle}, {x + kSample, middle}}), colour, style);
      x += kSample + kLineGap;
      x += words({x, top}, Qt::AlignLeft, tr("l = %1").arg(length), m_theme.muted) + 2 * kLineGap;
    };
    entry(m_canvas.frame.view.result->spec.conv.kernel.t, m_theme.kernel, Qt::SolidLine);
    if (!m_response.ghostGain.empty()) entry(KernelResponse::kGhostLength, m_theme.muted, Qt::DashLine);
  }

  static QString shortDecimal(double value) { return QString::number(value, 'g', 3); }

  const StageCanvas& m_canvas;
  const LookTheme& m_theme;
  const KernelResponse& m_response;
  const QRectF& m_box;
};

}  // namespace

std::optional<KernelResponse> responseOf(const KernelView& view) {
  if (!view.state.look.timeResponse || view.result == nullptr) return std::nullopt;
  const KernelResult& result = *view.result;
  const ConvSpec& conv = result.spec.conv;
  const Filter& filter = result.spec.bank[static_cast<std::size_t>(view.filter())];
  if (result.geometry.input.length < 2 || filter.weights.size() > kMostPlotted) return std::nullopt;
  const int channels = filterChannels(view);
  KernelResponse response;
  response.gain = timeResponse(filter, conv.kernel, channels, conv.dilation.t, kSamples);
  if (conv.kernel.t != KernelResponse::kGhostLength) {
    Triple shorter = conv.kernel;
    shorter.t = KernelResponse::kGhostLength;
    response.ghost = refittedFilter(filter, conv.kernel, channels, shorter, channels);
    response.ghostGain = timeResponse(response.ghost, shorter, channels, conv.dilation.t, kSamples);
  }
  for (const auto* gain : {&response.gain, &response.ghostGain})
    for (const double one : *gain) response.largest = std::max(response.largest, one);
  if (response.largest <= 0) return std::nullopt;
  response.hertz = result.clip->framesPerSecond / 2;
  return response;
}

void paintResponse(const StageCanvas& canvas, const KernelBlock& block) {
  const StageFrame& frame = canvas.frame;
  const StageFurniture& furniture = frame.furniture;
  if (!furniture.responseArea.isEmpty()) ResponsePainter(canvas).paint();
  if (furniture.ghostArea.isEmpty() || frame.response->ghostGain.empty()) return;
  const KernelBlock ghost = ghostBlock(frame.view, frame.response->ghost, KernelResponse::kGhostLength, block,
                                       furniture.ghostArea.left());
  const QRectF room = ghost.bounds.adjusted(0, 0, 0, frame.theme.stageTitle * 2);
  const auto inTheWay = [&](const StagePlane& plane) {
    return overlaps(projected(plane.corners(), frame.camera), room);
  };
  if (std::ranges::any_of(frame.layout.planes, inTheWay)) return;
  paintGhost(canvas, ghost);
}

}  // namespace convscope
