#include "widgets/panels/ledger_digits.h"

#include "widgets/look/look_theme.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr int kMostDecimals = 6;

int sumDecimals(double value, int decimals) {
  const double size = std::abs(value);
  return size >= 10000 ? 0 : size >= 100 ? 1 : decimals;
}

/// The number that the text of a sum says.
double asShown(double value, int decimals) {
  const double unit = std::pow(10.0, sumDecimals(value, decimals));
  return std::round(value * unit) / unit;
}

}  // namespace

QString sumText(double value, int decimals) {
  return signedText(value, sumDecimals(value, decimals));
}

QString productText(double value, int decimals) {
  QString text = signedText(value, decimals);
  const qsizetype zero = text.indexOf(QLatin1String("0."));
  if (zero >= 0 && zero <= 1 && (zero == 0 || !text[0].isDigit())) text.remove(zero, 1);
  return text;
}

int productDecimals(double largest, const std::function<bool(const QString&)>& fits) {
  int decimals = 2;
  if (largest > 0 && largest < .1)
    decimals = std::min(2 - static_cast<int>(std::floor(std::log10(largest))), kMostDecimals);
  while (decimals > 0 && !fits(productText(-largest, decimals))) --decimals;
  return decimals;
}

bool sumsAddUp(const Ledger& ledger, Activation activation, bool partial, int decimals) {
  const double tolerance = std::pow(10.0, -decimals) / 2;
  const auto shown = [&](double value) { return asShown(value, decimals); };
  const auto same = [&](double parts, double total) { return std::abs(parts - shown(total)) < tolerance; };
  const int frames = ledger.kernel.t;
  const int channels = ledger.channels;
  const auto part = [&](int t, int c) {
    return shown(ledger.frameChannelSums[static_cast<std::size_t>(t) * channels + c]);
  };
  double byFrame = 0;
  for (int t = 0; t < frames; ++t) {
    const double frame = ledger.frameSums[static_cast<std::size_t>(t)];
    byFrame += shown(frame);
    double sum = 0;
    for (int c = 0; c < channels; ++c) sum += part(t, c);
    if (partial && !same(sum, frame)) return false;
  }
  double byChannel = 0;
  for (int c = 0; c < channels; ++c) {
    const double channel = ledger.channelSums[static_cast<std::size_t>(c)];
    byChannel += shown(channel);
    double sum = 0;
    for (int t = 0; t < frames; ++t) sum += part(t, c);
    if (partial && !same(sum, channel)) return false;
  }
  if (frames > 1 && !same(byFrame, ledger.sum)) return false;
  if (channels > 1 && !same(byChannel, ledger.sum)) return false;
  if (activation == Activation::Square) return true;
  double value = shown(ledger.sum) + shown(ledger.bias);
  if (activation == Activation::Relu) value = std::max(value, 0.0);
  if (activation == Activation::Absolute) value = std::abs(value);
  return same(value, ledger.value);
}

}  // namespace convscope
