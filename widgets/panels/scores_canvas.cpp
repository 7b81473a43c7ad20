#include "widgets/panels/scores_canvas.h"

#include "widgets/panels/scores_facts.h"

#include <QHelpEvent>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

// px at type of 11 px
constexpr double kTop = 6, kRow = 17, kNames = 58, kValues = 52, kBar = 11, kPitch = 15, kGap = 5;
/// Lines of sentences for which the panel asks for room at least, so that it keeps its height.
constexpr int kSentenceLines = 4;

double scaleOf(const LookTheme& theme) {
  return theme.caption / 11;
}

/// The text's distance from the edge: that of the rows below the canvas.
double marginOf(const LookTheme& theme) {
  return theme.panelPad;
}

/// Sentences are captions: there are many words.
TextLine small(TextLine line, const LookTheme& theme) {
  for (TextRun& run : line) {
    if (run.px == 0) run.px = theme.caption;
  }
  return line;
}

int bestOf(const ReadoutResult& result) {
  return static_cast<int>(std::ranges::max_element(result.scores) - result.scores.begin());
}

QString millisecondsText(double ms) {
  return QStringLiteral("%1 ms").arg(QString::number(ms, 'f', 0));
}

}  // namespace

ScoresCanvas::ScoresCanvas(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Class scores"));
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
}

bool ScoresCanvas::showsAlready(const ScoresState& scores) const {
  if (!m_presented) return false;  // there is no kernel yet to compare with
  const Look& look = scores.state.look;
  const Look& shown = m_scores.state.look;
  const bool sameLook =
      look.theme == shown.theme && look.presenter == shown.presenter && look.scoresView == shown.scoresView;
  // The chart marks the kernel; bars and matrix speak of the result alone, whatever is being dragged.
  const bool sameKernel = look.scoresView != ScoresView::Chart ||
                          scores.state.kernel().conv.kernel == m_scores.state.kernel().conv.kernel;
  return sameLook && sameKernel && scores.holder == m_scores.holder && scores.stale == m_scores.stale &&
         scores.busy == m_scores.busy && scores.problem == m_scores.problem &&
         scores.realClip() == m_scores.realClip() && scores.state.scores == m_scores.state.scores &&
         scores.alongTime == m_scores.alongTime && scores.alongSpace == m_scores.alongSpace;
}

void ScoresCanvas::present(const ScoresState& scores) {
  if (showsAlready(scores)) {
    m_scores = scores;
    return;
  }
  m_presented = true;
  const QSize before = sizeHint();
  m_scores = scores;
  if (sizeHint() != before) updateGeometry();
  setAccessibleDescription(lines().join(QLatin1Char('\n')));
  update();
}

QStringList ScoresCanvas::lines() const {
  if (m_scores.result == nullptr)
    return m_scores.problem.isEmpty() ? QStringList() : QStringList(m_scores.problem);
  const ScoresView view = m_scores.state.look.scoresView;
  if (view == ScoresView::Confusion) return confusionLines();
  if (view == ScoresView::Chart) return chartLines();
  QStringList out;
  const ReadoutResult& result = *m_scores.result;
  if (result.unlike()) out << tr("a guess: %1").arg(className(bestOf(result)));
  for (std::size_t label = 0; label < result.scores.size() && !result.unlike(); ++label)
    out << className(static_cast<int>(label)) + QLatin1Char(' ') + percentText(result.scores[label]);
  if (!result.obstacle.empty()) out << QString::fromStdString(result.obstacle);
  if (!m_scores.problem.isEmpty()) out << m_scores.problem;
  for (const TextLine& line : scoresSentences(m_scores, lookTheme(m_scores.state.look)))
    out << plainText(line);
  return out;
}

QStringList ScoresCanvas::confusionLines() const {
  QStringList out;
  const TestScore& test = m_scores.result->readout->test;
  for (int a = 0; a < kMotionClasses; ++a) {
    for (int b = 0; b < kMotionClasses; ++b) {
      const int count = test.confusion[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)];
      if (count == 0) continue;
      out << tr("%1 of %2 clips of %3 taken for %4")
                 .arg(count)
                 .arg(test.clipsOf(a))
                 .arg(className(a), className(b));
    }
  }
  return out;
}

QStringList ScoresCanvas::chartLines() const {
  QStringList out;
  for (const auto* points : {&m_scores.alongTime, &m_scores.alongSpace}) {
    for (const ScanPoint& point : *points) {
      const QString shape = QString::fromStdString(toText(point.kernel));
      if (!point.readout) {
        out << shape + QStringLiteral(": ") +
                   (point.obstacle.isEmpty() ? tr("not yet trained") : point.obstacle);
        continue;
      }
      out << tr("%1: accuracy %2, %3 weights, trained in %4")
                 .arg(shape, accuracyText(point.readout->test),
                      countText(static_cast<double>(point.readout->weights)),
                      millisecondsText(point.readout->trainMs));
    }
  }
  return out;
}

QString ScoresCanvas::tipAt(const QPointF& at) const {
  for (const Spot& spot : m_spots) {
    if (spot.area.contains(at)) return spot.tip;
  }
  return {};
}

bool ScoresCanvas::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const QString tip = tipAt(help->pos());
  if (tip.isEmpty()) {
    QToolTip::hideText();
    event->ignore();
  } else {
    QToolTip::showText(help->globalPos(), tip, this);
  }
  return true;
}

void ScoresCanvas::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const LookTheme& theme = lookTheme(m_scores.state.look);
  const double s = scaleOf(theme);
  painter.fillRect(rect(), theme.panel);
  m_spots.clear();
  if (m_scores.result == nullptr || (!m_scores.problem.isEmpty() && !m_scores.busy)) {
    const bool failed = !m_scores.problem.isEmpty();
    const QRectF area(marginOf(theme), kTop * s, width() - 2 * marginOf(theme), height());
    flowRuns(&painter, area,
             {{failed ? m_scores.problem : tr("Drawing the clips and training …"),
               failed ? theme.error : theme.muted}},
             theme, kRow * s);
    return;
  }
  if (m_scores.stale) painter.setOpacity(theme.staleOpacity);
  switch (m_scores.state.look.scoresView) {
    case ScoresView::Bars:
      return paintBars(painter);
    case ScoresView::Confusion:
      return paintConfusion(painter);
    case ScoresView::Chart:
      painter.setOpacity(1);  // every point says itself whether it is there
      return paintChart(painter);
  }
}

void ScoresCanvas::paintBars(QPainter& painter) {
  const LookTheme& theme = lookTheme(m_scores.state.look);
  const double s = scaleOf(theme);
  const ReadoutResult& result = *m_scores.result;
  const double left = marginOf(theme) + kNames * s;
  const double values = widthOf({{percentText(1), theme.text, true}}, theme) + 6;  // also the widest
  const double right = width() - marginOf(theme) - std::max(kValues * s, values);
  double y = (kTop + kRow / 2) * s;
  if (result.scores.empty()) {
    const QRectF area(marginOf(theme), kTop * s, width() - 2 * marginOf(theme), 7 * kRow * s);
    flowRuns(&painter, area, {{QString::fromStdString(result.obstacle), theme.error}}, theme, kRow * s);
    return paintSentences(painter, (kTop + kMotionClasses * kRow) * s);
  }
  const int best = bestOf(result);
  for (int label = 0; label < kMotionClasses; ++label, y += kRow * s) {
    const double score = result.scores[static_cast<std::size_t>(label)];
    const bool first = label == best && !result.unlike();  // a guess is not brought out
    const QColor ink = result.unlike() ? theme.muted : theme.text;
    drawRun(painter, {marginOf(theme), y}, Anchor::Left, {className(label), ink, first}, theme);
    const QRectF track(left, y - kBar / 2 * s, right - left, kBar * s);
    painter.fillRect(track, theme.field);
    const double length = std::max(theme.hairline, score * track.width());  // zero keeps its mark
    const QRectF bar(track.left(), track.top(), length, track.height());
    if (result.unlike()) {  // outlined, and without the number that it does not deserve
      painter.fillRect(bar, theme.line2);
      painter.setPen(QPen(theme.muted, theme.hairline, Qt::DashLine));
      painter.drawRect(bar.adjusted(.5, .5, -.5, -.5));
    } else {
      painter.fillRect(bar, first ? theme.accent : theme.muted);
    }
    const QString value = !result.unlike() ? percentText(score) : label == best ? tr("a guess") : QString();
    drawRun(painter, {width() - marginOf(theme), y}, Anchor::Right, {value, ink, first}, theme);
    const QString tip =
        result.unlike()
            ? tr("%1 (%2). No number: this clip lies %3 times as far from those it was taught by as nearly "
                 "all of their like do")
                  .arg(className(label), classMeaning(label),
                       QString::number(result.distance / result.readout->usual, 'f', 2))
            : tr("%1 (%2): the readout gives this clip %3")
                  .arg(className(label), classMeaning(label), percentText(score));
    m_spots.push_back({QRectF(0, y - kRow / 2 * s, width(), kRow * s), tip});
  }
  paintSentences(painter, y - kRow / 2 * s + kGap * s);
}

void ScoresCanvas::paintSentences(QPainter& painter, double top) {
  const LookTheme& theme = lookTheme(m_scores.state.look);
  const double s = scaleOf(theme);
  for (const TextLine& line : scoresSentences(m_scores, theme)) {
    const QRectF area(marginOf(theme), top, width() - 2 * marginOf(theme), height() - top);
    const double used = flowRuns(&painter, area, small(line, theme), theme, kPitch * s);
    m_spots.push_back(
        {QRectF(0, top, width(), used),
         tr("Two classes count as confused where one in ten of their test clips, or more, was taken "
            "for the other of the two. A confusion belongs to the kernel and this bank together. Where a "
            "part moves, a texture does behind a window or a thing before a still ground; all test clips "
            "together set how sure the bars may be and how far out a clip may lie before it is a guess.")});
    top += used;
  }
}

void ScoresCanvas::paintConfusion(QPainter& painter) {
  const LookTheme& theme = lookTheme(m_scores.state.look);
  const double s = scaleOf(theme);
  const TestScore& test = m_scores.result->readout->test;
  const double left = marginOf(theme) + kNames * s;
  const double top = (kTop + 2 * kPitch) * s;
  const double wide = (width() - left - marginOf(theme)) / kMotionClasses;
  const double footer = (kPitch + kGap) * s;
  const double high = std::clamp((height() - top - footer) / kMotionClasses, 12 * s, 30 * s);
  const TextRun head{tr("taken for"), theme.muted, false, theme.caption};
  drawRun(painter, {left + 3.5 * wide, (kTop + kPitch / 2) * s}, Anchor::Centre, head, theme);
  drawRun(painter, {marginOf(theme), (kTop + 1.5 * kPitch) * s}, Anchor::Left,
          {tr("shown"), theme.muted, false, theme.caption}, theme);
  int most = 1;
  for (int a = 0; a < kMotionClasses; ++a) most = std::max(most, test.clipsOf(a));
  for (int a = 0; a < kMotionClasses; ++a) {
    const double x = left + (a + 0.5) * wide;
    drawRun(painter, {x, (kTop + 1.5 * kPitch) * s}, Anchor::Centre,
            {className(a), theme.text, false, theme.caption}, theme);
    const double y = top + (a + 0.5) * high;
    drawRun(painter, {marginOf(theme), y}, Anchor::Left, {className(a), theme.text}, theme);
    for (int b = 0; b < kMotionClasses; ++b) {
      const int count = test.confusion[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)];
      const QRectF cell(left + b * wide, top + a * high, wide - theme.hairline, high - theme.hairline);
      const QRgb colour = theme.actUnsigned.at(static_cast<float>(count), most);
      painter.fillRect(cell, QColor(colour));
      drawRun(painter, cell.center(), Anchor::Centre,
              {QString::number(count), count > 0 ? theme.textOn(colour) : theme.muted, a == b, theme.caption},
              theme);
      m_spots.push_back({cell, tr("%1 of the %2 test clips of %3 were taken for %4")
                                   .arg(count)
                                   .arg(test.clipsOf(a))
                                   .arg(className(a), className(b))});
    }
  }
  const double y = top + kMotionClasses * high + (kGap + kPitch / 2) * s;
  const double scale = 90 * s;
  const double scaleLeft = width() - marginOf(theme) - scale - 18 * s;
  for (int i = 0; i < 90; ++i)
    painter.fillRect(QRectF(scaleLeft + i * s, y - 4 * s, s + 1, 8 * s),
                     QColor(theme.actUnsigned.at(static_cast<float>(i), 89)));
  const TextRun zero{QStringLiteral("0"), theme.muted, false, theme.caption};
  drawRun(painter, {scaleLeft - 5 * s, y}, Anchor::Right, zero, theme);
  drawRun(painter, {width() - marginOf(theme), y}, Anchor::Right,
          {QString::number(most), theme.muted, false, theme.caption}, theme);
  drawRuns(painter, {marginOf(theme), y}, Anchor::Left,
           {{tr("accuracy "), theme.muted, false, theme.caption},
            {accuracyText(test), theme.text, true, theme.caption},
            {tr(", clips per cell"), theme.muted, false, theme.caption}},
           theme);
}

std::vector<ScoresCanvas::Plot> ScoresCanvas::plots() {
  return {{tr("accuracy"), [](const Readout& one) { return one.test.accuracy(); },
           [](double value) { return QString::number(value, 'f', 2); }, 1},
          {tr("weights"), [](const Readout& one) { return static_cast<double>(one.weights); },
           [](double value) { return countText(value); }},
          {tr("training"), [](const Readout& one) { return one.trainMs; },
           [](double value) { return millisecondsText(value); }}};
}

void ScoresCanvas::paintChart(QPainter& painter) {
  const LookTheme& theme = lookTheme(m_scores.state.look);
  const double s = scaleOf(theme);
  const Triple kernel = m_scores.state.kernel().conv.kernel;
  const double gap = 14 * s;
  const double wide = (width() - 2 * marginOf(theme) - gap) / 2;
  const double head = kPitch * s;
  const double foot = kPitch * s;
  const std::vector<Plot> all = plots();
  const double high = (height() - kTop * s - head - foot - kGap * s) / static_cast<double>(all.size());
  for (int side = 0; side < 2; ++side) {
    const bool time = side == 0;
    const double left = marginOf(theme) + side * (wide + gap);
    const auto& points = time ? m_scores.alongTime : m_scores.alongSpace;
    const QString fixed = time ? tr("%1 × %2").arg(kernel.y).arg(kernel.x) : tr("l = %1").arg(kernel.t);
    const QColor accent = time ? theme.time : theme.height;
    drawRuns(painter, {left, kTop * s + head / 2}, Anchor::Left,
             {{time ? tr("l") : tr("h = w"), accent, true, theme.caption},
              {tr(" at %1").arg(fixed), theme.muted, false, theme.caption}},
             theme);
    const int chosen = time ? kernel.t : (kernel.y == kernel.x ? kernel.y : 0);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const QRectF area(left, kTop * s + head + static_cast<double>(i) * high, wide, high - 4 * s);
      paintPlot(painter, area, all[i], points, chosen, accent);
    }
    const double y = height() - kGap * s - foot / 2;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const double x = left + (static_cast<double>(i) + 0.5) * wide / static_cast<double>(points.size());
      const bool here = static_cast<int>(i) + 1 == chosen;
      drawRun(painter, {x, y}, Anchor::Centre,
              {QString::number(i + 1), here ? theme.text : theme.muted, here, theme.caption}, theme);
    }
  }
}

void ScoresCanvas::paintPlot(QPainter& painter, const QRectF& area, const Plot& plot,
                             const std::vector<ScanPoint>& points, int chosen, const QColor& accent) {
  const LookTheme& theme = lookTheme(m_scores.state.look);
  const double s = scaleOf(theme);
  painter.fillRect(area, theme.field);
  double most = plot.most;
  for (const ScanPoint& point : points) {
    if (plot.most == 0 && point.readout) most = std::max(most, plot.value(*point.readout));
  }
  const double label = 14 * s;  // the name above the curve
  const QRectF inside = area.adjusted(0, label + 2 * s, 0, -5 * s);
  const double step = area.width() / std::max<std::size_t>(1, points.size());
  QPainterPath path;
  bool joined = false;
  QString here;
  std::vector<std::pair<QPointF, bool>> dots;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const ScanPoint& point = points[i];
    const bool isChosen = static_cast<int>(i) + 1 == chosen;
    const double x = area.left() + (static_cast<double>(i) + 0.5) * step;
    if (isChosen) painter.fillRect(QRectF(x - step / 2, area.top(), step, area.height()), theme.sel);
    if (!point.readout) {
      joined = false;
      continue;
    }
    const double value = plot.value(*point.readout);
    const QPointF at(x, inside.bottom() - (most > 0 ? value / most : 0) * inside.height());
    joined ? path.lineTo(at) : path.moveTo(at);
    joined = true;
    dots.emplace_back(at, isChosen);
    if (isChosen) here = plot.text(value);
    m_spots.push_back({QRectF(x - step / 2, area.top(), step, area.height()),
                       QStringLiteral("%1: %2 %3")
                           .arg(QString::fromStdString(toText(point.kernel)), plot.name, plot.text(value))});
  }
  painter.setPen(QPen(theme.muted, theme.link));
  painter.setBrush(Qt::NoBrush);
  painter.drawPath(path);
  painter.setPen(Qt::NoPen);
  for (const auto& [at, isChosen] : dots) {
    painter.setBrush(isChosen ? accent : theme.muted);
    painter.drawEllipse(at, (isChosen ? 3.5 : 2) * s, (isChosen ? 3.5 : 2) * s);
  }
  drawRun(painter, {area.left() + 5 * s, area.top() + label / 2 + 1 * s}, Anchor::Left,
          {plot.name, theme.muted, false, theme.caption}, theme);
  const QString value = here.isEmpty() && dots.size() < points.size() ? tr("…") : here;
  drawRun(painter, {area.right() - 5 * s, area.top() + label / 2 + 1 * s}, Anchor::Right,
          {value, theme.text, true, theme.caption}, theme);
}

double ScoresCanvas::sentencesHeight() const {
  const LookTheme& theme = lookTheme(m_scores.state.look);
  const double s = scaleOf(theme);
  double high = 0;
  const QRectF area(0, 0, width() - 2 * marginOf(theme), 0);
  for (const TextLine& line : scoresSentences(m_scores, theme))
    high += flowRuns(nullptr, area, small(line, theme), theme, kPitch * s);
  return high;
}

void ScoresCanvas::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  if (event->oldSize().width() != width()) updateGeometry();  // sentences wrap elsewhere
}

QSize ScoresCanvas::sizeHint() const {
  const double s = scaleOf(lookTheme(m_scores.state.look));
  const double sentences = std::max(kSentenceLines * kPitch * s, sentencesHeight());
  const double high = (kTop + kMotionClasses * kRow + kGap + 4) * s + sentences;
  return {static_cast<int>(376 * s), static_cast<int>(high)};
}

QSize ScoresCanvas::minimumSizeHint() const {
  const double s = scaleOf(lookTheme(m_scores.state.look));
  return {static_cast<int>(220 * s), sizeHint().height()};
}

}  // namespace convscope
