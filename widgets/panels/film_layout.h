#pragma once

#include "engine/core/shape.h"

#include <QRectF>
#include <QSizeF>

#include <optional>

namespace convscope {

struct KernelResult;
struct LookTheme;

/// Where the input frames and the output maps stand in the time strip, in px.
///
///   two rows              t=1  t=2  t=3  t=4           one row    t=1  t=2  t=3  t=4        t=(1,2) t=(2,3)
///                        [  ] [  ] [  ] [  ]                     [  ] [  ] [  ] [  ]  -->    [  ]    [  ]
///   below its frames          [  ] [  ]                              kernel
///
/// Positions in time are input positions: frames of the padding have a place of their own beside the clip's.
struct FilmLayout {
  bool oneRow = false;
  bool maps = true;   ///< false where there is no room for any map
  double labelX = 0;  ///< left end of "input" and "output"
  double cell = 1;    ///< px of one input cell, both ways
  QSizeF frame;       ///< of one input frame
  double pitch = 0;   ///< from frame to frame
  double left = 0;    ///< of the frame at firstSlot
  int firstSlot = 0;  ///< first position in time shown; below 0 in the padding
  int endSlot = 0;    ///< behind the last one shown
  double titleY = 0;  ///< middle of the frames' titles
  double frameTop = 0;
  double mapTop = 0;
  double mapTitleY = 0;
  double mapLeft = 0;   ///< one row: of the map at firstMap
  double mapPitch = 0;  ///< one row
  QSizeF mapFrame;      ///< of a map: larger than a frame where one row shows the kernel's and its neighbours alone
  int firstMap = 0;     ///< one row: first map shown
  int endMap = 0;       ///< behind the last one shown
  double width = 0;     ///< right end of everything

  [[nodiscard]] bool shows(int slot) const { return slot >= firstSlot && slot < endSlot; }
  [[nodiscard]] QRectF slot(int at) const;
};

struct FilmSetting {
  QSizeF size;
  bool oneRow = false;
  bool labels = true;
  bool withMaps = true;  ///< false: input frames alone
};

/// `voxel` is kept in sight where not everything fits.
[[nodiscard]] FilmLayout filmLayout(const KernelResult& result, const Triple& voxel,
                                    const FilmSetting& setting, const LookTheme& theme);
/// Width that the layout would take with frames as high as `size.height()` allows.
[[nodiscard]] double filmWidth(const KernelResult& result, const FilmSetting& setting,
                               const LookTheme& theme);
/// The box of map frame `t`, as large as an input frame or larger; empty where it is not shown.
[[nodiscard]] QRectF mapBox(const FilmLayout& layout, const KernelResult& result, int t);
/// The map's picture inside its box: as wide as its cells on the input, each cell over the middle of its
/// patch.
[[nodiscard]] QRectF mapPicture(const FilmLayout& layout, const KernelResult& result, int t);

}  // namespace convscope
