#pragma once

#include "engine/core/result.h"

#include <cstdint>
#include <string>

namespace convscope {

/// A quarter of this machine's memory in bytes (or of the control group's limit where that is lower): what
/// one study may use. Thread-safe, constant while the program runs. CONVSCOPE_MEMORY_BUDGET_MB in the
/// environment overrides it.
[[nodiscard]] std::int64_t memoryBudget();

/// "3.4 GiB", "12 MiB", "640 B": for sentences.
[[nodiscard]] std::string bytesText(double bytes);

/// Nothing if `bytes` fits the budget, else TooLarge with a sentence: «<what> would need <bytes>, more than
/// the <budget> allowed here: <advice>.» `bytes` is a double so that no product of sizes can overflow on the
/// way here.
[[nodiscard]] Result<void> checkBudget(double bytes, const std::string& what, const std::string& advice,
                                       std::int64_t budget = memoryBudget());

}  // namespace convscope
