#include "widgets/compare/compare_stage.h"

#include "widgets/compare/compare_words.h"
#include "widgets/panels/text_runs.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kMargin = 16;            // px around map and texts
constexpr double kBeside = 1.45;          // width over height from which on the map stands beside the frames
constexpr double kBesideShare = .46;      // of the width, for the frames then
constexpr double kNarrow = 400;           // px of a column below which the words stand over the frames
constexpr double kNarrowPresenter = 320;  // the same, in px of the usual type: there the map needs the height
constexpr double kNarrowShare = .43;      // of the height, for words and frames then
constexpr double kTopShare = .36;         // of the height, for the frames
constexpr double kTitleRoom = 26;         // px between frames and map
constexpr double kLegendRoom = 32;        // px under the map, for its scale
constexpr double kValueGap = 10;          // px between map and value
constexpr double kDegreesPerPx = .35;
constexpr int kDecimals = 3;      // of a value
constexpr double kLeastCell = 9;  // px: a smaller cell is marked by a square of this size

}  // namespace

CompareStage::CompareStage(int column, QWidget* parent) : QWidget(parent), m_column(column) {
  setAttribute(Qt::WA_OpaquePaintEvent);
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(column < 0 ? tr("Difference of columns A and B")
                               : tr("Column %1").arg(columnLetter(column)));
}

void CompareStage::present(const CompareView& view) {
  m_view = view;
  arrange();
  if (const auto cell = shownCell(); cell && m_column >= 0) {
    setAccessibleDescription(tr("%1 at t=%2 y=%3 x=%4")
                                 .arg(signedText(double{m_view.value(m_column, *cell)}, 3))
                                 .arg(cell->t + 1)
                                 .arg(cell->y + 1)
                                 .arg(cell->x + 1));
  }
  update();
}

const Tensor* CompareStage::shownMaps() const {
  if (m_column < 0) return m_view.difference ? &m_view.difference->values : nullptr;
  if (m_column >= m_view.count()) return nullptr;
  const auto& result = m_view.column(m_column).result;
  return result ? &result->maps : nullptr;
}

int CompareStage::shownChannel() const {
  return m_column < 0 ? 0 : m_view.channel(m_column);
}

std::optional<Triple> CompareStage::shownCell() const {
  if (shownMaps() == nullptr) return std::nullopt;
  if (m_column >= 0) return m_view.cell(m_column);
  const Triple a = m_view.cell(0);
  if (const auto place = m_view.difference->placeOf(a)) return place;
  // between two cells that both maps have: the nearest of A's that has a counterpart
  Triple nearest;
  for (const Axis axis : kAxes) {
    const auto& pairs = m_view.difference->cells[static_cast<std::size_t>(axis)];
    const auto closest =
        std::ranges::min_element(pairs, {}, [&](const CellPair& pair) { return std::abs(pair.a - a[axis]); });
    nearest[axis] = static_cast<int>(closest - pairs.begin());
  }
  return nearest;
}

const ColourMap& CompareStage::colours() const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const bool positive = m_column >= 0 && m_view.column(m_column).result->unsignedMaps;
  return positive ? theme.actUnsigned : theme.activation(m_view.state.look.activationMap);
}

double CompareStage::shownRange() const {
  return m_column < 0 ? m_view.differenceRange() : m_view.range(m_column);
}

void CompareStage::setShared(int width) {
  if (width == m_shared) return;
  m_shared = width;
  arrange();
  update();
}

void CompareStage::arrange() {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double scale = theme.stageTitle / 15;
  // frames above the map, or where a column is wider than high beside it
  const double wide = m_shared > 0 ? m_shared : width();
  m_beside = wide > kBeside * height();
  const bool presenter = m_view.state.look.presenter;
  m_narrow = wide < (presenter ? kNarrowPresenter : kNarrow) * scale;
  m_top = m_beside ? QRectF(0, 0, width() * kBesideShare, height())
                   : QRectF(0, 0, width(), height() * (m_narrow ? kNarrowShare : kTopShare));
  const QRectF rest = m_beside ? QRectF(m_top.right(), 0, width() - m_top.width(), height())
                               : QRectF(0, m_top.bottom(), width(), height() - m_top.height());
  QRectF area = rest.adjusted(kMargin, kTitleRoom * scale, -kMargin, -kLegendRoom * scale);
  if (presenter) area.setRight(area.right() - valueRoom());  // so large a number would hide half the map
  m_plate = {};
  m_picture = {};
  const Tensor* const maps = shownMaps();
  if (maps == nullptr || maps->empty()) return;
  const Shape& shape = maps->shape();
  std::array<AxisField, 3> field{};
  if (m_column >= 0) {
    field = m_view.column(m_column).result->field;
    const SeesText sees = seesText(m_view, m_column);
    const QFontMetricsF bold(theme.font(theme.stageTitle, true)), plain(theme.font(theme.stageLabel));
    const double room = std::max(bold.horizontalAdvance(sees.frames), plain.horizontalAdvance(sees.motion));
    const double beside = std::min(room + 8, m_top.width() * .4);
    const double above = kMargin + 2.6 * theme.stageTitle;
    const QMarginsF left = m_beside   ? QMarginsF(22, above, 30, 30)
                           : m_narrow ? QMarginsF(kMargin, above, kMargin, 4)
                                      : QMarginsF(22, 14, 22 + beside, 4);
    m_frames.update(m_view, m_column, m_top.size(), left);
  } else {
    // the common cells stand where A's do; they need not be neighbours
    const auto& a = m_view.column(0).result->field;
    for (const std::size_t axis : {0U, 1U, 2U}) {
      const auto& pairs = m_view.difference->cells[axis];
      field[axis] = a[axis];
      field[axis].centre += pairs.front().a * a[axis].jump;
      if (pairs.size() > 1) field[axis].jump *= pairs[1].a - pairs[0].a;
    }
  }
  m_plate = MapPlate(field, shape.height, shape.width, boundsOf(m_view), area);
  const auto cell = shownCell();
  const int t = std::clamp(cell ? cell->t : 0, 0, shape.length - 1);
  m_picture = mapPicture(*maps, shownChannel(), t, colours(), shownRange());
}

QRectF CompareStage::label(const StageInk& ink, LabelKind kind, QPointF at, Qt::Alignment side,
                           const QString& text, double px, const QColor& colour, bool bold) {
  const QFont font = lookTheme(m_view.state.look).font(px, bold);
  const QRectF box = ink.text(at, side, text, font, colour, true);
  m_labels.push_back({kind, text, box, bold});
  return box;
}

double CompareStage::valueRoom() const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  return QFontMetricsF(theme.font(theme.value, true)).horizontalAdvance(signedText(-1, kDecimals)) +
         kValueGap;
}

double CompareStage::shownValue(const Triple& cell) const {
  const double value = shownMaps()->at(cell.t, cell.y, cell.x, shownChannel());
  const Triple a = m_view.cell(0);
  if (m_column >= 0 || m_view.difference->placeOf(a) != cell || !m_view.column(1).result) return value;
  const double unit = std::pow(10, kDecimals);
  const double rounded = (std::round(unit * double{m_view.value(0, a)}) -
                          std::round(unit * double{m_view.value(1, m_view.cell(1))})) /
                         unit;
  return std::abs(rounded - value) < 1.5 / unit ? rounded : value;  // else B's cursor stands elsewhere
}

std::vector<QLineF> CompareStage::links() const {
  const auto cell = shownCell();
  if (m_column < 0 || !cell) return {};
  const auto ends = m_frames.linkEnds(m_beside);
  if (!ends) return {};
  const QRectF at = m_plate.cell({cell->y, cell->x});
  return {QLineF(ends->first, at.topLeft()),
          QLineF(ends->second, m_beside ? at.bottomLeft() : at.topRight())};
}

void CompareStage::paintEvent(QPaintEvent*) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter painter(this);
  painter.fillRect(rect(), theme.stage);
  m_labels.clear();
  if (m_picture.isNull()) {
    paintSentence(painter);
    return;
  }
  painter.setRenderHint(QPainter::Antialiasing);
  const bool stale = m_column >= 0 && m_view.column(m_column).stale;
  if (stale) painter.setOpacity(theme.staleOpacity);
  const StageInk ink(painter, theme, m_store, devicePixelRatioF());
  painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
  if (m_column >= 0)
    m_frames.paint(ink, theme);
  else
    paintDifferenceTexts(ink);
  paintMap(ink);
  if (m_column >= 0) {
    paintLinks(ink);
    m_frames.paintTitles(ink, theme, links(), m_labels);
  }
  paintTexts(ink);
  painter.setOpacity(1);
  if (!stale) return;
  QPen pen(theme.stale, 2 * theme.hairline);
  pen.setDashPattern({6, 4});
  painter.setPen(pen);
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(QRectF(rect()).adjusted(3, 3, -3, -3));
  const QString why = m_view.column(m_column).problem;
  label(ink, LabelKind::State, {width() / 2.0, 8}, Qt::AlignHCenter | Qt::AlignTop, tr("stale"),
        theme.stageTitle, theme.stale, true);
  if (why.isEmpty()) return;
  painter.setPen(theme.error);
  painter.setFont(theme.font(theme.body));
  painter.drawText(m_top.adjusted(kMargin, 30, -kMargin, 0), Qt::AlignHCenter | Qt::TextWordWrap, why);
  m_labels.push_back({LabelKind::State, why, m_top, false});
}

void CompareStage::paintMap(const StageInk& ink) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter& painter = ink.painter();
  painter.drawImage(m_plate.rect(), m_picture);
  painter.setPen(QPen(theme.line2, theme.frameEdge));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(m_plate.rect());
  const auto cell = shownCell();
  if (!cell) return;
  const QRectF at = m_plate.cell({cell->y, cell->x});
  QColor cross = theme.voxel;
  cross.setAlphaF(.8F);
  QPen dotted(cross, theme.hairline);
  dotted.setDashPattern({2, 4});
  painter.setPen(dotted);
  painter.drawLine(QPointF(m_plate.rect().left(), at.center().y()),
                   QPointF(m_plate.rect().right(), at.center().y()));
  painter.drawLine(QPointF(at.center().x(), m_plate.rect().top()),
                   QPointF(at.center().x(), m_plate.rect().bottom()));
  auto over = m_view.hovered(m_column);
  if (over && m_column < 0) over = m_view.difference->placeOf(*over);
  if (over && *over != *cell) {
    painter.setPen(QPen(theme.text, 1.5));
    painter.drawRect(m_plate.cell({over->y, over->x}));
  }
}

void CompareStage::paintLinks(const StageInk& ink) const {
  const std::vector<QLineF> lines = links();
  if (lines.empty()) return;
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter& painter = ink.painter();
  painter.save();
  // over the map its tint would be taken for values
  painter.setClipRegion(QRegion(rect()) - QRegion(m_plate.rect().toAlignedRect()));
  ink.fill(QPolygonF({lines[0].p1(), lines[1].p1(), lines[1].p2(), lines[0].p2()}), theme.kernel,
           theme.linkFill);
  painter.restore();
  ink.haloLines(lines, theme.kernel, theme.link);
}

void CompareStage::paintTexts(const StageInk& ink) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter& painter = ink.painter();
  const QRectF& map = m_plate.rect();
  const auto cell = shownCell();
  if (cell) {
    QRectF at = m_plate.cell({cell->y, cell->x});
    if (at.width() < kLeastCell)
      at = QRectF(at.center() - QPointF(kLeastCell, kLeastCell) / 2, QSizeF(kLeastCell, kLeastCell));
    drawHaloed(painter, at, theme.voxelLine, theme.voxel, theme);
    const QString text = signedText(shownValue(*cell), kDecimals);
    if (m_view.state.look.presenter) {  // at the end of the cell's line, beside the map
      label(ink, LabelKind::Value, {map.right() + kValueGap, at.center().y()},
            Qt::AlignLeft | Qt::AlignVCenter, text, theme.value, theme.voxel, true);
    } else {  // beside the cell, on the side where there is room
      const double room = QFontMetricsF(theme.font(theme.value, true)).horizontalAdvance(text) + 24;
      const bool right = at.right() + room < width();
      label(ink, LabelKind::Value,
            {right ? at.right() + 10 : at.left() - 10, at.center().y() + at.height() * .5},
            (right ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter, text, theme.value, theme.voxel,
            true);
    }
  }
  const QString title = m_column < 0
                            ? tr("difference of the two maps, %1").arg(m_view.mapTitle(0, m_view.cell(0).t))
                            : tr("map %1").arg(m_view.mapTitle(m_column, cell ? cell->t : 0));
  const QFontMetricsF metrics(theme.font(theme.stageLabel, true));
  const QSizeF extent(metrics.horizontalAdvance(title), metrics.height());
  const QRectF box(map.topRight() - QPointF(extent.width(), 5 + extent.height()), extent);
  const bool crossed = std::ranges::any_of(links(), [&](const QLineF& link) { return crosses(link, box); });
  label(ink, LabelKind::MapTitle, {crossed ? map.left() : map.right(), map.top() - 5},
        (crossed ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignBottom, title, theme.stageLabel, theme.text,
        true);
  const double wide = std::min(170 * theme.caption / 11, map.width() * .5);
  paintScale(painter, QRectF(map.right() - wide, map.bottom() + 7, wide, 8), colours(), shownRange(), theme);
  if (m_column < 0) return;
  const SeesText sees = seesText(m_view, m_column);
  const bool left = m_beside || m_narrow;
  const QPointF corner(left ? kMargin : width() - kMargin, m_top.top() + kMargin);
  const Qt::Alignment side = (left ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignTop;
  const QRectF first =
      label(ink, LabelKind::Note, corner, side, sees.frames, theme.stageTitle, theme.kernel, true);
  if (!sees.motion.isEmpty())
    label(ink, LabelKind::Note, {corner.x(), first.bottom() + 2}, side, sees.motion, theme.stageLabel,
          theme.text);
}

void CompareStage::paintDifferenceTexts(const StageInk& ink) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter& painter = ink.painter();
  const MapDifference& difference = *m_view.difference;
  const int frames = difference.values.shape().length;
  const QString pairs =
      frames == 1 ? tr("the one map frame that both have") : tr("all %1 pairs of map frames").arg(frames);
  struct Line {
    QString name, shortName, value;
  };
  const Line lines[] = {
      {tr("correlation of A and B, %1").arg(pairs), tr("correlation of A and B"),
       difference.correlation ? QString::number(*difference.correlation, 'f', 2).replace('-', QChar(0x2212))
                              : tr("none: one is constant")},
      {tr("root mean square of A − B"), tr("r.m.s. of A − B"),
       QString::number(difference.rootMeanSquare, 'f', 3)},
      {tr("cells that differ by more than %1").arg(kNotableDifference),
       tr("differ by over %1").arg(kNotableDifference),
       tr("%1 %").arg(100 * difference.differingShare, 0, 'f', 1)}};
  // over the map, unless that is too narrow for them
  const bool over = !m_beside && m_plate.rect().width() > .6 * width();
  const double left = over ? m_plate.rect().left() : 2 * kMargin;
  const double right = over ? m_plate.rect().right() : m_top.right() - 2 * kMargin;
  const double pitch = theme.body * 1.9;
  double y = kMargin + pitch;
  for (const Line& line : lines) {
    const double valueWidth = widthOf({{line.value, theme.text, true}}, theme);
    const QFontMetricsF metrics(theme.font(theme.body));
    const double room = right - left - valueWidth - 12;
    const QString& words = metrics.horizontalAdvance(line.name) <= room ? line.name : line.shortName;
    const QString name = metrics.elidedText(words, Qt::ElideRight, room);
    drawRun(painter, {left, y}, Anchor::Left, {name, theme.muted}, theme);
    drawRun(painter, {right, y}, Anchor::Right, {line.value, theme.text, true}, theme);
    m_labels.push_back({LabelKind::Note, line.name + QLatin1Char(' ') + line.value,
                        QRectF(left, y - 8, right - left, 16), false});
    y += pitch;
  }
}

void CompareStage::paintSentence(QPainter& painter) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  QString text = m_view.clipProblem;
  if (text.isEmpty() && m_column < 0) text = m_view.differenceProblem;
  if (text.isEmpty() && m_column >= 0 && m_column < m_view.count()) text = m_view.column(m_column).problem;
  if (text.isEmpty() && m_view.busy) text = tr("The maps are being computed …");
  painter.setFont(theme.font(theme.stageLabel));
  painter.setPen(theme.muted);
  painter.drawText(rect().adjusted(width() / 8, 0, -width() / 8, 0), Qt::AlignCenter | Qt::TextWordWrap,
                   text);
}

void CompareStage::resizeEvent(QResizeEvent*) {
  arrange();
}

std::optional<CompareHover> CompareStage::hoverAt(const QPointF& px) const {
  const auto place = m_plate.at(px);
  const auto cell = shownCell();
  if (!place || !cell) return std::nullopt;
  if (m_column >= 0) return CompareHover{m_column, {cell->t, place->y, place->x}};
  const auto& cells = m_view.difference->cells;
  return CompareHover{
      0,
      {cells[0][static_cast<std::size_t>(cell->t)].a, cells[1][static_cast<std::size_t>(place->y)].a,
       cells[2][static_cast<std::size_t>(place->x)].a}};
}

void CompareStage::requestCursor(const CompareHover& at) {
  // a kernel becomes the chosen column; the cell of a stack is kept as the nearest one of the chosen kernel
  const bool kernel = std::holds_alternative<KernelStudy>(m_view.column(at.column).spec);
  const int chosen = kernel ? at.column : m_view.state.selection.column;
  const Triple voxel = kernel ? at.at : m_view.cellNear(chosen, at);
  Q_EMIT editRequested({tr("Cursor"),
                        [chosen, voxel](AppState& state) {
                          state.selection.column = chosen;
                          state.selection.voxel = voxel;
                          state.selection.input.reset();
                        },
                        false});
}

void CompareStage::mousePressEvent(QMouseEvent* event) {
  m_last = event->position();
  if (const auto at = hoverAt(event->position()); at && event->button() == Qt::LeftButton) {
    m_drag = Drag::Cursor;
    requestCursor(*at);
  } else if (m_top.contains(event->position()) && m_column >= 0) {
    m_drag = event->button() == Qt::LeftButton ? Drag::Orbit : Drag::Pan;
  }
}

void CompareStage::mouseMoveEvent(QMouseEvent* event) {
  const auto at = hoverAt(event->position());
  if (m_drag == Drag::None) {
    setCursor(at ? Qt::CrossCursor : Qt::ArrowCursor);
    Q_EMIT hovered(at);
    return;
  }
  if (m_drag == Drag::Cursor) {
    if (at) requestCursor(*at);
    return;
  }
  const QPointF moved = event->position() - m_last;
  m_last = event->position();
  CameraLook camera = m_view.state.compare.camera;
  if (m_drag == Drag::Orbit) {
    camera.yaw = std::clamp(camera.yaw + moved.x() * kDegreesPerPx, -85.0, 85.0);
    camera.pitch = std::clamp(camera.pitch + moved.y() * kDegreesPerPx, -10.0, 80.0);
  } else {
    camera.panX += moved.x() / std::max(1.0, m_top.width());
    camera.panY += moved.y() / std::max(1.0, m_top.height());
  }
  Q_EMIT editRequested({tr("Camera"), [camera](AppState& state) { state.compare.camera = camera; }, false});
}

void CompareStage::mouseReleaseEvent(QMouseEvent*) {
  m_drag = Drag::None;
}

void CompareStage::wheelEvent(QWheelEvent* event) {
  event->accept();
  const double notches = event->angleDelta().y() / 120.0;
  if (m_top.contains(event->position()) && m_column >= 0) {
    const CameraLook camera = m_frames.camera().zoomedAbout(m_view.state.compare.camera, event->position(),
                                                            std::pow(1.15, notches));
    Q_EMIT editRequested({tr("Camera"), [camera](AppState& state) { state.compare.camera = camera; }, false});
    return;
  }
  if (shownMaps() == nullptr || std::abs(notches) < .5) return;
  const int chosen = m_view.state.selection.column;
  Triple voxel = m_view.cell(chosen);
  voxel.t += notches > 0 ? -1 : 1;
  if (voxel.t < 0 || !m_view.column(chosen).result ||
      voxel.t >= m_view.column(chosen).result->maps.shape().length)
    return;
  requestCursor({chosen, voxel});
}

void CompareStage::leaveEvent(QEvent*) {
  Q_EMIT hovered(std::nullopt);
}

bool CompareStage::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const auto at = hoverAt(help->pos());
  if (!at) {
    QToolTip::hideText();
    return true;
  }
  QStringList lines;
  for (int i = 0; i < m_view.count(); ++i) {
    const Triple cell = i == at->column ? at->at : m_view.cellNear(i, *at);
    lines << tr("%1  %2  at t=%3 y=%4 x=%5")
                 .arg(columnLetter(i), signedText(double{m_view.value(i, cell)}, 3))
                 .arg(cell.t + 1)
                 .arg(cell.y + 1)
                 .arg(cell.x + 1);
  }
  QToolTip::showText(help->globalPos(), lines.join(QLatin1Char('\n')), this);
  return true;
}

CompareFacts CompareStage::facts() const {
  CompareFacts facts;
  facts.valid = !m_picture.isNull();
  facts.labels = m_labels;
  facts.frames = m_frames.frames();
  facts.map = m_plate.rect();
  if (facts.valid) facts.links = links();
  if (const auto cell = shownCell()) facts.cell = *cell;
  if (facts.valid) facts.range = shownRange();
  return facts;
}

QPointF CompareStage::cellCentre(int y, int x) const {
  return m_plate.cell({y, x}).center();
}

}  // namespace convscope
