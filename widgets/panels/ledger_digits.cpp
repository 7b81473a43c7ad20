#include "widgets/panels/ledger_digits.h"

#include "widgets/look/look_theme.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr int kMostDecimals = 6;

constexpr double kLeastShown = .01;  // two decimals

int sumDecimals(double value) {
  const double size = std::abs(value);
  return size >= 10000 ? 0 : size >= 100 ? 1 : kSumDecimals;
}

/// The number that the text of a sum says.
double asShown(double value) {
  const double unit = std::pow(10.0, sumDecimals(value));
  return std::round(value * unit) / unit;
}

}  // namespace

QString sumText(double value) {
  return signedText(value, sumDecimals(value));
}

QString productText(double value, int decimals) {
  QString text = signedText(value, decimals);
  const qsizetype zero = text.indexOf(QLatin1String("0."));
  if (zero >= 0 && zero <= 1 && (zero == 0 || !text[0].isDigit())) text.remove(zero, 1);
  return text;
}

int productDecimals(double largest, const std::function<bool(const QString&)>& fits) {
  int decimals = 2;
  if (largest > 0 && largest < kLeastShown)
    decimals = std::min(2 - static_cast<int>(std::floor(std::log10(largest))), kMostDecimals);
  while (decimals > 0 && !fits(productText(-largest, decimals))) --decimals;
  return decimals;
}

bool sumsAddUp(const Ledger& ledger, Activation activation, bool partial) {
  const double tolerance = std::pow(10.0, -kSumDecimals) / 2;
  const auto same = [&](double parts, double total) { return std::abs(parts - asShown(total)) < tolerance; };
  const int frames = ledger.kernel.t;
  const int channels = ledger.channels;
  const auto part = [&](int t, int c) {
    return asShown(ledger.frameChannelSums[static_cast<std::size_t>(t) * channels + c]);
  };
  double byFrame = 0;
  for (int t = 0; t < frames; ++t) {
    const double frame = ledger.frameSums[static_cast<std::size_t>(t)];
    byFrame += asShown(frame);
    double sum = 0;
    for (int c = 0; c < channels; ++c) sum += part(t, c);
    if (partial && !same(sum, frame)) return false;
  }
  double byChannel = 0;
  for (int c = 0; c < channels; ++c) {
    const double channel = ledger.channelSums[static_cast<std::size_t>(c)];
    byChannel += asShown(channel);
    double sum = 0;
    for (int t = 0; t < frames; ++t) sum += part(t, c);
    if (partial && !same(sum, channel)) return false;
  }
  if (frames > 1 && !same(byFrame, ledger.sum)) return false;
  if (channels > 1 && !same(byChannel, ledger.sum)) return false;
  if (activation == Activation::Square) return true;
  double value = asShown(ledger.sum) + asShown(ledger.bias);
  if (activation == Activation::Relu) value = std::max(value, 0.0);
  if (activation == Activation::Absolute) value = std::abs(value);
  return same(value, ledger.value);
}

}  // namespace convscope
