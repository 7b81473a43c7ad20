// oneDNN as a peer, through its own C++ API. Argument "planar": takes and gives planar maps; of oneDNN's two
// ways, its own blocked layout with reorders before and after, or planar arrays throughout, the faster one is
// taken for each layer. Argument "kept": activations stay in the layout that oneDNN likes best, as between
// the layers of a network; no reorder is timed. Weights are reordered once, before the clock starts.

#include "tests/bench/peer_request.h"

#include <cstring>
#include <iostream>
#include <memory>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

using namespace convscope::bench;
using dnnl::memory;

namespace {

struct Layer {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  std::vector<float> input;
  std::vector<float> output;
  memory planarIn;
  memory planarOut;
  memory in;
  memory weights;
  memory out;
  dnnl::convolution_forward convolution;

  void reorder(memory& from, memory& to) {
    dnnl::reorder(from, to).execute(stream, from, to);
    stream.wait();
  }
};

memory::dims withBatch(const std::array<int, 4>& shape) {
  return {1, shape[0], shape[1], shape[2], shape[3]};
}

/// With `blocked`, oneDNN chooses all layouts; else maps stay planar and only the weights' layout is its own.
std::shared_ptr<Layer> makeLayer(const PeerRequest& request, bool blocked) {
  auto layer = std::make_shared<Layer>();
  layer->input = request.read("input.f32");
  std::vector<float> planarWeights = request.read("weights.f32");
  const auto planar = memory::format_tag::ncdhw;
  const auto any = memory::format_tag::any;
  const auto type = memory::data_type::f32;
  const memory::dims inDims = withBatch(request.input);
  const memory::dims outDims = withBatch(request.output);
  const auto& k = request.kernel;
  const memory::dim channels = request.input[0] / request.groups;
  const bool grouped = request.groups > 1;
  const memory::dims weightDims =
      grouped ? memory::dims{request.groups, request.output[0] / request.groups, channels, k[0], k[1], k[2]}
              : memory::dims{request.output[0], channels, k[0], k[1], k[2]};
  layer->output.resize(std::size_t(request.output[0]) * request.output[1] * request.output[2] *
                       request.output[3]);
  layer->planarIn = memory({inDims, type, planar}, layer->engine, layer->input.data());
  layer->planarOut = memory({outDims, type, planar}, layer->engine, layer->output.data());

  const auto dims = [](const std::array<int, 3>& values, int minus = 0) {
    return memory::dims{values[0] - minus, values[1] - minus, values[2] - minus};
  };
  const auto layout = blocked ? any : planar;
  const dnnl::convolution_forward::desc description(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_auto,
      memory::desc(inDims, type, layout), memory::desc(weightDims, type, any),
      memory::desc(outDims, type, layout), dims(request.stride), dims(request.dilation, 1),
      dims(request.before), dims(request.after));
  const dnnl::convolution_forward::primitive_desc primitive(description, layer->engine);
  layer->convolution = dnnl::convolution_forward(primitive);

  memory given({weightDims, type, grouped ? memory::format_tag::goidhw : memory::format_tag::oidhw},
               layer->engine, planarWeights.data());
  layer->weights = memory(primitive.weights_desc(), layer->engine);
  layer->reorder(given, layer->weights);
  const bool sameIn = primitive.src_desc() == layer->planarIn.get_desc();
  const bool sameOut = primitive.dst_desc() == layer->planarOut.get_desc();
  layer->in = sameIn ? layer->planarIn : memory(primitive.src_desc(), layer->engine);
  layer->out = sameOut ? layer->planarOut : memory(primitive.dst_desc(), layer->engine);
  if (!sameIn) layer->reorder(layer->planarIn, layer->in);
  return layer;
}

PreparedLayer preparedWith(const std::shared_ptr<Layer>& layer, bool withReorders, std::string variant) {
  PreparedLayer prepared;
  prepared.variant = std::move(variant);
  const bool reorderIn = withReorders && layer->in.get_data_handle() != layer->planarIn.get_data_handle();
  const bool reorderOut = layer->out.get_data_handle() != layer->planarOut.get_data_handle();
  auto before = reorderIn ? std::make_shared<dnnl::reorder>(layer->planarIn, layer->in) : nullptr;
  auto after = reorderOut ? std::make_shared<dnnl::reorder>(layer->out, layer->planarOut) : nullptr;
  prepared.run = [layer, before, after, withReorders] {
    if (before) before->execute(layer->stream, layer->planarIn, layer->in);
    layer->convolution.execute(
        layer->stream,
        {{DNNL_ARG_SRC, layer->in}, {DNNL_ARG_WEIGHTS, layer->weights}, {DNNL_ARG_DST, layer->out}});
    if (withReorders && after) after->execute(layer->stream, layer->out, layer->planarOut);
    layer->stream.wait();
  };
  prepared.planarOutput = [layer, after] {
    if (after) after->execute(layer->stream, layer->out, layer->planarOut);
    layer->stream.wait();
    return layer->output.data();
  };
  return prepared;
}

PreparedLayer fasterOfBoth(const PeerRequest& request) {
  PreparedLayer blocked = preparedWith(makeLayer(request, true), true, "blocked, reordered");
  PreparedLayer plain;
  try {
    plain = preparedWith(makeLayer(request, false), true, "planar throughout");
  } catch (const dnnl::error&) {
    return blocked;  // it has no planar kernel for this layer
  }
  const auto best = [](const PreparedLayer& layer) {
    layer.run();
    double least = timeOf(layer.run);
    for (int i = 0; i < 3 && least < 200; ++i) least = std::min(least, timeOf(layer.run));
    return least;
  };
  return best(blocked) <= best(plain) ? blocked : plain;
}

}  // namespace

int main(int argc, char** argv) {
  const bool kept = argc > 1 && std::strcmp(argv[1], "kept") == 0;
  const dnnl_version_t* version = dnnl::version();
  const std::string name = "oneDNN " + std::to_string(version->major) + "." + std::to_string(version->minor) +
                           "." + std::to_string(version->patch);
  return servePeer(name, [kept](const PeerRequest& request) {
    return kept ? preparedWith(makeLayer(request, true), false, "blocked, kept") : fasterOfBoth(request);
  });
}
