#include "engine/clip/image_size.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstring>
#include <istream>
#include <optional>
#include <vector>

namespace convscope {

namespace {

enum class Order { BigEndian, LittleEndian };

/// `count` bytes as a number; nothing where they lie beyond the end.
std::optional<std::uint32_t> numberAt(std::string_view bytes, std::size_t at, std::size_t count,
                                      Order order) {
  if (at > bytes.size() || count > bytes.size() - at) return {};
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t place = order == Order::BigEndian ? at + i : at + count - 1 - i;
    value = value << 8 | static_cast<unsigned char>(bytes[place]);
  }
  return value;
}

int asExtent(std::uint32_t value) {
  return static_cast<int>(std::min<std::uint32_t>(value, 1U << 30));
}

FrameSize sizeOf(std::optional<std::uint32_t> height, std::optional<std::uint32_t> width) {
  return height && width ? FrameSize{asExtent(*height), asExtent(*width)} : FrameSize{};
}

FrameSize pngSize(std::string_view start) {
  return sizeOf(numberAt(start, 20, 4, Order::BigEndian), numberAt(start, 16, 4, Order::BigEndian));
}

FrameSize bmpSize(std::string_view start) {
  const auto extent = [&](std::size_t at) -> std::optional<std::uint32_t> {
    const auto value = numberAt(start, at, 4, Order::LittleEndian);
    if (!value || static_cast<std::int32_t>(*value) >= 0) return value;
    return 0U - *value;  // a negative height means that the top row comes first
  };
  return sizeOf(extent(22), extent(18));
}

FrameSize jpegSize(std::string_view start) {
  for (std::size_t at = 2; at + 9 < start.size() && start[at] == '\xFF';) {
    const auto marker = static_cast<unsigned char>(start[at + 1]);
    const bool isFrame =
        marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (isFrame)
      return sizeOf(numberAt(start, at + 5, 2, Order::BigEndian),
                    numberAt(start, at + 7, 2, Order::BigEndian));
    at += 2 + *numberAt(start, at + 2, 2, Order::BigEndian);
  }
  return {};
}

/// Lossy, lossless and extended files each have a header of their own.
FrameSize webpSize(std::string_view start) {
  const std::string_view kind = start.size() >= 16 ? start.substr(12, 4) : std::string_view();
  const auto number = [&](std::size_t at, std::size_t count) {
    return numberAt(start, at, count, Order::LittleEndian);
  };
  if (kind == "VP8X") {
    const auto width = number(24, 3);
    const auto height = number(27, 3);
    return width && height ? sizeOf(*height + 1, *width + 1) : FrameSize{};
  }
  if (kind == "VP8L") {  // 14 bits each, less one
    const auto bits = number(21, 4);
    return bits ? sizeOf((*bits >> 14 & 0x3FFF) + 1, (*bits & 0x3FFF) + 1) : FrameSize{};
  }
  const auto width = number(26, 2);
  const auto height = number(28, 2);
  return kind == "VP8 " && width && height ? sizeOf(*height & 0x3FFF, *width & 0x3FFF) : FrameSize{};
}

FrameSize tiffSize(std::string_view start) {
  const Order order = start[0] == 'I' ? Order::LittleEndian : Order::BigEndian;
  constexpr std::uint32_t kWidth = 256;
  constexpr std::uint32_t kHeight = 257;
  constexpr std::uint32_t kShort = 3;
  constexpr std::size_t kEntry = 12;
  const auto directory = numberAt(start, 4, 4, order);
  const auto entries = directory ? numberAt(start, *directory, 2, order) : std::nullopt;
  std::optional<std::uint32_t> width;
  std::optional<std::uint32_t> height;
  for (std::uint32_t i = 0; entries && i < *entries; ++i) {
    const std::size_t at = std::size_t{*directory} + 2 + i * kEntry;
    const auto tag = numberAt(start, at, 2, order);
    if (!tag) break;
    const auto type = numberAt(start, at + 2, 2, order);
    const auto value = numberAt(start, at + 8, type == kShort ? 2 : 4, order);
    if (*tag == kWidth) width = value;
    if (*tag == kHeight) height = value;
  }
  return sizeOf(height, width);
}

/// The decimal number at `at`, which then stands behind it.
std::optional<std::uint32_t> decimalAt(std::string_view start, std::size_t& at) {
  constexpr std::uint32_t kEnough = 1U << 28;  // more is not believed; ten times as much still fits
  std::optional<std::uint32_t> value;
  for (; at < start.size() && std::isdigit(static_cast<unsigned char>(start[at])) != 0; ++at)
    value = std::min(value.value_or(0), kEnough) * 10 + static_cast<std::uint32_t>(start[at] - '0');
  return value;
}

/// "P6", then width and height as decimal numbers, with white space and comments between.
FrameSize pixmapSize(std::string_view start) {
  std::size_t at = 2;
  const auto number = [&] {
    while (at < start.size()) {
      if (start[at] == '#') at = std::min(start.find('\n', at), start.size());
      if (at >= start.size() || std::isspace(static_cast<unsigned char>(start[at])) == 0) break;
      ++at;
    }
    return decimalAt(start, at);
  };
  const auto width = number();
  return sizeOf(number(), width);
}

/// JPEG 2000: its image header box.
FrameSize jpeg2000Size(std::string_view start) {
  const std::size_t at = start.find("ihdr");
  if (at == std::string_view::npos) return {};
  return sizeOf(numberAt(start, at + 4, 4, Order::BigEndian), numberAt(start, at + 8, 4, Order::BigEndian));
}

/// OpenEXR: first and last column and row of the window that holds data.
FrameSize exrSize(std::string_view start) {
  constexpr std::string_view kName("dataWindow\0box2i\0", 17);
  const std::size_t at = start.find(kName);
  if (at == std::string_view::npos) return {};
  const auto number = [&](std::size_t index) {
    return numberAt(start, at + kName.size() + 4 * index, 4, Order::LittleEndian);
  };
  const auto last = number(4);
  return last ? sizeOf(*last - *number(2) + 1, *number(3) - *number(1) + 1) : FrameSize{};
}

/// Radiance: a line such as "-Y 480 +X 640".
FrameSize radianceSize(std::string_view start) {
  const std::size_t rows = start.find("Y ");
  const std::size_t columns = start.find("X ", rows);
  if (columns == std::string_view::npos) return {};
  std::size_t at = rows + 2;
  const auto height = decimalAt(start, at);
  at = columns + 2;
  return sizeOf(height, decimalAt(start, at));
}

/// A file from its first byte on, in pieces.
class ByteReader {
 public:
  explicit ByteReader(std::istream& file) : m_file(file), m_piece(std::size_t{64} * 1024) {
    file.clear();
    file.seekg(0);
  }

  /// The next byte; nothing at the end.
  std::optional<unsigned char> next() {
    if (m_at == m_count && !refill()) return {};
    return static_cast<unsigned char>(m_piece[m_at++]);
  }
  /// `count` bytes, the most significant first.
  std::optional<std::uint32_t> number(int count) {
    std::uint32_t value = 0;
    for (int i = 0; i < count; ++i) {
      const auto byte = next();
      if (!byte) return {};
      value = value << 8 | *byte;
    }
    return value;
  }
  /// Leaves out `count` bytes; false where there are fewer.
  bool skip(std::size_t count) {
    while (count > m_count - m_at) {
      count -= m_count - m_at;
      if (!refill()) return false;
    }
    m_at += count;
    return true;
  }
  /// Goes behind the next byte of this value; false where there is none.
  bool find(unsigned char value) {
    do {
      if (m_at == m_count) continue;
      const void* const found = std::memchr(m_piece.data() + m_at, value, m_count - m_at);
      if (found == nullptr) continue;
      m_at = static_cast<std::size_t>(static_cast<const char*>(found) - m_piece.data()) + 1;
      return true;
    } while (refill());
    return false;
  }

 private:
  bool refill() {
    m_file.read(m_piece.data(), static_cast<std::streamsize>(m_piece.size()));
    m_at = 0;
    m_count = static_cast<std::size_t>(std::max<std::streamsize>(m_file.gcount(), 0));
    return m_count > 0;
  }

  std::istream& m_file;
  std::vector<char> m_piece;
  std::size_t m_at = 0;
  std::size_t m_count = 0;
};

/// PNG: chunks of a length, a name, so many bytes and a check of 4, the last of which is called IEND.
bool pngEndsEarly(std::istream& file) {
  constexpr std::size_t kMark = 8;
  constexpr std::size_t kCheck = 4;
  constexpr std::uint32_t kEnd = 0x49454E44;
  ByteReader bytes(file);
  if (!bytes.skip(kMark)) return true;
  while (true) {
    const auto length = bytes.number(4);
    const auto name = bytes.number(4);
    if (!length || !name) return true;
    if (*name == kEnd) return false;
    if (!bytes.skip(std::size_t{*length} + kCheck)) return true;
  }
}

/// JPEG: segments of 0xFF, a marker and, but for a few, a length that counts itself. Behind the header of a
/// scan come its values, in which 0xFF stands before 0 or a restart only, up to the next segment.
bool jpegEndsEarly(std::istream& file) {
  constexpr unsigned kEnd = 0xD9;
  ByteReader bytes(file);
  if (!bytes.skip(2)) return true;
  while (bytes.find(0xFF)) {
    auto marker = bytes.next();
    while (marker == 0xFF) marker = bytes.next();  // fills
    if (!marker) return true;
    if (*marker == kEnd) return false;
    const bool alone = *marker <= 0x01 || (*marker >= 0xD0 && *marker <= 0xD8);
    if (alone) continue;
    const auto length = bytes.number(2);
    if (!length || !bytes.skip(std::max<std::uint32_t>(*length, 2) - 2)) return true;
  }
  return true;
}

}  // namespace

FrameSize claimedImageSize(std::string_view start) {
  if (start.starts_with("\x89PNG")) return pngSize(start);
  if (start.starts_with("BM")) return bmpSize(start);
  if (start.starts_with("\xFF\xD8")) return jpegSize(start);
  if (start.starts_with("RIFF")) return webpSize(start);
  if (start.starts_with("II*") || start.starts_with("MM")) return tiffSize(start);
  if (start.starts_with("P")) return pixmapSize(start);
  if (start.starts_with(std::string_view("\0\0\0\x0CjP", 6))) return jpeg2000Size(start);
  if (start.starts_with("v/1\x01")) return exrSize(start);
  if (start.starts_with("#?")) return radianceSize(start);
  return {};
}

bool endsEarly(std::istream& file, std::string_view start, std::int64_t bytes) {
  if (start.starts_with("\x89PNG")) return pngEndsEarly(file);
  if (start.starts_with("\xFF\xD8")) return jpegEndsEarly(file);
  if (!start.starts_with("RIFF")) return false;
  const auto claimed = numberAt(start, 4, 4, Order::LittleEndian);
  return claimed && std::int64_t{*claimed} + 8 > bytes;
}

}  // namespace convscope
