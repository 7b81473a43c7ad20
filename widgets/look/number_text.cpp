#include "widgets/look/look_theme.h"

#include <cmath>

namespace convscope {

namespace {

constexpr QChar kMinus(0x2212);
constexpr QChar kThinSpace(0x2009);
constexpr QChar kTimesDot(0x00B7);

QString withTrueMinus(QString text) {
  return text.replace(QLatin1Char('-'), kMinus);
}

bool isZeroText(const QString& digits) {
  for (const QChar digit : digits)
    if (digit != QLatin1Char('0') && digit != QLatin1Char('.')) return false;
  return true;
}

QString notANumberText(double value) {
  if (std::isnan(value)) return QStringLiteral("–");
  return value > 0 ? QStringLiteral("+∞") : QString(kMinus) + QStringLiteral("∞");
}

QString superscript(int exponent) {
  static const QString kDigits = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹");
  QString text = exponent < 0 ? QStringLiteral("⁻") : QString();
  for (const QChar digit : QString::number(std::abs(exponent))) text += kDigits[digit.digitValue()];
  return text;
}

}  // namespace

QString signedText(double value, int decimals) {
  if (!std::isfinite(value)) return notANumberText(value);
  const QString digits = QString::number(std::abs(value), 'f', decimals);
  if (isZeroText(digits)) return digits;
  return (value < 0 ? kMinus : QChar(u'+')) + digits;
}

QString cellText(double value, int decimals) {
  if (!std::isfinite(value)) return notANumberText(value);
  QString digits = QString::number(std::abs(value), 'f', decimals);
  const bool zero = isZeroText(digits);
  // A cell has room for as many characters as ".74" has: what stands before the point takes from what
  // follows.
  const int before = static_cast<int>(digits.indexOf(QLatin1Char('.')));
  if (before > 1 || (before == 1 && digits[0] != QLatin1Char('0')))
    digits = QString::number(std::abs(value), 'f', std::max(0, decimals - before));
  else if (before == 1)
    digits.remove(0, 1);
  return zero ? digits : (value < 0 ? kMinus : QChar(u'+')) + digits;
}

QString countText(double value) {
  if (!std::isfinite(value)) return notANumberText(value);
  QString digits = QString::number(std::abs(value), 'f', 0);
  for (qsizetype at = digits.size() - 3; at > 0; at -= 3) digits.insert(at, kThinSpace);
  return value <= -0.5 ? kMinus + digits : digits;
}

QString shortCountText(double value) {
  if (!std::isfinite(value)) return notANumberText(value);
  const double size = std::abs(value);
  if (size < 1e6) return countText(value);
  const struct {
    double unit;
    const char* name;
  } units[] = {{1e6, "M"}, {1e9, "G"}};
  for (const auto& [unit, name] : units) {
    const double share = size / unit;
    if (share >= 999.95) continue;
    const QString number = QString::number(value / unit, 'f', share < 99.95 ? 1 : 0);
    return withTrueMinus(number) + kThinSpace + QLatin1String(name);
  }
  int exponent = static_cast<int>(std::floor(std::log10(size)));
  if (std::round(size / std::pow(10.0, exponent) * 10) >= 100) ++exponent;
  const QString mantissa = withTrueMinus(QString::number(value / std::pow(10.0, exponent), 'f', 1));
  return mantissa + kTimesDot + QStringLiteral("10") + superscript(exponent);
}

}  // namespace convscope
