#include "widgets/panels/network_scores.h"

#include "widgets/panels/text_runs.h"
#include "widgets/state/clip_edits.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kBar = 13;      // px high
constexpr double kValues = 58;   // px for "57.1 %"
constexpr double kSentence = 2;  // lines below the bars

QString percentText(double share) {
  return QStringLiteral("%1 %").arg(100 * share, 0, 'f', 1);
}

}  // namespace

NetworkScoresPanel::NetworkScoresPanel(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Class scores of the network"));
  setToolTip(tr("Click: how the shares come of the network's scores"));
}

QSize NetworkScoresPanel::sizeHint() const {
  const LookTheme& theme = appliedTheme();
  return {360, static_cast<int>(2 * theme.panelPad + kTop * theme.row * .9 + kSentence * 1.5 * theme.body)};
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

QString NetworkScoresPanel::sentence() const {
  if (m_view.result == nullptr || m_view.result->outline) return {};
  if (!m_view.result->obstacle.empty()) return QString::fromStdString(m_view.result->obstacle);
  if (const auto& before = m_view.result->before; !before.empty()) {
    const auto best = std::ranges::max_element(before) - before.begin();
    return tr("The clip is changed: %1. The marks show the scores before: %2, %3.")
        .arg(editsText(m_view.result->spec.edits), QString::fromStdString(m_view.result->labelOf(best)),
             percentText(before[static_cast<std::size_t>(best)]));
  }
  if (const auto& trained = m_view.result->preprocess.trained) {
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

void NetworkScoresPanel::setShowsArithmetic(bool shows) {
  m_arithmetic = shows;
  tell();
  update();
}

void NetworkScoresPanel::present(const NetworkView& view) {
  m_view = view;
  tell();
  update();
}

void NetworkScoresPanel::tell() {
  m_lines.clear();
  QString fact;
  if (const auto* scores = shown()) {
    const int first = m_view.result->spec.start + 1;
    const std::size_t top = std::min<std::size_t>(kTop, scores->size());
    fact = tr("frames %1 to %2, top %3 of %4")
               .arg(first)
               .arg(first + m_view.result->span() - 1)
               .arg(top)
               .arg(scores->size());
    double sum = 0;
    const double largest = scores->front().score;
    for (const ClassScore& one : *scores) sum += std::exp(one.score - largest);
    for (std::size_t i = 0; i < top; ++i) {
      const ClassScore& one = (*scores)[i];
      const QString name = QString::fromStdString(m_view.result->labelOf(one.index));
      m_lines << (m_arithmetic && m_view.result->scores.from == NetworkScores::From::SoftMax
                      ? tr("%1: e^(%2 − %3) / %4 = %5")
                            .arg(name, signedText(one.score, 2), signedText(largest, 2))
                            .arg(sum, 0, 'f', 2)
                            .arg(percentText(one.probability))
                      : QStringLiteral("%1 %2").arg(name, percentText(one.probability)));
    }
  }
  if (const QString said = sentence(); !said.isEmpty()) m_lines << said;
  setAccessibleDescription(m_lines.join(QStringLiteral(". ")));
  if (fact != m_fact) Q_EMIT factChanged(m_fact = fact);
}

void NetworkScoresPanel::paintEvent(QPaintEvent*) {
  const LookTheme& theme = lookTheme(m_view.state.look);
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  if (m_view.stale) painter.setOpacity(theme.staleOpacity);
  const double left = theme.panelPad, right = width() - theme.panelPad;
  double y = theme.panelPad + theme.row * .4;
  if (const auto* scores = shown()) {
    const std::size_t top = std::min<std::size_t>(kTop, scores->size());
    double names = 40;
    const auto nameOf = [&](std::size_t i) {
      return QString::fromStdString(m_view.result->labelOf((*scores)[i].index));
    };
    for (std::size_t i = 0; i < top; ++i)
      names = std::max(names, widthOf({{nameOf(i), theme.text, i == 0}}, theme));
    names = std::min(std::ceil(names) + 2, (right - left) * .42);
    for (std::size_t i = 0; i < top; ++i, y += theme.row * .9) {
      const ClassScore& one = (*scores)[i];
      if (m_arithmetic && m_view.result->scores.from == NetworkScores::From::SoftMax) {
        drawRun(painter, {left, y}, Anchor::Left,
                {QFontMetricsF(theme.font(theme.caption))
                     .elidedText(m_lines[static_cast<qsizetype>(i)], Qt::ElideRight, right - left),
                 theme.text, false, theme.caption},
                theme);
        continue;
      }
      TextRun name{nameOf(i), theme.text, i == 0};
      if (widthOf({name}, theme) > names)
        name.text =
            QFontMetricsF(theme.font(theme.body, i == 0)).elidedText(name.text, Qt::ElideRight, names);
      drawRun(painter, {left, y}, Anchor::Left, name, theme);
      const QRectF ground(left + names + 12, y - kBar / 2, right - kValues - left - names - 12, kBar);
      painter.fillRect(ground, theme.field);
      QRectF bar = ground;
      bar.setWidth(std::max(1.0, ground.width() * std::clamp(one.probability, 0.0, 1.0)));
      painter.fillRect(bar, i == 0 ? theme.text : theme.muted);
      if (const auto& before = m_view.result->before; static_cast<std::size_t>(one.index) < before.size()) {
        // where the bar ended before the clip was changed
        const double at = ground.left() +
                          ground.width() * std::clamp(before[static_cast<std::size_t>(one.index)], 0.0, 1.0);
        painter.fillRect(QRectF(at - 1.5, ground.top() - 3, 3, ground.height() + 6), theme.panel);
        painter.fillRect(QRectF(at - .75, ground.top() - 3, 1.5, ground.height() + 6), theme.text);
      }
      drawRun(painter, {right, y}, Anchor::Right, {percentText(one.probability), theme.text, i == 0}, theme);
    }
    y += 2;
  }
  painter.setFont(theme.font(theme.body));
  painter.setPen(m_view.result != nullptr && !m_view.result->obstacle.empty() ? theme.error : theme.muted);
  painter.drawText(QRectF(left, y - theme.row * .3, right - left, height() - y),
                   Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, sentence());
}

void NetworkScoresPanel::mousePressEvent(QMouseEvent*) {
  setShowsArithmetic(!m_arithmetic);
}

}  // namespace convscope
