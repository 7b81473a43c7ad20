#include "engine/conv/ledger.h"

#include "engine/conv/layer_check.h"

#include <cassert>

namespace convscope {

namespace {

Result<void> checkVoxel(const ConvGeometry& geometry, int filter, const Triple& voxel) {
  const Shape& out = geometry.output;
  if (filter < 0 || filter >= out.channels) {
    return fail(ErrorCode::BadSpec, "There is no filter " + std::to_string(filter + 1) + ": the layer has " +
                                        std::to_string(out.channels) + ".");
  }
  for (const Axis axis : kAxes) {
    if (voxel[axis] >= 0 && voxel[axis] < out.along(axis)) continue;
    return fail(ErrorCode::BadSpec, "The voxel's position in " + std::string(axisName(axis)) + ", " +
                                        std::to_string(voxel[axis] + 1) +
                                        ", lies outside the map, which has " +
                                        std::to_string(out.along(axis)) + ".");
  }
  return {};
}

LedgerCell cellOf(const Tensor& input, const ConvSpec& spec, const Filter& filter, const Triple& tap,
                  int groupChannel, int channel, const Triple& source) {
  const Triple& kernel = spec.kernel;
  const Triple stored =
      spec.flipped ? Triple{kernel.t - 1 - tap.t, kernel.y - 1 - tap.y, kernel.x - 1 - tap.x} : tap;
  LedgerCell cell;
  cell.tap = tap;
  cell.channel = channel;
  cell.source = source;
  cell.inPadding = !input.shape().contains(source);
  Triple read;
  for (const Axis axis : kAxes)
    read[axis] = paddedSource(source[axis], input.shape().along(axis), spec.paddingValue);
  if (read.t >= 0 && read.y >= 0 && read.x >= 0) cell.input = input.at(read.t, read.y, read.x, channel);
  cell.weight = filter.weights[weightIndex(kernel, groupChannel, stored.t, stored.y, stored.x)];
  cell.product = double{cell.input} * double{cell.weight};
  return cell;
}

double activated(Activation activation, double sum) {
  switch (activation) {
    case Activation::None:
      return sum;
    case Activation::Relu:
      return sum > 0 ? sum : 0;
    case Activation::Absolute:
      return sum < 0 ? -sum : sum;
    case Activation::Square:
      return sum * sum;
  }
  return sum;
}

}  // namespace

Result<Ledger> ledgerOf(const Tensor& input, const ConvSpec& spec, const FilterBank& bank, int filter,
                        const Triple& voxel) {
  const auto geometry = checkedGeometry(input.shape(), spec, bank);
  if (!geometry) return tl::unexpected(geometry.error());
  if (auto ok = checkVoxel(*geometry, filter, voxel); !ok) return tl::unexpected(ok.error());

  Ledger ledger;
  ledger.filter = filter;
  ledger.voxel = voxel;
  ledger.kernel = spec.kernel;
  ledger.channels = input.shape().channels / spec.groups;
  ledger.firstChannel = filter / (geometry->output.channels / spec.groups) * ledger.channels;
  ledger.cells.reserve(static_cast<std::size_t>(weightCount(spec.kernel, ledger.channels)));
  ledger.frameSums.assign(static_cast<std::size_t>(spec.kernel.t), 0.0);
  ledger.channelSums.assign(static_cast<std::size_t>(ledger.channels), 0.0);
  ledger.frameChannelSums.assign(ledger.frameSums.size() * ledger.channelSums.size(), 0.0);
  const Triple start = geometry->inputStart(spec, voxel);
  const Filter& weights = bank[static_cast<std::size_t>(filter)];
  for (int t = 0; t < spec.kernel.t; ++t) {
    for (int c = 0; c < ledger.channels; ++c) {
      double& part = ledger.frameChannelSums[static_cast<std::size_t>(t * ledger.channels + c)];
      for (int y = 0; y < spec.kernel.y; ++y) {
        for (int x = 0; x < spec.kernel.x; ++x) {
          const Triple source{start.t + t * spec.dilation.t, start.y + y * spec.dilation.y,
                              start.x + x * spec.dilation.x};
          ledger.cells.push_back(cellOf(input, spec, weights, {t, y, x}, c, ledger.firstChannel + c, source));
          part += ledger.cells.back().product;
        }
      }
      ledger.frameSums[static_cast<std::size_t>(t)] += part;
      ledger.channelSums[static_cast<std::size_t>(c)] += part;
      ledger.sum += part;
    }
  }
  ledger.bias = weights.bias;
  ledger.value = activated(spec.activation, ledger.sum + ledger.bias);
  return ledger;
}

Reach reachOf(const ConvSpec& spec, const ConvGeometry& geometry, const Triple& input) {
  assert(geometry.input.contains(input));
  Reach reach;
  for (const Axis axis : kAxes) {
    const auto index = static_cast<std::size_t>(axis);
    const int extent = geometry.input.along(axis);
    for (int output = 0; output < geometry.output.along(axis); ++output) {
      for (int tap = 0; tap < spec.kernel[axis]; ++tap) {
        const int at =
            output * spec.stride[axis] + tap * spec.dilation[axis] - geometry.padding[index].before;
        if (paddedSource(at, extent, spec.paddingValue) == input[axis])
          reach.along[index].push_back({output, tap});
      }
    }
  }
  return reach;
}

}  // namespace convscope
