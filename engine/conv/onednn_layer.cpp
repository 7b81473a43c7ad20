#include "engine/conv/onednn_layer.h"

#include "engine/conv/onednn_target.h"
#include "engine/conv/onednn_thread.h"
#include "engine/conv/winograd_layer.h"

#include <algorithm>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

namespace convscope {

namespace {

using dnnl::memory;

constexpr int kFewestChannels = 16;
constexpr int kFewestFilters = 16;
/// Filters of one share at most: a multiple of the blocks of every instruction set. By measurement: with 128
/// a layer of 512 filters took a third longer, for each share reads the whole input.
constexpr int kMostShareFilters = 256;
/// Shares have whole blocks of filters, so that each writes planes of its own.
constexpr int kFilterBlock = 64;
/// Channels of the input are brought into oneDNN's order so many at a time: whole blocks, too.
constexpr int kTogether = 32;

const dnnl::engine& processor() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

memory::dims planar(const Shape& shape) {
  return {1, shape.channels, shape.length, shape.height, shape.width};
}

memory::desc planarDesc(const Shape& shape) {
  return {planar(shape), memory::data_type::f32, memory::format_tag::ncdhw};
}

/// A view of a tensor's values; oneDNN takes no pointers to const, but reads a source only.
memory viewOf(const memory::desc& desc, const float* values) {
  return {desc, processor(), const_cast<float*>(values)};
}

dnnl::primitive_attr attributesOf(Activation activation) {
  dnnl::post_ops after;
  if (activation == Activation::Relu) after.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0);
  if (activation == Activation::Absolute) after.append_eltwise(1, dnnl::algorithm::eltwise_abs, 0, 0);
  if (activation == Activation::Square) after.append_eltwise(1, dnnl::algorithm::eltwise_square, 0, 0);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(after);
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

/// Filters of one share: two shares at least where there are filters enough, for two cores.
int shareFilters(int filters) {
  const int half = (filters + 2 * kFilterBlock - 1) / (2 * kFilterBlock) * kFilterBlock;
  return std::min(half, kMostShareFilters);
}

/// Some channels of the input on their way into oneDNN's order.
struct Intake {
  int first = 0;
  Shape shape;
  memory::desc blocked;  ///< their part of the whole
  dnnl::reorder toBlocked;
};

Intake makeIntake(const Shape& input, const memory::desc& source, int first) {
  Intake intake;
  intake.first = first;
  intake.shape = input;
  intake.shape.channels = std::min(kTogether, input.channels - first);
  intake.blocked = source.submemory_desc(planar(intake.shape), {0, first, 0, 0, 0});
  intake.toBlocked = dnnl::reorder(
      dnnl::reorder::primitive_desc(processor(), planarDesc(intake.shape), processor(), intake.blocked));
  return intake;
}

/// Some filters of the layer.
struct Share {
  int first = 0;
  Shape output;
  dnnl::convolution_forward::primitive_desc description;
  dnnl::convolution_forward convolution;
  dnnl::reorder toPlanar;
  memory weights;
  memory biases;
};

dnnl::convolution_forward::primitive_desc describe(const ConvSpec& spec, const ConvGeometry& geometry,
                                                   const Shape& output, const memory::desc& source) {
  const auto type = memory::data_type::f32;
  const auto any = memory::format_tag::any;
  const auto dims = [](const Triple& values, int minus) {
    return memory::dims{values.t - minus, values.y - minus, values.x - minus};
  };
  const auto& padding = geometry.padding;
  const Triple& k = spec.kernel;
  const dnnl::convolution_forward::desc description(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, source,
      memory::desc({output.channels, geometry.input.channels, k.t, k.y, k.x}, type, any),
      memory::desc({output.channels}, type, memory::format_tag::x), memory::desc(planar(output), type, any),
      dims(spec.stride, 0), dims(spec.dilation, 1), {padding[0].before, padding[1].before, padding[2].before},
      {padding[0].after, padding[1].after, padding[2].after});
  return {description, attributesOf(spec.activation), processor()};
}

/// The order of the input that oneDNN likes best for the first share.
memory::desc sourceOf(const ConvSpec& spec, const ConvGeometry& geometry) {
  const OneThread here;
  Shape output = geometry.output;
  output.channels = std::min(output.channels, shareFilters(output.channels));
  const memory::desc any(planar(geometry.input), memory::data_type::f32, memory::format_tag::any);
  return describe(spec, geometry, output, any).src_desc();
}

Share makeShare(const ConvSpec& spec, const ConvGeometry& geometry, const memory::desc& source,
                const FilterBank& bank, int first, int filters) {
  Share share;
  share.first = first;
  share.output = geometry.output;
  share.output.channels = filters;
  share.description = describe(spec, geometry, share.output, source);
  share.convolution = dnnl::convolution_forward(share.description);
  share.toPlanar = dnnl::reorder(dnnl::reorder::primitive_desc(processor(), share.description.dst_desc(),
                                                               processor(), planarDesc(share.output)));
  const Triple& k = spec.kernel;
  const int channels = geometry.input.channels;
  const auto size = static_cast<std::size_t>(k.product());
  std::vector<float> given;
  share.biases = memory(share.description.bias_desc(), processor());
  auto* const biases = static_cast<float*>(share.biases.get_data_handle());
  for (int f = 0; f < filters; ++f) {
    const Filter& filter = bank[static_cast<std::size_t>(first + f)];
    biases[f] = filter.bias;
    given.insert(given.end(), filter.weights.begin(), filter.weights.end());
  }
  if (spec.flipped) {
    for (auto plane = given.begin(); plane != given.end(); plane += static_cast<std::ptrdiff_t>(size))
      std::reverse(plane, plane + static_cast<std::ptrdiff_t>(size));
  }
  memory plain({{filters, channels, k.t, k.y, k.x}, memory::data_type::f32, memory::format_tag::oidhw},
               processor(), given.data());
  share.weights = memory(share.description.weights_desc(), processor());
  dnnl::stream stream(processor());
  dnnl::reorder(plain, share.weights).execute(stream, plain, share.weights);
  stream.wait();
  return share;
}

/// Phase 0 brings the input into oneDNN's order, phase 1 computes the shares and brings each back.
class OneDnnLayer final : public KernelLayer {
 public:
  OneDnnLayer(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank,
              const ComputeContext& context)
      : m_geometry(geometry) {
    const int filters = geometry.output.channels;
    const int together = shareFilters(filters);
    m_source = sourceOf(spec, geometry);
    m_shares.resize(static_cast<std::size_t>((filters + together - 1) / together));
    context.pool.run(static_cast<int>(m_shares.size()), [&](int i) {
      const OneThread here;
      const int first = i * together;
      m_shares[static_cast<std::size_t>(i)] =
          makeShare(spec, geometry, m_source, bank, first, std::min(together, filters - first));
    });
    m_work = static_cast<double>(geometry.output.count()) / static_cast<double>(m_shares.size()) *
             static_cast<double>(weightCount(spec.kernel, geometry.input.channels));
    const OneThread here;
    for (int first = 0; first < geometry.input.channels; first += kTogether)
      m_intakes.push_back(makeIntake(geometry.input, m_source, first));
  }

  [[nodiscard]] std::unique_ptr<KernelRun> makeRun() const override;
  [[nodiscard]] int phases() const override { return 2; }
  [[nodiscard]] int pieces(int phase) const override {
    return static_cast<int>(phase == 0 ? m_intakes.size() : m_shares.size());
  }
  [[nodiscard]] double pieceWork(int phase) const override { return phase == 0 ? 0 : m_work; }
  [[nodiscard]] int framesComplete(int piece) const override {
    return piece + 1 == pieces(1) ? m_geometry.output.length : 0;
  }

  [[nodiscard]] const std::vector<Share>& shares() const { return m_shares; }
  /// Of the whole input, in the order that all shares take.
  [[nodiscard]] const memory::desc& inputDesc() const { return m_source; }
  [[nodiscard]] const std::vector<Intake>& intakes() const { return m_intakes; }

 private:
  ConvGeometry m_geometry;
  memory::desc m_source;
  std::vector<Share> m_shares;
  std::vector<Intake> m_intakes;
  double m_work = 0;
};

class OneDnnRun final : public KernelRun {
 public:
  explicit OneDnnRun(const OneDnnLayer& layer) : m_layer(layer), m_input(layer.inputDesc(), processor()) {
    for (const Share& share : layer.shares()) {
      m_outputs.emplace_back(share.description.dst_desc(), processor());
      m_scratch.emplace_back(share.description.scratchpad_desc(), processor());
    }
  }

  void start(const Tensor& input, Tensor& output) override {
    m_planarInput = &input;
    m_planarOutput = &output;
  }
  void compute(int phase, int piece) override {
    const OneThread here;
    dnnl::stream stream(processor());
    const auto index = static_cast<std::size_t>(piece);
    phase == 0 ? takeInput(stream, m_layer.intakes()[index]) : computeShare(stream, index);
    stream.wait();
  }

 private:
  void takeInput(dnnl::stream& stream, const Intake& intake) {
    memory from = viewOf(planarDesc(intake.shape), m_planarInput->frame(0, intake.first));
    memory to(intake.blocked, processor(), m_input.get_data_handle());
    intake.toBlocked.execute(stream, from, to);
  }
  void computeShare(dnnl::stream& stream, std::size_t index) {
    const Share& share = m_layer.shares()[index];
    share.convolution.execute(stream, {{DNNL_ARG_SRC, m_input},
                                       {DNNL_ARG_WEIGHTS, share.weights},
                                       {DNNL_ARG_BIAS, share.biases},
                                       {DNNL_ARG_DST, m_outputs[index]},
                                       {DNNL_ARG_SCRATCHPAD, m_scratch[index]}});
    memory to = viewOf(planarDesc(share.output), m_planarOutput->frame(0, share.first));
    share.toPlanar.execute(stream, m_outputs[index], to);
  }

  const OneDnnLayer& m_layer;
  memory m_input;
  std::vector<memory> m_outputs;
  std::vector<memory> m_scratch;
  const Tensor* m_planarInput = nullptr;
  Tensor* m_planarOutput = nullptr;
};

std::unique_ptr<KernelRun> OneDnnLayer::makeRun() const {
  return std::make_unique<OneDnnRun>(*this);
}

/// At least a block of channels and of filters, and no padding but zeros, which is all that oneDNN knows.
bool serves(const ConvSpec& spec, const ConvGeometry& geometry) {
  const bool zeros = spec.paddingValue == PaddingValue::Zero ||
                     std::ranges::all_of(geometry.padding,
                                         [](const AxisPadding& p) { return p.before == 0 && p.after == 0; });
  return spec.groups == 1 && zeros && geometry.input.channels >= kFewestChannels &&
         geometry.output.channels >= kFewestFilters;
}

/// Measured: maps on which neither long lines nor tiles pay, 512 to 512 channels, 3 × 3 × 3, 2 × 7 × 7; and
/// kernels that step over values, which Winograd's tiles do not serve, of many channels: 128 to 460,
/// 1 × 3 × 3, 8 × 28 × 28 in steps of two took a third of the time of the lines.
bool suits(const ConvSpec& spec, const ConvGeometry& geometry) {
  constexpr int kManyChannels = 128;
  constexpr int kManySteppedChannels = 64;
  const int channels = std::min(geometry.input.channels, geometry.output.channels);
  if (spec.stride != Triple{1, 1, 1}) return channels >= kManySteppedChannels && spec.kernel.product() > 1;
  return WinogradLayer::serves(spec, geometry) && WinogradLayer::bestTile(spec, geometry) != 4 &&
         channels >= kManyChannels;
}

}  // namespace

void addOneDnnKernels(std::vector<ConvKernel>& table) {
  const LineTarget* const target = oneDnnTarget();
  if (target == nullptr) return;
  ConvKernel kernel;
  kernel.name = "onednn." + std::string(target->name);
  kernel.needs = target->flag;
  kernel.serves = serves;
  kernel.suits = suits;
  kernel.scratchBytes = [](const ConvSpec& spec, const ConvGeometry& geometry) {
    // Its own order has whole blocks of channels and of filters.
    const auto whole = [](int channels) { return 16.0 * ((channels + 15) / 16); };
    const double in = whole(geometry.input.channels);
    const double out = whole(geometry.output.channels);
    const double values = in * out * static_cast<double>(spec.kernel.product()) +
                          in * static_cast<double>(geometry.input.channelSize()) +
                          out * static_cast<double>(geometry.output.channelSize());
    return ScratchBytes{sizeof(float) * values, 0};
  };
  kernel.exactOnIntegers = false;
  kernel.bits = KernelBits::Layer;
  kernel.prepare = [](const ConvKernel&, const ConvSpec& spec, const ConvGeometry& geometry,
                      const FilterBank& bank, const ComputeContext& context) -> std::unique_ptr<KernelLayer> {
    return std::make_unique<OneDnnLayer>(spec, geometry, bank, context);
  };
  table.push_back(std::move(kernel));
}

}  // namespace convscope
