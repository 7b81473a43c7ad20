#include "engine/core/memory_budget.h"

#include "engine/core/number_text.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>

namespace convscope {

namespace {

std::int64_t machineMemory() {
  const auto pages = static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES));
  const auto pageSize = static_cast<std::int64_t>(sysconf(_SC_PAGESIZE));
  std::int64_t bytes = pages * pageSize;
  // A container's limit is what really stops us; "max" (no limit) does not parse and is passed over.
  std::ifstream limit("/sys/fs/cgroup/memory.max");
  std::int64_t allowed = 0;
  if (limit >> allowed && allowed > 0) bytes = std::min(bytes, allowed);
  return bytes;
}

}  // namespace

std::int64_t memoryBudget() {
  static const std::int64_t budget = [] {
    if (const char* text = std::getenv("CONVSCOPE_MEMORY_BUDGET_MB")) {
      const std::int64_t megabytes = std::atoll(text);
      if (megabytes > 0) return megabytes << 20;
    }
    return machineMemory() / 4;
  }();
  return budget;
}

std::string bytesText(double bytes) {
  static constexpr std::array<const char*, 7> kUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < kUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  return fixedText(bytes, unit == 0 || bytes >= 99.95 ? 0 : 1) + " " + kUnits[unit];
}

Result<void> checkBudget(double bytes, const std::string& what, const std::string& advice,
                         std::int64_t budget) {
  if (bytes <= static_cast<double>(budget)) return {};
  return fail(ErrorCode::TooLarge, what + " would need " + bytesText(bytes) + ", more than the " +
                                       bytesText(static_cast<double>(budget)) + " allowed here: " + advice +
                                       ".");
}

}  // namespace convscope
