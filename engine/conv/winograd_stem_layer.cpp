#include "engine/conv/winograd_stem_layer.h"

#include "engine/conv/rounding.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

/// Channels from which on the deep layers' kernels serve.
constexpr int kMostChannels = 16;
constexpr int kFewestFilters = 32;
/// Sums over the plane that are long enough for the transforms not to count, by measurement.
constexpr int kFewestTaps = 100;
/// Transformed values of one point of a band, about: with the weights of a block they stay in the nearest
/// cache.
constexpr double kPointValues = 8 * 1024;
/// Multiply-adds of a slab at most, for a stop is answered after it, and slabs to share out at least.
constexpr double kMostWork = 100e6;
constexpr int kFewestSlabs = 8;
/// Outputs for each packed weight: with fewer, packing takes longer than is gained, and much memory.
constexpr double kFewestOutputs = 4;

int planeTaps(const ConvSpec& spec, const ConvGeometry& geometry) {
  return spec.kernel.y * spec.kernel.x * geometry.input.channels;
}

/// How a band is copied, how many rows it has, and into how many parts the filters are cut where one row of
/// all is too much.
struct Band {
  SourceLayout source;
  int rows = 1;
  int parts = 1;
};

Band bandOf(const ConvSpec& spec, const ConvGeometry& geometry, const LineKernel& kernel, int tile) {
  Band band{SourceLayout(spec, geometry, kernel, {true, true, true}), 1};
  const int height = geometry.output.height;
  const double frames = tile + kWinogradTaps - 1;
  const double first = band.source.valuesFor(tile, 1) / frames;
  const double perRow = band.source.valuesFor(tile, 2) / frames - first;
  const double near = perRow > 0 ? 1 + (kPointValues - first) / perRow : height;
  const double work = static_cast<double>(winogradPoints(tile)) * planeTaps(spec, geometry) *
                      geometry.output.channels * geometry.output.width;
  const int tiles = piecesOf(geometry.output.length, tile);
  const int shared = piecesOf(height, piecesOf(kFewestSlabs, tiles));  // rows that leave so many slabs
  band.rows = static_cast<int>(std::clamp<double>(std::min(near, kMostWork / work), 1, shared));
  band.parts = static_cast<int>(std::ceil(std::min(work * band.rows / kMostWork, 1e6)));
  band.rows = piecesOf(height, piecesOf(height, band.rows));
  band.source.setBand(tile, band.rows);
  return band;
}

std::ptrdiff_t lineOf(const ConvGeometry& geometry, const Band& band) {
  return wholeVectors((band.rows - 1) * band.source.rowStride() + geometry.output.width);
}

}  // namespace

bool WinogradStemLayer::serves(const ConvSpec& spec, const ConvGeometry& geometry) {
  return spec.kernel.t == kWinogradTaps && spec.stride.t == 1 && spec.dilation.t == 1 && spec.groups == 1 &&
         geometry.input.channels < kMostChannels;
}

int WinogradStemLayer::bestTile(const ConvSpec& spec, const ConvGeometry& geometry) {
  if (geometry.output.channels < kFewestFilters || planeTaps(spec, geometry) < kFewestTaps) return 0;
  const auto outputs = static_cast<double>(geometry.output.count()) / geometry.output.channels;
  const double packed = static_cast<double>(winogradPoints(kLargestTile)) * planeTaps(spec, geometry);
  if (geometry.output.length < 2 || outputs < kFewestOutputs * packed) return 0;
  const auto products = [&](int tile) {
    return piecesOf(geometry.output.length, tile) * winogradPoints(tile);
  };
  return products(2) < products(4) ? 2 : 4;
}

WinogradStemLayer::WinogradStemLayer(const ConvSpec& spec, const ConvGeometry& geometry,
                                     const FilterBank& bank, const LineKernel& kernel,
                                     const WinogradTransforms& transforms, int tile,
                                     const ComputeContext& context)
    : SlabLayer(geometry),
      m_spec(spec),
      m_geometry(geometry),
      m_kernel(kernel),
      m_transforms(transforms),
      m_tile(tile),
      m_tiles(piecesOf(geometry.output.length, tile)),
      m_weights(winogradWeights(spec, bank, geometry.input.channels, WinogradAxes::Time, tile,
                                kernel.largestBlock, context)) {
  Band band = bandOf(spec, geometry, kernel, tile);
  m_rows = band.rows;
  m_bands = piecesOf(geometry.output.height, m_rows);
  m_parts = std::clamp(band.parts, 1, static_cast<int>(m_weights.blocks.size()));
  m_line = lineOf(geometry, band);
  m_source = std::move(band.source);
  for (int c = 0; c < geometry.input.channels; ++c) {
    for (int y = 0; y < spec.kernel.y; ++y) {
      for (int x = 0; x < spec.kernel.x; ++x) {
        m_taps.push_back(c * m_source.lineStride(Axis::T) +
                         m_source.tapOffset({0, y * spec.dilation.y, x * spec.dilation.x}));
      }
    }
  }
  for (const Filter& filter : bank) m_biases.push_back(filter.bias);
}

std::ptrdiff_t WinogradStemLayer::copySize() const {
  return wholeVectors(m_source.bandValues());
}

std::ptrdiff_t WinogradStemLayer::pointSize() const {
  return wholeVectors(m_geometry.input.channels * m_source.lineStride(Axis::T));
}

double WinogradStemLayer::workPerSlab() const {
  return static_cast<double>(m_weights.points) * m_weights.taps * m_geometry.output.channels / m_parts *
         m_rows * m_geometry.output.width;
}

std::size_t WinogradStemLayer::scratchSize() const {
  return static_cast<std::size_t>(copySize() +
                                  m_weights.points * (pointSize() + m_kernel.largestBlock * m_line));
}

ScratchBytes WinogradStemLayer::scratchBytes(const ConvSpec& spec, const ConvGeometry& geometry, int tile) {
  const LineKernel& kernel = lineTargets().front().kernel;
  const Band band = bandOf(spec, geometry, kernel, tile);
  const double points = winogradPoints(tile);
  const auto copied = static_cast<double>(band.source.bandValues());
  const auto products = static_cast<double>(kernel.largestBlock * lineOf(geometry, band));
  const double weights = points * planeTaps(spec, geometry) * geometry.output.channels;
  // The copy of m + 2 frames and their m + 2 products are of one size.
  return {sizeof(float) * weights,
          sizeof(float) * (2 * copied + points * (products + kLongestVector) + kLongestVector)};
}

void WinogradStemLayer::computeSlab(int slab, const Tensor& input, Tensor& output, float* scratch) const {
  const int part = slab % m_parts;
  const int place = slab / m_parts;
  OutputBand band;
  band.firstFrame = place / m_bands * m_tile;
  band.frames = std::min(m_tile, m_geometry.output.length - band.firstFrame);
  band.firstRow = place % m_bands * m_rows;
  band.rows = std::min(m_rows, m_geometry.output.height - band.firstRow);
  float* const values = scratch + copySize();
  float* const products = values + m_weights.points * pointSize();
  for (int frame = 0; frame < m_source.copyFrames(); ++frame) m_source.fillFrame(input, band, frame, scratch);
  transformInputs(scratch, values);
  const auto blocks = static_cast<std::ptrdiff_t>(m_weights.blocks.size());
  for (std::ptrdiff_t i = blocks * part / m_parts; i < blocks * (part + 1) / m_parts; ++i) {
    const Block& block = m_weights.blocks[static_cast<std::size_t>(i)];
    multiply(block, band.rows, values, products);
    transformOutputs(block, band, products, output);
  }
}

// Frames are laid out alike, so that each is one line to the transform.
void WinogradStemLayer::transformInputs(const float* copy, float* values) const {
  const std::ptrdiff_t frame = m_source.lineStride(Axis::T);
  TileFramesInput job;
  job.count = static_cast<int>(frame);
  job.pitch = pointSize();
  for (int c = 0; c < m_geometry.input.channels; ++c) {
    for (int i = 0; i < m_weights.points; ++i)
      job.frames[i] = copy + c * m_source.channelStride() + i * frame;
    job.out = values + c * frame;
    m_transforms.inputFrames(job);
  }
}

void WinogradStemLayer::multiply(const Block& block, int rows, const float* values, float* products) const {
  LineJob job;
  job.taps = m_taps.data();
  job.tapCount = m_weights.taps;
  job.biases = m_weights.zeroBiases.data();
  job.filters = block.filters;
  job.filterPitch = m_line;
  job.count = static_cast<int>((rows - 1) * m_source.rowStride() + m_geometry.output.width);
  for (int point = 0; point < m_weights.points; ++point) {
    job.input = values + point * pointSize();
    job.weights = m_weights.of(point, block);
    job.output = products + std::ptrdiff_t{point} * m_kernel.largestBlock * m_line;
    m_kernel.run(job);
  }
}

void WinogradStemLayer::transformOutputs(const Block& block, const OutputBand& band, const float* products,
                                         Tensor& output) const {
  TileFramesOutput job;
  job.pitch = m_kernel.largestBlock * m_line;
  job.count = m_geometry.output.width;
  job.framePitch = m_geometry.output.frameSize();
  job.frames = band.frames;
  job.activation = m_spec.activation;
  for (int f = 0; f < block.filters; ++f) {
    job.bias = m_biases[static_cast<std::size_t>(block.first + f)];
    for (int row = 0; row < band.rows; ++row) {
      job.in = products + f * m_line + row * m_source.rowStride();
      job.out = output.frame(band.firstFrame, block.first + f) +
                std::ptrdiff_t{band.firstRow + row} * m_geometry.output.width;
      m_transforms.outputFrames(job);
    }
  }
}

}  // namespace convscope
