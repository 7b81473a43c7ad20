#include "engine/conv/fast_fir_layer.h"

#include "engine/conv/fast_fir.h"
#include "engine/conv/rounding.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr int kFewestFilters = 32;
/// Channels from which on a slab's planes would not stay near the processor.
constexpr int kMostChannels = 16;
/// Products of one output from which on the transforms cost little beside them.
constexpr std::int64_t kLongSum = 300;
/// The share of the products that may be left at most, by measurement: of seven taps 17 of 28 are, of five 13
/// of 20; of five in steps of two 14 of 20, which is no faster.
constexpr double kMostProducts = 0.66;
constexpr int kLowestKernel = 5;
/// Outputs for each packed weight: with fewer, packing takes longer than is gained, and much memory.
constexpr double kFewestOutputs = 4;
/// Rows of a slab where nothing asks for fewer, and values of its copy: its four planes stay in the
/// second-level cache.
constexpr int kSlabRows = 8;
constexpr double kPlaneValues = 72 * 1024;
/// Multiply-adds of a slab at most, for a stop is answered after it, and slabs to share out at least.
constexpr double kMostWork = 100e6;
constexpr int kFewestSlabs = 16;
/// Weights that are packed in one go: what is written then lies on few lines of the cache.
constexpr std::size_t kTapsTogether = 32;

using Terms = std::vector<std::vector<FirTerm>>;

int wholeTiles(int rows) {
  return piecesOf(rows, kFirOutputs) * kFirOutputs;
}

/// Taps of each phase of the stride in height, which is a filter of its own.
std::vector<int> phaseTaps(const ConvSpec& spec) {
  std::vector<int> taps;
  for (int phase = 0; phase < std::min(spec.stride.y, spec.kernel.y); ++phase)
    taps.push_back(piecesOf(spec.kernel.y - phase, spec.stride.y));
  return taps;
}

std::vector<Terms> phaseTerms(const ConvSpec& spec) {
  std::vector<Terms> phases;
  for (const int taps : phaseTaps(spec)) phases.push_back(firTerms(taps));
  return phases;
}

/// Products of all sums over one column of the kernel; a direct convolution takes kFirOutputs × its height.
int columnProducts(const ConvSpec& spec) {
  std::size_t products = 0;
  for (const Terms& phase : phaseTerms(spec)) {
    for (const auto& sum : phase) products += sum.size();
  }
  return static_cast<int>(products);
}

/// Products of all sums: weights of one filter as packed.
double packedWeights(const ConvSpec& spec, const ConvGeometry& geometry) {
  return static_cast<double>(columnProducts(spec)) * spec.kernel.t * spec.kernel.x * geometry.input.channels;
}

/// How a slab is copied, and how much of the map it covers.
struct SlabCut {
  SourceLayout source;
  int frames = 1;
  int rows = 1;
  int parts = 1;  ///< of the filters
};

SlabCut cutOf(const ConvSpec& spec, const ConvGeometry& geometry, const LineKernel& kernel) {
  const Shape& out = geometry.output;
  const bool splitColumns = spec.stride.x > kLongestColumnStep && out.width > 1;
  SlabCut cut{SourceLayout(spec, geometry, kernel, {true, true, splitColumns}), out.length, kSlabRows, 1};
  const double workPerRow =
      packedWeights(spec, geometry) / kFirOutputs * out.channels * out.width;  // of one frame
  const auto tooMuch = [&] {
    return cut.source.valuesFor(cut.frames, cut.rows) > kPlaneValues ||
           workPerRow * cut.rows * cut.frames > kMostWork;
  };
  const auto slabs = [&] { return piecesOf(out.length, cut.frames) * piecesOf(out.height, cut.rows); };
  // Rows in slabs of nearly equal height.
  cut.rows = wholeTiles(piecesOf(out.height, piecesOf(out.height, kSlabRows)));
  while (cut.frames > 1 && (tooMuch() || slabs() < kFewestSlabs)) cut.frames = (cut.frames + 1) / 2;
  if (tooMuch() || slabs() < kFewestSlabs) cut.rows = kFirOutputs;
  // Parts of the filters copy the same input each: only where there is no other way.
  const int blocks = piecesOf(out.channels, kernel.filterLanes.filters);
  const double work = workPerRow * cut.rows * cut.frames;
  const int wanted =
      std::max(piecesOf(2, slabs()), static_cast<int>(std::ceil(std::min(work / kMostWork, 1e6))));
  cut.parts = std::clamp(wanted, 1, blocks);
  cut.source.setBand(cut.frames, cut.rows);
  return cut;
}

/// Differences reach over three rows beyond a plane's end; nothing that is read there counts.
std::ptrdiff_t planeSizeOf(const SourceLayout& source) {
  return wholeVectors(source.bandValues() + 3 * source.rowStride());
}

std::ptrdiff_t sumSizeOf(const ConvGeometry& geometry, const LineKernel& kernel) {
  return wholeVectors(std::ptrdiff_t{geometry.output.width} *
                      std::max(kernel.filterLanes.filters, kernel.largestBlock));
}

}  // namespace

bool FastFirLayer::serves(const ConvSpec& spec, const ConvGeometry& /*geometry*/) {
  return spec.kernel.y > 1 && spec.dilation.y == 1 && spec.groups == 1;
}

bool FastFirLayer::suits(const ConvSpec& spec, const ConvGeometry& geometry) {
  const Shape& out = geometry.output;
  if (spec.kernel.y < kLowestKernel || out.channels < kFewestFilters ||
      geometry.input.channels >= kMostChannels ||
      weightCount(spec.kernel, geometry.input.channels) < kLongSum) {
    return false;
  }
  const auto outputs = static_cast<double>(out.count()) / out.channels;
  return columnProducts(spec) <= kMostProducts * kFirOutputs * spec.kernel.y &&
         outputs >= kFewestOutputs * packedWeights(spec, geometry);
}

double FastFirLayer::errorFactor(const ConvSpec& spec) {
  double factor = 0;
  for (const int taps : phaseTaps(spec)) factor += firAmplification(taps) * taps / spec.kernel.y;
  return factor;
}

FastFirLayer::FastFirLayer(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank,
                           const LineKernel& kernel, const ComputeContext& context)
    : SlabLayer(geometry), m_spec(spec), m_geometry(geometry), m_kernel(kernel) {
  SlabCut cut = cutOf(spec, geometry, kernel);
  m_source = std::move(cut.source);
  m_frames = cut.frames;
  m_rows = cut.rows;
  m_parts = cut.parts;
  m_frameSlabs = piecesOf(geometry.output.length, m_frames);
  m_rowSlabs = piecesOf(geometry.output.height, m_rows);
  WeightSums sums;
  layTaps(sums);
  cutFilters();
  packWeights(bank, sums, context);
}

void FastFirLayer::layTaps(WeightSums& sums) {
  const Triple& kernel = m_spec.kernel;
  const auto phaseSums = phaseTerms(m_spec);
  const auto phases = static_cast<int>(phaseSums.size());
  const auto add = [&](int c, int t, int phase, const FirTerm& term, int x) {
    const std::ptrdiff_t row = term.at * m_source.rowStride();
    m_taps.push_back(term.plane * planeSize() + c * m_source.channelStride() + row +
                     m_source.tapOffset({t * m_spec.dilation.t, phase, x * m_spec.dilation.x}));
    sums.firstOf.push_back(sums.weights.size());
    for (const int tap : term.taps) {
      const int y = tap * m_spec.stride.y + phase;
      sums.weights.push_back(
          m_spec.flipped ? weightIndex(kernel, c, kernel.t - 1 - t, kernel.y - 1 - y, kernel.x - 1 - x)
                         : weightIndex(kernel, c, t, y, x));
    }
  };
  for (std::size_t sum = 0; sum < kFirSums; ++sum) {
    const auto begin = static_cast<int>(m_taps.size());
    for (int c = 0; c < m_geometry.input.channels; ++c) {
      for (int t = 0; t < kernel.t; ++t) {
        for (int phase = 0; phase < phases; ++phase) {
          for (const FirTerm& term : phaseSums[static_cast<std::size_t>(phase)][sum]) {
            for (int x = 0; x < kernel.x; ++x) add(c, t, phase, term, x);
          }
        }
      }
    }
    m_sums.push_back({begin, static_cast<int>(m_taps.size())});
  }
  sums.firstOf.push_back(sums.weights.size());
}

/// Blocks across the lanes while they are more than half full.
void FastFirLayer::cutFilters() {
  const int lanes = m_kernel.filterLanes.filters;
  int widths = 0;
  const auto add = [&](int first, int filters, int width, bool across) {
    m_blocks.push_back({first, filters, width, m_taps.size() * static_cast<std::size_t>(widths), across});
    widths += width;
  };
  const int all = m_geometry.output.channels;
  int first = 0;
  for (; all - first > lanes / 2; first += lanes) add(first, std::min(lanes, all - first), lanes, true);
  for (int size = m_kernel.largestBlock; first < all; size /= 2) {
    for (; all - first >= size; first += size) add(first, size, size, false);
  }
  m_parts = std::min(m_parts, static_cast<int>(m_blocks.size()));
  m_weights = Tensor({1, static_cast<int>(m_taps.size()), widths, 1});
}

void FastFirLayer::packWeights(const FilterBank& bank, const WeightSums& sums,
                               const ComputeContext& context) {
  for (const Filter& filter : bank) m_biases.push_back(filter.bias);
  const auto padding = static_cast<std::size_t>(m_kernel.filterLanes.filters);
  m_biases.resize(m_biases.size() + padding);
  m_zeros.assign(std::max(padding, static_cast<std::size_t>(m_kernel.largestBlock)), 0.0F);
  const auto packPart = [&](const Block& block, std::size_t first, std::size_t end) {
    for (int f = 0; f < block.filters; ++f) {
      const float* const filter = bank[static_cast<std::size_t>(block.first + f)].weights.data();
      float* const to = m_weights.data() + block.weights + f;
      for (std::size_t tap = first; tap < end; ++tap) {
        double sum = 0;
        for (std::size_t i = sums.firstOf[tap]; i < sums.firstOf[tap + 1]; ++i)
          sum += double{filter[sums.weights[i]]};
        to[tap * static_cast<std::size_t>(block.width)] = static_cast<float>(sum);
      }
    }
  };
  const auto blocks = static_cast<int>(m_blocks.size());
  context.pool.run(blocks * kFirSums, [&](int i) {
    const Block& block = m_blocks[static_cast<std::size_t>(i / kFirSums)];
    const Range& sum = m_sums[static_cast<std::size_t>(i % kFirSums)];
    const auto end = static_cast<std::size_t>(sum.end);
    for (auto tap = static_cast<std::size_t>(sum.begin); tap < end; tap += kTapsTogether)
      packPart(block, tap, std::min(end, tap + kTapsTogether));
  });
}

std::ptrdiff_t FastFirLayer::planeSize() const {
  return planeSizeOf(m_source);
}

std::ptrdiff_t FastFirLayer::sumSize() const {
  return sumSizeOf(m_geometry, m_kernel);
}

double FastFirLayer::workPerSlab() const {
  return static_cast<double>(m_taps.size()) / kFirOutputs * m_geometry.output.channels / m_parts * m_rows *
         m_frames * m_geometry.output.width;
}

std::size_t FastFirLayer::scratchSize() const {
  return static_cast<std::size_t>(kFirPlanes * planeSize() + kFirSums * sumSize());
}

ScratchBytes FastFirLayer::scratchBytes(const ConvSpec& spec, const ConvGeometry& geometry) {
  const LineKernel& kernel = lineTargets().front().kernel;
  const SlabCut cut = cutOf(spec, geometry, kernel);
  const double packed = packedWeights(spec, geometry);
  const double weights = packed * (geometry.output.channels + kernel.filterLanes.filters);
  const auto scratch =
      static_cast<double>(kFirPlanes * planeSizeOf(cut.source) + kFirSums * sumSizeOf(geometry, kernel));
  // Places of the products, and while packing which weights are added up: up to four for each.
  const double tables = packed * (sizeof(std::ptrdiff_t) + 5 * sizeof(std::size_t));
  return {sizeof(float) * weights + tables, sizeof(float) * scratch};
}

void FastFirLayer::computeSlab(int slab, const Tensor& input, Tensor& output, float* scratch) const {
  const int part = slab % m_parts;
  const int place = slab / m_parts;
  OutputBand band;
  band.firstFrame = place / m_rowSlabs * m_frames;
  band.frames = std::min(m_frames, m_geometry.output.length - band.firstFrame);
  band.firstRow = place % m_rowSlabs * m_rows;
  band.rows = std::min(m_rows, m_geometry.output.height - band.firstRow);
  fillPlanes(input, band, scratch);
  const auto blocks = static_cast<std::ptrdiff_t>(m_blocks.size());
  const auto begin = m_blocks.begin() + blocks * part / m_parts;
  const auto end = m_blocks.begin() + blocks * (part + 1) / m_parts;
  Tile tile;
  tile.sums = scratch + kFirPlanes * planeSize();
  for (int t = 0; t < band.frames; ++t) {
    tile.frame = band.firstFrame + t;
    for (int y = 0; y < band.rows; y += kFirOutputs) {
      tile.row = band.firstRow + y;
      tile.rows = std::min(kFirOutputs, band.rows - y);
      tile.input = scratch + t * m_source.outputFrameStride() + y * m_source.rowStride();
      for (auto block = begin; block != end; ++block)
        block->acrossLanes ? computeLanes(*block, tile, output) : computeColumns(*block, tile, output);
    }
  }
}

// Whole tiles are computed: beyond the map they read inputs that no kernel position reads, or zeros.
void FastFirLayer::fillPlanes(const Tensor& input, const OutputBand& band, float* planes) const {
  OutputBand whole = band;
  whole.rows = wholeTiles(band.rows);
  for (int frame = 0; frame < m_source.copyFrames(); ++frame) m_source.fillFrame(input, whole, frame, planes);
  const std::ptrdiff_t row = m_source.rowStride();
  std::fill_n(planes + m_source.bandValues(), 3 * row, 0.0F);
  m_kernel.fastFir.planes({planes, planeSize(), row, m_source.bandValues()});
}

// The outputs of a tile lie on many lines of the cache, which take long to come: they are asked for while
// the products keep the processor busy, the share of the `sum`-th sum.
void FastFirLayer::askForOutputs(const Block& block, const Tile& tile, int sum, const Tensor& output) const {
  const int width = m_geometry.output.width;
  const int first = block.filters * sum / kFirSums;
  const int end = block.filters * (sum + 1) / kFirSums;
  for (int f = first; f < end; ++f) {
    const float* const rows = output.frame(tile.frame, block.first + f) + std::ptrdiff_t{tile.row} * width;
    for (int i = 0; i < tile.rows * width; i += kLongestVector) __builtin_prefetch(rows + i, 1);
  }
}

/// Of the first filter of a tile, but for where its outputs lie.
FirOutputsJob FastFirLayer::outputsOf(const Tile& tile, const Tensor& output) const {
  FirOutputsJob outputs;
  outputs.sums = tile.sums;
  outputs.sumPitch = sumSize();
  outputs.outputPitch = output.shape().width;
  outputs.wanted = tile.rows;
  outputs.count = output.shape().width;
  outputs.activation = m_spec.activation;
  return outputs;
}

void FastFirLayer::computeLanes(const Block& block, const Tile& tile, Tensor& output) const {
  const int width = m_geometry.output.width;
  FilterLanesJob job;
  job.input = tile.input;
  job.columnStep = width > 1 ? m_source.step(Axis::X) : 1;
  job.filters = block.filters;
  job.count = width;
  for (std::size_t sum = 0; sum < kFirSums; ++sum) {
    askForOutputs(block, tile, static_cast<int>(sum), output);
    const Range& range = m_sums[sum];
    job.taps = m_taps.data() + range.begin;
    job.tapCount = range.end - range.begin;
    job.weights = m_weights.data() + block.weights + std::ptrdiff_t{range.begin} * block.width;
    job.biases = sum == kFirBiasSum ? m_biases.data() + block.first : m_zeros.data();
    job.sums = tile.sums + static_cast<std::ptrdiff_t>(sum) * sumSize();
    m_kernel.filterLanes.run(job);
  }
  FirLanesJob outputs;
  outputs.lines = outputsOf(tile, output);
  outputs.lines.outputs = output.frame(tile.frame, block.first) + std::ptrdiff_t{tile.row} * width;
  outputs.filters = block.filters;
  outputs.filterPitch = output.shape().channelSize();
  m_kernel.fastFir.outputsOfLanes(outputs);
}

void FastFirLayer::computeColumns(const Block& block, const Tile& tile, Tensor& output) const {
  const int width = m_geometry.output.width;
  LineJob job;
  job.input = tile.input;
  job.filters = block.filters;
  job.filterPitch = width;
  job.count = width;
  job.columnStep = width > 1 ? m_source.step(Axis::X) : 1;
  for (std::size_t sum = 0; sum < kFirSums; ++sum) {
    const Range& range = m_sums[sum];
    job.taps = m_taps.data() + range.begin;
    job.tapCount = range.end - range.begin;
    job.weights = m_weights.data() + block.weights + std::ptrdiff_t{range.begin} * block.width;
    job.biases = sum == kFirBiasSum ? m_biases.data() + block.first : m_zeros.data();
    job.output = tile.sums + static_cast<std::ptrdiff_t>(sum) * sumSize();
    m_kernel.run(job);
  }
  FirOutputsJob outputs = outputsOf(tile, output);
  for (int f = 0; f < block.filters; ++f) {
    outputs.sums = tile.sums + std::ptrdiff_t{f} * width;
    outputs.outputs = output.frame(tile.frame, block.first + f) + std::ptrdiff_t{tile.row} * width;
    m_kernel.fastFir.outputs(outputs);
  }
}

void addFastFirKernels(std::vector<ConvKernel>& table) {
  ConvKernel model;
  model.name = "fastFir";
  model.serves = FastFirLayer::serves;
  model.suits = FastFirLayer::suits;
  model.scratchBytes = FastFirLayer::scratchBytes;
  model.errorFactor = [](const ConvSpec& spec, const ConvGeometry&) {
    return FastFirLayer::errorFactor(spec);
  };
  model.bits = KernelBits::Own;
  model.prepare = [](const ConvKernel& self, const ConvSpec& spec, const ConvGeometry& geometry,
                     const FilterBank& bank, const ComputeContext& context) -> std::unique_ptr<KernelLayer> {
    return std::make_unique<FastFirLayer>(spec, geometry, bank, lineKernelOf(self), context);
  };
  addForEachTarget(table, model);
}

}  // namespace convscope
