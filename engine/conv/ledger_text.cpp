#include "engine/conv/ledger.h"
#include "engine/core/number_text.h"

namespace convscope {

namespace {

/// A decimal that reads back as the same float (double), so that what is copied can be computed with.
std::string exact(float value) {
  return generalText(value, 9);
}
std::string exact(double value) {
  return generalText(value, 17);
}

/// Three decimals with a true minus sign, as numbers stand on screen.
std::string shown(double value) {
  const std::string digits = fixedText(value < 0 ? -value : value, 3);
  return (value < 0 && digits.find_first_not_of("0.") != std::string::npos ? "−" : "") + digits;
}

std::string position(int at) {
  return at < 0 ? "−" + std::to_string(-at) : std::to_string(at);
}

const char* activationText(Activation activation) {
  switch (activation) {
    case Activation::None:
      return "";
    case Activation::Relu:
      return "max(0, sum)";
    case Activation::Absolute:
      return "|sum|";
    case Activation::Square:
      return "sum²";
  }
  return "";
}

}  // namespace

std::string ledgerText(const Ledger& ledger, const ConvSpec& spec) {
  std::string text = "Filter " + std::to_string(ledger.filter + 1) + ", kernel " + toText(ledger.kernel) +
                     ", voxel t " + std::to_string(ledger.voxel.t + 1) + ", y " +
                     std::to_string(ledger.voxel.y + 1) + ", x " + std::to_string(ledger.voxel.x + 1) +
                     " (counted from 1)\n";
  for (int t = 0; t < ledger.kernel.t; ++t) {
    for (int c = 0; c < ledger.channels; ++c) {
      text += "\nframe " + position(ledger.cell(t, c, 0, 0).source.t + 1) + ", channel " +
              std::to_string(ledger.firstChannel + c + 1) + ": input × weight\n";
      for (int y = 0; y < ledger.kernel.y; ++y) {
        for (int x = 0; x < ledger.kernel.x; ++x) {
          const LedgerCell& cell = ledger.cell(t, c, y, x);
          text += "  y " + position(cell.source.y + 1) + ", x " + position(cell.source.x + 1) + ": " +
                  shown(cell.input) + " × " + shown(cell.weight) + " = " + shown(cell.product) +
                  (cell.inPadding ? " (padding)" : "") + "\n";
        }
      }
      text +=
          "  sum " + shown(ledger.frameChannelSums[static_cast<std::size_t>(t * ledger.channels + c)]) + "\n";
    }
  }
  text += "\n";
  for (int t = 0; t < ledger.kernel.t; ++t) {
    text += "frame " + position(ledger.cell(t, 0, 0, 0).source.t + 1) + ": " +
            shown(ledger.frameSums[static_cast<std::size_t>(t)]) + "\n";
  }
  for (int c = 0; c < ledger.channels; ++c) {
    text += "channel " + std::to_string(ledger.firstChannel + c + 1) + ": " +
            shown(ledger.channelSums[static_cast<std::size_t>(c)]) + "\n";
  }
  text += "all products: " + shown(ledger.sum) + "\nbias: " + shown(ledger.bias) + "\n";
  if (spec.activation != Activation::None) {
    text += std::string("activation: ") + activationText(spec.activation) + "\n";
  }
  return text + "value: " + shown(ledger.value) + "\n";
}

std::string ledgerCsv(const Ledger& ledger) {
  std::string text = "frame,channel,y,x,input,weight,product\n";
  for (const LedgerCell& cell : ledger.cells) {
    text += std::to_string(cell.source.t) + "," + std::to_string(cell.channel) + "," +
            std::to_string(cell.source.y) + "," + std::to_string(cell.source.x) + "," + exact(cell.input) +
            "," + exact(cell.weight) + "," + exact(cell.product) + "\n";
  }
  return text;
}

}  // namespace convscope
