#pragma once

#include "engine/compare/column_layers.h"
#include "widgets/state/compare_view.h"

#include <string>
#include <vector>

namespace convscope {

/// The layers that a column can show; none of what is no network, or was not run yet.
[[nodiscard]] std::vector<ColumnLayer> layersOf(const CompareView& view, int column);
/// Index among them of the one that is shown, −1 where it is none of them.
[[nodiscard]] int shownLayer(const CompareView& view, int column, const std::vector<ColumnLayer>& layers);

/// Makes a network's column show the maps of that layer, of its channels the one that answers most.
[[nodiscard]] StateEdit showLayer(int column, const std::string& layer);
/// Makes every network show its layer of that depth, see layerAtDepth().
[[nodiscard]] StateEdit showDepth(const CompareView& view, int depth);
/// One convolution deeper in every network, or with −1 one nearer to the clip, counted from the first of
/// them; nothing where there is none.
[[nodiscard]] StateEdit deeperBy(const CompareView& view, int by);
/// The channel of every network that answers next less, or with −1 next more; round at the ends.
[[nodiscard]] StateEdit nextChannelBy(const CompareView& view, int by);
/// Whether a column holds a network that was run.
[[nodiscard]] bool hasNetwork(const CompareView& view);

}  // namespace convscope
