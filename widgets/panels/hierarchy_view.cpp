#include "widgets/panels/hierarchy_view.h"

#include "engine/network/bundled_models.h"
#include "widgets/panels/text_runs.h"
#include "widgets/state/network_queries.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kMargin = 14, kGap = 14;  // px
constexpr double kLeastHead = 62;          // px of a column's name and verdict
constexpr double kCaptionShare = .55;      // of a caption's width: a patch as wide holds it in two lines
constexpr std::size_t kMostStrips = 2, kLeastInStrip = 4, kMostInStrip = 8;
constexpr double kBar = 7;  // px of one layer's reach
constexpr int kTickMs = 40;

std::vector<QImage> clipFrames(const Tensor& pixels, const ValueRange& range) {
  const Shape& shape = pixels.shape();
  const double factor = range.high > range.low ? 255.0 / (range.high - range.low) : 255;
  const int last = shape.channels - 1;
  std::vector<QImage> frames;
  for (int t = 0; t < shape.length; ++t) {
    QImage image(shape.width, shape.height, QImage::Format_RGB32);
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) {
        const auto byte = [&](int c) {
          return static_cast<int>(
              std::clamp((pixels.at(t, y, x, std::min(c, last)) - range.low) * factor, 0.0, 255.0));
        };
        image.setPixel(x, y, qRgb(byte(0), byte(1), byte(2)));
      }
    }
    frames.push_back(std::move(image));
  }
  return frames;
}

/// "2nd", "3rd", "11th", …
QString ordinal(std::size_t number) {
  const std::size_t last = number / 10 % 10 == 1 ? 0 : number % 10;
  const QString end = last == 1   ? QStringLiteral("st")
                      : last == 2 ? QStringLiteral("nd")
                      : last == 3 ? QStringLiteral("rd")
                                  : QStringLiteral("th");
  return QString::number(number) + end;
}

QRectF fitted(const QRectF& room, const QSizeF& size) {
  const double scale = std::min(room.width() / size.width(), room.height() / size.height());
  const QSizeF made = size * scale;
  return {room.left(), room.top(), made.width(), made.height()};
}

}  // namespace

HierarchyView::HierarchyView(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Early and late layers of two networks"));
  m_timer.setInterval(kTickMs);
  connect(&m_timer, &QTimer::timeout, this, qOverload<>(&QWidget::update));
}

const HierarchyCell& HierarchyView::cellOf(const HierarchyColumn& column, int row) {
  return row == 0 ? column.early : column.late;
}

void HierarchyView::present(const NetworkView& view, const QString& problem, bool busy) {
  m_view = view;
  m_problem = problem;
  m_busy = busy;
  if (m_view.hierarchy != m_filmed || m_filmedTheme != view.state.look.theme) makeFilms();
  const bool plays = view.state.playback.playing && m_filmed != nullptr;
  if (plays != m_playing) {
    m_playing = plays;
    m_since.start();
    plays ? m_timer.start() : m_timer.stop();
  }
  QStringList said;
  for (std::size_t i = 0; m_filmed && i < m_filmed->columns.size(); ++i) said << linesOf(i);
  setAccessibleDescription(said.join(QStringLiteral(". ")));
  update();
}

void HierarchyView::makeFilms() {
  m_filmed = m_view.hierarchy;
  m_filmedTheme = m_view.state.look.theme;
  m_films.clear();
  m_clip = {};
  if (m_filmed == nullptr) return;
  const LookTheme& theme = lookTheme(m_view.state.look);
  m_clip.frames = clipFrames(m_filmed->clip->pixels, m_filmed->clip->range);
  for (const HierarchyColumn& column : m_filmed->columns) {
    std::array<Films, 2>& films = m_films.emplace_back();
    for (int row = 0; row < 2; ++row) {
      const HierarchyCell& cell = cellOf(column, row);
      Films& made = films[static_cast<std::size_t>(row)];
      const bool isUnsigned = cell.range.low >= 0;
      const ColourMap& map =
          isUnsigned ? theme.actUnsigned : theme.activation(m_view.state.look.activationMap);
      const std::vector<QRgb> scale(map.table().begin(), map.table().end());
      const double end =
          std::max({std::abs(double{cell.range.low}), std::abs(double{cell.range.high}), 1e-9});
      for (int t = 0; t < cell.map.shape().length; ++t)
        made.response.frames.push_back(mapPicture(cell.map, 0, t, end, isUnsigned, scale));
      for (const DrivingPatch& patch : cell.patches)
        made.patches.push_back({clipFrames(patch.pixels, m_filmed->clip->range)});
    }
  }
}

int HierarchyView::frameOf(const HierarchyCell& cell) const {
  const int length = cell.map.shape().length;
  if (!m_playing) return std::clamp(cell.at.t, 0, length - 1);
  const int frames = std::max(1, m_filmed->clip->pixels.shape().length);
  const double shown = static_cast<double>(m_since.elapsed()) / 1000 * m_filmed->framesPerSecond;
  const int frame = static_cast<int>(shown) % frames;
  return std::min(length - 1, frame * length / frames);
}

QString HierarchyView::cellTitle(const HierarchyCell& cell, int row) const {
  return tr("%1: %2, %3, channel %4")
      .arg(row == 0 ? tr("Early") : tr("Late"), QString::fromStdString(cell.layer),
           QString::fromStdString(cell.title))
      .arg(cell.channel + 1);
}

QString HierarchyView::patchText(const HierarchyCell& cell, const DrivingPatch& patch) const {
  const int first = patch.start + patch.first + 1;
  const int frames = patch.pixels.shape().length;
  const QString where =
      frames == 1 ? tr("frame %1").arg(first) : tr("frames %1 to %2").arg(first).arg(first + frames - 1);
  return cell.range.low >= 0 ? tr("%1: %2").arg(where).arg(double{patch.value}, 0, 'f', 2)
                             : tr("%1: %2").arg(where, signedText(patch.value, 2));
}

QString HierarchyView::searchText() const {
  return m_filmed->wholeSource ? tr("hardest in the whole clip")
                               : tr("hardest in %1 windows of the clip").arg(m_filmed->windows);
}

QString HierarchyView::reachText(const HierarchyColumn& column) const {
  const auto mark = [&](int index, double seconds) {
    const double frames = seconds * m_filmed->framesPerSecond;
    const QString what = tr("%1 s, %2 frames").arg(seconds, 0, 'g', 2).arg(frames, 0, 'g', 3);
    return index < 0
               ? tr("no layer spans %1").arg(what)
               : tr("%1 is the first to span %2")
                     .arg(QString::fromStdString(column.reach[static_cast<std::size_t>(index)].layer), what);
  };
  return tr("%1; %2").arg(mark(column.spansClap, kClapSeconds), mark(column.spansAction, kActionSeconds)) +
         (m_filmed->assumedRate ? tr(" (at %1 frames a second: the clip does not say)").arg(kUsualRate)
                                : QString());
}

QStringList HierarchyView::linesOf(std::size_t column) const {
  if (m_filmed == nullptr || column >= m_filmed->columns.size()) return {};
  const HierarchyColumn& one = m_filmed->columns[column];
  QStringList lines{QString::fromStdString(modelTitle(one.model))};
  const QString best = QString::fromStdString(one.best);
  if (one.guess)
    lines << tr("a guess: %1").arg(best);
  else if (!best.isEmpty())
    lines << tr("%1, %2 %").arg(best).arg(100 * one.probability, 0, 'f', 1);
  for (int row = 0; row < 2; ++row) {
    const HierarchyCell& cell = cellOf(one, row);
    lines << cellTitle(cell, row);
    if (!cell.patches.empty()) lines << searchText();
    for (const DrivingPatch& patch : cell.patches) lines << patchText(cell, patch);
  }
  lines << reachText(one);
  return lines;
}

QRectF HierarchyView::columnRect(std::size_t column) const {
  const double each = (width() - 2 * kMargin - kGap) / 2;
  return {kMargin + static_cast<double>(column) * (each + kGap), kMargin, each, height() - 2 * kMargin};
}

double HierarchyView::headHeight() const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  return std::max(kLeastHead, theme.title * .7 + 2.6 * theme.body + 12);
}

QRectF HierarchyView::reachRect(std::size_t column) const {
  const LookTheme& theme = appliedTheme();
  const QRectF all = columnRect(column);
  std::size_t most = 1;
  for (const HierarchyColumn& one : m_filmed->columns) most = std::max(most, one.reach.size());
  const double row = std::max(kBar + 2, theme.caption + 3);
  const double high =
      std::min(all.height() * .34, static_cast<double>(most) * row + 2.6 * theme.body + theme.caption);
  return {all.left(), all.bottom() - high, all.width(), high};
}

QRectF HierarchyView::cellRect(std::size_t column, int row) const {
  const QRectF all = columnRect(column);
  const double top = all.top() + headHeight();
  const double each = (reachRect(column).top() - kGap - top - kGap) / 2;
  return {all.left(), top + row * (each + kGap), all.width(), each};
}

QRectF HierarchyView::responseRect(std::size_t column, int row) const {
  const LookTheme& theme = appliedTheme();
  const QRectF cell = cellRect(column, row);
  const HierarchyCell& what = cellOf(m_filmed->columns[column], row);
  const double above = theme.body + theme.caption + 18;  // the title, and the caption below it
  const QRectF room(cell.left(), cell.top() + above, cell.width() * .46, cell.height() - above);
  return fitted(room, QSizeF(what.map.shape().width, what.map.shape().height));
}

void HierarchyView::paintHead(QPainter& painter, std::size_t column) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const HierarchyColumn& one = m_filmed->columns[column];
  const QRectF all = columnRect(column);
  const QImage& frame = m_clip.frames[static_cast<std::size_t>(
      m_playing
          ? static_cast<int>(static_cast<double>(m_since.elapsed()) / 1000 * m_filmed->framesPerSecond) %
                static_cast<int>(m_clip.frames.size())
          : 0)];
  const QRectF picture = fitted({all.left(), all.top(), 120, headHeight() - 10}, frame.size());
  painter.drawImage(picture, frame);
  const double left = picture.right() + 12;
  drawRun(painter, {left, all.top() + theme.title * .7}, Anchor::Left,
          {QString::fromStdString(modelTitle(one.model)), theme.text, true, theme.stageTitle}, theme);
  if (one.best.empty()) return;
  const QString best = QString::fromStdString(one.best);
  const TextLine says = one.guess
                            ? TextLine{{tr("a guess: %1").arg(best), theme.muted}}
                            : TextLine{{tr("says "), theme.muted},
                                       {best, theme.text, true},
                                       {tr(", %1 %").arg(100 * one.probability, 0, 'f', 1), theme.text}};
  drawRuns(painter, {left, all.top() + theme.title * .7 + 1.7 * theme.body}, Anchor::Left, says, theme);
}

void HierarchyView::paintCell(QPainter& painter, std::size_t column, int row) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const QRectF area = cellRect(column, row);
  const HierarchyCell& cell = cellOf(m_filmed->columns[column], row);
  const Films& films = m_films[column][static_cast<std::size_t>(row)];
  const QString title = QFontMetricsF(theme.font(theme.body, true))
                            .elidedText(cellTitle(cell, row), Qt::ElideRight, area.width());
  drawRun(painter, {area.left(), area.top() + theme.body * .6}, Anchor::Left, {title, theme.text, true},
          theme);
  const int t = frameOf(cell);
  const QRectF response = responseRect(column, row);
  painter.drawImage(response, films.response.frames[static_cast<std::size_t>(t)]);
  painter.setPen(QPen(theme.line2, 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(response);
  const double across = response.width() / cell.map.shape().width,
               down = response.height() / cell.map.shape().height;
  if (!m_playing) {  // at rest the frame is that of the strongest unit
    painter.setPen(QPen(theme.voxel, 2));
    painter.drawRect(
        QRectF(response.left() + cell.at.x * across, response.top() + cell.at.y * down, across, down));
  }
  // right of it the parts of the clip that drive it
  const QString ofMap = tr("map t=%1 of %2").arg(t + 1).arg(cell.map.shape().length);
  const QFontMetricsF metrics(theme.font(theme.caption));
  const double left = std::max(response.right(), response.left() + metrics.horizontalAdvance(ofMap)) + 16;
  const QRectF room(left, response.top(), area.right() - left, area.bottom() - response.top());
  const double captions = response.top() - 8 - theme.caption * .5;
  const auto caption = [&](double x, const QString& text) {
    drawRun(painter, {x, captions}, Anchor::Left, {text, theme.muted, false, theme.caption}, theme);
  };
  caption(response.left(), ofMap);
  caption(left, metrics.elidedText(searchText(), Qt::ElideRight, room.width()));
  const bool several =
      std::ranges::any_of(films.patches, [](const Film& film) { return film.frames.size() > 1; });
  if (several && !m_playing)
    paintStrips(painter, room, cell, films);
  else
    paintPatches(painter, room, cell, films);
}

void HierarchyView::paintPatch(QPainter& painter, const QRectF& at, const QImage& frame) const {
  painter.drawImage(at, frame);
  painter.setPen(QPen(lookTheme(m_view.state.look).line2, 1));
  painter.drawRect(at);
}

/// Parts of the clip side by side, playing or of one frame each.
void HierarchyView::paintPatches(QPainter& painter, const QRectF& area, const HierarchyCell& cell,
                                 const Films& films) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const QFontMetricsF captions(theme.font(theme.caption));
  double words = 0;  // the widest of the patches' captions
  for (const DrivingPatch& patch : cell.patches)
    words = std::max(words, captions.horizontalAdvance(patchText(cell, patch)));
  std::size_t shown = films.patches.size();
  const auto widthOf = [&](std::size_t count) {
    return (area.width() - static_cast<double>(count - 1) * 8) / static_cast<double>(count);
  };
  while (shown > 1 && widthOf(shown) < kCaptionShare * words) --shown;  // the strongest stay
  const double room = std::max(12.0, area.height() - theme.caption * 3.2);
  for (std::size_t i = 0; i < shown; ++i) {
    const std::vector<QImage>& frames = films.patches[i].frames;
    const double played = static_cast<double>(m_since.elapsed()) / 1000 * m_filmed->framesPerSecond;
    const auto frame = m_playing ? static_cast<std::size_t>(played) % frames.size() : 0;
    const double x = area.left() + static_cast<double>(i) * (widthOf(shown) + 8);
    const QRectF at = fitted({x, area.top(), widthOf(shown), room}, frames[frame].size());
    paintPatch(painter, at, frames[frame]);
    painter.setFont(theme.font(theme.caption));
    painter.setPen(theme.text);
    painter.drawText(QRectF(x, at.bottom() + 3, widthOf(shown), theme.caption * 3),
                     Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, patchText(cell, cell.patches[i]));
  }
}

/// At rest a part that lasts is a strip of its frames: what moves in it is seen in print, too.
void HierarchyView::paintStrips(QPainter& painter, const QRectF& area, const HierarchyCell& cell,
                                const Films& films) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const std::size_t shown = std::min(kMostStrips, films.patches.size());
  const double pitch = area.height() / static_cast<double>(std::max<std::size_t>(1, shown));
  for (std::size_t i = 0; i < shown; ++i) {
    const std::vector<QImage>& frames = films.patches[i].frames;
    // as many as stand side by side in the height that there is
    const double high = std::max(12.0, pitch - theme.caption * 1.9);
    const double whole = high * frames.front().width() / frames.front().height();
    const auto fitting = static_cast<std::size_t>((area.width() + 3) / (whole + 3));
    const std::size_t most = std::clamp(fitting, kLeastInStrip, kMostInStrip);
    const std::size_t step = (frames.size() + most - 1) / most;  // evenly: motion has one tempo
    const std::size_t count = (frames.size() + step - 1) / step;
    const double each = (area.width() - 3.0 * static_cast<double>(most - 1)) / static_cast<double>(most);
    const double top = area.top() + static_cast<double>(i) * pitch;
    QRectF at;
    for (std::size_t k = 0; k < count; ++k) {
      const double left = k == 0 ? area.left() : at.right() + 3;
      at = fitted({left, top, each, high}, frames[k * step].size());
      paintPatch(painter, at, frames[k * step]);
    }
    TextLine words{{patchText(cell, cell.patches[i]), theme.text, false, theme.caption}};
    if (step > 1) words.push_back({tr(", every %1").arg(ordinal(step)), theme.muted, false, theme.caption});
    drawRuns(painter, {area.left(), at.bottom() + 3 + theme.caption * .6}, Anchor::Left, words, theme);
  }
}

void HierarchyView::paintReach(QPainter& painter, std::size_t column) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const HierarchyColumn& one = m_filmed->columns[column];
  const QRectF area = reachRect(column);
  const double title = 1.9 * theme.body;
  painter.setFont(theme.font(theme.caption));
  painter.setPen(theme.text);
  painter.drawText(QRectF(area.left(), area.top(), area.width(), title),
                   Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap,
                   tr("Field in time: %1.").arg(reachText(one)));
  const double names = std::min(120.0, area.width() * .3), values = 34;
  double most = kActionSeconds * m_filmed->framesPerSecond;
  for (const TimeReach& reach : one.reach) most = std::max(most, static_cast<double>(reach.frames));
  const double above = title + 8 + theme.caption;  // the sentence, and what the marks mean
  const QRectF bars(area.left() + names, area.top() + above, area.width() - names - values,
                    area.height() - above - 2);
  const double pitch = bars.height() / static_cast<double>(std::max<std::size_t>(1, one.reach.size()));
  const auto xOf = [&](double frames) { return bars.left() + frames / most * bars.width(); };
  for (std::size_t i = 0; i < one.reach.size(); ++i) {
    const double y = bars.top() + (static_cast<double>(i) + .5) * pitch;
    const bool marked = static_cast<int>(i) == one.spansClap || static_cast<int>(i) == one.spansAction;
    drawRun(painter, {area.left(), y}, Anchor::Left,
            {QFontMetricsF(theme.font(theme.caption, marked))
                 .elidedText(QString::fromStdString(one.reach[i].layer), Qt::ElideRight, names - 8),
             marked ? theme.text : theme.muted, marked, theme.caption},
            theme);
    painter.fillRect(QRectF(bars.left(), y - kBar / 2, xOf(one.reach[i].frames) - bars.left(), kBar),
                     marked ? theme.time : theme.muted);
    drawRun(painter, {xOf(one.reach[i].frames) + 5, y}, Anchor::Left,
            {QString::number(one.reach[i].frames), marked ? theme.text : theme.muted, marked, theme.caption},
            theme);
  }
  for (const double seconds : {kClapSeconds, kActionSeconds}) {
    const double x = xOf(seconds * m_filmed->framesPerSecond);
    painter.setPen(QPen(theme.time, theme.hairline, Qt::DashLine));
    painter.drawLine(QPointF(x, bars.top() - 2), QPointF(x, bars.bottom()));
    drawRun(painter, {x, bars.top() - 4 - .5 * theme.caption}, Anchor::Centre,
            {tr("%1 s").arg(seconds, 0, 'g', 2), theme.time, true, theme.caption}, theme);
  }
}

void HierarchyView::paintEvent(QPaintEvent*) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter painter(this);
  painter.fillRect(rect(), theme.stage);
  if (m_filmed == nullptr) {
    painter.setFont(theme.font(theme.body));
    painter.setPen(m_problem.isEmpty() ? theme.muted : theme.error);
    painter.drawText(QRectF(rect()).adjusted(40, 40, -40, -40), Qt::AlignCenter | Qt::TextWordWrap,
                     m_problem.isEmpty() ? tr("Both networks run on the clip …") : m_problem);
    return;
  }
  if (m_busy) painter.setOpacity(theme.staleOpacity);
  for (std::size_t column = 0; column < m_filmed->columns.size(); ++column) {
    paintHead(painter, column);
    paintCell(painter, column, 0);
    paintCell(painter, column, 1);
    paintReach(painter, column);
  }
}

}  // namespace convscope
