#include "engine/conv/ledger.h"
#include "engine/core/number_text.h"

#include <algorithm>

namespace convscope {

namespace {

std::string decimal(float value) {
  const std::string digits = generalText(value, 9);
  if (digits.find("nan") != std::string::npos || digits.find("inf") != std::string::npos) {
    return "float(\"" + digits + "\")";
  }
  return digits;
}

std::string tuple(const Triple& values) {
  return std::string("(") + std::to_string(values.t) + ", " + std::to_string(values.y) + ", " +
         std::to_string(values.x) + ")";
}

/// Values separated by commas, broken into lines of at most 100 letters, inside torch.tensor([…]).
std::string tensorText(const std::vector<float>& values) {
  std::string text = "torch.tensor([";
  std::size_t column = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string digits = decimal(values[i]) + (i + 1 < values.size() ? "," : "");
    if (i == 0 || column + digits.size() + 1 > 100) {
      text += "\n            " + digits;
      column = 12 + digits.size();
    } else {
      text += " " + digits;
      column += 1 + digits.size();
    }
  }
  return text + "])";
}

std::vector<float> appliedWeights(const Filter& filter, const ConvSpec& spec, int channels) {
  return spec.flipped ? flippedFilter(filter, spec.kernel, channels).weights : filter.weights;
}

const char* padMode(PaddingValue value) {
  switch (value) {
    case PaddingValue::Zero:
      return "constant";
    case PaddingValue::Replicate:
      return "replicate";
    case PaddingValue::Reflect:
      return "reflect";
    case PaddingValue::Circular:
      return "circular";
  }
  return "constant";
}

std::string activationText(Activation activation) {
  switch (activation) {
    case Activation::None:
      return "self.conv(x)";
    case Activation::Relu:
      return "torch.relu(self.conv(x))";
    case Activation::Absolute:
      return "torch.abs(self.conv(x))";
    case Activation::Square:
      return "torch.square(self.conv(x))";
  }
  return "self.conv(x)";
}

}  // namespace

std::string torchCode(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank) {
  const int channels = geometry.input.channels / spec.groups;
  const bool padded = std::ranges::any_of(
      geometry.padding, [](const AxisPadding& padding) { return padding.before > 0 || padding.after > 0; });
  const bool even = std::ranges::all_of(
      geometry.padding, [](const AxisPadding& padding) { return padding.before == padding.after; });
  const bool byConv = even && spec.paddingValue == PaddingValue::Zero;  // Conv3d can pad so by itself
  const bool biased = std::ranges::any_of(bank, [](const Filter& filter) { return filter.bias != 0; });

  std::vector<float> weights;
  std::vector<float> biases;
  for (const Filter& filter : bank) {
    const std::vector<float> applied = appliedWeights(filter, spec, channels);
    weights.insert(weights.end(), applied.begin(), applied.end());
    biases.push_back(filter.bias);
  }

  std::string code = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n\n";
  code += "class Layer(nn.Module):\n";
  code += "    \"\"\"(N, " + std::to_string(geometry.input.channels) + ", L, H, W) -> (N, " +
          std::to_string(bank.size()) + ", L', H', W'), as ConvScope computes it.\"\"\"\n\n";
  code += "    def __init__(self):\n        super().__init__()\n";
  code +=
      "        self.conv = nn.Conv3d(\n            in_channels=" + std::to_string(geometry.input.channels) +
      ", out_channels=" + std::to_string(bank.size()) + ", kernel_size=" + tuple(spec.kernel) + ",\n";
  code += "            stride=" + tuple(spec.stride) + ", dilation=" + tuple(spec.dilation) +
          ", groups=" + std::to_string(spec.groups);
  if (padded && byConv) {
    code += ",\n            padding=" +
            tuple({geometry.padding[0].before, geometry.padding[1].before, geometry.padding[2].before});
  }
  code += std::string(",\n            bias=") + (biased ? "True" : "False") + ")\n";
  code += "        weight = " + tensorText(weights) + "\n";
  if (biased) code += "        bias = " + tensorText(biases) + "\n";
  code += "        with torch.no_grad():\n";
  code += "            self.conv.weight.copy_(weight.reshape(self.conv.weight.shape))\n";
  if (biased) code += "            self.conv.bias.copy_(bias)\n";
  code += "\n    def forward(self, x):\n";
  if (padded && !byConv) {
    code += "        # before and after: width, height, time\n        x = F.pad(x, (";
    for (const std::size_t axis : {2U, 1U, 0U}) {
      code += std::to_string(geometry.padding[axis].before) + ", " +
              std::to_string(geometry.padding[axis].after) + (axis > 0 ? ", " : "");
    }
    code += std::string("), mode=\"") + padMode(spec.paddingValue) + "\")\n";
  }
  code += "        return " + activationText(spec.activation) + "\n\n\nlayer = Layer().eval()\n";
  return code;
}

}  // namespace convscope
