// How FilmView looks; what it does stands in film_view.cpp.
#include "engine/conv/ledger.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/film_titles.h"
#include "widgets/panels/film_view.h"
#include "widgets/panels/kernel_place.h"
#include "widgets/panels/text_runs.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace convscope {

namespace {

constexpr double kBracketDrop = 9, kOutset = 3;  // px below and around the lit frames
constexpr double kSmallestPatch = 5;             // px; a smaller patch or cell would not be seen

/// At least kSmallestPatch wide and high, about the same centre.
QRectF visible(QRectF rect) {
  const QPointF centre = rect.center();
  rect.setSize(rect.size().expandedTo({kSmallestPatch, kSmallestPatch}));
  rect.moveCenter(centre);
  return rect;
}

void drawTitles(QPainter& painter, double y, const std::vector<FilmTitle>& titles, const QColor& lit,
                double px, const LookTheme& theme) {
  for (const FilmTitle& title : titles)
    drawRun(painter, {title.x, y}, Anchor::Centre, {title.text, title.lit ? lit : theme.muted, title.lit, px},
            theme);
}

/// What no position of the kernel reaches: dim, and hatched the other way than padding.
void drawUnused(QPainter& painter, const QRectF& area, const LookTheme& theme) {
  if (area.isEmpty()) return;
  painter.save();
  QColor veil = theme.panel;
  veil.setAlphaF(.55F);
  painter.fillRect(area, veil);
  painter.setClipRect(area, Qt::IntersectClip);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(theme.muted, std::min(theme.hatchWidth, 1.2)));
  const double pitch = theme.hatchPitch * std::numbers::sqrt2;
  for (double x = area.left() - area.height(); x < area.right(); x += pitch)
    painter.drawLine(QPointF(x, area.top()), QPointF(x + area.height(), area.bottom()));
  painter.restore();
}

}  // namespace

void FilmView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const LookTheme& theme = lookTheme(m_view.state.look);
  painter.fillRect(rect(), theme.panel);
  if (m_view.result == nullptr || m_images == nullptr || m_images->frames().empty()) return;
  const FilmLayout lay = layoutNow();
  painter.setOpacity(baseOpacity());
  paintLabels(painter, lay);
  paintFrames(painter, lay);
  paintFrameTitles(painter, lay);
  if (hasMaps()) {
    paintMaps(painter, lay);
    if (!m_view.state.selection.input) {  // else the kernel's place is not what is asked about
      paintBracket(painter, lay);
      paintPatches(painter, lay);
    }
    paintFed(painter, lay);
  }
  paintHover(painter, lay);
}

double FilmView::baseOpacity() const {
  return m_view.stale ? lookTheme(m_view.state.look).staleOpacity : 1;
}

void FilmView::paintLabels(QPainter& painter, const FilmLayout& lay) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double middle = lay.frameTop + lay.frame.height() / 2;
  if (m_setting.labels)
    drawRun(painter, {lay.labelX, middle}, Anchor::Left, {tr("input"), theme.muted}, theme);
  if (!hasMaps() || !lay.maps) return;
  if (!lay.oneRow) {
    drawRun(painter, {lay.labelX, lay.mapTop + lay.frame.height() / 2}, Anchor::Left,
            {tr("output"), theme.muted}, theme);
    return;
  }
  const TextRun word{tr("output"), theme.muted};
  const double s = theme.body / 12.5;
  const double end = lay.mapLeft - 12 * s - widthOf({word}, theme);
  drawArrow(painter, {end - 42 * s, middle}, {end - 6 * s, middle}, 1.6 * s, 9 * s, theme.muted);
  drawRun(painter, {end, middle}, Anchor::Left, word, theme);
}

void FilmView::paintFrames(QPainter& painter, const FilmLayout& lay) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const KernelResult& result = *m_view.result;
  const Triple voxel = m_view.voxel();
  const int length = result.geometry.input.length;
  for (int t = lay.firstSlot; t < lay.endSlot; ++t) {
    const QRectF box = lay.slot(t);
    const bool lit = !hasMaps() || readsAlong(result, Axis::T, voxel, t);
    painter.setOpacity(baseOpacity());
    if (t < 0 || t >= length) {
      if (lit) drawHatch(painter, box, theme);
      painter.setBrush(Qt::NoBrush);
      painter.setPen(QPen(lit ? theme.padding : theme.line2, 1));
      painter.drawRect(box.adjusted(.5, .5, -.5, -.5));
      continue;
    }
    painter.setOpacity(painter.opacity() * (lit ? 1 : theme.outOfFocus));
    painter.drawImage(box, frameFor(t, box.size()));
    painter.setOpacity(baseOpacity());
    if (hasMaps()) paintUnused(painter, box, t, lit, lay.cell);
  }
  painter.setOpacity(baseOpacity());
}

/// A frame that the stride leaves over, or the rows and columns of one that is read.
void FilmView::paintUnused(QPainter& painter, const QRectF& box, int frame, bool lit, double cell) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const Shape& in = m_view.result->geometry.input;
  const Triple unused = unusedInClip(*m_view.result);
  if (frame >= in.length - unused.t) {
    drawUnused(painter, box, theme);
    const TextRun word{tr("unused"), theme.muted, false, typePx()};
    const double below = box.bottom() + typePx() * .9;
    if (widthOf({word}, theme) <= box.width() + 8 && below + typePx() * .6 <= height())
      drawRun(painter, {box.center().x(), below}, Anchor::Centre, word, theme);
    return;
  }
  if (!lit) return;
  const double high = unused.y * cell, wide = unused.x * cell;
  drawUnused(painter, QRectF(box.left(), box.bottom() - high, box.width(), high), theme);
  drawUnused(painter, QRectF(box.right() - wide, box.top(), wide, box.height() - high), theme);
}

void FilmView::paintFrameTitles(QPainter& painter, const FilmLayout& lay) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  drawTitles(painter, lay.titleY, frameTitles(m_view, lay, typePx()), theme.time, typePx(), theme);
}

void FilmView::paintBracket(QPainter& painter, const FilmLayout& lay) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const KernelResult& result = *m_view.result;
  const Triple voxel = m_view.voxel();
  const int start = patchStart(result, voxel).t;
  const int end = start + result.spec.conv.span(Axis::T);
  const QRectF around =
      lay.slot(std::max(start, lay.firstSlot)).united(lay.slot(std::min(end, lay.endSlot) - 1));
  const double s = theme.body / 12.5;
  const double line = 2 * s;
  const QRectF box = around.adjusted(-kOutset * s, -kOutset * s, kOutset * s, kOutset * s);
  painter.setPen(QPen(theme.kernel, line, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(box);
  if (lay.oneRow) {
    if (result.geometry.input.length == 1) return;
    const double y = std::min(box.bottom() + typePx() * .9, height() - typePx() * .6);
    TextLine label{{theme.presenter ? tr("kernel l = %1").arg(result.spec.conv.kernel.t)
                                    : tr("kernel, l = %1").arg(result.spec.conv.kernel.t),
                    theme.kernel, true}};
    const double half = widthOf(label, theme) / 2;
    const double x = std::clamp(box.center().x(), half + 4, std::max(half + 4, width() - half - 4));
    drawRuns(painter, {x, y}, Anchor::Centre, label, theme);
    return;
  }
  const double bottom = box.bottom() + kBracketDrop * s;
  painter.drawLine(QPointF(box.left(), box.bottom()), QPointF(box.left(), bottom));
  painter.drawLine(QPointF(box.right(), box.bottom()), QPointF(box.right(), bottom));
  painter.drawLine(QPointF(box.left(), bottom), QPointF(box.right(), bottom));
  const QRectF map = mapBox(lay, result, voxel.t);
  if (map.isEmpty()) return;
  const double x = std::round(map.center().x());
  painter.drawLine(QPointF(x, bottom), QPointF(x, lay.mapTop - 2 * s));
}

void FilmView::paintPatches(QPainter& painter, const FilmLayout& lay) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const KernelResult& result = *m_view.result;
  const Shape& in = result.geometry.input;
  const Triple voxel = m_view.voxel();
  const Triple start = patchStart(result, voxel);
  const QRectF patch =
      QRectF(start.x, start.y, result.spec.conv.span(Axis::X), result.spec.conv.span(Axis::Y));
  const double line = 2 * theme.body / 12.5;
  QColor halo = theme.halo;
  halo.setAlphaF(.6F);
  painter.setBrush(Qt::NoBrush);
  painter.setRenderHint(QPainter::Antialiasing);
  for (int t = std::max({0, start.t, lay.firstSlot}); t < std::min(in.length, lay.endSlot); ++t) {
    if (!readsAlong(result, Axis::T, voxel, t)) continue;
    const QRectF box = lay.slot(t);
    painter.save();
    painter.setClipRect(box.adjusted(-2, -2, 2, 2));
    const QRectF cells = visible({box.topLeft() + patch.topLeft() * lay.cell, patch.size() * lay.cell});
    // a thin halo outside alone: the few cells inside must stay visible
    painter.setPen(QPen(halo, 1));
    painter.drawRect(cells.adjusted(-line * .75, -line * .75, line * .75, line * .75));
    painter.setPen(QPen(theme.kernel, line, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(cells);
    painter.restore();
  }
  painter.setRenderHint(QPainter::Antialiasing, false);
}

void FilmView::paintMaps(QPainter& painter, const FilmLayout& lay) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const KernelResult& result = *m_view.result;
  const Triple voxel = m_view.voxel();
  const std::vector<int> fed = fedMaps();
  std::vector<int> titled;
  bool asked = false;
  // the chosen map last: where maps overlap it lies on top
  for (int i = lay.firstMap; i <= lay.endMap; ++i) {
    const int t = i == lay.endMap ? voxel.t : i;
    if (i == voxel.t) continue;
    const QRectF box = mapBox(lay, result, t);
    if (box.isEmpty()) continue;
    const bool chosen = t == voxel.t;
    if (hidden(t)) {
      if (!asked && t > voxel.t)
        drawRun(painter, box.center(), Anchor::Centre,
                {QStringLiteral("?"), theme.muted, true, box.height() * .6}, theme);
      asked = asked || t > voxel.t;
      continue;
    }
    const bool lit = chosen || std::ranges::binary_search(fed, t);
    painter.setOpacity(baseOpacity() * (lit ? 1 : .5));
    const QRectF picture = mapPicture(lay, result, t);
    if (const QImage& image = m_images->maps()[static_cast<std::size_t>(t)]; !image.isNull())
      painter.drawImage(picture, image);
    painter.setOpacity(baseOpacity());
    if (chosen) {
      painter.setBrush(Qt::NoBrush);
      painter.setPen(QPen(theme.voxel, 2 * theme.body / 12.5, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
      painter.drawRect(box.adjusted(-1, -1, 1, 1));
    }
    titled.push_back(t);
  }
  drawTitles(painter, lay.mapTitleY, mapTitles(m_view, lay, titled, typePx()), theme.text, typePx(), theme);
}

/// The pinned input voxel, and in each map that it feeds the cells that read it.
void FilmView::paintFed(QPainter& painter, const FilmLayout& lay) const {
  if (fedMaps().empty()) return;
  const LookTheme& theme = lookTheme(m_view.state.look);
  const KernelResult& result = *m_view.result;
  const Triple& at = m_view.state.selection.input->at;
  const Reach reach = reachOf(result.spec.conv, result.geometry, at);
  const Shape& out = result.geometry.output;
  const double line = 2 * theme.body / 12.5;
  painter.setBrush(Qt::NoBrush);
  for (const int t : fedMaps()) {
    const QRectF picture = mapPicture(lay, result, t);
    if (picture.isEmpty() || hidden(t)) continue;
    QPen dashed(theme.voxel, line * .75);
    dashed.setDashPattern({3, 2});
    painter.setPen(dashed);
    if (t != m_view.voxel().t) painter.drawRect(mapBox(lay, result, t).adjusted(-1, -1, 1, 1));
    if (reach.along[1].empty() || reach.along[2].empty()) continue;
    const QSizeF cell(picture.width() / out.width, picture.height() / out.height);
    const int y = reach.along[1].front().output;
    const int x = reach.along[2].front().output;
    const QSizeF cells((reach.along[2].back().output - x + 1) * cell.width(),
                       (reach.along[1].back().output - y + 1) * cell.height());
    drawHaloed(painter, visible({picture.topLeft() + QPointF(x * cell.width(), y * cell.height()), cells}),
               line * .75, theme.voxel, theme);
  }
  if (!lay.shows(at.t)) return;
  drawHaloed(painter,
             visible({lay.slot(at.t).topLeft() + QPointF(at.x, at.y) * lay.cell, QSizeF(lay.cell, lay.cell)}),
             line * .75, theme.text, theme);
}

void FilmView::paintHover(QPainter& painter, const FilmLayout& lay) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  painter.setBrush(Qt::NoBrush);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(theme.text, 1.5));
  if (const std::optional<InputPoint> input = hoveredInput(m_view); input && lay.shows(input->at.t)) {
    const QPointF corner = lay.slot(input->at.t).topLeft();
    painter.drawRect(
        visible({corner + QPointF(input->at.x, input->at.y) * lay.cell, QSizeF(lay.cell, lay.cell)}));
  }
  const std::optional<Triple> output = hoveredOutput(m_view);
  if (!output || !hasMaps() || !m_view.result->geometry.output.contains(*output)) return;
  const QRectF picture = mapPicture(lay, *m_view.result, output->t);
  if (picture.isEmpty() || hidden(output->t)) return;
  const Shape& out = m_view.result->geometry.output;
  const QSizeF cell(picture.width() / out.width, picture.height() / out.height);
  painter.drawRect(visible({picture.left() + output->x * cell.width(),
                            picture.top() + output->y * cell.height(), cell.width(), cell.height()}));
}

}  // namespace convscope
