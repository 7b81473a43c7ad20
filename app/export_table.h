#pragma once

#include "engine/core/result.h"
#include "engine/study/study_result.h"

#include <stop_token>
#include <string>
#include <vector>

namespace convscope {

/// What of one layer of kernels can be written as numbers.
enum class KernelTable { Maps, Weights, Input, Cost };

/// Writes it to `path`, by its ending:
///   Maps     .npy float32 (K, L′, H′, W′); .csv filter,t,y,x,value
///   Weights  .npy float32 (K, C, l, h, w); .csv filter,channel,t,y,x,weight
///   Input    .npy float32 (L, H, W, C); .csv t,y,x,channel,value
///   Cost     .csv quantity,value,unit
/// Positions count from 0, numbers have a point. Polls `stop` once a map. Thread-safe.
/// Errors: BadUsage (an ending that it has not), Io, Stopped.
[[nodiscard]] Result<void> writeTable(KernelTable table, const KernelResult& result, const std::string& path,
                                      const std::stop_token& stop = {});
/// The endings that it has: ".npy", ".csv".
[[nodiscard]] std::vector<std::string> endingsOf(KernelTable table);

}  // namespace convscope
