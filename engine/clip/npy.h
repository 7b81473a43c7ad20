#pragma once

#include "engine/core/result.h"
#include "engine/core/tensor.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace convscope {

/// An array as NumPy's .npy format 1.0–3.0 holds it, C order, values turned into float32.
struct NpyArray {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
  bool integer8 = false;  ///< was uint8
};

/// Reads little-endian float32, float64, uint8 or bool arrays, C or Fortran order. Never allocates from a
/// claimed size that the file does not hold. Errors: BadInput with the file's name and what is wrong with it;
/// TooLarge.
[[nodiscard]] Result<NpyArray> readNpy(const std::string& path);

/// Writes float32, C order, format 1.0. `values` holds the product of `shape`. Errors: Io (cannot be
/// written, with the system's reason).
[[nodiscard]] Result<void> writeNpy(const std::string& path, const std::vector<std::int64_t>& shape,
                                    std::span<const float> values);

/// The same for elements of any type: `descr` is NumPy's name of it ("<f8", "<i4", "<i8", "|b1").
[[nodiscard]] Result<void> writeNpyBytes(const std::string& path, const std::string& descr,
                                         const std::vector<std::int64_t>& shape,
                                         std::span<const std::byte> bytes);

/// A clip as (L, H, W, C): what --export-input writes.
[[nodiscard]] Result<void> writeClipNpy(const std::string& path, const Tensor& pixels);
/// Maps as (K, L′, H′, W′): what --export-maps writes.
[[nodiscard]] Result<void> writeMapsNpy(const std::string& path, const Tensor& maps);

}  // namespace convscope
