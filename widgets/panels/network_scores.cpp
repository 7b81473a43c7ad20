#include "widgets/panels/network_scores.h"

#include "widgets/panels/text_runs.h"
#include "widgets/state/clip_edits.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <utility>

namespace convscope {

namespace {

constexpr double kBar = 13;       // px high
constexpr double kValues = 58;    // px for "57.1 %"
constexpr double kSentence = 2;   // lines below the bars
constexpr double kWritten = 1.5;  // of the caption: the line that is written out
constexpr double kMark = 3;       // px of the mark at the left edge of the chosen row

QString percentText(double share) {
  return QStringLiteral("%1 %").arg(100 * share, 0, 'f', 1);
}

/// With a sign only where it is negative.
QString scoreText(double score) {
  const QString text = signedText(score, 2);
  return text.startsWith(QLatin1Char('+')) ? text.mid(1) : text;
}

double pitchOf(const LookTheme& theme) {
  return theme.row * .9;
}

}  // namespace

NetworkScoresPanel::NetworkScoresPanel(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Class scores of the network"));
  setToolTip(tr(
      "Click a class: it is the one that saliency and Grad-CAM explain, its curve is the bold one, and its "
      "soft-max is written out. Once more: the best class again."));
  setFocusPolicy(Qt::TabFocus);  // a click leaves the keys to the stage
  setMouseTracking(true);
}

QSize NetworkScoresPanel::sizeHint() const {
  const LookTheme& theme = appliedTheme();
  return {360, static_cast<int>(2 * theme.panelPad + m_top * pitchOf(theme) + kWritten * theme.caption +
                                kSentence * 1.5 * theme.body)};
}

QSize NetworkScoresPanel::minimumSizeHint() const {
  const LookTheme& theme = appliedTheme();
  return {200, sizeHint().height() - static_cast<int>(theme.panelPad / 2 + 1.5 * theme.body)};
}

const std::vector<ClassScore>* NetworkScoresPanel::shown() const {
  if (m_view.result == nullptr || m_view.result->scores.clips.empty()) return nullptr;
  const auto& clips = m_view.result->scores.clips;
  // of single pictures each has scores of its own
  const auto at = m_view.result->pictures ? static_cast<std::size_t>(std::max(0, m_view.unit.t)) : 0;
  return &clips[std::min(at, clips.size() - 1)];
}

void NetworkScoresPanel::takeClasses() {
  m_classes.clear();
  const auto* const scores = shown();
  if (scores == nullptr) return;
  const auto top = static_cast<std::size_t>(m_top);
  for (std::size_t i = 0; i < std::min(top, scores->size()); ++i)
    m_classes.push_back(static_cast<int>((*scores)[i].index));
  const int chosen = m_view.settings().classIndex;
  const bool exists = chosen >= 0 && chosen < static_cast<int>(scores->size());
  if (exists && std::ranges::find(m_classes, chosen) == m_classes.end()) m_classes.back() = chosen;
  m_cursor = std::clamp(m_cursor, 0, std::max(0, static_cast<int>(m_classes.size()) - 1));
}

int NetworkScoresPanel::chosenRow() const {
  const auto found = std::ranges::find(m_classes, m_view.settings().classIndex);
  return found == m_classes.end() ? -1 : static_cast<int>(found - m_classes.begin());
}

const ClassScore& NetworkScoresPanel::scoreOf(int row) const {
  const std::int64_t index = m_classes[static_cast<std::size_t>(row)];
  return *std::ranges::find(*shown(), index, &ClassScore::index);
}

QString NetworkScoresPanel::nameOf(int row) const {
  return QString::fromStdString(m_view.result->labelOf(m_classes[static_cast<std::size_t>(row)]));
}

QString NetworkScoresPanel::valueText(int row) const {
  const ClassScore& one = scoreOf(row);
  if (!m_view.guesses()) return percentText(one.probability);
  return one.index == shown()->front().index ? tr("a guess") : QString();
}

QString NetworkScoresPanel::arithmetic(int row) const {
  const ClassScore& one = scoreOf(row);
  const QString share =
      m_view.guesses() ? tr("%1, a guess").arg(percentText(one.probability)) : percentText(one.probability);
  switch (m_view.result->scores.from) {
    case NetworkScores::From::Network:
      return {};
    case NetworkScores::From::Logarithm:
      return tr("e^(%1) = %2").arg(scoreText(one.score), share);
    case NetworkScores::From::SoftMax:
      break;
  }
  const double largest = shown()->front().score;
  double sum = 0;
  for (const ClassScore& other : *shown()) sum += std::exp(other.score - largest);
  return tr("e^(%1 − %2) ÷ %3 = %4")
      .arg(scoreText(one.score),
           largest < 0 ? QStringLiteral("(%1)").arg(scoreText(largest)) : scoreText(largest))
      .arg(sum, 0, 'f', 2)
      .arg(share);
}

QString NetworkScoresPanel::sentence() const {
  if (m_view.result == nullptr || m_view.result->outline) return {};
  if (!m_view.result->obstacle.empty()) return QString::fromStdString(m_view.result->obstacle);
  if (const auto& before = m_view.result->before; !before.empty()) {
    const auto best = std::ranges::max_element(before) - before.begin();
    const QString label = QString::fromStdString(m_view.result->labelOf(best));
    return m_view.guesses() ? tr("A guess: it has never seen a real clip. Changed: %1. The marks show the "
                                 "guess before, %2.")
                                  .arg(editsText(m_view.result->spec.edits), label)
                            : tr("The clip is changed: %1. The marks show the scores before: %2, %3.")
                                  .arg(editsText(m_view.result->spec.edits), label,
                                       percentText(before[static_cast<std::size_t>(best)]));
  }
  if (const auto& trained = m_view.result->preprocess.trained) {
    if (m_view.guesses())
      return tr("A guess: trained on %1 %2, it has never seen a real one.")
          .arg(trained->clips)
          .arg(QString::fromStdString(trained->on));
    return tr("Trained on %1 %2 and nothing else; %3 right on others of that kind.")
        .arg(trained->clips)
        .arg(QString::fromStdString(trained->on), percentText(trained->accuracy));
  }
  switch (m_view.result->scores.from) {
    case NetworkScores::From::Network:
      return tr("Shares by the network's own soft-max.");
    case NetworkScores::From::Logarithm:
      return tr("Exponential of the network's log-soft-max.");
    case NetworkScores::From::SoftMax:
      break;
  }
  return tr("Soft-max of the network's %1 scores.").arg(shown() == nullptr ? 0 : shown()->size());
}

void NetworkScoresPanel::setMostRows(int px) {
  const double rest = sizeHint().height() - m_top * pitchOf(appliedTheme());
  const auto rows = static_cast<int>((px - rest) / pitchOf(appliedTheme()));
  if (std::exchange(m_top, std::clamp(rows, kTop, kMost)) == std::clamp(rows, kTop, kMost)) return;
  takeClasses();
  tell();
  updateGeometry();
  update();
}

void NetworkScoresPanel::present(const NetworkView& view) {
  m_view = view;
  takeClasses();
  tell();
  update();
}

void NetworkScoresPanel::tell() {
  m_lines.clear();
  QString fact;
  if (const auto* scores = shown()) {
    const int first = m_view.result->spec.start + 1;
    const int last = first + m_view.result->span() - 1;
    fact = m_view.guesses() ? tr("frames %1 to %2, a guess").arg(first).arg(last)
                            : tr("frames %1 to %2, top %3 of %4")
                                  .arg(first)
                                  .arg(last)
                                  .arg(m_classes.size())
                                  .arg(scores->size());
    for (int row = 0; row < static_cast<int>(m_classes.size()); ++row) {
      const QString value = valueText(row);
      m_lines << (value.isEmpty() ? nameOf(row) : QStringLiteral("%1 %2").arg(nameOf(row), value));
      const QString written = row == chosenRow() ? arithmetic(row) : QString();
      if (!written.isEmpty()) m_lines << written;
    }
  }
  if (const QString said = sentence(); !said.isEmpty()) m_lines << said;
  setAccessibleDescription(m_lines.join(QStringLiteral(". ")));
  if (fact != m_fact) Q_EMIT factChanged(m_fact = fact);
}

QRectF NetworkScoresPanel::rowRect(int row) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double pitch = pitchOf(theme);
  const int chosen = chosenRow();
  const bool below = chosen >= 0 && row > chosen && !arithmetic(chosen).isEmpty();
  const double top = theme.panelPad + theme.row * .4 - pitch / 2 + row * pitch;
  return {0, top + (below ? kWritten * theme.caption : 0), double(width()), pitch};
}

int NetworkScoresPanel::rowAt(const QPointF& at) const {
  for (int row = 0; row < static_cast<int>(m_classes.size()); ++row)
    if (rowRect(row).contains(at)) return row;
  return -1;
}

/// A guess is not brought out.
bool NetworkScoresPanel::isBest(int row) const {
  return scoreOf(row).index == shown()->front().index && !m_view.guesses();
}

/// What a name is measured with and cut with: one rounding, so that a name that fits is never cut.
QFontMetricsF NetworkScoresPanel::nameMetrics(int row) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  return QFontMetricsF(theme.font(theme.body, isBest(row)));
}

void NetworkScoresPanel::paintRow(QPainter& painter, int row, double names) const {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const double left = theme.panelPad, right = width() - theme.panelPad;
  const QRectF place = rowRect(row);
  const double y = place.center().y();
  const ClassScore& one = scoreOf(row);
  const bool guess = m_view.guesses();
  const bool best = isBest(row);
  const QColor ink = guess ? theme.muted : theme.text;
  if (row == chosenRow()) {
    const QString written = arithmetic(row);
    QRectF ground = place;
    if (!written.isEmpty()) ground.setHeight(ground.height() + kWritten * theme.caption);
    painter.fillRect(ground, theme.sel);
    painter.fillRect(QRectF(ground.left(), ground.top(), kMark, ground.height()), theme.accent);
    drawRun(painter, {right, place.bottom() + kWritten * theme.caption * .4}, Anchor::Right,
            {QFontMetricsF(theme.font(theme.caption)).elidedText(written, Qt::ElideLeft, right - left),
             theme.text, false, theme.caption},
            theme);
  }
  if (hasFocus() && row == m_cursor) {
    painter.setPen(QPen(theme.focus, theme.hairline));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(place.adjusted(kMark + .5, .5, -.5, -.5));
  }
  TextRun name{nameOf(row), ink, best};
  name.text = nameMetrics(row).elidedText(name.text, Qt::ElideRight, names);
  drawRun(painter, {left, y}, Anchor::Left, name, theme);
  const double values = std::max(kValues, kValues * theme.body / 12.5);
  const QRectF ground(left + names + 12, y - kBar / 2, right - values - left - names - 12, kBar);
  painter.fillRect(ground, theme.field);
  QRectF bar = ground;
  bar.setWidth(std::max(1.0, ground.width() * std::clamp(one.probability, 0.0, 1.0)));
  if (guess) {  // outlined, and without the number that it does not deserve
    painter.fillRect(bar, theme.line2);
    painter.setPen(QPen(theme.muted, theme.hairline, Qt::DashLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(bar.adjusted(.5, .5, -.5, -.5));
  } else {
    painter.fillRect(bar, best ? theme.text : theme.muted);
  }
  if (const auto& before = m_view.result->before; static_cast<std::size_t>(one.index) < before.size()) {
    // where the bar ended before the clip was changed
    const double at =
        ground.left() + ground.width() * std::clamp(before[static_cast<std::size_t>(one.index)], 0.0, 1.0);
    painter.fillRect(QRectF(at - 1.5, ground.top() - 3, 3, ground.height() + 6), theme.panel);
    painter.fillRect(QRectF(at - .75, ground.top() - 3, 1.5, ground.height() + 6), theme.text);
  }
  drawRun(painter, {right, y}, Anchor::Right, {valueText(row), ink, best}, theme);
}

void NetworkScoresPanel::paintEvent(QPaintEvent*) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  if (m_view.stale) painter.setOpacity(theme.staleOpacity);
  const double left = theme.panelPad, right = width() - theme.panelPad;
  double top = theme.panelPad;
  if (const auto rows = static_cast<int>(m_classes.size()); rows > 0) {
    double names = 40;
    for (int row = 0; row < rows; ++row)
      names = std::max(names, nameMetrics(row).horizontalAdvance(nameOf(row)));
    names = std::min(std::ceil(names) + 2, (right - left) * .42);
    for (int row = 0; row < rows; ++row) paintRow(painter, row, names);
    top = rowRect(rows - 1).bottom() + 4;
    if (chosenRow() == rows - 1 && !arithmetic(rows - 1).isEmpty()) top += kWritten * theme.caption;
  }
  painter.setFont(theme.font(theme.body));
  painter.setPen(m_view.result != nullptr && !m_view.result->obstacle.empty() ? theme.error : theme.muted);
  painter.drawText(QRectF(left, top, right - left, height() - top),
                   Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, sentence());
}

void NetworkScoresPanel::choose(int row) {
  if (row < 0 || row >= static_cast<int>(m_classes.size())) return;
  const int wanted = row == chosenRow() ? -1 : m_classes[static_cast<std::size_t>(row)];
  Q_EMIT editRequested({tr("Class"), [wanted](AppState& state) { state.network.classIndex = wanted; }});
}

void NetworkScoresPanel::mousePressEvent(QMouseEvent* event) {
  const int row = rowAt(event->position());
  if (row < 0 || event->button() != Qt::LeftButton) return;
  m_cursor = row;
  choose(row);
}

void NetworkScoresPanel::mouseMoveEvent(QMouseEvent* event) {
  setCursor(rowAt(event->position()) < 0 ? Qt::ArrowCursor : Qt::PointingHandCursor);
}

void NetworkScoresPanel::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_Down:
      m_cursor = std::clamp(m_cursor + (event->key() == Qt::Key_Up ? -1 : 1), 0,
                            std::max(0, static_cast<int>(m_classes.size()) - 1));
      return update();
    case Qt::Key_Space:
    case Qt::Key_Return:
    case Qt::Key_Enter:
      return choose(m_cursor);
    default:
      QWidget::keyPressEvent(event);
  }
}

void NetworkScoresPanel::focusInEvent(QFocusEvent* event) {
  QWidget::focusInEvent(event);
  update();
}

void NetworkScoresPanel::focusOutEvent(QFocusEvent* event) {
  QWidget::focusOutEvent(event);
  update();
}

}  // namespace convscope
