#pragma once

#include "engine/field/layer_table.h"

namespace convscope {

/// Fills in what follows from the whole graph of a table whose rows and nodes are all there: each row's field
/// (gates left out) and whether it sees the whole clip, and the sums over the rows. Cost O(edges).
void addTotals(LayerTable& table);

}  // namespace convscope
