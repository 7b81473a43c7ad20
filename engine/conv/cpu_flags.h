#pragma once

#include "engine/core/result.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace convscope {

/// A set of instruction sets, one bit for each, as Highway numbers its targets: the better one instruction
/// set is, the lower its bit. 0 is what every processor has.
using CpuFlags = std::int64_t;

/// Everything that this processor can run and this program was built for. Constant; thread-safe.
[[nodiscard]] CpuFlags machineFlags();
/// The instruction set `name` ("AVX3", "AVX2", "SSE4", "NEON", "SCALAR"; in capitals or not) and all weaker
/// ones. Errors: BadUsage, a sentence that lists the names, where this processor or this program lacks it.
[[nodiscard]] Result<CpuFlags> flagsUpTo(std::string_view name);
/// Name of the best one in `flags`.
[[nodiscard]] std::string_view bestTarget(CpuFlags flags);

/// Instruction sets that the fast path was built for and this processor can run, best first.
[[nodiscard]] std::vector<std::string_view> runnableTargets();
/// What convolve() may use: CONVSCOPE_TARGET in the environment leaves the instruction set of that name and
/// weaker ones; an unknown or unsupported name is an error of every convolve() call, not a fallback.
[[nodiscard]] Result<CpuFlags> activeFlags();
/// The best instruction set that convolve() may use.
[[nodiscard]] Result<std::string_view> activeTarget();
/// For tests and benchmarks: what CONVSCOPE_TARGET does, for all later calls; empty gives the choice back.
/// Not thread-safe.
[[nodiscard]] Result<void> forceTarget(std::string_view name);

}  // namespace convscope
