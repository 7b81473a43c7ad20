#include "widgets/panels/cost_panel.h"

#include "engine/core/memory_budget.h"

#include "widgets/look/look_theme.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

// px at type of 11 px
constexpr double kMargin = 12, kLabelColumn = 31, kTop = 14, kPitch = 17, kGap = 23;
/// So many facts belong to the first line under the formulas: weights, multiply-adds, field.
constexpr std::size_t kFirstFacts = 3;

double scaleOf(const LookTheme& theme) {
  return theme.caption / 11;
}

/// "last row unused", "last 2 frames unused".
QString unusedText(Axis axis, int count) {
  const char* one = axis == Axis::T ? "frame" : axis == Axis::Y ? "row" : "column";
  if (count == 1) return QObject::tr("last %1 unused").arg(QLatin1String(one));
  return QObject::tr("last %1 %2s unused").arg(count).arg(QLatin1String(one));
}

/// Seconds with as many digits as tell something: "0.125 s", "1.28 s", "12.8 s".
QString secondsText(double seconds) {
  const int decimals = seconds < 1 ? 3 : seconds < 10 ? 2 : 1;
  return QStringLiteral("%1 s").arg(QString::number(seconds, 'f', decimals));
}

/// "t, h, w": the axes along which something is so.
QString axesText(const std::array<bool, 3>& along) {
  QStringList names;
  for (const Axis axis : kAxes)
    if (along[static_cast<std::size_t>(axis)]) names << QStringLiteral("thw").mid(static_cast<int>(axis), 1);
  return names.join(QStringLiteral(", "));
}

}  // namespace

CostPanel::CostPanel(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Cost"));
}

QString CostPanel::fact() const {
  return tr("output = ⌊(in + pad − d·(k−1) − 1) / s⌋ + 1");
}

void CostPanel::present(const KernelView& view) {
  m_view = view;
  learnTime();
  rebuild();
  setAccessibleDescription(lines().join(QLatin1Char('\n')));
  setToolTip(lines().join(QLatin1Char('\n')));
  update();
}

CostPanel::Row CostPanel::formulaRow(Axis axis, const ConvGeometry& geometry, const LookTheme& theme) const {
  const ConvSpec& conv = m_conv;
  const auto index = static_cast<std::size_t>(axis);
  const QColor colour = theme.axisColour(axis);
  const AxisPadding& padding = geometry.padding[index];
  Row row;
  row.label = {{QStringLiteral("LHW").mid(static_cast<int>(axis), 1) + QStringLiteral("′"), colour, true}};
  row.text = {{QStringLiteral("⌊("), theme.muted},
              {QString::number(geometry.input.along(axis)), colour, true},
              {QStringLiteral(" + %1 − %2·(").arg(padding.before + padding.after).arg(conv.dilation[axis]),
               theme.muted},
              {QString::number(conv.kernel[axis]), colour, true},
              {QStringLiteral("−1) − 1) / %1⌋ + 1 =").arg(conv.stride[axis]), theme.muted}};
  if (const int unused = geometry.unused[axis]; unused > 0) {
    row.note = {{unusedText(axis, unused), theme.text}};
    row.brief = {{tr("%1 unused").arg(unused), theme.text}};
  }
  row.value = {{countText(geometry.output.along(axis)), theme.text, true}};
  return row;
}

std::vector<TextLine> CostPanel::facts(const ConvGeometry& geometry, const LookTheme& theme) const {
  const ConvSpec& conv = m_conv;
  const ConvCost cost = costOf(conv, geometry);
  const std::array<AxisField, 3> field = fieldOf(conv, geometry);
  std::vector<TextLine> out;
  out.push_back(
      {{tr("weights "), theme.muted}, {countText(static_cast<double>(cost.weights)), theme.text, true}});
  const QString exact = countText(static_cast<double>(cost.multiplyAdds));
  out.push_back({{tr("multiply-adds "), theme.muted},
                 {cost.multiplyAdds < 1e6 ? exact : shortCountText(static_cast<double>(cost.multiplyAdds)),
                  theme.text, true}});
  TextLine seen{{tr("field "), theme.muted},
                {QString::fromStdString(toText(Triple{field[0].size, field[1].size, field[2].size})),
                 theme.text, true}};
  const Clip& clip = *m_view.result->clip;
  // the rate of the clip counts frames of the clip, so its step is in it already
  const double seconds = fieldSeconds(field[0].size, 1, clip.framesPerSecond);
  if (geometry.input.length > 1 && seconds > 0)
    seen.push_back({QStringLiteral(" ") + secondsText(seconds), theme.muted});
  out.push_back(seen);
  for (TextLine& line : costFacts(geometry, theme)) out.push_back(std::move(line));
  return out;
}

std::vector<TextLine> CostPanel::costFacts(const ConvGeometry& geometry, const LookTheme& theme) const {
  const ConvSpec& conv = m_conv;
  const ConvCost cost = costOf(conv, geometry);
  std::vector<TextLine> out;
  // Sharing and locality in one number, beside the weights that there are: first, so that it is always seen.
  out.push_back({{tr("fully connected "), theme.muted},
                 {shortCountText(cost.fullyConnectedWeights), theme.text, true},
                 {tr(" weights"), theme.muted}});
  const Dimensionality dimensions = dimensionalityOf(conv, geometry);
  const QString slides = axesText(dimensions.slides);
  out.push_back({{slides.isEmpty() ? tr("slides nowhere") : tr("slides along "), theme.muted},
                 {slides, theme.text, true}});
  out.push_back(sharingFact(geometry, theme));
  const double share = 100.0 * std::min(conv.span(Axis::T), geometry.input.length) / geometry.input.length;
  if (geometry.input.length > 1)
    out.push_back({{tr("covers "), theme.muted},
                   {QString::number(share, 'f', share < 10 ? 1 : 0) + QStringLiteral(" %"), theme.text, true},
                   {tr(" of the clip"), theme.muted}});
  out.push_back(
      {{tr("maps "), theme.muted},
       {QString::fromStdString(bytesText(static_cast<double>(cost.outputBytes))), theme.text, true}});
  if (const double ms = m_timed.ms; !m_view.stale && !m_view.result->preview && ms > 0) {
    out.push_back({{tr("engine "), theme.muted},
                   {QString::number(ms, 'f',
                                    ms < 1     ? 2
                                    : ms < 100 ? 1
                                               : 0) +
                        QStringLiteral(" ms"),
                    theme.text, true}});
  }
  out.push_back(
      {{tr("clip "), theme.muted},
       {QString::fromStdString(bytesText(static_cast<double>(cost.inputBytes))), theme.text, true},
       {tr(", weights "), theme.muted},
       {QString::fromStdString(bytesText(static_cast<double>(cost.weightBytes))), theme.text, true}});
  return out;
}

TextLine CostPanel::sharingFact(const ConvGeometry& geometry, const LookTheme& theme) const {
  const QString mixes = axesText(dimensionalityOf(m_conv, geometry).mixes);
  const int channels = geometry.input.channels / m_conv.groups;
  TextLine line;
  if (!mixes.isEmpty()) line = {{tr("mixes "), theme.muted}, {mixes, theme.text, true}};
  if (channels > 1) {
    line.push_back({mixes.isEmpty() ? tr("only sums ") : tr(" and sums "), theme.muted});
    line.push_back({tr("%1 channels").arg(channels), theme.text, true});
  }
  if (line.empty()) line = {{tr("mixes nothing"), theme.muted}};
  return line;
}

void CostPanel::learnTime() {
  if (m_view.result == nullptr || m_view.result->preview || m_view.holder == m_lastTimed) return;
  const KernelResult& result = *m_view.result;
  const bool first = m_lastTimed == nullptr;
  m_lastTimed = m_view.holder;
  if (first) return;  // caches and threads were cold: that says nothing of the layer
  const Shape& input = result.geometry.input;
  const bool same = m_timed.conv == result.spec.conv && m_timed.input == input &&
                    m_timed.filters == result.spec.bank.size() && m_timed.ms > 0;
  const double ms = result.convolveMs;
  if (result.multiplyAddsDone != result.cost.multiplyAdds) {  // the rest was there from before
    if (!same) m_timed = {};
    return;
  }
  m_timed = {result.spec.conv, input, result.spec.bank.size(), same ? std::min(ms, m_timed.ms) : ms};
}

void CostPanel::rebuild() {
  m_formula.clear();
  m_facts.clear();
  m_faded = false;
  if (m_view.result == nullptr) return;
  const LookTheme& theme = lookTheme(m_view.state.look);
  // the formula answers at once, while the maps of a changed kernel are still being computed
  const KernelStudy& asked = m_view.study();
  const Result<ConvGeometry> geometry =
      geometryOf(m_view.result->geometry.input, asked.conv, static_cast<int>(asked.bank.size()));
  // What cannot be is explained at its control, once; here the numbers of the maps in sight stay.
  const bool failed = !m_view.problem.isEmpty() || !geometry;
  const KernelStudy& study = failed ? m_view.result->spec : asked;
  m_conv = study.conv;
  m_faded = failed || (m_view.stale && study.clip != m_view.result->spec.clip);
  const ConvGeometry& shown = failed ? m_view.result->geometry : *geometry;
  for (const Axis axis : kAxes)
    if (axis != Axis::T || !isStill(m_view)) m_formula.push_back(formulaRow(axis, shown, theme));
  m_facts = facts(shown, theme);
}

QStringList CostPanel::lines() const {
  QStringList out;
  for (const Row& row : m_formula)
    out << plainText(row.label) + QStringLiteral(" = ") +
               plainText(row.text).replace(QStringLiteral(" ="),
                                           QStringLiteral(" = ") + plainText(row.value)) +
               (row.note.empty() ? QString() : QStringLiteral(", ") + plainText(row.note));
  for (const TextLine& fact : m_facts) out << plainText(fact);
  return out;
}

void CostPanel::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double s = scaleOf(theme);
  painter.fillRect(rect(), theme.panel);
  if (m_faded) painter.setOpacity(theme.staleOpacity);
  const double right = width() - kMargin * s;
  double y = kTop * s;
  for (const Row& row : m_formula) {
    drawRuns(painter, {kMargin * s, y}, Anchor::Left, row.label, theme);
    const double textLeft = (kMargin + kLabelColumn) * s;
    const double textEnd = textLeft + drawRuns(painter, {textLeft, y}, Anchor::Left, row.text, theme);
    const double valueLeft = right - drawRuns(painter, {right, y}, Anchor::Right, row.value, theme);
    if (!row.note.empty()) {
      const double room = valueLeft - textEnd - 16 * s;
      drawRuns(painter, {textEnd + 8 * s, y}, Anchor::Left,
               widthOf(row.note, theme) <= room ? row.note : row.brief, theme);
    }
    y += kPitch * s;
  }
  y += (kGap - kPitch) * s;
  // facts flow like words, each unbroken; the line they start is the one that must fit
  double first = 0;
  for (std::size_t i = 0; i < std::min(kFirstFacts, m_facts.size()); ++i) first += widthOf(m_facts[i], theme);
  const double space = std::clamp((right - kMargin * s - first) / (kFirstFacts - 1), 5 * s, 9 * s);
  double x = kMargin * s;
  for (std::size_t i = 0; i < m_facts.size(); ++i) {
    const double width = widthOf(m_facts[i], theme);
    const bool starts = i == kFirstFacts;
    if (x > kMargin * s && (starts || x + width > right + 1)) {
      x = kMargin * s;
      y += (starts ? kPitch + 2 : kPitch) * s;
    }
    if (y + kPitch * s / 2 > height()) break;
    x += drawRuns(painter, {x, y}, Anchor::Left, m_facts[i], theme) + space;
  }
}

QSize CostPanel::sizeHint() const {
  const double s = scaleOf(lookTheme(m_view.state.look));
  return {static_cast<int>(376 * s), minimumSizeHint().height()};  // more lines where the ledger leaves room
}

QSize CostPanel::minimumSizeHint() const {
  const double s = scaleOf(lookTheme(m_view.state.look));
  return {static_cast<int>(220 * s),
          static_cast<int>((kTop + 2 * kPitch + kGap + kPitch + 2 + kPitch / 2 + 2) * s)};
}

}  // namespace convscope
