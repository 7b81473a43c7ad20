#include "widgets/compare/compare_frames.h"

#include "widgets/look/clip_colour.h"
#include "widgets/state/kernel_view.h"

#include <QCoreApplication>
#include <QFontMetricsF>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace convscope {

namespace {

constexpr double kGap = 1.2;   // between frames, in frame widths
constexpr int kMostShown = 7;  // frames in a column

QString tr(const char* text) {
  return QCoreApplication::translate("Compare", text);
}

/// Frames that the cells of all columns at the cursor see, from the first to the last.
std::vector<int> allSeen(const CompareView& view, int column) {
  int first = 0, last = -1;
  bool any = false;
  for (int i = 0; i < view.count(); ++i) {
    if (!view.column(i).result) continue;
    const CompareView::Frames seen = view.framesSeen(i, view.cell(i).t);
    const int end = seen.first + (seen.count - 1) * seen.step;
    first = any ? std::min(first, seen.first) : seen.first;
    last = any ? std::max(last, end) : end;
    any = true;
  }
  std::vector<int> all;
  for (int t = first; any && t <= last; ++t) all.push_back(t);
  if (static_cast<int>(all.size()) <= kMostShown) return all;
  // too many to stand apart: the column's own, thinned out evenly
  const CompareView::Frames seen = view.framesSeen(column, view.cell(column).t);
  std::vector<int> own;
  for (int k = 0; k < seen.count; ++k) own.push_back(seen.first + k * seen.step);
  std::vector<int> kept;
  const auto most = std::min<int>(kMostShown, static_cast<int>(own.size()));
  for (int k = 0; k < most; ++k) {
    const auto index = most == 1 ? 0 : k * (static_cast<int>(own.size()) - 1) / (most - 1);
    kept.push_back(own[static_cast<std::size_t>(index)]);
  }
  return kept;
}

}  // namespace

void CompareFrames::update(const CompareView& view, int column, const QSizeF& size, const QMarginsF& room) {
  m_frames.clear();
  const auto& result = view.column(column).result;
  if (!result || size.isEmpty()) return;
  if (m_clip != result->clip) {
    m_clip = result->clip;
    m_pictures.clear();
  }
  const Shape& clip = m_clip->pixels.shape();
  const Triple cell = view.cell(column);
  const CompareView::Frames seen = view.framesSeen(column, cell.t);
  for (const int t : allSeen(view, column)) {
    const int k = t - seen.first;
    const bool own = k >= 0 && k % seen.step == 0 && k / seen.step < seen.count;
    m_frames.push_back({t, own, t < 0 || t >= clip.length});
  }
  const AxisField& rows = result->field[1];
  const AxisField& columns = result->field[2];
  m_patch = QRectF(columns.first(cell.x), rows.first(cell.y), columns.size, rows.size);
  std::vector<FitAnchor> anchors;
  for (std::size_t i = 0; i < m_frames.size(); ++i) {
    for (const double y : {0., double(clip.height)}) {
      for (const double x : {0., double(clip.width)}) {
        FitAnchor anchor;
        anchor.at = at(i, y, x);
        if (y > 0) anchor.bottom = 22;  // its time
        anchors.push_back(anchor);
      }
    }
  }
  m_camera = StageCamera::framed(view.state.compare.camera, anchors, size, room);
}

Vec3 CompareFrames::at(std::size_t index, double y, double x) const {
  const Shape& clip = m_clip->pixels.shape();
  return {x / clip.width - .5, (clip.height / 2.0 - y) / clip.width, kGap * static_cast<double>(index)};
}

QPolygonF CompareFrames::plane(std::size_t index) const {
  const Shape& clip = m_clip->pixels.shape();
  QPolygonF corners;
  for (const auto& [y, x] : {std::pair{0, 0}, {0, clip.width}, {clip.height, clip.width}, {clip.height, 0}})
    corners << m_camera.project(at(index, y, x));
  return corners;
}

QPolygonF CompareFrames::patch(std::size_t index) const {
  QPolygonF corners;
  for (const QPointF& corner :
       {m_patch.topLeft(), m_patch.topRight(), m_patch.bottomRight(), m_patch.bottomLeft()})
    corners << m_camera.project(at(index, corner.y(), corner.x()));
  return corners;
}

const QImage& CompareFrames::picture(int t) {
  const auto known = m_pictures.constFind(t);
  if (known != m_pictures.constEnd()) return *known;
  const Tensor& pixels = m_clip->pixels;
  const Shape& shape = pixels.shape();
  const ValueRange range = displayRange(*m_clip);
  QImage image(shape.width, shape.height, QImage::Format_RGB32);
  for (int y = 0; y < shape.height; ++y) {
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
    for (int x = 0; x < shape.width; ++x) line[x] = clipColour(pixels, range, t, y, x);
  }
  return *m_pictures.insert(t, image);
}

void CompareFrames::paint(const StageInk& ink, const LookTheme& theme) {
  QPainter& painter = ink.painter();
  std::vector<std::size_t> order(m_frames.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto middle = [this](std::size_t i) {
    const Shape& clip = m_clip->pixels.shape();
    return m_camera.depth(at(i, clip.height / 2.0, clip.width / 2.0));
  };
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return middle(a) > middle(b); });
  for (const std::size_t i : order) {
    const ShownFrame& frame = m_frames[i];
    const QPolygonF corners = plane(i);
    if (frame.padding) {
      ink.hatch(corners, theme.padding, .5);
      painter.setPen(QPen(theme.padding, theme.frameEdge));
      painter.setBrush(Qt::NoBrush);
      painter.drawPolygon(corners);
      continue;
    }
    const QImage& image = picture(frame.t);
    const QRectF cells(0, 0, image.width(), image.height());
    QTransform placed;
    const QPolygonF from({cells.topLeft(), cells.topRight(), cells.bottomRight(), cells.bottomLeft()});
    if (!QTransform::quadToQuad(from, corners, placed)) continue;  // seen from its edge
    painter.save();
    painter.setTransform(placed, true);
    painter.setOpacity(frame.seen ? theme.inFocus : theme.outOfFocus);
    painter.drawImage(QPointF(0, 0), image);
    painter.restore();
    painter.setPen(QPen(frame.seen ? theme.kernel : theme.line2,
                        frame.seen ? theme.frameEdgeFocus : theme.frameEdge, Qt::SolidLine, Qt::SquareCap,
                        Qt::MiterJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolygon(corners);
  }
  std::vector<std::size_t> seen;
  for (std::size_t i = 0; i < m_frames.size(); ++i) {
    if (m_frames[i].seen) seen.push_back(i);
  }
  if (seen.size() > 1) {
    const QPolygonF first = patch(seen.front()), last = patch(seen.back());
    std::vector<QLineF> edges;
    for (int corner = 0; corner < 4; ++corner) {
      const int next = (corner + 1) % 4;
      ink.fill(QPolygonF({first[corner], first[next], last[next], last[corner]}), theme.kernel, .1);
      edges.emplace_back(first[corner], last[corner]);
    }
    ink.haloLines(edges, theme.kernel, theme.patch * .75);
  }
  for (const std::size_t i : seen)
    ink.haloPolygon(patch(i), theme.kernel, theme.patch * .8, theme.haloWidth * .6);
}

void CompareFrames::paintTitles(const StageInk& ink, const LookTheme& theme, std::span<const QLineF> links,
                                std::vector<StageLabel>& labels) const {
  std::vector<QRectF> taken;
  // there it would seem to be that frame's
  const auto overOtherFrame = [this](std::size_t own, const QRectF& box) {
    for (std::size_t i = 0; i < m_frames.size(); ++i) {
      if (i != own && overlaps(plane(i), box)) return true;
    }
    return false;
  };
  for (std::size_t i = 0; i < m_frames.size(); ++i) {
    const ShownFrame& frame = m_frames[i];
    const QPolygonF corners = plane(i);
    const QString text = frame.padding ? tr("padding") : tr("t=%1").arg(frame.t + 1);
    const QColor colour = frame.padding ? theme.padding : frame.seen ? theme.time : theme.muted;
    const QFont font = theme.font(theme.stageLabel, frame.seen);
    struct Place {
      QPointF at;
      Qt::Alignment side;
    };
    const QPointF gap(0, 3);
    const Place places[] = {{corners[2] + gap, Qt::AlignRight | Qt::AlignTop},
                            {corners[3] + gap, Qt::AlignLeft | Qt::AlignTop},
                            {corners[1] - gap, Qt::AlignRight | Qt::AlignBottom},
                            {corners[0] - gap, Qt::AlignLeft | Qt::AlignBottom}};
    const QSizeF size(QFontMetricsF(font).horizontalAdvance(text), QFontMetricsF(font).height());
    const auto* const clear = std::ranges::find_if(places, [&](const Place& place) {
      const bool right = place.side & Qt::AlignRight, below = place.side & Qt::AlignTop;
      const QRectF box(
          QPointF(place.at.x() - (right ? size.width() : 0), place.at.y() - (below ? 0 : size.height())),
          size);
      return std::ranges::none_of(links, [&](const QLineF& link) { return crosses(link, box); }) &&
             !overOtherFrame(i, box) &&
             std::ranges::none_of(taken, [&](const QRectF& other) { return other.intersects(box); });
    });
    const Place& place = clear == std::end(places) ? places[0] : *clear;
    const QRectF box = ink.text(place.at, place.side, text, font, colour, true);
    taken.push_back(box);
    labels.push_back({LabelKind::InputTitle, text, box, frame.seen});
  }
}

std::optional<std::pair<QPointF, QPointF>> CompareFrames::linkEnds(bool beside) const {
  std::optional<std::pair<QPointF, QPointF>> ends;
  for (std::size_t i = 0; i < m_frames.size(); ++i) {
    if (!m_frames[i].seen) continue;
    for (const QPointF& corner : patch(i)) {
      if (!ends) ends = {corner, corner};
      // the outermost corners, of equal ones the first
      const auto along = [beside](const QPointF& at) { return beside ? at.y() : at.x(); };
      if (along(corner) < along(ends->first) - .5) ends->first = corner;
      if (along(corner) > along(ends->second) + .5) ends->second = corner;
    }
  }
  return ends;
}

}  // namespace convscope
