#pragma once

#include <string>

namespace convscope {

/// Numbers in text that is read again (CSV, code, sentences that are compared): always with a point, whatever
/// language the desktop speaks, unlike the C library. Thread-safe.

/// At most `digits` significant digits, as printf's %g: 9 read back as the same float, 17 as the same double.
[[nodiscard]] std::string generalText(double value, int digits);
/// So many decimals, as printf's %f.
[[nodiscard]] std::string fixedText(double value, int decimals);

}  // namespace convscope
