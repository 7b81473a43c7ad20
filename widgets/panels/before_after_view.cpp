#include "widgets/panels/before_after_view.h"

#include "engine/network/mean_scores.h"
#include "widgets/panels/text_runs.h"
#include "widgets/state/clip_edits.h"
#include "widgets/state/shift_queries.h"

#include <QLinearGradient>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kMargin = 16, kGap = 20;  // px
constexpr double kCaption = 1.9;           // of the type, below a picture
constexpr double kLegendHeight = 10, kLeastCell = 6;
constexpr double kPeakWidth = 2.4;

std::vector<QRgb> coloursOf(const ColourMap& map) {
  return {map.table().begin(), map.table().end()};
}

Triple strongestOf(const Tensor& maps, int channel, int t) {
  const Shape& shape = maps.shape();
  const float* const values = maps.frame(t, channel);
  const int count = shape.height * shape.width;
  const auto larger = [](float a, float b) { return std::abs(a) < std::abs(b); };
  const auto at = static_cast<int>(std::max_element(values, values + count, larger) - values);
  return {t, at / shape.width, at % shape.width};
}

QString placeText(const Triple& at) {
  return QObject::tr("y=%1 x=%2").arg(at.y + 1).arg(at.x + 1);
}

QString shareText(double share) {
  return QStringLiteral("%1 %").arg(100 * share, 0, 'f', 1);
}

int wrapped(int at, int extent) {
  return ((at % extent) + extent) % extent;
}

}  // namespace

BeforeAfterView::BeforeAfterView(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("The map before and after the clip is changed"));
  setFocusPolicy(Qt::StrongFocus);
  setMinimumSize(280, 200);
}

void BeforeAfterView::present(const NetworkView& view, std::shared_ptr<const BeforeEdits> before,
                              const QString& problem) {
  m_view = view;
  m_before = std::move(before);
  m_problem = problem;
  // of another layer, until the one asked for is there
  if (m_before != nullptr && !m_view.levels.empty() &&
      m_before->maps->maps.shape().channels != mapsAfter().shape().channels)
    m_before.reset();
  if (there()) makePictures();
  setAccessibleDescription(lines().join(QStringLiteral(". ")));
  update();
}

std::optional<Triple> BeforeAfterView::movedBy() const {
  if (!there()) return std::nullopt;
  const auto& edits = m_view.result->spec.edits;
  if (!std::ranges::all_of(edits, [](const ClipEdit& edit) { return isShift(edit.kind); }))
    return std::nullopt;
  Triple cells{0, 0, 0};
  for (const Axis axis : kAxes) {
    int amount = 0;
    for (const ClipEdit& edit : edits) amount += edit.kind == shiftAlong(axis) ? edit.amount : 0;
    const double jump = m_view.result->row(m_view.row).field[static_cast<std::size_t>(axis)].jump;
    cells[axis] = static_cast<int>(std::lround(amount / std::max(1.0, jump)));
  }
  return cells;
}

double BeforeAfterView::differenceAt(int y, int x) const {
  const Shape& shape = mapsBefore().shape();
  const Triple by = movedBy().value_or(Triple{0, 0, 0});
  const float before =
      mapsBefore().at(wrapped(m_view.unit.t - by.t, shape.length), wrapped(y - by.y, shape.height),
                      wrapped(x - by.x, shape.width), m_view.channel);
  return double{mapsAfter().at(m_view.unit.t, y, x, m_view.channel)} - before;
}

void BeforeAfterView::makePictures() {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const Tensor &before = mapsBefore(), &after = mapsAfter();
  const int t = m_view.unit.t, channel = m_view.channel;
  const int tBefore = std::min(t, before.shape().length - 1);
  const AxisField& time = m_view.result->row(m_view.row).field[0];
  const int frames = m_view.result->clip->pixels.shape().length;
  m_clipFrame = std::clamp(static_cast<int>(std::lround(time.centre + t * time.jump)), 0, frames - 1);
  const auto clipPicture = [this](const Clip& clip) {
    const Shape& shape = clip.pixels.shape();
    Tensor one({1, shape.height, shape.width, shape.channels});
    const int at = std::min(m_clipFrame, shape.length - 1);
    for (int c = 0; c < shape.channels; ++c)
      std::copy_n(clip.pixels.frame(at, c), shape.height * shape.width, one.frame(0, c));
    return pixelPictures(one, clip.range).front();
  };
  m_pictures[static_cast<std::size_t>(Tile::ClipBefore)] = clipPicture(*m_before->result.clip);
  m_pictures[static_cast<std::size_t>(Tile::ClipAfter)] = clipPicture(*m_view.result->clip);
  const ValueRange other = rangeOf(before, channel);
  m_range = std::max({m_view.range(), std::abs(double{other.low}), std::abs(double{other.high})});
  const bool isUnsigned = m_view.answer->isUnsigned();
  const auto scale =
      coloursOf(isUnsigned ? theme.actUnsigned : theme.activation(m_view.state.look.activationMap));
  m_pictures[static_cast<std::size_t>(Tile::MapBefore)] =
      mapPicture(before, channel, tBefore, m_range, isUnsigned, scale);
  m_pictures[static_cast<std::size_t>(Tile::MapAfter)] =
      mapPicture(after, channel, t, m_range, isUnsigned, scale);
  m_peaks = {strongestOf(before, channel, tBefore), strongestOf(after, channel, t)};
  QImage& difference = m_pictures[static_cast<std::size_t>(Tile::Difference)] = {};
  if (!(before.shape() == after.shape())) return;  // turned by a quarter
  const Shape& shape = after.shape();
  Tensor values({1, shape.height, shape.width, 1});
  for (int y = 0; y < shape.height; ++y) {
    for (int x = 0; x < shape.width; ++x) values.at(0, y, x, 0) = static_cast<float>(differenceAt(y, x));
  }
  difference =
      mapPicture(values, 0, 0, m_range, false, coloursOf(theme.activation(m_view.state.look.activationMap)));
}

std::optional<double> BeforeAfterView::distance() const {
  const auto& edits = m_view.result->spec.edits;
  const auto& shifts = m_view.shifts;
  if (edits.size() != 1 || shifts == nullptr || shifts->curves.empty() || shifts->row != m_view.row ||
      edits.front().kind != shiftAlong(shifts->axis))
    return std::nullopt;
  const auto& points = shifts->curves.front().points;
  const auto at = std::ranges::find(points, edits.front().amount, &ShiftPoint::shift);
  return at == points.end() ? std::nullopt : std::optional(at->difference);
}

std::vector<BeforeAfterView::Line> BeforeAfterView::said() const {
  std::vector<Line> lines;
  const auto before = meanScores(m_before->result.scores), after = meanScores(m_view.result->scores);
  if (!before.empty() && before.size() == after.size()) {
    const auto best = std::ranges::max_element(before) - before.begin();
    const auto now = std::ranges::max_element(after) - after.begin();
    const QString name = QString::fromStdString(m_view.result->labelOf(best));
    if (m_view.guesses())
      lines.push_back(
          {tr("a guess"), tr("%1 → %2").arg(name, QString::fromStdString(m_view.result->labelOf(now)))});
    else
      lines.push_back({tr("score of “%1”").arg(name),
                       tr("%1 → %2").arg(shareText(before[static_cast<std::size_t>(best)]),
                                         shareText(after[static_cast<std::size_t>(best)]))});
  }
  lines.push_back({tr("strongest cell"), tr("%1 → %2").arg(placeText(m_peaks[0]), placeText(m_peaks[1]))});
  if (const auto by = movedBy(); by && !m_view.result->spec.edits.empty()) {
    QStringList moves;
    for (const Axis axis : kAxes) {
      if ((*by)[axis] != 0)
        moves << tr("%1 in %2").arg(signedText((*by)[axis], 0), QString::fromLatin1(axisName(axis)));
    }
    lines.push_back({tr("cells it moves by"), moves.isEmpty() ? tr("none") : moves.join(tr(", "))});
  }
  if (const auto far = distance())
    lines.push_back({tr("distance from it, all maps"), QStringLiteral("%1").arg(*far, 0, 'f', 2)});
  return lines;
}

QStringList BeforeAfterView::lines() const {
  if (!there()) return {};
  QStringList texts;
  for (const Line& line : said()) texts << tr("%1: %2").arg(line.name, line.value);
  return texts;
}

QRectF BeforeAfterView::tileRect(Tile tile) const {
  if (!there()) return {};
  const QImage& picture = m_pictures[static_cast<std::size_t>(tile)];
  if (picture.isNull()) return {};
  const LookTheme& theme = lookTheme(m_view.state.look);
  const int column = tile == Tile::ClipBefore || tile == Tile::MapBefore ? 0
                     : tile == Tile::ClipAfter || tile == Tile::MapAfter ? 1
                                                                         : 2;
  const int row = tile == Tile::ClipBefore || tile == Tile::ClipAfter ? 0 : 1;
  const double head = 1.9 * theme.stageTitle, caption = kCaption * theme.stageLabel;
  const double legend = kLegendHeight + 1.4 * theme.caption;
  const double wide = (width() - 2 * kMargin - 2 * kGap) / 3;
  const double high = (height() - 2 * kMargin - head - legend) / 2 - caption;
  const double scale = std::min(wide / picture.width(), high / picture.height());
  const QSizeF size = QSizeF(picture.size()) * scale;
  // all tiles as wide as those of the clip, so that what is above what stays true
  const double pitch = std::min(wide, size.width()) + kGap;
  const double left = (width() - 3 * pitch + kGap) / 2;
  return {QPointF(left + column * pitch, kMargin + head + row * (high + caption)), size};
}

void BeforeAfterView::paintTile(QPainter& painter, Tile tile) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const QRectF at = tileRect(tile);
  if (at.isEmpty()) return;
  const QImage& picture = m_pictures[static_cast<std::size_t>(tile)];
  painter.drawImage(at, picture);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(theme.line2, theme.hairline));
  painter.drawRect(at);
  const bool map = tile == Tile::MapBefore || tile == Tile::MapAfter;
  if (map) {
    const Triple& peak = m_peaks[tile == Tile::MapBefore ? 0 : 1];
    const double across = at.width() / picture.width(), down = at.height() / picture.height();
    QRectF cell(at.left() + peak.x * across, at.top() + peak.y * down, across, down);
    const double less = std::max(0.0, kLeastCell - std::min(across, down)) / 2;
    drawHaloed(painter, cell.adjusted(-less, -less, less, less), kPeakWidth, theme.voxel, theme);
  }
  const QString name = tile == Tile::Difference
                           ? (movedBy() ? tr("after − before, moved along") : tr("after − before"))
                       : map ? tr("%1, t=%2").arg(m_view.title()).arg(m_view.unit.t + 1)
                             : tr("clip, t=%1").arg(m_clipFrame + 1);
  const QFontMetricsF metrics(theme.font(theme.stageLabel));
  drawRun(
      painter, {at.left(), at.bottom() + .8 * theme.stageLabel + 2}, Anchor::Left,
      {metrics.elidedText(name, Qt::ElideRight, at.width() + kGap - 4), theme.muted, false, theme.stageLabel},
      theme);
}

/// Below the maps and below their difference, with numbers at both ends.
void BeforeAfterView::paintLegend(QPainter& painter) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const int decimals = m_range < 10 ? 2 : 1;
  const auto bar = [&](Tile tile, const ColourMap& scale, bool isUnsigned) {
    const QRectF above = tileRect(tile);
    if (above.isEmpty()) return;
    const QRectF place(above.left(), above.bottom() + kCaption * theme.stageLabel, above.width(),
                       kLegendHeight);
    QLinearGradient gradient(place.topLeft(), place.topRight());
    constexpr std::size_t kStops = 24;
    for (std::size_t i = 0; i <= kStops; ++i)
      gradient.setColorAt(static_cast<double>(i) / kStops, QColor::fromRgb(scale.table()[i * 255 / kStops]));
    painter.setPen(QPen(theme.line2, theme.hairline));
    painter.setBrush(gradient);
    painter.drawRect(place);
    painter.setBrush(Qt::NoBrush);
    const double y = place.bottom() + .8 * theme.caption;
    const QString low = isUnsigned ? QStringLiteral("0") : signedText(-m_range, decimals);
    const QString high = isUnsigned ? QString::number(m_range, 'f', decimals) : signedText(m_range, decimals);
    drawRun(painter, {place.left(), y}, Anchor::Left, {low, theme.muted, false, theme.caption}, theme);
    drawRun(painter, {place.right(), y}, Anchor::Right, {high, theme.muted, false, theme.caption}, theme);
  };
  const bool isUnsigned = m_view.answer->isUnsigned();
  const ColourMap& differences = theme.activation(m_view.state.look.activationMap);
  for (const Tile tile : {Tile::MapBefore, Tile::MapAfter})
    bar(tile, isUnsigned ? theme.actUnsigned : differences, isUnsigned);
  bar(Tile::Difference, differences, false);
}

/// What is said, in a column beside the pictures; a change too long for it goes on in a second line.
void BeforeAfterView::paintWords(QPainter& painter, const QRectF& room) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  double y = room.top() + theme.stageLabel;
  for (const Line& one : said()) {
    drawRun(painter, {room.left(), y}, Anchor::Left, {one.name, theme.muted, false, theme.stageLabel}, theme);
    y += 1.45 * theme.stageLabel;
    QStringList rows{one.value};
    const auto fits = [&](const QString& text) {
      return widthOf({{text, theme.text, true, theme.stageTitle}}, theme) <= room.width();
    };
    if (const auto arrow = one.value.indexOf(QStringLiteral(" → ")); arrow >= 0 && !fits(one.value))
      rows = {one.value.left(arrow + 2), one.value.mid(arrow + 3)};
    for (const QString& row : rows) {
      drawRun(painter, {room.left(), y}, Anchor::Left, {row, theme.text, true, theme.stageTitle}, theme);
      y += 1.25 * theme.stageTitle;
    }
    y += .45 * theme.stageTitle;
  }
}

void BeforeAfterView::paintEvent(QPaintEvent*) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(rect(), theme.stage);
  if (!there()) {
    const QString problem = m_problem.isEmpty() ? m_view.problem : m_problem;
    painter.setPen(problem.isEmpty() ? theme.muted : theme.error);
    painter.setFont(theme.font(theme.body));
    painter.drawText(QRectF(rect()).adjusted(40, 40, -40, -40), Qt::AlignCenter | Qt::TextWordWrap,
                     problem.isEmpty() ? tr("The network runs on the clip before and after …") : problem);
    return;
  }
  if (m_view.stale) painter.setOpacity(theme.staleOpacity);
  for (const Tile tile :
       {Tile::ClipBefore, Tile::ClipAfter, Tile::MapBefore, Tile::MapAfter, Tile::Difference})
    paintTile(painter, tile);
  const auto& edits = m_view.result->spec.edits;
  const QRectF before = tileRect(Tile::ClipBefore), after = tileRect(Tile::ClipAfter);
  const double y = before.top() - .8 * theme.stageTitle;
  drawRun(painter, {before.left(), y}, Anchor::Left, {tr("Before"), theme.text, true, theme.stageTitle},
          theme);
  const QString now = edits.empty() ? tr("After: no change yet") : tr("After: %1").arg(editsText(edits));
  drawRun(painter, {after.left(), y}, Anchor::Left, {now, theme.text, true, theme.stageTitle}, theme);
  const double left = after.right() + kGap;
  paintWords(painter, {left, after.top(), width() - left - kMargin / 2, after.height()});
  paintLegend(painter);
}

}  // namespace convscope
