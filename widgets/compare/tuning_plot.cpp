#include "widgets/compare/tuning_plot.h"

#include "widgets/compare/map_plate.h"
#include "widgets/panels/number_field.h"
#include "widgets/panels/scores_facts.h"
#include "widgets/panels/segmented_control.h"
#include "widgets/panels/text_runs.h"

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace convscope {

namespace {

constexpr double kPad = 12;        // px around everything
constexpr double kLabelRoom = 18;  // px above and below a plot for "up" and "down"
constexpr int kRings = 4;
constexpr Qt::PenStyle kStyles[] = {Qt::SolidLine, Qt::CustomDashLine, Qt::CustomDashLine};

QString speedName(double speed) {
  return speed == 0    ? TuningPlot::tr("still")
         : speed == .5 ? TuningPlot::tr("½ px/frame")
                       : TuningPlot::tr("%1 px/frame").arg(speed);
}

QString frequencyText(double frequency) {
  if (frequency == .25) return QStringLiteral("¼");
  if (frequency == .5) return QStringLiteral("½");
  if (frequency == .125) return QStringLiteral("⅛");
  return QString::number(frequency, 'g', 3);
}

/// The pen of one of the three speeds: full, dashed, dotted.
QPen speedPen(std::size_t index, const LookTheme& theme) {
  QPen pen(index == 0 ? theme.kernel : theme.text, index == 0 ? 2.4 * theme.hairline : 1.6 * theme.hairline,
           kStyles[index], Qt::FlatCap, Qt::RoundJoin);
  if (index == 1) pen.setDashPattern({4, 2.5});
  if (index == 2) pen.setDashPattern({1.4, 1.6});
  return pen;
}

}  // namespace

TuningPlot::TuningPlot(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Direction and speed tuning"));
  m_frequency = new NumberField;
  m_frequency->setReal(.05, .5, 3, .025);
  m_frequency->setUnit(tr("cycles/px"));
  m_frequency->setDigits(5, 4);
  m_frequency->setBoundReason(tr("a grating finer than half a cycle per pixel cannot be drawn"));
  m_frequency->setAccessibleName(tr("Spatial frequency of the gratings"));
  m_frequency->setToolTip(
      tr("Spatial frequency of the gratings: light and dark once in so many cycles a pixel"));
  connect(m_frequency, &NumberField::edited, this, [this](double value) {
    Q_EMIT editRequested(
        {tr("Spatial frequency"), [value](AppState& state) { state.compare.frequency = value; }});
  });
  m_switch = new SegmentedControl(SegmentedControl::Size::Small);
  const QStringList names{tr("Polar"), tr("Heat map"), tr("Tempo")};
  m_switch->setChoices(names, names,
                       {tr("Amplitude of the response over the direction of a grating, at three speeds"),
                        tr("Amplitude over direction and speed"),
                        tr("How strong the maps are on the clip made slower and faster")});
  connect(m_switch, &SegmentedControl::chosen, this, [this](int index) {
    Q_EMIT editRequested({tr("Tuning view"), [index](AppState& state) {
                            state.compare.tuning = static_cast<TuningView>(index);
                          }});
  });
}

void TuningPlot::present(const CompareView& view) {
  m_view = view;
  m_switch->present(static_cast<int>(view.state.compare.tuning));
  m_frequency->present(view.state.compare.frequency);
  m_frequency->setVisible(view.state.compare.tuning != TuningView::Tempo);
  const QString fact =
      view.state.compare.tuning == TuningView::Tempo
          ? tr("root mean square of the map, of that on the clip as it is")
          : (view.state.look.presenter ? tr("gratings of %1 cycle per pixel")
                                       : tr("gratings of %1 cycle per pixel; amplitude over its own largest"))
                .arg(frequencyText(view.state.compare.frequency));
  if (fact != m_fact) Q_EMIT factChanged(m_fact = fact);
  setAccessibleDescription(meaning());
  update();
}

std::vector<CompareSentence> TuningPlot::sentences() const {
  return m_view.state.compare.tuning == TuningView::Tempo ? tempoSentences(m_view) : tuningSentences(m_view);
}

QString TuningPlot::meaning() const {
  QStringList texts;
  for (const CompareSentence& sentence : sentences())
    texts << sentence.lead + QLatin1Char(' ') + sentence.rest;
  return texts.join(QLatin1Char(' '));
}

double TuningPlot::textWidth() const {
  const double share = m_view.count() > 3 ? .22 : .27;
  return std::clamp(width() * share, 150 * lookTheme(m_view.state.look).body / 12.5, width() * .45);
}

bool TuningPlot::wordsFit() const {
  const double scale = lookTheme(m_view.state.look).body / 12.5;
  return (width() - textWidth() - kPad) / std::max(1, m_view.count()) >
         240 * scale;  // plots come before words
}

QRectF TuningPlot::plotRect(int column) const {
  const int count = std::max(1, m_view.count());
  const double each = (width() - textWidth() - kPad) / count;
  const double scale = lookTheme(m_view.state.look).body / 12.5;
  const double side = wordsFit() ? 2.6 * kPad * scale + 8 : 20 * scale;  // room for "left" and "right"
  const QRectF cell(column * each, 0, each, height());
  const QRectF inner = cell.adjusted(side, kLabelRoom * scale + 16 * scale, -side, -kLabelRoom * scale - 6);
  const double extent = std::max(20.0, std::min(inner.width(), inner.height()));
  return QRectF(inner.center() - QPointF(extent, extent) / 2, QSizeF(extent, extent));
}

QPolygonF TuningPlot::curve(int column, double speed) const {
  const auto& tuning = m_view.column(column).tuning;
  const int row = tuning ? tuning->speedAt(speed) : -1;
  const double most = tuning ? tuning->largest() : 0;
  QPolygonF points;
  if (row < 0 || !(most > 0)) return points;
  const QRectF plot = plotRect(column);
  for (int direction = 0; direction <= tuning->spec.directions; ++direction) {
    const double radians = 2 * std::numbers::pi * direction / tuning->spec.directions;
    const double radius =
        plot.width() / 2 * tuning->amplitude(row, direction % tuning->spec.directions) / most;
    points << plot.center() +
                  radius * QPointF(std::cos(radians), std::sin(radians));  // 90° is down here, too
  }
  return points;
}

void TuningPlot::paintEvent(QPaintEvent*) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter painter(this);
  painter.fillRect(rect(), theme.panel);
  if (m_view.columns.empty()) return;
  painter.setRenderHint(QPainter::Antialiasing);
  if (m_view.state.compare.tuning == TuningView::Tempo) {
    paintTempo(painter);
  } else {
    for (int i = 0; i < m_view.count(); ++i) {
      paintName(painter, i);
      if (!m_view.column(i).tuning)
        paintMissing(painter, i);
      else if (m_view.state.compare.tuning == TuningView::HeatMap)
        paintHeat(painter, i);
      else
        paintPolar(painter, i);
    }
  }
  paintWords(painter);
}

QString TuningPlot::tunedText(int column) const {
  const auto& tuned = m_view.column(column).tuned;
  if (!tuned || m_view.state.compare.tuning == TuningView::Tempo) return {};
  return tr("%1, filter %2 of %3").arg(tuned->layer).arg(tuned->filter + 1).arg(tuned->filters);
}

void TuningPlot::paintName(QPainter& painter, int column) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double each = (width() - textWidth() - kPad) / std::max(1, m_view.count());
  const CompareColumn& shown = m_view.column(column);
  const QString text = columnLetter(column) + QLatin1Char(' ') + narrowShape(shown.spec);
  const double left = column * each + kPad;
  drawRun(painter, {left, kPad + 2}, Anchor::Left, {text, theme.kernel, true}, theme);
  const QString tuned = tunedText(column);
  if (tuned.isEmpty()) return;
  const double room = each - kPad - widthOf({{text, theme.kernel, true}}, theme) - 16;
  const double scale = theme.body / 12.5;
  const TextRun run{tuned, theme.muted, false, theme.caption};
  const bool beside = widthOf({run}, theme) < room;  // else below
  drawRun(painter,
          beside ? QPointF(left + each - kPad - room - 8, kPad + 2) : QPointF(left, kPad + 2 + 15 * scale),
          Anchor::Left, run, theme);
}

void TuningPlot::paintMissing(QPainter& painter, int column) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const QString& problem = m_view.column(column).tuningProblem;
  painter.setFont(theme.font(theme.body));
  painter.setPen(theme.muted);
  painter.drawText(plotRect(column), Qt::AlignCenter | Qt::TextWordWrap,
                   problem.isEmpty() ? tr("being measured …") : problem);
}

void TuningPlot::paintPolar(QPainter& painter, int column) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const QRectF plot = plotRect(column);
  painter.setPen(QPen(theme.line2, theme.hairline));
  painter.setBrush(Qt::NoBrush);
  for (int ring = 1; ring <= kRings; ++ring) {
    const double radius = plot.width() / 2 * ring / kRings;
    painter.drawEllipse(plot.center(), radius, radius);
  }
  for (int spoke = 0; spoke < 4; ++spoke) {
    const double radians = std::numbers::pi * spoke / 4;
    const QPointF arm = plot.width() / 2 * QPointF(std::cos(radians), std::sin(radians));
    painter.drawLine(plot.center() - arm, plot.center() + arm);
  }
  const double gap = theme.body * .8;
  const auto word = [&](QPointF at, Anchor anchor, const QString& text) {
    drawRun(painter, at, anchor, {text, theme.text, false, theme.caption + 1}, theme);
  };
  word({plot.center().x(), plot.top() - gap}, Anchor::Centre, tr("up"));
  word({plot.center().x(), plot.bottom() + gap}, Anchor::Centre, tr("down"));
  word({plot.left() - 5, plot.center().y()}, Anchor::Right, wordsFit() ? tr("left") : QStringLiteral("←"));
  word({plot.right() + 5, plot.center().y()}, Anchor::Left, wordsFit() ? tr("right") : QStringLiteral("→"));
  const QPolygonF outer = curve(column, kSpeeds[0]);
  QColor inside = theme.kernel;
  inside.setAlphaF(.18F);
  painter.setPen(Qt::NoPen);
  painter.setBrush(inside);
  painter.drawPolygon(outer);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(speedPen(0, theme));
  painter.drawPolyline(outer);
  for (std::size_t i = 1; i < kSpeeds.size(); ++i) {
    const QPolygonF inner = curve(column, kSpeeds[i]);
    const bool hidden = std::equal(inner.begin(), inner.end(), outer.begin(), outer.end(),
                                   [](QPointF a, QPointF b) { return (a - b).manhattanLength() < 1; });
    if (hidden) continue;  // under the first
    painter.setPen(speedPen(i, theme));
    painter.drawPolyline(inner);
  }
}

void TuningPlot::paintHeat(QPainter& painter, int column) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const Tuning& tuning = *m_view.column(column).tuning;
  const auto speeds = static_cast<int>(tuning.spec.speeds.size());
  const double most = tuning.largest();
  QImage image(tuning.spec.directions, speeds, QImage::Format_RGB32);
  for (int speed = 0; speed < speeds; ++speed) {
    for (int direction = 0; direction < tuning.spec.directions; ++direction) {
      // left at both ends, right in the middle; the fastest above
      const int turned = (direction + tuning.spec.directions / 2) % tuning.spec.directions;
      const double share = most > 0 ? tuning.amplitude(speeds - 1 - speed, turned) / most : 0;
      image.setPixel(direction, speed, theme.actUnsigned.at(static_cast<float>(share), 1));
    }
  }
  QRectF plot = plotRect(column);
  const double scale = theme.body / 12.5;
  plot.adjust(12 * scale, 0, 12 * scale, -26 * scale);
  painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
  painter.drawImage(plot, image);
  painter.setPen(QPen(theme.line2, theme.hairline));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(plot);
  const auto text = [&](QPointF at, Anchor anchor, const QString& word) {
    drawRun(painter, at, anchor, {word, theme.muted, false, theme.caption}, theme);
  };
  const QStringList words{tr("left"), tr("up"), tr("right"), tr("down"), tr("left")};
  for (int i = 0; i < words.size(); ++i)
    text({plot.left() + plot.width() * i / 4, plot.bottom() + theme.caption}, Anchor::Centre, words[i]);
  for (int speed = 0; speed < speeds; speed += std::max(1, (speeds - 1) / 4)) {
    const double y = plot.bottom() - plot.height() * (speed + .5) / speeds;
    text({plot.left() - 5, y}, Anchor::Right,
         QString::number(tuning.spec.speeds[static_cast<std::size_t>(speed)], 'g', 3));
  }
  text({plot.center().x(), plot.bottom() + theme.caption * 2.3}, Anchor::Centre,
       tr("direction, over speed in px/frame"));
}

void TuningPlot::paintTempo(QPainter& painter) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double scale = theme.body / 12.5;
  const QRectF plot(kPad + 46 * scale, 22 * scale, width() - textWidth() - 3 * kPad - 60 * scale,
                    height() - 60 * scale);
  if (plot.width() < 40 || plot.height() < 40) return;
  double most = 1;
  const auto shares = [](const CompareColumn& column) {
    std::vector<std::pair<double, double>> points;  // log2 of the tempo, share of the strength
    for (const double tempo : kTempos) {
      if (const auto share = column.strengthLeft(tempo)) points.emplace_back(std::log2(tempo), *share);
    }
    return points;
  };
  for (const CompareColumn& column : m_view.columns)
    for (const auto& [tempo, share] : shares(column)) most = std::max(most, share);
  most *= 1.1;
  const double low = std::log2(kTempos.front()), high = std::log2(kTempos.back());
  const auto px = [&](double tempo, double share) {
    return QPointF(plot.left() + (tempo - low) / (high - low) * plot.width(),
                   plot.bottom() - share / most * plot.height());
  };
  for (double share = 0; share <= most; share += most > 2.5 ? 1 : .25) {
    painter.setPen(QPen(theme.line, theme.hairline));
    painter.drawLine(px(low, share), px(high, share));
    drawRun(painter, px(low, share) - QPointF(8, 0), Anchor::Right,
            {tr("%1 %").arg(100 * share, 0, 'f', 0), theme.muted, false, theme.caption}, theme);
  }
  for (const double tempo : kTempos) {
    const QString name =
        tempo < 1 ? QStringLiteral("1/%1×").arg(std::lround(1 / tempo)) : QStringLiteral("%1×").arg(tempo);
    drawRun(painter, px(std::log2(tempo), 0) + QPointF(0, 12 * scale), Anchor::Centre,
            {name, theme.muted, false, theme.caption}, theme);
  }
  drawRun(painter, {plot.center().x(), plot.bottom() + 28 * scale}, Anchor::Centre,
          {tr("the clip's speed: slower frames are repeated, faster ones left out"), theme.muted, false,
           theme.caption},
          theme);
  QPen now(theme.voxel, theme.hairline);
  now.setDashPattern({2, 4});
  painter.setPen(now);
  const double here = std::log2(std::clamp(m_view.state.compare.tempo, kTempos.front(), kTempos.back()));
  painter.drawLine(px(here, 0), px(here, most));
  const Qt::PenStyle styles[] = {Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine};
  for (int i = 0; i < m_view.count(); ++i) {
    const auto points = shares(m_view.column(i));
    QPolygonF line;
    for (const auto& [tempo, share] : points) line << px(tempo, share);
    painter.setPen(QPen(i == 0 ? theme.kernel : theme.text, 2 * theme.hairline, styles[i % 4]));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(line);
    if (!line.isEmpty())
      drawRun(painter, line.back() + QPointF(8, 0), Anchor::Left,
              {columnLetter(i), i == 0 ? theme.kernel : theme.text, true}, theme);
  }
}

void TuningPlot::paintWords(QPainter& painter) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double scale = theme.body / 12.5;
  const double left = width() - textWidth();
  double y = kPad + 8;
  if (m_view.state.compare.tuning == TuningView::Polar) {
    for (std::size_t i = 0; i < kSpeeds.size(); ++i) {
      painter.setPen(speedPen(i, theme));
      painter.drawLine(QPointF(left, y), QPointF(left + 32 * scale, y));
      drawRun(painter, {left + 40 * scale, y}, Anchor::Left, {speedName(kSpeeds[i]), theme.text}, theme);
      y += 21 * scale;
    }
    y += 4 * scale;
  } else if (m_view.state.compare.tuning == TuningView::HeatMap) {
    drawRun(painter, {left, y}, Anchor::Left,
            {tr("amplitude, of its largest"), theme.muted, false, theme.caption}, theme);
    paintScale(painter, QRectF(left, y + 12 * scale, width() - left - kPad, 8 * scale), theme.actUnsigned, 1,
               theme);
    y += 52 * scale;
  }
  const double pitch = theme.body * 1.45;
  const auto lineOf = [&](const CompareSentence& sentence, bool whole) {
    TextLine line{{sentence.lead + QLatin1Char(' '), theme.text, true}};
    if (whole) line.push_back({sentence.rest, theme.text});
    return line;
  };
  const std::vector<CompareSentence> all = sentences();
  // where not all fits, their points alone: the numbers stand in the table
  double needed = 0;
  for (const CompareSentence& sentence : all)
    needed +=
        flowRuns(nullptr, QRectF(left, 0, width() - left - kPad, 1e4), lineOf(sentence, true), theme, pitch) +
        3 * scale;
  const bool whole = y + needed <= height();
  for (const CompareSentence& sentence : all) {
    const TextLine line = lineOf(sentence, whole);
    const QRectF area(left, y, width() - left - kPad, height() - y);
    if (area.height() < pitch) break;
    y += flowRuns(&painter, area, line, theme, pitch) + 3 * scale;
  }
}

}  // namespace convscope
