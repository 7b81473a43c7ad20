#pragma once

#include "engine/core/result.h"

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

namespace convscope {

/// What stands before the values of a .npy file.
struct NpyHeader {
  enum class Kind { Bool, UInt8, Float32, Float64 };
  Kind kind = Kind::Float32;
  bool fortranOrder = false;        ///< the first axis changes fastest
  std::vector<std::int64_t> shape;  ///< every extent ≥ 0; the product fits an int64
  std::int64_t count = 1;           ///< product of `shape`
  std::int64_t dataOffset = 0;      ///< first byte of the values, from the beginning of the file
  [[nodiscard]] int itemSize() const { return kind == Kind::Float64 ? 8 : kind == Kind::Float32 ? 4 : 1; }
};

/// Reads and checks the header, and that a file of `fileSize` bytes holds all the values that the header
/// claims: what passes can be allocated. `name` stands in the sentences. Leaves the stream at the first
/// value. Errors: BadInput.
[[nodiscard]] Result<NpyHeader> readNpyHeader(std::istream& stream, std::int64_t fileSize,
                                              const std::string& name);

/// Values [first, first + count) of the file, in the order of the file, as float32. Errors: BadInput (short
/// file).
[[nodiscard]] Result<void> readNpyValues(std::istream& stream, const NpyHeader& header, std::int64_t first,
                                         std::int64_t count, float* into, const std::string& name);

}  // namespace convscope
