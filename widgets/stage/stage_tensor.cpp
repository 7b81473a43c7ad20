#include "widgets/stage/stage_tensor.h"

#include "engine/conv/ledger.h"
#include "widgets/stage/kernel_block.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>

namespace convscope {

namespace {

constexpr double kSumApart = 6;                     // px between a partial sum and its patch
constexpr double kSumShare = 1.2;                   // partial sums, of the titles' size
constexpr double kPlusShare = 1.5, kLeastPlus = 9;  // of the titles' size; px between the frames
constexpr double kBeside = 14;                      // px between an extent's arrow and the frame

QString tr(const char* text) {
  return QCoreApplication::translate("Stage", text);
}

/// The nearest and the farthest input frame of a channel.
struct ChannelEnds {
  const StagePlane* near = nullptr;
  const StagePlane* far = nullptr;
};

ChannelEnds endsOf(const StageLayout& layout, const StageCamera& camera, int channel) {
  ChannelEnds ends;
  for (const StagePlane& plane : layout.planes) {
    if (plane.kind != PlaneKind::Input || plane.channel != channel) continue;
    const double distance = distanceOf(plane, camera);
    if (ends.near == nullptr || distance < distanceOf(*ends.near, camera)) ends.near = &plane;
    if (ends.far == nullptr || distance > distanceOf(*ends.far, camera)) ends.far = &plane;
  }
  return ends;
}

class TensorPainter {
 public:
  explicit TensorPainter(const StageCanvas& canvas)
      : m_canvas(canvas),
        m_layout(canvas.frame.layout),
        m_camera(canvas.frame.camera),
        m_theme(canvas.frame.theme) {}

  /// H and W at the first frame of the first channel, C below the first frames; the time axis says L.
  void paintExtents() const {
    const StagePlane& near = m_layout.planes.front();
    const auto corners = near.corners();
    const Shape& shape = m_layout.input;
    const bool left = px(corners[0]).x() <= px(corners[1]).x();
    const Vec3 &top = corners[left ? 0 : 1], &bottom = corners[left ? 3 : 2];
    extent(px(top), px(bottom), {-kBeside, 0}, Qt::AlignRight | Qt::AlignVCenter,
           tr("H = %1").arg(shape.height), m_theme.height);
    extent(px(corners[3]), px(corners[2]), {0, kBeside}, Qt::AlignHCenter | Qt::AlignTop,
           tr("W = %1").arg(shape.width), m_theme.width);
    const StagePlane* last = m_layout.find(PlaneKind::Input, near.t, shape.channels - 1);
    if (last != nullptr && last->channel > 0) {
      const auto far = last->corners();
      extent(px(mixed(corners[3], corners[2], .5)), px(mixed(far[3], far[2], .5)),
             {0, kBeside * 2 + m_theme.stageTitle * 1.6}, Qt::AlignHCenter | Qt::AlignTop,
             tr("C = %1").arg(shape.channels), m_theme.channel);
    }
  }

  void paintPinned() const {
    const KernelView& view = m_canvas.frame.view;
    const auto& input = view.state.selection.input;
    const Triple extent = m_layout.input.extent();
    Triple at = input ? input->at : m_layout.voxel;
    at = {std::clamp(at.t, 0, extent.t - 1), std::clamp(at.y, 0, extent.y - 1),
          std::clamp(at.x, 0, extent.x - 1)};
    for (const StagePlane& plane : m_layout.planes) {
      if (plane.kind != PlaneKind::Input || plane.t != at.t) continue;
      const Vec3 corner = plane.at(at.y, at.x);
      const QPolygonF cell = projected(
          {corner, plane.at(at.y, at.x + 1), plane.at(at.y + 1, at.x + 1), plane.at(at.y + 1, at.x)},
          m_camera);
      m_canvas.ink.haloPolygon(cell, m_theme.text, m_theme.patch, m_theme.haloWidth);
      if (plane.channel < 0 && m_layout.input.channels > 1) continue;  // a colour cell holds several values
      const int channel = std::max(0, plane.channel);
      const float value = view.result->clip->pixels.at(at.t, at.y, at.x, channel);
      const QString number = QString::number(value, 'f', m_theme.presenter ? 2 : 3);
      const QString index = tr("t=%1 y=%2 x=%3").arg(at.t + 1).arg(at.y + 1).arg(at.x + 1);
      const QFont large = m_theme.font(m_theme.value, true), small = m_theme.font(m_theme.stageTitle, true);
      const QRectF box = cell.boundingRect();
      // beside the cell on the right, where the stage has room
      const double width = StageInk::textBox({}, Qt::AlignLeft, index, small).width();
      const bool right = box.right() + 8 + width < m_camera.size().width() - 4;
      const Qt::Alignment side = right ? Qt::AlignLeft : Qt::AlignRight;
      const double x = right ? box.right() + 8 : box.left() - 8;
      m_canvas.label(LabelKind::Value, {x, box.center().y()}, side | Qt::AlignVCenter, number, large,
                     m_theme.text, true);
      m_canvas.label(LabelKind::Note, {x, box.center().y() + m_theme.value * .8}, side | Qt::AlignTop, index,
                     small, m_theme.text, true);
    }
  }

 private:
  [[nodiscard]] QPointF px(const Vec3& at) const { return m_camera.project(at); }

  void extent(QPointF from, QPointF to, QPointF by, Qt::Alignment side, const QString& text,
              const QColor& colour) const {
    m_canvas.ink.arrow(from + by, to + by, colour, m_theme.link, m_theme.arrowHead * .85, true);
    const QPointF gap = by * (kBeside * .6 / std::max(1.0, std::hypot(by.x(), by.y())));
    const QPointF middle = (from + to) / 2 + by + gap;
    m_canvas.label(LabelKind::Axis, middle, side, text, m_theme.font(m_theme.stageTitle, true), colour, true);
  }

  const StageCanvas& m_canvas;
  const StageLayout& m_layout;
  const StageCamera& m_camera;
  const LookTheme& m_theme;
};

}  // namespace

void paintTensor(const StageCanvas& canvas) {
  const TensorPainter painter(canvas);
  painter.paintExtents();
  painter.paintPinned();
}

namespace {

/// Between the nearest frames of two channels: their products are added.
void paintPlusSigns(const StageCanvas& canvas) {
  const StageLayout& layout = canvas.frame.layout;
  const StageCamera& camera = canvas.frame.camera;
  const LookTheme& theme = canvas.frame.theme;
  const auto edge = [&](const StagePlane& plane, double down, double across) {
    return camera.project(plane.at(plane.rows * down, plane.columns * across));
  };
  for (std::size_t c = 1; c < layout.cuboids.size(); ++c) {
    const StagePlane* left = endsOf(layout, camera, static_cast<int>(c) - 1).near;
    const StagePlane* right = endsOf(layout, camera, static_cast<int>(c)).near;
    if (left == nullptr || right == nullptr) return;
    for (const double down : {.5, .75, .9, .25}) {
      const QPointF from = edge(*left, down, 1), to = edge(*right, down, 0);
      const double gap = std::abs(to.x() - from.x());
      if (gap < kLeastPlus) break;
      const QFont type = theme.font(std::min(theme.stageTitle * kPlusShare, gap), true);
      const QRectF box =
          StageInk::textBox((from + to) / 2, Qt::AlignHCenter | Qt::AlignVCenter, QStringLiteral("+"), type);
      const bool taken = std::ranges::any_of(
          canvas.labels, [&](const StageLabel& other) { return other.box.intersects(box); });
      if (taken) continue;
      canvas.label(LabelKind::Note, box.topLeft(), Qt::AlignLeft | Qt::AlignTop, QStringLiteral("+"), type,
                   theme.channel, true);
      break;
    }
  }
}

}  // namespace

void paintPartialSums(const StageCanvas& canvas) {
  const StageLayout& layout = canvas.frame.layout;
  if (layout.cuboids.size() < 2) return;
  if (canvas.frame.view.result->spec.conv.groups == 1) paintPlusSigns(canvas);
  const KernelResult& result = *canvas.frame.view.result;
  const auto ledger =
      ledgerOf(result.clip->pixels, result.spec.conv, result.spec.bank, layout.filter, layout.voxel);
  if (!ledger) return;
  const LookTheme& theme = canvas.frame.theme;
  const StageCamera& camera = canvas.frame.camera;
  const std::size_t frames = layout.patches.size() / layout.cuboids.size();
  for (std::size_t c = 0; c < layout.cuboids.size(); ++c) {
    const int channel = static_cast<int>(c) - ledger->firstChannel;
    if (channel < 0 || channel >= ledger->channels) continue;  // another group's
    const StagePlane* plane = endsOf(layout, camera, static_cast<int>(c)).near;
    if (plane == nullptr) continue;
    for (std::size_t t = 0; t < frames; ++t) {
      const double sum = ledger->frameChannelSums[t * ledger->channels + channel];
      const StageBox& box = layout.patches[c * frames + t];
      const QRectF patch = patchShape(box, camera).boundingRect();
      // on its own frame: over the edge it would be taken for the neighbour's
      const auto onFrame = [&](double x) { return camera.project({x, box.high.y, box.high.z}).x(); };
      const double leftRoom = patch.left() - onFrame(plane->origin.x);
      const double rightRoom = onFrame(plane->origin.x + plane->across.x) - patch.right();
      const QString text = signedText(sum, theme.presenter ? 2 : 3);
      const QFont large = theme.font(theme.stageTitle * kSumShare, true);
      const bool fits = StageInk::textBox({}, Qt::AlignLeft, text, large).width() + kSumApart <
                        std::max(leftRoom, rightRoom);
      const QFont type = fits ? large : theme.font(theme.stageTitle, true);
      const bool left = leftRoom >= StageInk::textBox({}, Qt::AlignLeft, text, type).width() + kSumApart ||
                        leftRoom >= rightRoom;
      const double top = camera.project({box.low.x, plane->origin.y, box.low.z}).y();
      const bool inside = patch.top() - 2 - StageInk::textBox({}, Qt::AlignLeft, text, type).height() > top;
      canvas.label(LabelKind::Note,
                   {left ? patch.left() - kSumApart : patch.right() + kSumApart,
                    inside ? patch.top() - 2 : patch.center().y()},
                   (left ? Qt::AlignRight : Qt::AlignLeft) | (inside ? Qt::AlignBottom : Qt::AlignVCenter),
                   text, type, theme.channel, true);
    }
  }
}

void paintChannelNames(const StageCanvas& canvas) {
  const StageLayout& layout = canvas.frame.layout;
  const StageCamera& camera = canvas.frame.camera;
  const int channels = static_cast<int>(layout.cuboids.size());
  if (channels < 2) return;
  const QFont type = canvas.frame.theme.font(canvas.frame.theme.stageTitle * 1.2, true);
  std::array<std::vector<QRectF>, 4> places;  // of all channels: below in the middle and left, above, on it
  for (int c = 0; c < channels; ++c) {
    const ChannelEnds ends = endsOf(layout, camera, c);
    if (ends.near == nullptr) return;
    const QString name = channelName(canvas.frame.view, c);
    const auto beside = [&](const StagePlane& plane, double row, double share, double away,
                            Qt::Alignment side) {
      return StageInk::textBox(camera.project(plane.at(row, plane.columns * share)) + QPointF(0, away),
                               Qt::AlignHCenter | side, name, type);
    };
    places[0].push_back(beside(*ends.near, ends.near->rows, .5, 6, Qt::AlignTop));
    places[1].push_back(beside(*ends.near, ends.near->rows, .12, 6, Qt::AlignTop));
    places[2].push_back(beside(*ends.far, 0, .5, -6, Qt::AlignBottom));
    places[3].push_back(beside(*ends.near, ends.near->rows, .1, -8, Qt::AlignBottom));
  }
  if (layout.inputOnly) std::swap(places[0], places[2]);
  const auto taken = [&](const QRectF& box) {
    return std::ranges::any_of(
               layout.planes,
               [&](const StagePlane& plane) { return overlaps(projected(plane.corners(), camera), box); }) ||
           std::ranges::any_of(canvas.labels,
                               [&](const StageLabel& other) { return other.box.intersects(box); });
  };
  const auto free = std::find_if(places.begin(), places.end() - 1, [&](const std::vector<QRectF>& boxes) {
    return std::ranges::none_of(boxes, taken);
  });
  for (int c = 0; c < channels; ++c)
    canvas.label(LabelKind::Note, (*free)[static_cast<std::size_t>(c)].topLeft(),
                 Qt::AlignLeft | Qt::AlignTop, channelName(canvas.frame.view, c), type,
                 canvas.frame.theme.channel, true);
}

}  // namespace convscope
