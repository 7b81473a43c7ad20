#include "engine/conv/winograd_kernels.h"

#include "engine/conv/winograd_layer.h"
#include "engine/conv/winograd_stem_layer.h"
#include "engine/conv/winograd_time_layer.h"

#include <memory>
#include <string>

namespace convscope {

namespace {

/// A row of the table for each instruction set, for one kind of layer and one tile size.
template <class Layer, int tile>
void addTile(std::vector<ConvKernel>& table, const std::string& name) {
  ConvKernel model;
  model.name = name + std::to_string(tile);
  model.serves = Layer::serves;
  model.suits = [](const ConvSpec& spec, const ConvGeometry& geometry) {
    return Layer::bestTile(spec, geometry) == tile;
  };
  model.scratchBytes = [](const ConvSpec& spec, const ConvGeometry& geometry) {
    return Layer::scratchBytes(spec, geometry, tile);
  };
  model.exactOnIntegers = false;
  model.bits = KernelBits::Layer;
  model.errorFactor = [](const ConvSpec&, const ConvGeometry&) {
    double factor = 1;
    for (int axis = 0; axis < Layer::kTransformedAxes; ++axis) factor *= winogradAmplification(tile);
    return factor;
  };
  model.prepare = [](const ConvKernel& self, const ConvSpec& spec, const ConvGeometry& geometry,
                     const FilterBank& bank, const ComputeContext& context) -> std::unique_ptr<KernelLayer> {
    return std::make_unique<Layer>(spec, geometry, bank, lineKernelOf(self),
                                   winogradTransforms(self.needs, tile), tile, context);
  };
  addForEachTarget(table, model);
}

}  // namespace

void addWinogradKernels(std::vector<ConvKernel>& table) {
  addTile<WinogradLayer, 4>(table, "winograd");
  addTile<WinogradLayer, 2>(table, "winograd");
  addTile<WinogradTimeLayer, 4>(table, "winogradTime");
  addTile<WinogradTimeLayer, 2>(table, "winogradTime");
  addTile<WinogradStemLayer, 4>(table, "winogradStem");
  addTile<WinogradStemLayer, 2>(table, "winogradStem");
}

}  // namespace convscope
