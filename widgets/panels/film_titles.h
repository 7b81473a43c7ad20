#pragma once

#include "widgets/panels/film_layout.h"
#include "widgets/state/kernel_view.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace convscope {

struct LookTheme;

/// A title of a row of the time strip as it is drawn.
struct FilmTitle {
  int place = 0;  ///< frame or map, counted from 0
  double x = 0;   ///< of its middle, px
  double width = 0;
  QString text;
  bool lit = false;
};

/// What a place could be titled with, the fullest text first; a lit one is never left out.
struct TitleChoice {
  int place = 0;
  double x = 0;
  QStringList texts;
  bool lit = false;
};

/// Side by side without touching: all in full, or all in the first shorter text for which there is room (the
/// lit ones as full as they can be), or, where not even the shortest fit, every n-th in full. Titles of type
/// `px` high, `pitch` px apart or more.
[[nodiscard]] std::vector<FilmTitle> fittedTitles(const std::vector<TitleChoice>& choices, double pitch,
                                                  double px, const LookTheme& theme);

/// "t=3" or "3" of the input frames shown; one title for all lit frames where they are too many.
[[nodiscard]] std::vector<FilmTitle> frameTitles(const KernelView& view, const FilmLayout& layout, double px);
/// "t=(2,3,4)", "(2,3,4)", "(2…4)" or "2…4" of the maps shown. `maps`: those that are to be titled.
[[nodiscard]] std::vector<FilmTitle> mapTitles(const KernelView& view, const FilmLayout& layout,
                                               const std::vector<int>& maps, double px);

}  // namespace convscope
