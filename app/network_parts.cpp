// The part of the Network workspace that says which of its panels are shown, and where.
#include "app/network_workspace.h"

#include "app/presenter_bar.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/before_after_view.h"
#include "widgets/panels/channel_grid.h"
#include "widgets/panels/clip_film.h"
#include "widgets/panels/dock_column.h"
#include "widgets/panels/framed_panel.h"
#include "widgets/panels/hierarchy_view.h"
#include "widgets/panels/network_bar.h"
#include "widgets/panels/network_scores.h"
#include "widgets/stage/network_stage.h"

#include <QPushButton>

#include <algorithm>
#include <utility>

namespace convscope {

namespace {

// Shares of the width that the right dock has where the panels are chosen: they are what is to be seen.
constexpr double kBesideClip = .44, kBesideOther = .34;
constexpr int kLeastChosen = 330;    // px
constexpr double kMostScores = .46;  // of the height, that the bars of the classes take there

/// Widths of the docks and height of the channels for a window size.
struct Grid {
  int left;
  int right;
  int channels;
};
Grid gridFor(const QSize& window, bool presenter) {
  if (presenter) return {0, 0, static_cast<int>(260 * presenterScale())};
  if (window.width() >= 1900 && window.height() >= 1000) return {350, 400, 440};
  if (window.width() >= 1500 && window.height() >= 850) return {330, 376, 408};
  return {296, 320, 210};
}

}  // namespace

QStringList NetworkWorkspace::parts() const {
  if (!m_lessonParts.isEmpty()) return m_lessonParts;
  QStringList names;
  for (const std::string& name : m_store.state().network.panels) names << QString::fromStdString(name);
  return names;
}

bool NetworkWorkspace::shows(std::initializer_list<const char*> names) const {
  const QStringList chosen = parts();
  return chosen.isEmpty() ||
         std::ranges::any_of(names, [&](const char* name) { return chosen.contains(QLatin1String(name)); });
}

NetworkWorkspace::Middle NetworkWorkspace::middle() const {
  const QStringList chosen = parts();
  if (chosen.contains(QLatin1String("before"))) return Middle::Before;
  if (chosen.contains(QLatin1String("clip"))) return Middle::Clip;
  return m_store.state().network.beside.empty() ? Middle::Stage : Middle::Table;
}

QWidget* NetworkWorkspace::middleWidget() const {
  switch (middle()) {
    case Middle::Clip:
      return m_film;
    case Middle::Before:
      return m_beforeAfter;
    case Middle::Table:
      return m_hierarchy;
    case Middle::Stage:
      break;
  }
  return m_stage;
}

QWidget* NetworkWorkspace::part(const QString& name) const {
  if (name == QLatin1String("stage")) return middleWidget();
  const std::pair<const char*, QWidget*> all[] = {{"clip", m_film},
                                                  {"before", m_beforeAfter},
                                                  {"table", m_hierarchy},
                                                  {"layers", m_listFrame},
                                                  {"weights", m_weightFrame},
                                                  {"input", m_inputFrame},
                                                  {"scores", m_scoresFrame},
                                                  {"curve", m_chartFrame},
                                                  {"unit", m_unitFrame},
                                                  {"values", m_histogramFrame},
                                                  {"channels", m_channelFrame}};
  for (const auto& [known, widget] : all)
    if (name == QLatin1String(known)) return widget;
  return nullptr;
}

void NetworkWorkspace::showParts(const QStringList& names, Veil) {
  if (m_lessonParts == names) return;
  m_lessonParts = names;
  arrange();
  schedulePresent();
}

void NetworkWorkspace::setFigure(const QString& title) {
  if (std::exchange(m_figure, title) != title) arrange();
}

/// The title over the middle: the figure's, or what stands there.
void NetworkWorkspace::arrangeBar() {
  const Middle now = middle();
  const bool chosen = !parts().isEmpty();
  const QString name = now == Middle::Clip     ? tr("Clip")
                       : now == Middle::Before ? tr("Before and after")
                       : now == Middle::Table  ? tr("Two networks")
                                               : tr("Stage");
  m_barFrame->setName(chosen && !m_figure.isEmpty() ? m_figure : name);
  m_bar->setVisible(now == Middle::Stage);
  m_allPanels->setVisible(chosen && m_lessonParts.isEmpty());
}

void NetworkWorkspace::arrange() {
  const Look& look = m_store.state().look;
  const Grid grid = gridFor(window()->size(), look.presenter);
  const bool empty = m_view.result == nullptr;
  const bool chosen = !parts().isEmpty();
  const Middle now = middle();
  m_empty->setVisible(empty);
  for (QWidget* const one : {static_cast<QWidget*>(m_stage), static_cast<QWidget*>(m_film),
                             static_cast<QWidget*>(m_beforeAfter), static_cast<QWidget*>(m_hierarchy)})
    if (one != middleWidget()) one->hide();
  middleWidget()->setVisible(!empty);
  arrangeBar();
  m_barFrame->setVisible(!empty && !look.presenter && (now == Middle::Stage || chosen));
  m_left->setLeftOut(m_listFrame, !shows({"layers"}));
  m_left->setLeftOut(m_weightFrame, !shows({"weights"}));
  m_left->setLeftOut(m_inputFrame, !shows({"input"}));
  m_right->setLeftOut(m_scoresFrame, !shows({"scores"}));
  m_right->setLeftOut(m_chartFrame, !shows({"curve"}));
  m_right->setLeftOut(m_unitFrame, !shows({"unit"}));
  m_right->setLeftOut(m_histogramFrame, !shows({"values"}));
  const bool docks = chosen || grid.right > 0;  // a presenter has no docks but those that are chosen
  m_left->setVisible(!empty && docks && look.showLeft && shows({"layers", "weights", "input"}));
  m_right->setVisible(!empty && docks && look.showRight && shows({"scores", "curve", "unit", "values"}));
  m_channelFrame->setVisible(!empty && now == Middle::Stage && look.showStrip && shows({"channels"}));
  if (grid.left > 0) m_left->setFixedWidth(grid.left);
  const double share = now == Middle::Clip ? kBesideClip : kBesideOther;
  if (chosen)
    m_right->setFixedWidth(std::max(kLeastChosen, static_cast<int>(share * width())));
  else if (grid.right > 0)
    m_right->setFixedWidth(grid.right);
  m_scores->setMostRows(chosen && now == Middle::Clip ? static_cast<int>(kMostScores * height()) : 0);
  m_channelFrame->setFixedHeight(grid.channels);
}

}  // namespace convscope
