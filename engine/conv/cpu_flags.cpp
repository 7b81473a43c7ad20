#include "engine/conv/cpu_flags.h"

#include "engine/conv/line_kernels.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string>

namespace convscope {

namespace {

CpuFlags forcedFlags = 0;  // 0: not forced

bool sameName(std::string_view a, std::string_view b) {
  const auto upper = [](unsigned char c) { return std::toupper(c); };
  return std::ranges::equal(a, b, {}, upper, upper);
}

}  // namespace

CpuFlags machineFlags() {
  static const CpuFlags all = [] {
    CpuFlags flags = 0;
    for (const LineTarget& target : lineTargets()) flags |= target.flag;
    return flags;
  }();
  return all;
}

Result<CpuFlags> flagsUpTo(std::string_view name) {
  std::string known;
  for (const LineTarget& target : lineTargets()) {
    if (sameName(target.name, name)) return machineFlags() & ~(target.flag - 1);
    known += (known.empty() ? "" : ", ") + std::string(target.name);
  }
  return fail(ErrorCode::BadUsage, "The instruction set " + std::string(name) +
                                       " is not known here or this processor lacks it; it has: " + known +
                                       ".");
}

std::string_view bestTarget(CpuFlags flags) {
  for (const LineTarget& target : lineTargets()) {
    if ((flags & target.flag) != 0) return target.name;
  }
  return lineTargets().back().name;
}

std::vector<std::string_view> runnableTargets() {
  std::vector<std::string_view> names;
  for (const LineTarget& target : lineTargets()) names.push_back(target.name);
  return names;
}

Result<CpuFlags> activeFlags() {
  if (forcedFlags != 0) return forcedFlags;
  const char* name = std::getenv("CONVSCOPE_TARGET");
  if (name != nullptr && *name != '\0') return flagsUpTo(name);
  return machineFlags();
}

Result<std::string_view> activeTarget() {
  const auto flags = activeFlags();
  if (!flags) return tl::unexpected(flags.error());
  return bestTarget(*flags);
}

Result<void> forceTarget(std::string_view name) {
  if (name.empty()) {
    forcedFlags = 0;
    return {};
  }
  const auto flags = flagsUpTo(name);
  if (!flags) return tl::unexpected(flags.error());
  forcedFlags = *flags;
  return {};
}

}  // namespace convscope
