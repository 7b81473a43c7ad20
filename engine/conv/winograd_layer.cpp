#include "engine/conv/winograd_layer.h"

#include "engine/conv/padded_window.h"
#include "engine/conv/rounding.h"

#include <algorithm>

namespace convscope {

namespace {

constexpr int kFewestChannels = 16;
constexpr int kFewestFilters = 16;
/// Tiles multiplied at a time, three of the longest vectors or a little more: see PointwiseLayer.
constexpr int kPanel = 48;
/// Tiles, frames and filters of one slab, chosen by measurement.
constexpr int kSlabTiles = 224;
constexpr int kSlabFrames = 8;
constexpr int kSlabFilters = 256;
constexpr int kFewestSlabs = 2;
/// Filters that a line kernel takes together at most; slabs of filters end where a block does.
constexpr int kBlock = 8;
/// Maps below this extent are not worth a transform.
constexpr int kSmallestMap = 4;
/// Maps up to this extent leave too much of a tile of 4 × 4 unused.
constexpr int kSmallMap = 7;
/// The longest vectors: lines are rounded up to them, as whole vectors are written.
constexpr std::ptrdiff_t kLine = 16;

std::ptrdiff_t lineOf(std::int64_t positions) {
  return static_cast<std::ptrdiff_t>((positions + kLine - 1) / kLine * kLine + kLine);
}

}  // namespace

bool WinogradLayer::serves(const ConvSpec& spec, const ConvGeometry& geometry) {
  const Triple ones{1, 1, 1};
  return spec.kernel.y == kWinogradTaps && spec.kernel.x == kWinogradTaps && spec.stride == ones &&
         spec.dilation == ones && spec.groups == 1 && geometry.input.channels >= kFewestChannels &&
         geometry.output.channels >= kFewestFilters;
}

WinogradLayer::WinogradLayer(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank,
                             const LineKernel& kernel, const WinogradTransforms& transforms, int tile,
                             const ComputeContext& context)
    : SlabLayer(geometry),
      m_spec(spec),
      m_geometry(geometry),
      m_kernel(kernel),
      m_transforms(transforms),
      m_tile(tile),
      m_tilesX(piecesOf(geometry.output.width, tile)),
      m_tilesY(piecesOf(geometry.output.height, tile)) {
  findSources();
  chooseSlabs();
  m_weights = winogradWeights(spec, bank, geometry.input.channels, WinogradAxes::Plane, tile,
                              kernel.largestBlock, context);
  for (const Filter& filter : bank) m_biases.push_back(filter.bias);
  const std::ptrdiff_t framePitch = std::ptrdiff_t{m_cut.tileRows} * m_tilesX;
  for (int t = 0; t < spec.kernel.t; ++t) {
    for (int c = 0; c < geometry.input.channels; ++c) m_taps.push_back(c * m_inputLine + t * framePitch);
  }
}

void WinogradLayer::findSources() {
  const Triple padded = paddedExtent(m_geometry);
  const auto sources = [&](Axis axis, int count) {
    std::vector<int> from(static_cast<std::size_t>(count), -1);
    for (int at = 0; at < std::min(count, padded[axis]); ++at) {
      from[static_cast<std::size_t>(at)] =
          paddedSource(at - m_geometry.padding[static_cast<std::size_t>(axis)].before,
                       m_geometry.input.along(axis), m_spec.paddingValue);
    }
    return from;
  };
  m_fromT = sources(Axis::T, padded.t);
  m_fromY = sources(Axis::Y, m_tilesY * m_tile + kWinogradTaps - 1);
  m_fromX = sources(Axis::X, padded.x);
  m_zeroRow.assign(static_cast<std::size_t>(m_geometry.input.width), 0.0F);
  const auto isFrame = [](int from) { return from >= 0; };
  const auto begin = std::ranges::find_if(m_fromT, isFrame);
  m_nonZeroBegin = static_cast<int>(begin - m_fromT.begin());
  m_nonZeroEnd = static_cast<int>(std::find_if_not(begin, m_fromT.end(), isFrame) - m_fromT.begin());
}

int WinogradLayer::bestTile(const ConvSpec& /*spec*/, const ConvGeometry& geometry) {
  if (std::min(geometry.output.height, geometry.output.width) < kSmallestMap) return 0;
  return std::min(geometry.output.height, geometry.output.width) > kSmallMap ? 4 : 2;
}

// So many tiles that the weights, which come from the third-level cache, are used often enough, and so few
// that transformed values and products stay in the second level or near it.
WinogradLayer::SlabCut WinogradLayer::cutOf(const ConvSpec& spec, const ConvGeometry& geometry, int tile) {
  const Shape& out = geometry.output;
  SlabCut cut;
  cut.frames = std::min(out.length, spec.kernel.t > 1 ? kSlabFrames : 1);
  const int tilesX = piecesOf(out.width, tile);
  const int tilesY = piecesOf(out.height, tile);
  const int rows = std::max(1, (kSlabTiles + tilesX * cut.frames / 2) / (tilesX * cut.frames));
  cut.tileRows = piecesOf(tilesY, piecesOf(tilesY, rows));
  // Every filter slab transforms the inputs anew: filters are cut only as far as threads need work.
  const int others = piecesOf(tilesY, cut.tileRows) * piecesOf(out.length, cut.frames);
  const int filterSlabs = std::max(piecesOf(kFewestSlabs, others), piecesOf(out.channels, kSlabFilters));
  const int even = piecesOf(out.channels, filterSlabs);
  cut.filters = std::min(out.channels, std::max(kFewestFilters, piecesOf(even, kBlock) * kBlock));
  return cut;
}

void WinogradLayer::chooseSlabs() {
  const Shape& out = m_geometry.output;
  m_cut = cutOf(m_spec, m_geometry, m_tile);
  m_rowSlabs = piecesOf(m_tilesY, m_cut.tileRows);
  m_frameSlabs = piecesOf(out.length, m_cut.frames);
  m_filterSlabs = piecesOf(out.channels, m_cut.filters);
  const std::int64_t tiles = std::int64_t{m_cut.tileRows} * m_tilesX;
  m_inputLine = lineOf(tiles * (m_cut.frames + m_spec.kernel.t - 1));
  m_productLine = lineOf(tiles * m_cut.frames);
}

std::ptrdiff_t WinogradLayer::inputPitch() const {
  return m_geometry.input.channels * m_inputLine + kLine;
}

std::ptrdiff_t WinogradLayer::productPitch() const {
  return m_cut.filters * m_productLine + kLine;
}

int WinogradLayer::slabs() const {
  return m_rowSlabs * m_frameSlabs * m_filterSlabs;
}

double WinogradLayer::workPerSlab() const {
  return static_cast<double>(m_weights.points) * m_weights.taps * m_cut.filters * m_cut.tileRows * m_tilesX *
         m_cut.frames;
}

std::size_t WinogradLayer::scratchSize() const {
  const std::ptrdiff_t points = m_weights.points;
  return static_cast<std::size_t>(points * (inputPitch() + productPitch())) +
         tileRowScratch(m_tilesX, static_cast<int>(m_fromX.size()));
}

WinogradLayer::Part WinogradLayer::partAt(int slab, float* scratch) const {
  const Shape& out = m_geometry.output;
  Part part;
  part.firstTileRow = slab % m_rowSlabs * m_cut.tileRows;
  part.tileRows = std::min(m_cut.tileRows, m_tilesY - part.firstTileRow);
  part.firstFrame = slab / m_rowSlabs % m_frameSlabs * m_cut.frames;
  part.frames = std::min(m_cut.frames, out.length - part.firstFrame);
  part.firstFilter = slab / m_rowSlabs / m_frameSlabs * m_cut.filters;
  part.filters = std::min(m_cut.filters, out.channels - part.firstFilter);
  part.inputs = scratch;
  part.products = part.inputs + m_weights.points * inputPitch();
  part.rowScratch = part.products + m_weights.points * productPitch();
  return part;
}

void WinogradLayer::computeSlab(int slab, const Tensor& input, Tensor& output, float* scratch) const {
  const Part part = partAt(slab, scratch);
  transformInputs(part, input);
  multiply(part);
  transformOutputs(part, output);
}

void WinogradLayer::transformInputs(const Part& part, const Tensor& input) const {
  TileRowInput job;
  job.width = m_geometry.input.width;
  job.columns = m_fromX.data();
  job.paddedWidth = static_cast<int>(m_fromX.size());
  job.before = m_geometry.padding[2].before;
  job.tiles = m_tilesX;
  job.scratch = part.rowScratch;
  job.pitch = inputPitch();
  // In the order of the lines: whole vectors reach into the row of tiles that comes next.
  for (int c = 0; c < m_geometry.input.channels; ++c) {
    for (int t = 0; t < part.frames + m_spec.kernel.t - 1; ++t) {
      const int fromT = m_fromT[static_cast<std::size_t>(part.firstFrame + t)];
      if (fromT < 0) continue;
      for (int row = 0; row < part.tileRows; ++row) {
        for (int y = 0; y < winogradPoints(m_tile); ++y) {
          const int fromY = m_fromY[static_cast<std::size_t>((part.firstTileRow + row) * m_tile + y)];
          job.rows[y] = fromY < 0 ? m_zeroRow.data()
                                  : input.frame(fromT, c) + std::ptrdiff_t{fromY} * m_geometry.input.width;
        }
        job.out = part.inputs + c * m_inputLine + (std::ptrdiff_t{t} * m_cut.tileRows + row) * m_tilesX;
        m_transforms.inputRow(job);
      }
    }
  }
}

// Frames that see the same taps beside the padding are multiplied together.
void WinogradLayer::multiply(const Part& part) const {
  const auto tapsOf = [&](int frame) {
    const int t = part.firstFrame + frame;
    const int first = std::clamp(m_nonZeroBegin - t, 0, m_spec.kernel.t);
    return std::pair(first, std::clamp(m_nonZeroEnd - t, first, m_spec.kernel.t));
  };
  for (int frame = 0; frame < part.frames;) {
    const auto taps = tapsOf(frame);
    int end = frame + 1;
    while (end < part.frames && tapsOf(end) == taps) ++end;
    multiplyFrames(part, frame, end - frame, taps.first, taps.second - taps.first);
    frame = end;
  }
}

void WinogradLayer::multiplyFrames(const Part& part, int frame, int frames, int firstTap, int taps) const {
  const std::ptrdiff_t framePitch = std::ptrdiff_t{m_cut.tileRows} * m_tilesX;
  const int channels = m_geometry.input.channels;
  LineJob job;
  job.taps = m_taps.data() + std::ptrdiff_t{firstTap} * channels;
  job.tapCount = taps * channels;
  job.biases = m_weights.zeroBiases.data();
  job.filterPitch = m_productLine;
  const auto count = static_cast<int>((frames - 1) * framePitch + std::ptrdiff_t{part.tileRows} * m_tilesX);
  const auto isPart = [&](const WinogradWeights::Block& block) {
    return block.first >= part.firstFilter && block.first < part.firstFilter + part.filters;
  };
  for (int point = 0; point < m_weights.points; ++point) {
    const float* const inputs = part.inputs + point * inputPitch() + frame * framePitch;
    float* const products = part.products + point * productPitch() + frame * framePitch;
    // All filters read some tiles, which stay in the first-level cache, before the next tiles have their
    // turn.
    for (int at = 0; at < count; at += job.count) {
      job.count = count - at < 2 * kPanel ? count - at : kPanel;
      job.input = inputs + at;
      for (const WinogradWeights::Block& block : m_weights.blocks) {
        if (!isPart(block)) continue;
        job.filters = block.filters;
        job.weights = m_weights.of(point, block) + std::ptrdiff_t{firstTap} * channels * block.filters;
        job.output = products + at + (block.first - part.firstFilter) * m_productLine;
        m_kernel.run(job);
      }
    }
  }
}

void WinogradLayer::transformOutputs(const Part& part, Tensor& output) const {
  TileRowOutput job;
  job.pitch = productPitch();
  job.tiles = m_tilesX;
  job.scratch = part.rowScratch;
  job.width = m_geometry.output.width;
  job.activation = m_spec.activation;
  for (int f = 0; f < part.filters; ++f) {
    job.bias = m_biases[static_cast<std::size_t>(part.firstFilter + f)];
    for (int t = 0; t < part.frames; ++t) {
      for (int row = 0; row < part.tileRows; ++row) {
        const int y = (part.firstTileRow + row) * m_tile;
        job.in = part.products + f * m_productLine + (std::ptrdiff_t{t} * m_cut.tileRows + row) * m_tilesX;
        job.out = output.frame(part.firstFrame + t, part.firstFilter + f) + std::ptrdiff_t{y} * job.width;
        job.rows = std::min(m_tile, m_geometry.output.height - y);
        m_transforms.outputRow(job);
      }
    }
  }
}

ScratchBytes WinogradLayer::scratchBytes(const ConvSpec& spec, const ConvGeometry& geometry, int tile) {
  const Shape& out = geometry.output;
  const double points = winogradPoints(tile) * winogradPoints(tile);
  const SlabCut cut = cutOf(spec, geometry, tile);
  const int tilesX = piecesOf(out.width, tile);
  const std::int64_t tiles = std::int64_t{cut.tileRows} * tilesX;
  const double inputs =
      static_cast<double>(lineOf(tiles * (cut.frames + spec.kernel.t - 1))) * geometry.input.channels + kLine;
  const double products = static_cast<double>(lineOf(tiles * cut.frames)) * cut.filters + kLine;
  const auto row = static_cast<double>(tileRowScratch(tilesX, paddedExtent(geometry).x));
  const double weights = static_cast<double>(spec.kernel.t) * geometry.input.channels * out.channels;
  return {sizeof(float) * points * weights, sizeof(float) * (points * (inputs + products) + row)};
}

}  // namespace convscope
