#include "engine/conv/kernel_table.h"

#include "engine/conv/depthwise_layer.h"
#include "engine/conv/fast_fir_layer.h"
#include "engine/conv/line_layer.h"
#include "engine/conv/matrix_layer.h"
#include "engine/conv/onednn_layer.h"
#include "engine/conv/pointwise_layer.h"
#include "engine/conv/winograd_kernels.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <string>
#include <vector>

namespace convscope {

namespace {

std::string forcedName;

/// "lines" names "lines.AVX3" as well as "lines.AVX2".
bool isNamed(const ConvKernel& kernel, std::string_view name) {
  const std::string_view whole = kernel.name;
  return whole == name || (whole.starts_with(name) && whole.substr(name.size()).starts_with('.'));
}

std::string listOf(std::span<const ConvKernel> table) {
  std::string names;
  for (const ConvKernel& kernel : table) names += (names.empty() ? "" : ", ") + kernel.name;
  return names;
}

bool serves(const ConvKernel& kernel, const ConvSpec& spec, const ConvGeometry& geometry) {
  return kernel.serves == nullptr || kernel.serves(spec, geometry);
}

std::string textOf(const ConvSpec& spec, const ConvGeometry& geometry) {
  return "a kernel of " + toText(spec.kernel) + " with stride " + toText(spec.stride) + ", dilation " +
         toText(spec.dilation) + " and " + std::to_string(spec.groups) +
         (spec.groups == 1 ? " group" : " groups") + " on a clip of " + toText(geometry.input);
}

}  // namespace

std::span<const ConvKernel> kernelTable() {
  static const std::vector<ConvKernel> table = [] {
    std::vector<ConvKernel> kernels;
    addDepthwiseKernels(kernels);
#ifdef CONVSCOPE_WITH_ONEDNN
    addMatrixKernels(kernels);
    addOneDnnKernels(kernels);
#endif
    addPointwiseKernels(kernels);
    addWinogradKernels(kernels);
    addFastFirKernels(kernels);
    addFilterLaneKernels(kernels);
    addLineKernels(kernels);
    return kernels;
  }();
  return table;
}

Result<const ConvKernel*> chooseKernel(std::span<const ConvKernel> table, const ConvSpec& spec,
                                       const ConvGeometry& geometry, CpuFlags flags,
                                       std::string_view forced) {
  bool known = false;
  bool runs = false;
  for (const ConvKernel& kernel : table) {
    if (!forced.empty() && !isNamed(kernel, forced)) continue;
    known = true;
    if ((kernel.needs & ~flags) != 0) continue;
    runs = true;
    if (!serves(kernel, spec, geometry)) continue;
    if (!forced.empty() || kernel.suits == nullptr || kernel.suits(spec, geometry)) return &kernel;
  }
  const std::string name(forced);
  if (!known) {
    return fail(ErrorCode::BadUsage,
                "There is no convolution kernel " + name + "; there are: " + listOf(table) + ".");
  }
  if (!runs) {
    return fail(ErrorCode::BadUsage, "The convolution kernel " + name +
                                         " needs an instruction set that is missing or switched off here.");
  }
  return fail(ErrorCode::BadUsage,
              "The convolution kernel " + name + " does not serve " + textOf(spec, geometry) + ".");
}

const ConvKernel& directKernel(CpuFlags needs, const ConvSpec& spec, const ConvGeometry& geometry) {
  const auto fits = [&](const ConvKernel& kernel) {
    return kernel.bits == KernelBits::Direct && kernel.needs == needs && serves(kernel, spec, geometry) &&
           (kernel.suits == nullptr || kernel.suits(spec, geometry));
  };
  const auto found = std::ranges::find_if(kernelTable(), fits);
  assert(found != kernelTable().end());  // the lines of every instruction set serve and suit all
  return *found;
}

Result<const ConvKernel*> activeKernel(const ConvSpec& spec, const ConvGeometry& geometry) {
  const auto flags = activeFlags();
  if (!flags) return tl::unexpected(flags.error());
  std::string_view forced = forcedName;
  if (forced.empty()) {
    const char* const named = std::getenv("CONVSCOPE_KERNEL");
    if (named != nullptr) forced = named;
  }
  return chooseKernel(kernelTable(), spec, geometry, *flags, forced);
}

void forceKernel(std::string_view name) {
  forcedName = name;
}

}  // namespace convscope
