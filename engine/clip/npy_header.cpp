#include "engine/clip/npy_header.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

namespace convscope {

namespace {

constexpr std::string_view kMagic{"\x93NUMPY", 6};
constexpr std::int64_t kLongestHeader = 1 << 20;  // NumPy's own are under 200 bytes

tl::unexpected<Error> bad(const std::string& name, const std::string& what) {
  return fail(ErrorCode::BadInput, name + " " + what + ".");
}

/// The Python literal of a .npy header: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }.
/// Each function returns nothing where the text is not what it should be.
class HeaderText {
 public:
  explicit HeaderText(std::string_view text) : m_rest(text) {}

  bool take(char wanted) {
    skipSpace();
    if (m_rest.empty() || m_rest.front() != wanted) return false;
    m_rest.remove_prefix(1);
    return true;
  }
  std::optional<std::string> string() {
    skipSpace();
    if (m_rest.empty() || (m_rest.front() != '\'' && m_rest.front() != '"')) return {};
    const std::size_t end = m_rest.find(m_rest.front(), 1);
    if (end == std::string_view::npos) return {};
    std::string text(m_rest.substr(1, end - 1));
    m_rest.remove_prefix(end + 1);
    return text;
  }
  std::optional<bool> boolean() {
    skipSpace();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (!m_rest.starts_with(word)) continue;
      m_rest.remove_prefix(word.size());
      return value;
    }
    return {};
  }
  std::optional<std::int64_t> number() {
    skipSpace();
    std::int64_t value = 0;
    std::size_t digits = 0;
    for (; digits < m_rest.size() && std::isdigit(static_cast<unsigned char>(m_rest[digits])) != 0;
         ++digits) {
      if (value > (std::numeric_limits<std::int64_t>::max() - 9) / 10) return {};
      value = value * 10 + (m_rest[digits] - '0');
    }
    if (digits == 0) return {};
    m_rest.remove_prefix(digits);
    return value;
  }
  std::optional<std::vector<std::int64_t>> tuple() {
    if (!take('(')) return {};
    std::vector<std::int64_t> values;
    while (!take(')')) {
      const std::optional<std::int64_t> value = number();
      if (!value || values.size() >= 32) return {};  // NumPy itself allows 32 axes
      values.push_back(*value);
      if (!take(',')) {
        if (!take(')')) return {};
        break;
      }
    }
    return values;
  }

 private:
  void skipSpace() {
    while (!m_rest.empty() && std::isspace(static_cast<unsigned char>(m_rest.front())) != 0)
      m_rest.remove_prefix(1);
  }
  std::string_view m_rest;
};

struct Fields {
  std::optional<std::string> descr;
  std::optional<bool> fortran;
  std::optional<std::vector<std::int64_t>> shape;
};

std::optional<Fields> parseFields(std::string_view header) {
  HeaderText text(header);
  Fields fields;
  if (!text.take('{')) return {};
  while (!text.take('}')) {
    const std::optional<std::string> key = text.string();
    if (!key || !text.take(':')) return {};
    if (*key == "descr") {
      fields.descr = text.string();
      if (!fields.descr) return {};
    } else if (*key == "fortran_order") {
      fields.fortran = text.boolean();
      if (!fields.fortran) return {};
    } else if (*key == "shape") {
      fields.shape = text.tuple();
      if (!fields.shape) return {};
    } else {
      return {};
    }
    if (!text.take(',')) {
      if (!text.take('}')) return {};
      break;
    }
  }
  if (!fields.descr || !fields.fortran || !fields.shape) return {};
  return fields;
}

std::optional<NpyHeader::Kind> kindOf(const std::string& descr) {
  if (descr == "<f4" || descr == "=f4") return NpyHeader::Kind::Float32;
  if (descr == "<f8" || descr == "=f8") return NpyHeader::Kind::Float64;
  if (descr == "|u1" || descr == "<u1" || descr == "u1") return NpyHeader::Kind::UInt8;
  if (descr == "|b1" || descr == "?") return NpyHeader::Kind::Bool;
  return {};
}

/// Length of the header text, from the bytes after the magic; −1 for an unknown version.
std::int64_t headerLength(std::istream& stream, int major) {
  std::array<unsigned char, 4> bytes{};
  const int size = major == 1 ? 2 : 4;
  stream.read(reinterpret_cast<char*>(bytes.data()), size);
  std::int64_t length = 0;
  for (int i = size - 1; i >= 0; --i) length = length * 256 + bytes[static_cast<std::size_t>(i)];
  return length;
}

}  // namespace

Result<NpyHeader> readNpyHeader(std::istream& stream, std::int64_t fileSize, const std::string& name) {
  std::array<char, 8> start{};
  stream.read(start.data(), start.size());
  if (!stream || std::string_view(start.data(), kMagic.size()) != kMagic) {
    return bad(name, "is not a .npy file: it does not begin with NumPy's mark");
  }
  const int major = static_cast<unsigned char>(start[6]);
  if (major < 1 || major > 3) {
    return bad(name, "is a .npy file of version " + std::to_string(major) + "; versions 1 to 3 can be read");
  }
  const std::int64_t length = headerLength(stream, major);
  const std::int64_t textStart = major == 1 ? 10 : 12;
  if (!stream || length > fileSize - textStart || length > kLongestHeader) {
    return bad(name, "ends inside its header: the file is cut short or damaged");
  }
  std::string text(static_cast<std::size_t>(length), '\0');
  stream.read(text.data(), length);
  if (!stream) return bad(name, "ends inside its header: the file is cut short or damaged");
  const std::optional<Fields> fields = parseFields(text);
  if (!fields) return bad(name, "has a damaged .npy header");

  const std::optional<NpyHeader::Kind> kind = kindOf(*fields->descr);
  if (!kind) {
    return bad(name, "holds values of type '" + fields->descr->substr(0, 16) +
                         "'; little-endian float32, float64, uint8 and bool can be read");
  }
  NpyHeader header{*kind, *fields->fortran, *fields->shape, 1, textStart + length};
  const std::int64_t held = (fileSize - header.dataOffset) / header.itemSize();
  // An extent of 0 makes the product 0 whatever the others claim, so zeros are looked for first.
  if (std::ranges::find(header.shape, 0) != header.shape.end()) {
    header.count = 0;
    return header;
  }
  for (const std::int64_t extent : header.shape) {
    if (extent > held / header.count) {
      return bad(name, "claims more values than the " + std::to_string(held) +
                           " that it holds: the file is cut short or damaged");
    }
    header.count *= extent;
  }
  return header;
}

Result<void> readNpyValues(std::istream& stream, const NpyHeader& header, std::int64_t first,
                           std::int64_t count, float* into, const std::string& name) {
  constexpr std::int64_t kBlock = 1 << 14;  // values: bounds what is held beside the result
  std::vector<char> bytes(static_cast<std::size_t>(std::min(kBlock, count) * header.itemSize()));
  stream.clear();
  stream.seekg(header.dataOffset + first * header.itemSize());
  for (std::int64_t done = 0; done < count; done += kBlock) {
    const std::int64_t block = std::min(kBlock, count - done);
    stream.read(bytes.data(), block * header.itemSize());
    if (!stream) return bad(name, "could not be read to its end");
    for (std::int64_t i = 0; i < block; ++i) {
      switch (header.kind) {
        case NpyHeader::Kind::Float32: {
          std::memcpy(&into[done + i], &bytes[static_cast<std::size_t>(i * 4)], 4);
          break;
        }
        case NpyHeader::Kind::Float64: {
          double value = 0;
          std::memcpy(&value, &bytes[static_cast<std::size_t>(i * 8)], 8);
          into[done + i] = static_cast<float>(value);
          break;
        }
        case NpyHeader::Kind::UInt8:
          into[done + i] = static_cast<float>(static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]));
          break;
        case NpyHeader::Kind::Bool:
          into[done + i] = bytes[static_cast<std::size_t>(i)] != 0 ? 1.0F : 0.0F;
          break;
      }
    }
  }
  return {};
}

}  // namespace convscope
