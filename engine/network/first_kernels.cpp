#include "engine/network/first_kernels.h"

#include "engine/conv/conv_spec.h"

#include <algorithm>

namespace convscope {

Result<FirstKernels> firstKernels(const Graph& graph) {
  for (const Node& node : graph.nodes) {
    if (node.op != "Conv" || node.inputs.size() < 2) continue;
    const Value* const weights = graph.initialiser(node.inputs[1]);
    if (weights == nullptr) continue;
    const Dims& dims = weights->dims();
    const auto refuse = [&](const std::string& why) {
      return fail(ErrorCode::BadInput, nodeText(node) + " " + why);
    };
    if (weights->type() != ElementType::Float32 || dims.size() < 4 || dims.size() > 5) {
      return refuse("holds weights of " + dimsText(dims) +
                    "; kernels for clips have five axes of float32 "
                    "(filters, channels, l, h, w), those for pictures four.");
    }
    const std::size_t time = dims.size() == 5 ? 1 : 0;
    FirstKernels first;
    first.layer = nameForText(node.name);
    const auto within = [](std::int64_t extent, int most) { return extent >= 1 && extent <= most; };
    const std::int64_t length = time == 1 ? dims[2] : 1;
    if (!within(dims[0], kMostFilters) || !within(dims[1], 1 << 16) || !within(length, kMaxKernelExtent) ||
        !within(dims[2 + time], kMaxKernelExtent) || !within(dims[3 + time], kMaxKernelExtent)) {
      return refuse("holds weights of " + dimsText(dims) + "; kernels of up to " +
                    std::to_string(kMaxKernelExtent) + " on an axis can be used.");
    }
    first.kernel = {static_cast<int>(length), static_cast<int>(dims[2 + time]),
                    static_cast<int>(dims[3 + time])};
    first.channels = static_cast<int>(dims[1]);
    if (const auto* apart = attribute<std::vector<std::int64_t>>(node, "dilations");
        apart != nullptr && apart->size() == dims.size() - 2) {
      for (std::size_t axis = 0; axis < apart->size(); ++axis) {
        const std::int64_t step = (*apart)[axis];
        if (!within(step, kMaxDilation))
          return refuse("has a dilation of " + std::to_string(step) + "; from 1 to " +
                        std::to_string(kMaxDilation) + " can be used.");
        first.dilation[static_cast<Axis>(axis + 1 - time)] = static_cast<int>(step);
      }
    }
    const auto values = weights->values<float>();
    const auto each = static_cast<std::ptrdiff_t>(weightCount(first.kernel, first.channels));
    for (auto at = values.begin(); at != values.end(); at += each) {
      Filter filter;
      filter.weights.assign(at, at + each);
      first.bank.push_back(std::move(filter));
    }
    return first;
  }
  return fail(ErrorCode::BadInput, "The network has no convolution whose weights stand in the file.");
}

}  // namespace convscope
