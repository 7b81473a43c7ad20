#include "engine/clip/npy.h"

#include "engine/clip/npy_header.h"
#include "engine/core/file_text.h"
#include "engine/core/memory_budget.h"
#include "engine/core/whole_file.h"

#include <cassert>
#include <filesystem>
#include <fstream>
#include <numeric>

namespace convscope {

namespace {

std::string nameOf(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  return name.empty() ? path : name;
}

/// Fortran order to C order: value (i0, i1, …) stands at Σ i_a · Π_{b<a} extent_b in the file.
std::vector<float> toRowMajor(const std::vector<float>& values, const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> stride(shape.size(), 1);
  for (std::size_t axis = 1; axis < shape.size(); ++axis) stride[axis] = stride[axis - 1] * shape[axis - 1];
  std::vector<std::int64_t> at(shape.size(), 0);
  std::vector<float> turned(values.size());
  std::int64_t from = 0;
  for (float& value : turned) {
    value = values[static_cast<std::size_t>(from)];
    for (std::size_t axis = shape.size(); axis-- > 0;) {  // the last axis counts fastest
      from += stride[axis];
      if (++at[axis] < shape[axis]) break;
      from -= stride[axis] * shape[axis];
      at[axis] = 0;
    }
  }
  return turned;
}

std::string headerText(const std::string& descr, const std::vector<std::int64_t>& shape) {
  std::string text = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (";
  for (const std::int64_t extent : shape) text += std::to_string(extent) + ",";
  text += "), }";
  // NumPy pads with spaces so that the values begin at a multiple of 64; the last byte is a line feed.
  text.append(63 - (10 + text.size()) % 64, ' ');
  text += '\n';
  return text;
}

}  // namespace

Result<NpyArray> readNpy(const std::string& path) {
  const std::string name = nameOf(path);
  if (const std::string why = whyNotReadable(path); !why.empty())
    return fail(ErrorCode::BadInput, name + " " + why + ".");
  std::error_code problem;
  std::ifstream stream(path, std::ios::binary);
  const auto size = static_cast<std::int64_t>(std::filesystem::file_size(path, problem));
  if (!stream || problem) return fail(ErrorCode::BadInput, name + " cannot be read.");
  if (size == 0) return fail(ErrorCode::BadInput, name + " is empty.");
  const Result<NpyHeader> header = readNpyHeader(stream, size, name);
  if (!header) return tl::unexpected(header.error());
  const double copies = header->fortranOrder ? 2 : 1;
  if (auto fits = checkBudget(copies * 4.0 * static_cast<double>(header->count), "Reading " + name,
                              "save a part of the array");
      !fits) {
    return tl::unexpected(fits.error());
  }
  NpyArray array;
  array.shape = header->shape;
  array.integer8 = header->kind == NpyHeader::Kind::UInt8;
  array.values.resize(static_cast<std::size_t>(header->count));
  if (auto read = readNpyValues(stream, *header, 0, header->count, array.values.data(), name); !read) {
    return tl::unexpected(read.error());
  }
  if (header->fortranOrder && array.shape.size() > 1) array.values = toRowMajor(array.values, array.shape);
  return array;
}

Result<void> writeNpy(const std::string& path, const std::vector<std::int64_t>& shape,
                      std::span<const float> values) {
  assert(std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>()) ==
         static_cast<std::int64_t>(values.size()));
  return writeNpyBytes(path, "<f4", shape, std::as_bytes(values));
}

Result<void> writeNpyBytes(const std::string& path, const std::string& descr,
                           const std::vector<std::int64_t>& shape, std::span<const std::byte> bytes) {
  WholeFile file(path);
  std::ostream& stream = file.out();
  const std::string header = headerText(descr, shape);
  const char low = static_cast<char>(header.size() & 0xFF);
  const char high = static_cast<char>(header.size() >> 8);
  stream.write("\x93NUMPY\x01\x00", 8).put(low).put(high);
  stream.write(header.data(), static_cast<std::streamsize>(header.size()));
  stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return file.place();
}

Result<void> writeClipNpy(const std::string& path, const Tensor& pixels) {
  const Shape& shape = pixels.shape();
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(shape.count()));
  for (int t = 0; t < shape.length; ++t) {
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) {
        for (int c = 0; c < shape.channels; ++c) values.push_back(pixels.at(t, y, x, c));
      }
    }
  }
  return writeNpy(path, {shape.length, shape.height, shape.width, shape.channels}, values);
}

Result<void> writeMapsNpy(const std::string& path, const Tensor& maps) {
  const Shape& shape = maps.shape();
  return writeNpy(path, {shape.channels, shape.length, shape.height, shape.width}, maps.values());
}

}  // namespace convscope
