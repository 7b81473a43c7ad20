#include "widgets/panels/film_view.h"

#include "engine/conv/ledger.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/kernel_place.h"
#include "widgets/panels/text_runs.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace convscope {

QString cellTip(const KernelView& view, const Hover& cell) {
  if (view.result == nullptr || cell.kind == Hover::Kind::None) return {};
  const KernelResult& result = *view.result;
  if (cell.kind == Hover::Kind::Output)
    return QStringLiteral("%1: %2").arg(voxelText(view, cell.at),
                                        signedText(result.valueAt(view.filter(), cell.at), 3));
  if (cell.kind != Hover::Kind::Input || !result.geometry.input.contains(cell.at)) return {};
  QString text = positionText(cell.at) + QLatin1Char(':');
  const int channels = result.geometry.input.channels;
  for (int c = 0; c < channels; ++c)
    text += QStringLiteral(" %1 %2").arg(
        channelName(c, channels),
        QString::number(result.clip->pixels.at(cell.at.t, cell.at.y, cell.at.x, c), 'f', 2));
  return text;
}

FilmView::FilmView(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setAccessibleName(tr("Input frames and output maps"));
}

void FilmView::present(const KernelView& view, const FilmImages* images, const FilmSetting& setting) {
  m_view = view;
  m_images = images;
  m_setting = setting;
  update();
}

bool FilmView::hasMaps() const {
  return m_view.result != nullptr && !m_view.state.look.inputOnly;
}

FilmLayout FilmView::layoutNow() const {
  if (m_view.result == nullptr) return {};
  FilmSetting setting = m_setting;
  setting.size = size();
  setting.withMaps = hasMaps();
  return filmLayout(*m_view.result, m_view.voxel(), setting, lookTheme(m_view.state.look));
}

std::vector<int> FilmView::fedMaps() const {
  if (!hasMaps() || !m_view.state.selection.input) return {};
  const KernelResult& result = *m_view.result;
  const Triple& at = m_view.state.selection.input->at;
  if (!result.geometry.input.contains(at)) return {};
  const Reach reach = reachOf(result.spec.conv, result.geometry, at);
  if (reach.count() == 0) return {};
  std::vector<int> maps;
  for (const Reach::Step& step : reach.along[0])
    if (maps.empty() || maps.back() != step.output) maps.push_back(step.output);
  return maps;
}

double FilmView::typePx() const {
  return lookTheme(m_view.state.look).body;
}

/// In the presenter a map that nothing is painted of is not shown: the number of maps is the question.
void FilmView::setVeiled(bool veiled) {
  m_veiled = veiled;
  update();
}

bool FilmView::hidden(int map) const {
  const bool asks = m_veiled || m_view.state.look.presenter;
  return asks && m_view.state.playback.paint && m_images->blank(map);
}

const QImage& FilmView::frameFor(int t, const QSizeF& size) {
  const QImage& full = m_images->frames()[static_cast<std::size_t>(t)];
  const QSize wanted = (size * devicePixelRatioF()).toSize().expandedTo({1, 1});
  if (wanted.width() >= full.width()) return full;
  m_reduced.resize(m_images->frames().size());
  Reduced& reduced = m_reduced[static_cast<std::size_t>(t)];
  if (reduced.source != full.cacheKey() || reduced.size != wanted)
    reduced = {full.cacheKey(), wanted, full.scaled(wanted, Qt::IgnoreAspectRatio, Qt::SmoothTransformation)};
  return reduced.image;
}

// --- pointer

Hover FilmView::cellAt(const QPointF& at) const {
  if (m_view.result == nullptr) return {};
  const FilmLayout lay = layoutNow();
  const Shape& in = m_view.result->geometry.input;
  const Shape& out = m_view.result->geometry.output;
  for (int t = std::max(0, lay.firstSlot); t < std::min(lay.endSlot, in.length); ++t) {
    const QRectF box = lay.slot(t);
    if (!box.contains(at)) continue;
    const QPointF inside = (at - box.topLeft()) / lay.cell;
    return {Hover::Kind::Input,
            {t, std::min(static_cast<int>(inside.y()), in.height - 1),
             std::min(static_cast<int>(inside.x()), in.width - 1)},
            std::min(m_view.state.selection.weightChannel, in.channels - 1)};
  }
  if (!hasMaps()) return {};
  for (int t = lay.firstMap; t < lay.endMap; ++t) {
    const QRectF picture = mapPicture(lay, *m_view.result, t);
    if (picture.isEmpty() || !mapBox(lay, *m_view.result, t).contains(at) || hidden(t)) continue;
    const double y = (at.y() - picture.top()) / picture.height() * out.height;
    const double x = (at.x() - picture.left()) / picture.width() * out.width;
    return {Hover::Kind::Output,
            {t, std::clamp(static_cast<int>(y), 0, out.height - 1),
             std::clamp(static_cast<int>(x), 0, out.width - 1)},
            m_view.filter()};
  }
  return {};
}

void FilmView::slideTo(const QPointF& at) {
  if (!hasMaps()) return;
  const FilmLayout lay = layoutNow();
  const int last = m_view.result->geometry.output.length - 1;
  int t = 0;
  if (lay.oneRow && at.x() > lay.width - (lay.endMap - lay.firstMap) * lay.mapPitch) {
    t = std::clamp(lay.firstMap + static_cast<int>((at.x() - lay.mapLeft) / lay.mapPitch), 0, last);
  } else {
    // frames and, in two rows, maps stand on one scale of time
    const double slot = lay.firstSlot + (at.x() - lay.left - lay.frame.width() / 2) / lay.pitch;
    const bool onMaps = !lay.oneRow && at.y() >= lay.mapTop;
    t = outputNear(*m_view.result, Axis::T, onMaps ? slot : std::round(slot));
  }
  if (t != m_view.voxel().t) Q_EMIT editRequested(moveKernel(t, {}, {}));
}

void FilmView::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return QWidget::mousePressEvent(event);
  const Hover cell = cellAt(event->position());
  if (cell.kind == Hover::Kind::Input && (event->modifiers() & Qt::ShiftModifier)) {
    const InputPoint point{cell.at, cell.channel};
    Q_EMIT editRequested(
        {QStringLiteral("Input voxel"), [point](AppState& state) { state.selection.input = point; }, false});
    return;
  }
  m_dragging = cell.kind != Hover::Kind::None;
  if (m_dragging) slideTo(event->position());
}

void FilmView::mouseMoveEvent(QMouseEvent* event) {
  if (m_dragging && (event->buttons() & Qt::LeftButton)) slideTo(event->position());
  const Hover cell = cellAt(event->position());
  setCursor(cell.kind != Hover::Kind::None && hasMaps() ? Qt::PointingHandCursor : Qt::ArrowCursor);
  setHovered(cell);
}

void FilmView::wheelEvent(QWheelEvent* event) {
  if (!hasMaps()) return event->ignore();
  if (const auto edit = wheeled(m_view, m_wheel.take(*event))) Q_EMIT editRequested(*edit);
  event->accept();
}

void FilmView::leaveEvent(QEvent*) {
  setHovered({});
}

void FilmView::setHovered(const Hover& hover) {
  if (hover == m_hover) return;
  m_hover = hover;
  Q_EMIT hovered(hover);
}

bool FilmView::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  showTip(this, *help, cellTip(m_view, cellAt(help->pos())));
  return true;
}

}  // namespace convscope
