#include "engine/clip/gif_writer.h"

#include "engine/core/whole_file.h"

#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>
#include <vector>

namespace convscope {

namespace {

constexpr int kColours = 255;  // one index is left for what did not change
constexpr int kUnchanged = 255;
constexpr int kBits = 6;  // of each colour that decide which of the palette's it becomes
constexpr std::size_t kMostSampled = 1U << 20;  // pixels that the palette is chosen for

using Palette = std::array<GifColorType, 256>;

/// Colours for the samples by giflib's median cut; pixels are left out evenly where there are many.
Result<Palette> paletteFor(std::span<const PictureView> samples) {
  std::size_t all = 0;
  for (const PictureView& picture : samples) all += static_cast<std::size_t>(picture.height) * picture.width;
  const std::size_t every = std::max<std::size_t>(1, all / kMostSampled);
  std::array<std::vector<GifByteType>, 3> planes;
  std::size_t count = 0;
  for (const PictureView& picture : samples) {
    for (int y = 0; y < picture.height; ++y) {
      const std::uint8_t* pixel = picture.data + y * picture.rowBytes;
      for (int x = 0; x < picture.width; ++x, pixel += 4) {
        if (count++ % every != 0) continue;
        for (std::size_t i = 0; i < 3; ++i) planes[i].push_back(pixel[2 - i]);
      }
    }
  }
  Palette palette{};
  if (planes[0].empty()) return fail(ErrorCode::BadUsage, "A GIF needs pictures to choose its colours for.");
  std::vector<GifByteType> indices(planes[0].size());
  int colours = kColours;
  const bool chosen =
      GifQuantizeBuffer(static_cast<unsigned>(indices.size()), 1, &colours, planes[0].data(),
                        planes[1].data(), planes[2].data(), indices.data(), palette.data()) == GIF_OK;
  if (!chosen) return fail(ErrorCode::Io, "The colours of the GIF could not be chosen.");
  return palette;
}

class GifWriter final : public AnimationWriter {
 public:
  GifWriter(std::string path, int height, int width, double rate, const Palette& palette)
      : m_path(std::move(path)),
        m_place(m_path),
        m_height(height),
        m_width(width),
        m_rate(rate),
        m_palette(palette) {
    m_nearest.fill(-1);
    m_shown.assign(static_cast<std::size_t>(height) * width, -1);
  }
  ~GifWriter() override {
    if (m_file == nullptr) return;
    int error = 0;
    EGifCloseFile(m_file, &error);
  }

  Result<void> open() {
    int error = 0;
    m_file = EGifOpenFileName(m_place.beside().c_str(), false, &error);
    if (m_file == nullptr) return fail(ErrorCode::Io, m_path + " cannot be written.");
    EGifSetGifVersion(m_file, true);
    ColorMapObject* map = GifMakeMapObject(256, m_palette.data());
    if (map == nullptr) return broken();
    const bool begun = EGifPutScreenDesc(m_file, m_width, m_height, 8, 0, map) == GIF_OK;
    GifFreeMapObject(map);
    constexpr std::array<unsigned char, 3> kForEver{1, 0, 0};
    const bool repeats = begun && EGifPutExtensionLeader(m_file, APPLICATION_EXT_FUNC_CODE) == GIF_OK &&
                         EGifPutExtensionBlock(m_file, 11, "NETSCAPE2.0") == GIF_OK &&
                         EGifPutExtensionBlock(m_file, kForEver.size(), kForEver.data()) == GIF_OK &&
                         EGifPutExtensionTrailer(m_file) == GIF_OK;
    return repeats ? Result<void>() : broken();
  }

  Result<void> add(const PictureView& picture) override {
    std::vector<std::int16_t> now(m_shown.size());
    int left = m_width, right = -1, top = m_height, bottom = -1;
    for (int y = 0; y < m_height; ++y) {
      const std::uint8_t* pixel = picture.data + y * picture.rowBytes;
      for (int x = 0; x < m_width; ++x, pixel += 4) {
        const std::size_t at = static_cast<std::size_t>(y) * m_width + x;
        now[at] = nearest(pixel);
        if (now[at] == m_shown[at]) continue;
        left = std::min(left, x);
        right = std::max(right, x);
        top = std::min(top, y);
        bottom = y;
      }
    }
    if (right < left) left = right = top = bottom = 0;  // a picture like the one before: its time counts
    if (!putTime()) return broken();
    if (EGifPutImageDesc(m_file, left, top, right - left + 1, bottom - top + 1, false, nullptr) != GIF_OK)
      return broken();
    std::vector<GifPixelType> line(static_cast<std::size_t>(right - left + 1));
    for (int y = top; y <= bottom; ++y) {
      for (int x = left; x <= right; ++x) {
        const std::size_t at = static_cast<std::size_t>(y) * m_width + x;
        const bool same = now[at] == m_shown[at];
        line[static_cast<std::size_t>(x - left)] = static_cast<GifPixelType>(same ? kUnchanged : now[at]);
      }
      if (EGifPutLine(m_file, line.data(), static_cast<int>(line.size())) != GIF_OK) return broken();
    }
    m_shown = std::move(now);
    ++m_pictures;
    return {};
  }

  Result<void> finish() override {
    int error = 0;
    if (EGifCloseFile(std::exchange(m_file, nullptr), &error) == GIF_OK) return m_place.place();
    return broken();
  }

 private:
  [[nodiscard]] Result<void> broken() const { return fail(ErrorCode::Io, m_path + " cannot be written."); }

  bool putTime() {
    const auto until = [this](int pictures) {
      return static_cast<int>(std::lround(100.0 * pictures / m_rate));
    };
    GraphicsControlBlock block{};
    block.DisposalMode = DISPOSE_DO_NOT;
    block.DelayTime = until(m_pictures + 1) - until(m_pictures);
    block.TransparentColor = kUnchanged;
    std::array<GifByteType, 4> bytes{};
    EGifGCBToExtension(&block, bytes.data());
    return EGifPutExtension(m_file, GRAPHICS_EXT_FUNC_CODE, bytes.size(), bytes.data()) == GIF_OK;
  }

  /// Index of the palette's colour that is nearest to a pixel's, worked out once for all that agree in their
  /// upper bits.
  std::int16_t nearest(const std::uint8_t* pixel) {
    constexpr int kDrop = 8 - kBits;
    const std::size_t key = (static_cast<std::size_t>(pixel[2] >> kDrop) << (2 * kBits)) |
                            (static_cast<std::size_t>(pixel[1] >> kDrop) << kBits) | (pixel[0] >> kDrop);
    if (m_nearest[key] >= 0) return m_nearest[key];
    int best = 0;
    int least = std::numeric_limits<int>::max();
    for (int i = 0; i < kColours; ++i) {
      const GifColorType& colour = m_palette[static_cast<std::size_t>(i)];
      const int red = colour.Red - pixel[2], green = colour.Green - pixel[1], blue = colour.Blue - pixel[0];
      const int distance = 2 * red * red + 4 * green * green + 3 * blue * blue;
      if (distance < least) {
        least = distance;
        best = i;
      }
    }
    return m_nearest[key] = static_cast<std::int16_t>(best);
  }

  std::string m_path;
  WholeFile m_place;
  int m_height, m_width;
  double m_rate;
  Palette m_palette;
  std::array<std::int16_t, 1U << (3 * kBits)> m_nearest{};
  std::vector<std::int16_t> m_shown;  ///< palette index of each pixel, −1 before the first picture
  int m_pictures = 0;
  GifFileType* m_file = nullptr;
};

}  // namespace

Result<std::unique_ptr<AnimationWriter>> openGif(const std::string& path, int height, int width,
                                                 double framesPerSecond,
                                                 std::span<const PictureView> samples) {
  const auto palette = paletteFor(samples);
  if (!palette) return tl::unexpected(palette.error());
  auto writer = std::make_unique<GifWriter>(path, height, width, framesPerSecond, *palette);
  if (auto opened = writer->open(); !opened) return tl::unexpected(opened.error());
  return writer;
}

}  // namespace convscope
