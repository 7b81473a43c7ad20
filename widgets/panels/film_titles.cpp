#include "widgets/panels/film_titles.h"

#include "widgets/look/look_theme.h"
#include "widgets/panels/kernel_place.h"
#include "widgets/panels/text_runs.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace convscope {

namespace {

constexpr double kBetween = 5;  // px between two titles

FilmTitle titled(const TitleChoice& choice, int level, double px, const LookTheme& theme) {
  FilmTitle title{choice.place, choice.x, 0, choice.texts[std::min<int>(level, choice.texts.size() - 1)],
                  choice.lit};
  title.width = widthOf({{title.text, theme.text, title.lit, px}}, theme);
  return title;
}

bool apart(const FilmTitle& a, const FilmTitle& b) {
  return std::abs(a.x - b.x) >= (a.width + b.width) / 2 + kBetween;
}

/// All of them with that much said, or none where two would touch.
std::optional<std::vector<FilmTitle>> allAt(const std::vector<TitleChoice>& choices, int level, int litLevel,
                                            double px, const LookTheme& theme) {
  std::vector<FilmTitle> titles;
  for (const TitleChoice& choice : choices)
    titles.push_back(titled(choice, choice.lit ? litLevel : level, px, theme));
  std::ranges::sort(titles, {}, &FilmTitle::x);
  for (std::size_t i = 1; i < titles.size(); ++i)
    if (!apart(titles[i - 1], titles[i])) return std::nullopt;
  return titles;
}

}  // namespace

std::vector<FilmTitle> fittedTitles(const std::vector<TitleChoice>& choices, double pitch, double px,
                                    const LookTheme& theme) {
  if (choices.empty()) return {};
  int levels = 1;
  for (const TitleChoice& choice : choices) levels = std::max<int>(levels, choice.texts.size());
  for (int level = 0; level < levels; ++level)
    for (int lit = 0; lit <= level; ++lit)
      if (auto all = allAt(choices, level, lit, px, theme)) return *all;
  // every n-th, counted from a lit one
  const auto lit = std::ranges::find_if(choices, &TitleChoice::lit);
  const int from = lit == choices.end() ? choices.front().place : lit->place;
  double widest = 0;
  for (const TitleChoice& choice : choices) widest = std::max(widest, titled(choice, 0, px, theme).width);
  const int every = std::max(1, static_cast<int>(std::ceil((widest + kBetween) / std::max(1.0, pitch))));
  std::vector<FilmTitle> titles;
  for (const bool must : {true, false}) {
    for (const TitleChoice& choice : choices) {
      if (choice.lit != must || (!must && (choice.place - from) % every != 0)) continue;
      const FilmTitle title = titled(choice, 0, px, theme);
      const bool free =
          std::ranges::all_of(titles, [&](const FilmTitle& other) { return apart(title, other); });
      if (must || free) titles.push_back(title);
    }
  }
  std::ranges::sort(titles, {}, &FilmTitle::x);
  return titles;
}

std::vector<FilmTitle> frameTitles(const KernelView& view, const FilmLayout& layout, double px) {
  const KernelResult& result = *view.result;
  const LookTheme& theme = lookTheme(view.state.look);
  const int length = result.geometry.input.length;
  if (length == 1) return {};
  const bool maps = !view.state.look.inputOnly;
  const Triple voxel = view.voxel();
  const QString widest = QStringLiteral("t=%1").arg(length);
  const bool litApart = !maps || widthOf({{widest, theme.time, true, px}}, theme) + kBetween < layout.pitch;
  std::vector<TitleChoice> choices;
  const int first = std::max(layout.firstSlot, 0), end = std::min(layout.endSlot, length);
  if (!litApart) {
    const int start = patchStart(result, voxel).t;
    const int from = std::max(start, first);
    const int to = std::min(start + result.spec.conv.span(Axis::T), end) - 1;
    if (from == to)
      choices.push_back({from, layout.slot(from).center().x(), {QStringLiteral("t=%1").arg(from + 1)}, true});
    else if (from < to)
      choices.push_back({from,
                         (layout.slot(from).left() + layout.slot(to).right()) / 2,
                         {QStringLiteral("t=%1…%2").arg(from + 1).arg(to + 1)},
                         true});
  }
  for (int t = first; t < end; ++t) {
    const bool lit = maps && readsAlong(result, Axis::T, voxel, t);
    if (lit && !litApart) continue;
    choices.push_back(
        {t, layout.slot(t).center().x(), {QStringLiteral("t=%1").arg(t + 1), QString::number(t + 1)}, lit});
  }
  return fittedTitles(choices, layout.pitch, px, theme);
}

std::vector<FilmTitle> mapTitles(const KernelView& view, const FilmLayout& layout,
                                 const std::vector<int>& maps, double px) {
  const KernelResult& result = *view.result;
  if (result.geometry.input.length == 1) return {};
  std::vector<TitleChoice> choices;
  for (const int t : maps) {
    const QRectF box = mapBox(layout, result, t);
    if (box.isEmpty()) continue;
    const QString full = mapTitleShort(view, t), ends = framesText(result, t, 2);
    choices.push_back(
        {t,
         box.center().x(),
         {full, full.mid(full.indexOf(QLatin1Char('('))), QStringLiteral("(%1)").arg(ends), ends},
         t == view.voxel().t});
  }
  const double pitch = layout.oneRow ? layout.mapPitch : layout.pitch * result.spec.conv.stride.t;
  return fittedTitles(choices, pitch, px, lookTheme(view.state.look));
}

}  // namespace convscope
