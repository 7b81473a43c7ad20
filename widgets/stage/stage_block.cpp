#include "widgets/stage/stage_block.h"

#include "widgets/stage/stage_furniture.h"
#include "widgets/stage/stage_response.h"

#include <QCoreApplication>

#include <algorithm>

namespace convscope {

namespace {

constexpr double kNumberRoom = 26;             // px across a cell that a weight needs
constexpr double kLetterAir = 2;               // px of a number's box above and below its digits
constexpr double kGhost = .5;                  // opacity
constexpr double kKnob = 6.5, kHotKnob = 8.5;  // px radius

QString tr(const char* text) {
  return QCoreApplication::translate("Stage", text);
}

class BlockPainter {
 public:
  BlockPainter(const StageCanvas& canvas, const KernelBlock& block)
      : m_canvas(canvas), m_frame(canvas.frame), m_theme(canvas.frame.theme), m_block(block) {}

  void paint() const {
    paintCells();
    const std::vector<Number> numbers = this->numbers();
    paintEdges(numbers);
    paintHover();
    for (const Number& number : numbers) paintNumber(number);
    if (m_block.large) {
      for (const Axis axis : kAxes) paintHandle(axis);
    }
  }

  /// Zoomed in, frames run under the column of texts.
  void paintBackdrop() const {
    QColor veil = m_theme.stage;
    veil.setAlphaF(.8F);
    const QRectF column(m_frame.furniture.kernelCorner, m_frame.furniture.kernelArea.bottomRight());
    m_canvas.ink.painter().fillRect(column.adjusted(-8, -6, 8, m_theme.stageTitle * 4), veil);
  }

  /// The kernel's name, its shape, and whose weights are shown: of several blocks each has its own channel's
  /// name.
  void paintWords(const std::vector<KernelBlock>& blocks) const {
    m_canvas.label(LabelKind::Kernel, m_frame.furniture.kernelCorner, Qt::AlignLeft | Qt::AlignTop,
                   tr("Kernel"), sectionFont(m_theme), m_theme.kernel, false);
    const double knobs =
        m_block.large ? m_block.handles[1].knob.y() - m_block.bounds.bottom() + m_theme.stageTitle : 0;
    const QPointF below(m_frame.furniture.kernelCorner.x(),
                        m_block.bounds.bottom() + std::max(14., knobs + 6));
    const Triple& k = m_frame.view.result->spec.conv.kernel;
    const QString shape = QString::fromStdString(toText(shapeOf(k, filterChannels(m_frame.view))));
    const auto first = [&](QPointF at) {
      m_canvas.label(LabelKind::Kernel, at, Qt::AlignLeft | Qt::AlignTop, shape,
                     m_theme.font(m_theme.stageTitle, true), m_theme.text, false);
    };
    if (blocks.size() > 1) {
      for (const KernelBlock& block : blocks)
        m_canvas.label(LabelKind::Kernel, {block.bounds.center().x(), block.bounds.bottom() + 2},
                       Qt::AlignHCenter | Qt::AlignTop, channelName(m_frame.view, block.channel),
                       m_theme.font(m_theme.body, true), m_theme.channel, false);
      return first(QPointF(below.x(), m_block.bounds.bottom() + m_theme.body * 1.4 + 4));
    }
    first(below);
    const QString which =
        m_frame.layout.input.channels == 1
            ? tr("its weights")
            : tr("weights of %1 shown").arg(channelName(m_frame.view, shownChannel(m_frame.view)));
    m_canvas.label(LabelKind::Kernel, below + QPointF(0, m_theme.stageTitle + 5),
                   Qt::AlignLeft | Qt::AlignTop, which, m_theme.font(m_theme.body), m_theme.muted, false);
  }

 private:
  void paintCells() const {
    QPainter& painter = m_canvas.ink.painter();
    const double largest = m_block.largest > 0 ? m_block.largest : 1;
    std::size_t next = 0;
    for (const QPolygonF& slice : m_block.slices) {
      m_canvas.ink.fill(slice, m_theme.stage, 1);
      painter.setPen(m_block.cellSide > 5 ? QPen(m_theme.stage, 1) : QPen(Qt::NoPen));
      for (int i = 0; i < m_block.cellsPerSlice; ++i, ++next) {
        const KernelBlock::Cell& cell = m_block.cells[next];
        const QRgb colour = m_theme.weightSigned.at(cell.weight, largest);
        painter.setBrush(QColor(colour));
        painter.drawPolygon(cell.shape);
      }
      painter.setBrush(Qt::NoBrush);
      m_canvas.ink.segments(edgesOf(slice), m_theme.kernel, m_theme.frameEdgeFocus);
    }
  }

  /// A weight written on its cell.
  struct Number {
    double weight;
    QString text;
    QRectF box;
  };

  /// Cells behind a nearer slice keep no number: half of one would be read as another.
  [[nodiscard]] std::vector<Number> numbers() const {
    std::vector<Number> numbers;
    if (!m_block.large) return numbers;
    const QFont type = m_theme.font(m_theme.caption);
    for (const KernelBlock::Cell& cell : m_block.cells) {
      if (cell.shape[1].x() - cell.shape[0].x() < kNumberRoom * (m_theme.presenter ? 1.8 : 1)) continue;
      const QPointF middle = (cell.shape[0] + cell.shape[2]) / 2;
      const QString text = cellText(cell.weight);
      const QRectF box = StageInk::textBox(middle, Qt::AlignHCenter | Qt::AlignVCenter, text, type);
      const auto inSight = [&](QPointF at) {
        const auto hit = m_block.tapAt(at);
        return hit && *hit == cell.tap;
      };
      const QPointF half(box.width() / 2 - 2, 0);
      if (inSight(middle) && inSight(middle - half) && inSight(middle + half))
        numbers.push_back({cell.weight, text, box});
    }
    return numbers;
  }

  void paintNumber(const Number& number) const {
    QPainter& painter = m_canvas.ink.painter();
    const double largest = m_block.largest > 0 ? m_block.largest : 1;
    painter.setPen(m_theme.textOn(m_theme.weightSigned.at(number.weight, largest)));
    painter.setFont(m_theme.font(m_theme.caption));
    painter.drawText(number.box.adjusted(-2, 0, 2, 0), Qt::AlignCenter, number.text);
  }

  /// The edges run before the cells behind them, but stop at their numbers.
  void paintEdges(const std::vector<Number>& numbers) const {
    std::vector<QPolygonF> kept;
    for (const Number& number : numbers)
      kept.emplace_back(number.box.adjusted(-1.5, kLetterAir, 1.5, -kLetterAir));
    const auto around = [&](const std::vector<QLineF>& lines) {
      std::vector<QLineF> parts;
      for (const QLineF& line : lines) {
        const auto left = uncovered(line, kept);
        parts.insert(parts.end(), left.begin(), left.end());
      }
      return parts;
    };
    m_canvas.ink.segments(around(m_block.edges), m_theme.kernel, m_theme.frameEdgeFocus);
    QColor dim = m_theme.kernel;
    dim.setAlphaF(.6F);
    QPen dashed(dim, m_theme.hairline);
    dashed.setDashPattern({5, 4});
    QPainter& painter = m_canvas.ink.painter();
    painter.setPen(dashed);
    const std::vector<QLineF> hidden = around(m_block.hidden);
    painter.drawLines(hidden.data(), static_cast<int>(hidden.size()));
  }

  void paintHover() const {
    const Hover& hover = m_frame.view.hover;
    if (m_block.ghost || hover.kind != Hover::Kind::Weight || hover.channel != m_block.channel) return;
    if (const auto* cell = m_block.find(hover.at))
      m_canvas.ink.haloPolygon(cell->shape, m_theme.text, 1.5, 2);
  }

  /// A short arrow from the face to a knob, and the extent in words.
  void paintHandle(Axis axis) const {
    const KernelHandle& handle = m_block.handles[static_cast<std::size_t>(axis)];
    const bool hot = m_frame.handle == axis;
    const QColor colour = m_theme.axisColour(axis);
    m_canvas.ink.haloLines({{handle.at, handle.knob}}, colour, m_theme.patch);
    QPainter& painter = m_canvas.ink.painter();
    painter.setPen(QPen(hot ? m_theme.text : m_theme.stage, hot ? 2 : 1.5));
    painter.setBrush(colour);
    const double radius = (hot ? kHotKnob : kKnob) * (m_theme.presenter ? 1.5 : 1);
    painter.drawEllipse(handle.knob, radius, radius);
    painter.setBrush(Qt::NoBrush);
    const int extent = m_frame.view.result->spec.conv.kernel[axis];
    const QString letter = axis == Axis::T   ? QStringLiteral("l")
                           : axis == Axis::Y ? QStringLiteral("h")
                                             : QStringLiteral("w");
    const double away = radius + 5;
    m_canvas.label(LabelKind::Axis, handle.knob + QPointF(away, 0), Qt::AlignLeft | Qt::AlignVCenter,
                   QStringLiteral("%1 = %2").arg(letter).arg(extent), m_theme.font(m_theme.stageTitle, true),
                   colour, true);
  }

  const StageCanvas& m_canvas;
  const StageFrame& m_frame;
  const LookTheme& m_theme;
  const KernelBlock& m_block;
};

}  // namespace

void paintKernelBlock(const StageCanvas& canvas) {
  if (canvas.frame.furniture.kernelArea.isEmpty()) return;
  const StageFrame& frame = canvas.frame;
  const std::vector<KernelBlock> blocks =
      kernelBlocks(frame.view, frame.furniture.kernelArea, frame.furniture.kernelCell);
  const BlockPainter first(canvas, blocks.front());
  if (!(frame.view.state.look.camera.zoom <= 1)) first.paintBackdrop();
  for (const KernelBlock& block : blocks) BlockPainter(canvas, block).paint();
  first.paintWords(blocks);
  if (frame.response != nullptr) paintResponse(canvas, blocks.front());
}

void paintGhost(const StageCanvas& canvas, const KernelBlock& ghost) {
  const StageFrame& frame = canvas.frame;
  QPainter& painter = canvas.ink.painter();
  painter.save();
  painter.setOpacity(painter.opacity() * kGhost);
  BlockPainter(canvas, ghost).paint();
  painter.restore();
  Triple kernel = frame.view.result->spec.conv.kernel;
  kernel.t = static_cast<int>(ghost.slices.size());
  canvas.label(LabelKind::Kernel, {ghost.bounds.left() - 2, ghost.bounds.bottom() + 14},
               Qt::AlignLeft | Qt::AlignTop,
               QString::fromStdString(toText(shapeOf(kernel, filterChannels(frame.view)))),
               frame.theme.font(frame.theme.stageTitle), frame.theme.muted, false);
}

}  // namespace convscope
