#include "engine/conv/convolve.h"
#include "engine/gradient/backward.h"
#include "engine/gradient/conv_gradient.h"
#include "engine/gradient/gradient_operators.h"
#include "engine/network/operator_table.h"
#include "tests/network_graph.h"

#include <QtTest>

#include <cmath>
#include <cstring>
#include <numeric>
#include <set>

using namespace convscope;
using namespace network_graph;

using Attributes = std::map<std::string, Attribute>;
using List = std::vector<std::int64_t>;
Q_DECLARE_METATYPE(std::vector<Value>)
Q_DECLARE_METATYPE(Attributes)
Q_DECLARE_METATYPE(ConvSpec)
Q_DECLARE_METATYPE(Shape)

#define QVERIFY_RESULT(result) QVERIFY2(result, result ? "" : result.error().message.c_str())

namespace {

/// Whole numbers from −4 to 4: sums of their products are exact in float.
Tensor wholeTensor(const Shape& shape, unsigned seed) {
  Tensor tensor = Tensor::uninitialised(shape);
  std::mt19937 random(seed);
  for (float& value : tensor.values()) value = static_cast<float>(static_cast<int>(random() % 9) - 4);
  return tensor;
}

FilterBank wholeBank(const ConvSpec& spec, int channels, int filters, unsigned seed) {
  std::mt19937 random(seed);
  FilterBank bank(static_cast<std::size_t>(filters));
  for (Filter& filter : bank) {
    filter.weights.resize(static_cast<std::size_t>(weightCount(spec.kernel, channels / spec.groups)));
    for (float& weight : filter.weights) weight = static_cast<float>(static_cast<int>(random() % 9) - 4);
  }
  return bank;
}

double dot(const Tensor& a, const Tensor& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.values().size(); ++i) sum += double{a.values()[i]} * double{b.values()[i]};
  return sum;
}

/// Elements of a float32 or float64 value.
double elementOf(const Value& value, std::size_t i) {
  return value.type() == ElementType::Float64 ? value.values<double>()[i] : double{value.values<float>()[i]};
}

Value withElement(const Value& value, std::size_t i, double element) {
  if (value.type() == ElementType::Float64) {
    auto all = realNumbers(value);
    all[i] = element;
    return {value.dims(), std::move(all)};
  }
  Value copy = Value::uninitialised(ElementType::Float32, value.dims());
  std::ranges::copy(value.values<float>(), copy.fill<float>().begin());
  copy.fill<float>()[i] = static_cast<float>(element);
  return copy;
}

/// Values at least `gap` apart, in no order: no two change places when one of them is moved by less than
/// that.
Value spreadOut(const Dims& dims, unsigned seed, float gap = 0.25F) {
  Value value = Value::uninitialised(ElementType::Float32, dims);
  const auto all = value.fill<float>();
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = gap * (static_cast<float>(i) + 0.5F) - gap * static_cast<float>(all.size() / 2);
  std::mt19937 random(seed);
  std::shuffle(all.begin(), all.end(), random);
  return value;
}

/// Double values that avoid the corners of the functions tested.
Value doubles(const Dims& dims, unsigned seed, double low, double high) {
  std::vector<double> values(static_cast<std::size_t>(productOf(dims, 0, dims.size())));
  std::mt19937 random(seed);
  for (double& value : values)
    value = low + (high - low) * (static_cast<double>(random() % 1000) + .37) / 1000;
  return {dims, std::move(values)};
}

/// Weights of the sum over a node's outputs whose gradient is taken: small whole numbers.
Value startWeights(const Value& output, unsigned seed) {
  std::mt19937 random(seed);
  const auto one = [&] { return static_cast<double>(static_cast<int>(random() % 7)) - 3; };
  if (output.type() == ElementType::Float64) {
    std::vector<double> values(static_cast<std::size_t>(output.count()));
    for (double& value : values) value = one();
    return {output.dims(), std::move(values)};
  }
  Value weights = Value::uninitialised(ElementType::Float32, output.dims());
  for (float& value : weights.fill<float>()) value = static_cast<float>(one());
  return weights;
}

/// A network of one node, of whose first output the weighted sum is looked at.
struct OneNode {
  OneNode(const std::string& op, const Attributes& attributes, int set, const std::vector<Value>& inputs,
          int outputs)
      : maker(set), given(inputs) {
    std::vector<int> read;
    for (const Value& one : inputs) read.push_back(one.holds() ? maker.input(one.type()) : -1);
    output = maker.node(op, read, attributes, outputs);
    runner = std::make_unique<Runner>(maker.made(maker.graph.nodes.front().outputs));
  }
  Result<NetworkRun> run(const std::vector<Value>& values) {
    RunRequest request;
    request.keep = true;
    for (const Value& one : values) {
      if (one.holds()) request.inputs.push_back(one);
    }
    return runner->run(request, {pool, {}});
  }
  double weightedSum(const std::vector<Value>& values, const Value& weights) {
    const auto made = run(values);
    if (!made) qFatal("%s", made.error().message.c_str());
    double sum = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(weights.count()); ++i)
      sum += elementOf(weights, i) * elementOf(made->outputs.front(), i);
    return sum;
  }
  GraphMaker maker;
  std::vector<Value> given;
  int output = -1;
  ThreadPool pool{2};
  std::unique_ptr<Runner> runner;
};

/// A little of everything: strides, groups, branches that are added and joined, pools, a gate and scores.
struct SmallNetwork {
  explicit SmallNetwork(unsigned seed) {
    input = maker.input(ElementType::Float32);
    const int conv = maker.node(
        "Conv", {input, maker.weights(noise({8, 3, 3, 3, 3}, seed)), maker.weights(noise({8}, seed + 1))},
        {{"pads", List{1, 1, 1, 1, 1, 1}}, {"strides", List{1, 2, 2}}});
    const int norm = maker.node(
        "BatchNormalization",
        {conv, maker.weights(noise({8}, seed + 2)), maker.weights(noise({8}, seed + 3)),
         maker.weights(noise({8}, seed + 4)), maker.weights(floats({8}, std::vector<float>(8, 1.5F)))});
    first = maker.node("Sigmoid", {norm});
    const int pooled =
        maker.node("MaxPool", {first}, {{"kernel_shape", List{1, 2, 2}}, {"strides", List{1, 2, 2}}});
    const int one = maker.node("Conv", {pooled, maker.weights(noise({8, 4, 1, 3, 3}, seed + 5))},
                               {{"pads", List{0, 1, 1, 0, 1, 1}}, {"group", std::int64_t{2}}});
    const int other = maker.node("AveragePool", {pooled},
                                 {{"kernel_shape", List{3, 3, 3}}, {"pads", List{1, 1, 1, 1, 1, 1}}});
    const int sum = maker.node("Add", {one, other});
    const int both = maker.node("Concat", {sum, pooled}, {{"axis", std::int64_t{1}}});
    const int gate = maker.node("Sigmoid", {maker.node("GlobalAveragePool", {both})});
    const int gated = maker.node("Mul", {both, gate});
    const int flat = maker.node("Flatten", {maker.node("ReduceMean", {gated}, {{"axes", List{2, 3, 4}}})});
    scores = maker.node("Gemm",
                        {flat, maker.weights(noise({5, 16}, seed + 6)), maker.weights(noise({5}, seed + 7))},
                        {{"transB", std::int64_t{1}}});
    output = maker.node("Softmax", {scores}, {{"axis", std::int64_t{1}}});
    runner = std::make_unique<Runner>(maker.made({output}));
  }
  Result<NetworkRun> run(const Value& clip, const ComputeContext& context,
                         std::int64_t budget = memoryBudget()) {
    RunRequest request;
    request.inputs = {clip};
    request.keep = true;
    request.budget = budget;
    return runner->run(request, context);
  }
  GraphMaker maker;
  int input = -1, first = -1, scores = -1, output = -1;
  std::unique_ptr<Runner> runner;
};

}  // namespace

class TestGradients : public QObject {
  Q_OBJECT

 private slots:
  void convolution_data() {
    QTest::addColumn<Shape>("input");
    QTest::addColumn<ConvSpec>("spec");
    QTest::addColumn<int>("filters");
    const auto row = [](const char* name, const Shape& input, int filters, const auto& change) {
      ConvSpec spec;
      change(spec);
      QTest::addRow("%s", name) << input << spec << filters;
    };
    row("valid 3", {5, 7, 9, 2}, 3, [](ConvSpec&) {});
    row("same 3", {5, 7, 9, 2}, 3, [](ConvSpec& s) { s.padding = PaddingMode::Same; });
    row("full 3x2x4", {4, 6, 7, 1}, 2, [](ConvSpec& s) {
      s.kernel = {3, 2, 4}, s.padding = PaddingMode::Full;
    });
    row("causal", {6, 5, 5, 1}, 2, [](ConvSpec& s) { s.padding = PaddingMode::Causal; });
    row("stride 2", {6, 9, 8, 3}, 4, [](ConvSpec& s) { s.stride = {2, 2, 2}; });
    row("stride leaves cells unread", {6, 8, 10, 1}, 1, [](ConvSpec& s) { s.stride = {2, 3, 4}; });
    row("stride beyond the kernel", {9, 9, 9, 2}, 2, [](ConvSpec& s) {
      s.kernel = {1, 2, 1}, s.stride = {3, 4, 2};
    });
    row("dilation", {7, 9, 11, 2}, 2, [](ConvSpec& s) { s.dilation = {2, 3, 2}; });
    row("stride 2 dilation 3", {9, 11, 13, 1}, 2, [](ConvSpec& s) {
      s.stride = {2, 2, 2}, s.dilation = {3, 3, 3}, s.padding = PaddingMode::Same;
    });
    row("stride 4 dilation 2", {9, 17, 15, 1}, 2, [](ConvSpec& s) {
      s.stride = {4, 4, 4}, s.dilation = {2, 2, 2}, s.padding = PaddingMode::Same;
    });
    row("stride 6 dilation 4", {9, 19, 21, 1}, 1, [](ConvSpec& s) {
      s.stride = {1, 6, 6}, s.dilation = {1, 4, 4};
    });
    row("groups", {4, 6, 6, 6}, 9, [](ConvSpec& s) { s.groups = 3, s.padding = PaddingMode::Same; });
    row("depthwise, stride 2", {4, 7, 7, 5}, 5, [](ConvSpec& s) {
      s.groups = 5, s.stride = {1, 2, 2}, s.padding = PaddingMode::Same;
    });
    row("more padding than kernel", {3, 4, 5, 1}, 2, [](ConvSpec& s) {
      s.padding = PaddingMode::Custom, s.custom = {{{4, 1}, {0, 6}, {3, 3}}}, s.stride = {1, 2, 2};
    });
    row("replicate", {4, 5, 6, 2}, 2,
        [](ConvSpec& s) { s.padding = PaddingMode::Same, s.paddingValue = PaddingValue::Replicate; });
    row("reflect, even kernel, stride", {5, 6, 7, 2}, 2, [](ConvSpec& s) {
      s.kernel = {2, 4, 3}, s.stride = {1, 2, 3}, s.padding = PaddingMode::Same,
      s.paddingValue = PaddingValue::Reflect;
    });
    row("circular", {4, 5, 6, 2}, 2,
        [](ConvSpec& s) { s.padding = PaddingMode::Full, s.paddingValue = PaddingValue::Circular; });
    row("flipped", {4, 6, 7, 2}, 2, [](ConvSpec& s) { s.flipped = true, s.stride = {1, 2, 1}; });
    row("deep, as the wide kernels take it", {4, 12, 14, 32}, 32,
        [](ConvSpec& s) { s.padding = PaddingMode::Same; });
    row("one frame", {1, 9, 9, 3}, 8, [](ConvSpec& s) {
      s.kernel = {1, 7, 7}, s.stride = {1, 2, 2}, s.padding = PaddingMode::Same;
    });
  }
  void convolution() {
    QFETCH(Shape, input);
    QFETCH(ConvSpec, spec);
    QFETCH(int, filters);
    const FilterBank bank = wholeBank(spec, input.channels, filters, 3);
    const auto geometry = geometryOf(input, spec, filters);
    QVERIFY_RESULT(geometry);
    const Tensor x = wholeTensor(input, 1), y = wholeTensor(geometry->output, 2);
    ThreadPool pool(2);
    const auto reference = convolutionInputGradientReference(y, input, spec, bank);
    QVERIFY_RESULT(reference);
    const auto maps = convolveReference(x, spec, bank);
    QVERIFY_RESULT(maps);
    QCOMPARE(dot(*maps, y), dot(x, *reference));  // <Ax, y> = <x, A'y>
    const auto fast = convolutionInputGradient(y, input, spec, bank, {pool, {}});
    QVERIFY_RESULT(fast);
    QVERIFY(fast->shape() == input);
    // Winograd and oneDNN are not exact on whole numbers; all others are.
    const double bound =
        input.channels >= 16 ? 64 * toleranceFor(weightCount(spec.kernel, filters), 4, 4) : 0;
    for (std::size_t i = 0; i < fast->values().size(); ++i)
      QVERIFY2(std::abs(double{fast->values()[i]} - double{reference->values()[i]}) <= bound,
               qPrintable(QString::number(i)));
    ThreadPool one(1), three(3);
    for (ThreadPool* other : {&one, &three}) {
      const auto again = convolutionInputGradient(y, input, spec, bank, {*other, {}});
      QVERIFY_RESULT(again);
      QVERIFY(std::memcmp(again->data(), fast->data(), fast->values().size_bytes()) == 0);
    }
  }

  void convolutionRefusesWhatConvolveRefuses() {
    ThreadPool pool(1);
    ConvSpec spec;
    const auto wrong = convolutionInputGradient(Tensor({1, 1, 1, 1}), {3, 3, 3, 1}, spec,
                                                {{{1, 2}, 0, {}, false}}, {pool, {}});
    QVERIFY(!wrong && wrong.error().code == ErrorCode::BadSpec);
    std::stop_source source;
    source.request_stop();
    const FilterBank bank = wholeBank(spec, 1, 1, 1);
    const auto stopped =
        convolutionInputGradient(Tensor({1, 1, 1, 1}), {3, 3, 3, 1}, spec, bank, {pool, source.get_token()});
    QVERIFY(!stopped && stopped.error().code == ErrorCode::Stopped);
  }

  void operators_data() {
    QTest::addColumn<QString>("op");
    QTest::addColumn<std::vector<Value>>("inputs");
    QTest::addColumn<Attributes>("attributes");
    QTest::addColumn<int>("set");
    QTest::addColumn<int>("wanted");   // which inputs: bit 0, bit 1
    QTest::addColumn<double>("step");  // of the finite difference
    QTest::addColumn<double>("tolerance");
    QTest::addColumn<int>("outputs");
    using Inputs = std::vector<Value>;
    const auto row = [](const char* name, const char* op, const Inputs& inputs,
                        const Attributes& attributes = {}, int set = 13, int wanted = 1, double step = 0.0625,
                        double tolerance = 1e-4, int outputs = 1) {
      QTest::addRow("%s", name) << QString(op) << inputs << attributes << set << wanted << step << tolerance
                                << outputs;
    };
    // In double: functions of one element, and of two.
    const auto smooth = [&](const char* op, double low, double high, const Attributes& attributes = {},
                            int set = 14) {
      row(op, op, {doubles({2, 3, 7}, 5, low, high)}, attributes, set, 1, 1e-5, 1e-8);
    };
    smooth("Relu", -2, 2);
    smooth("LeakyRelu", -2, 2, {{"alpha", .2F}});
    smooth("Elu", -2, 2, {{"alpha", 1.5F}});
    smooth("Sigmoid", -3, 3);
    smooth("HardSigmoid", -4, 4);
    smooth("HardSwish", -5, 5);
    smooth("Tanh", -3, 3);
    smooth("Sqrt", .2, 3);
    row("Clip, inputs", "Clip",
        {doubles({9}, 1, -2, 2), Value({}, std::vector<double>{-1}), Value({}, std::vector<double>{.5})}, {},
        13, 1, 1e-5, 1e-8);
    row("Clip, open above", "Clip", {doubles({9}, 1, -2, 2), Value({}, std::vector<double>{-1})}, {}, 11, 1,
        1e-5, 1e-8);
    row("Clip, attributes", "Clip", {doubles({9}, 1, -2, 2)}, {{"min", -.5F}, {"max", 1.25F}}, 9, 1, 1e-5,
        1e-8);
    row("PRelu", "PRelu", {spreadOut({2, 3, 4}, 7), floats({3, 1}, {.25F, -.5F, 2})});
    const Value a = doubles({2, 3, 4}, 1, .5, 2), row1 = doubles({3, 1}, 2, .5, 2);
    for (const char* op : {"Add", "Sub", "Mul", "Div"}) {
      row(op, op, {a, doubles({2, 3, 4}, 3, .5, 2)}, {}, 13, 3, 1e-5, 1e-8);
      row((std::string(op) + ", repeated").c_str(), op, {a, row1}, {}, 13, 3, 1e-5, 1e-8);
      row((std::string(op) + ", one number").c_str(), op, {doubles({}, 4, .5, 2), a}, {}, 13, 3, 1e-5, 1e-8);
    }
    row("Pow", "Pow", {a, Value({}, std::vector<double>{2.5})}, {}, 13, 1, 1e-5, 1e-7);
    // In float32.
    for (const int set : {11, 13}) {
      row(set == 11 ? "Softmax, old" : "Softmax", "Softmax", {noise({2, 5, 3}, 2)},
          {{"axis", std::int64_t{1}}}, set, 1, 1.0 / 64, 2e-3);
      row(set == 11 ? "LogSoftmax, old" : "LogSoftmax", "LogSoftmax", {noise({2, 5, 3}, 3)},
          {{"axis", std::int64_t{1}}}, set, 1, 1.0 / 64, 4e-3);
    }
    row("Conv 3-D", "Conv", {noise({2, 4, 3, 5, 4}, 1), noise({6, 2, 2, 3, 3}, 2), noise({6}, 3)},
        {{"pads", List{1, 0, 1, 0, 1, 1}}, {"strides", List{1, 2, 1}}, {"group", std::int64_t{2}}}, 13, 1,
        .25, 1e-3);
    row("Conv 1-D", "Conv", {noise({1, 2, 9}, 1), noise({3, 2, 3}, 2)},
        {{"dilations", List{2}}, {"auto_pad", std::string("SAME_UPPER")}}, 13, 1, .25, 1e-3);
    row("MaxPool", "MaxPool", {spreadOut({1, 2, 3, 5, 6}, 5)},
        {{"kernel_shape", List{2, 3, 3}}, {"strides", List{1, 2, 2}}, {"pads", List{0, 1, 1, 0, 1, 1}}});
    row("MaxPool, ceiling", "MaxPool", {spreadOut({1, 1, 6}, 5)},
        {{"kernel_shape", List{3}}, {"strides", List{2}}, {"ceil_mode", std::int64_t{1}}});
    row("AveragePool", "AveragePool", {noise({1, 2, 4, 5, 6}, 5)},
        {{"kernel_shape", List{2, 3, 3}}, {"strides", List{2, 2, 1}}, {"pads", List{1, 1, 0, 0, 1, 1}}}, 13,
        1, .25, 1e-3);
    row("AveragePool, padding counted", "AveragePool", {noise({2, 1, 5, 6}, 5)},
        {{"kernel_shape", List{3, 3}},
         {"strides", List{2, 2}},
         {"pads", List{1, 1, 1, 1}},
         {"count_include_pad", std::int64_t{1}},
         {"ceil_mode", std::int64_t{1}}},
        13, 1, .25, 1e-3);
    row("GlobalAveragePool", "GlobalAveragePool", {noise({2, 3, 4, 5}, 5)}, {}, 13, 1, .25, 1e-3);
    row("GlobalMaxPool", "GlobalMaxPool", {spreadOut({2, 3, 4, 5}, 5)});
    row("BatchNormalization", "BatchNormalization",
        {noise({2, 3, 4, 2}, 1), noise({3}, 2), noise({3}, 3), noise({3}, 4), floats({3}, {.5F, 1, 2})},
        {{"epsilon", .01F}}, 13, 1, .25, 1e-3);
    row("ConvTranspose 2-D", "ConvTranspose", {noise({2, 4, 3, 4}, 1), noise({4, 3, 3, 2}, 2), noise({6}, 3)},
        {{"strides", List{2, 3}},
         {"pads", List{1, 0, 1, 1}},
         {"dilations", List{2, 1}},
         {"output_padding", List{1, 0}},
         {"group", std::int64_t{2}}},
        13, 1, .25, 2e-3);
    row("ConvTranspose 3-D", "ConvTranspose", {noise({1, 2, 2, 3, 3}, 1), noise({2, 3, 2, 3, 3}, 2)}, {}, 13,
        1, .25, 2e-3);
    row("ConvTranspose, cut wide", "ConvTranspose", {noise({1, 2, 5}, 1), noise({2, 2, 2}, 2)},
        {{"pads", List{3, 2}}, {"strides", List{2}}}, 13, 1, .25, 2e-3);
    row("ConvTranspose, to a shape", "ConvTranspose", {noise({1, 2, 4}, 1), noise({2, 3, 3}, 2)},
        {{"output_shape", List{9}}, {"strides", List{2}}}, 13, 1, .25, 2e-3);
    row("Resize, linear", "Resize", {noise({1, 2, 3, 4}, 1), {}, floats({4}, {1, 1, 2, 1.5F})},
        {{"mode", std::string("linear")}}, 13, 1, .25, 1e-3);
    row("Resize, corners", "Resize", {noise({1, 1, 5, 3}, 1), {}, {}, wholes({1, 1, 3, 7})},
        {{"mode", std::string("linear")}, {"coordinate_transformation_mode", std::string("align_corners")}},
        13, 1, .25, 1e-3);
    row("Resize, nearest", "Resize", {noise({1, 2, 3, 3}, 1), {}, floats({4}, {1, 1, 2, 3})}, {}, 11, 1, .25,
        1e-3);
    row("Resize, cut out", "Resize",
        {noise({1, 1, 4, 4}, 1), floats({8}, {0, 0, .2F, -.3F, 1, 1, .9F, 1.2F}), {}, wholes({1, 1, 3, 5})},
        {{"mode", std::string("linear")},
         {"coordinate_transformation_mode", std::string("tf_crop_and_resize")}},
        13, 1, .25, 1e-3);
    row("Resize, old", "Resize", {noise({1, 2, 3, 3}, 1), floats({4}, {1, 1, 2, 2})},
        {{"mode", std::string("linear")}}, 10, 1, .25, 1e-3);
    row("Upsample", "Upsample", {noise({1, 2, 3, 3}, 1), floats({4}, {1, 1, 2, 2})}, {}, 9, 1, .25, 1e-3);
    row("InstanceNormalization", "InstanceNormalization",
        {noise({2, 3, 4, 2}, 1), noise({3}, 2), noise({3}, 3)}, {{"epsilon", .01F}}, 13, 1, 1.0 / 64, 5e-3);
    row("LayerNormalization", "LayerNormalization", {noise({2, 3, 5}, 1), noise({5}, 2), noise({5}, 3)}, {},
        17, 1, 1.0 / 64, 5e-3);
    row("LayerNormalization, two axes", "LayerNormalization", {noise({2, 3, 5}, 1), noise({3, 1}, 2)},
        {{"axis", std::int64_t{1}}, {"epsilon", .1F}}, 17, 1, 1.0 / 64, 5e-3);
    row("Gemm", "Gemm", {noise({3, 4}, 1), noise({4, 5}, 2), noise({5}, 3)}, {{"alpha", .5F}, {"beta", 2.0F}},
        13, 1, .25, 1e-3);
    row("Gemm, both turned", "Gemm", {noise({4, 3}, 1), noise({5, 4}, 2)},
        {{"transA", std::int64_t{1}}, {"transB", std::int64_t{1}}}, 13, 1, .25, 1e-3);
    row("MatMul", "MatMul", {noise({2, 3, 4}, 1), noise({4, 5}, 2)}, {}, 13, 3, .25, 2e-3);
    row("MatMul, repeated left", "MatMul", {noise({1, 3, 4}, 1), noise({2, 4, 2}, 2)}, {}, 13, 3, .25, 2e-3);
    row("MatMul, lists", "MatMul", {noise({4}, 1), noise({4}, 2)}, {}, 13, 3, .25, 2e-3);
    row("ReduceMean", "ReduceMean", {noise({2, 3, 4}, 1)},
        {{"axes", List{0, 2}}, {"keepdims", std::int64_t{0}}}, 13, 1, .25, 1e-3);
    row("ReduceMax", "ReduceMax", {spreadOut({2, 3, 4}, 1)}, {{"axes", List{1}}});
    row("ReduceSum", "ReduceSum", {noise({2, 3, 4}, 1), wholes({-1})}, {}, 13, 1, .25, 1e-3);
    row("ReduceSum, all", "ReduceSum", {noise({2, 3}, 1)}, {}, 11, 1, .25, 1e-3);
    const Value some = noise({2, 3, 4}, 9);
    row("Reshape", "Reshape", {some, wholes({4, -1})}, {}, 13, 1, .25, 1e-3);
    row("Flatten", "Flatten", {some}, {}, 13, 1, .25, 1e-3);
    row("Squeeze", "Squeeze", {noise({2, 1, 3}, 1), wholes({1})}, {}, 13, 1, .25, 1e-3);
    row("Unsqueeze", "Unsqueeze", {some, wholes({0})}, {}, 13, 1, .25, 1e-3);
    row("Identity", "Identity", {some}, {}, 13, 1, .25, 1e-3);
    row("Dropout", "Dropout", {some}, {}, 13, 1, .25, 1e-3);
    row("Transpose", "Transpose", {some}, {{"perm", List{2, 0, 1}}}, 13, 1, .25, 1e-3);
    row("Expand", "Expand", {noise({3, 1}, 2), wholes({2, 3, 4})}, {}, 13, 1, .25, 1e-3);
    row("Slice", "Slice", {some, wholes({3, 0}), wholes({-5, 2}), wholes({2, 1}), wholes({-2, 1})}, {}, 13, 1,
        .25, 1e-3);
    row("Split", "Split", {noise({2, 5}, 4), wholes({2, 3})}, {{"axis", std::int64_t{1}}}, 13, 1, .25, 1e-3,
        2);
    row("Gather", "Gather", {some, wholes({2, 0, 2})}, {{"axis", std::int64_t{1}}}, 13, 1, .25, 1e-3);
    row("Concat", "Concat", {some, noise({2, 2, 4}, 3)}, {{"axis", std::int64_t{1}}}, 13, 3, .25, 1e-3);
    row("Pad, reflect", "Pad", {some, wholes({0, 1, 2, 1, 0, 1})}, {{"mode", std::string("edge")}}, 13, 1,
        .25, 1e-3);
    row("Pad, a number", "Pad", {some, wholes({0, 1, -1, 1, 0, 1}), floats({}, {7})}, {}, 13, 1, .25, 1e-3);
    row("Pad, old", "Pad", {some}, {{"pads", List{0, 1, 2, 1, 0, 1}}}, 9, 1, .25, 1e-3);
  }
  /// Against differences of the forward pass, which tst_onnx_ops holds to its definition.
  void operators() {
    QFETCH(QString, op);
    QFETCH(std::vector<Value>, inputs);
    QFETCH(Attributes, attributes);
    QFETCH(int, set);
    QFETCH(int, wanted);
    QFETCH(double, step);
    QFETCH(double, tolerance);
    QFETCH(int, outputs);
    OneNode node(op.toStdString(), attributes, set, inputs, outputs);
    const auto run = node.run(inputs);
    QVERIFY_RESULT(run);
    const Value weights = startWeights(run->outputs.front(), 11);
    for (std::size_t input = 0; input < 2; ++input) {
      if ((wanted >> input & 1) == 0) continue;
      const int value = node.maker.graph.nodes.front().inputs[input];
      const auto gradient = gradientsOf(*node.runner, *run, {node.output, weights}, {value}, {node.pool, {}});
      QVERIFY_RESULT(gradient);
      QVERIFY(gradient->front().dims() == inputs[input].dims() &&
              gradient->front().type() == inputs[input].type());
      for (std::size_t i = 0; i < static_cast<std::size_t>(inputs[input].count()); ++i) {
        std::vector<Value> moved = inputs;
        const double at = elementOf(inputs[input], i);
        moved[input] = withElement(inputs[input], i, at + step);
        const double up = node.weightedSum(moved, weights);
        moved[input] = withElement(inputs[input], i, at - step);
        const double slope = (up - node.weightedSum(moved, weights)) / (2 * step);
        const double got = elementOf(gradient->front(), i);
        QVERIFY2(std::abs(got - slope) <= tolerance * std::max(1.0, std::abs(slope)),
                 qPrintable(QString("input %1, element %2: %3, but the difference is %4")
                                .arg(input)
                                .arg(i)
                                .arg(got)
                                .arg(slope)));
      }
    }
  }
  void everyGradientIsTestedAndHasItsOperator() {
    std::set<std::string> tested;
    const QMetaObject* const meta = metaObject();
    QVERIFY(meta->indexOfMethod("operators()") >= 0);
    for (const char* name : {"Relu",
                             "LeakyRelu",
                             "Elu",
                             "PRelu",
                             "Sigmoid",
                             "HardSigmoid",
                             "HardSwish",
                             "Tanh",
                             "Sqrt",
                             "Clip",
                             "Softmax",
                             "LogSoftmax",
                             "Add",
                             "Sub",
                             "Mul",
                             "Div",
                             "Pow",
                             "Conv",
                             "ConvTranspose",
                             "Resize",
                             "Upsample",
                             "InstanceNormalization",
                             "LayerNormalization",
                             "MaxPool",
                             "AveragePool",
                             "GlobalAveragePool",
                             "GlobalMaxPool",
                             "BatchNormalization",
                             "Gemm",
                             "MatMul",
                             "ReduceMean",
                             "ReduceMax",
                             "ReduceSum",
                             "Reshape",
                             "Flatten",
                             "Squeeze",
                             "Unsqueeze",
                             "Identity",
                             "Dropout",
                             "Transpose",
                             "Expand",
                             "Slice",
                             "Split",
                             "Gather",
                             "Concat",
                             "Pad"})
      tested.insert(name);
    std::set<std::pair<std::string_view, int>> seen;
    for (const GradientOperator& row : gradientTable()) {
      QVERIFY2(tested.contains(std::string(row.name)), row.name.data());
      for (int set = row.since; set <= row.until; ++set) {
        QVERIFY2(seen.emplace(row.name, set).second, row.name.data());
        const Operator* forward = operatorNamed(row.name, set);
        QVERIFY2(forward != nullptr || set < 9, row.name.data());
      }
    }
  }

  void networkAgainstDifferences() {
    SmallNetwork network(3);
    ThreadPool pool(2);
    const ComputeContext context{pool, {}};
    const Value clip = noise({2, 3, 4, 12, 12}, 9);
    const auto run = network.run(clip, context);
    QVERIFY_RESULT(run);
    const Value weights = startWeights(run->values[static_cast<std::size_t>(network.scores)], 4);
    const auto gradient =
        gradientsOf(*network.runner, *run, {network.scores, weights}, {network.input}, context);
    QVERIFY_RESULT(gradient);
    const auto scoreAt = [&](const Value& moved) {
      const auto made = network.run(moved, context);
      const Value& scores = made->values[static_cast<std::size_t>(network.scores)];
      double sum = 0;
      for (std::size_t i = 0; i < 10; ++i) sum += elementOf(weights, i) * elementOf(scores, i);
      return sum;
    };
    // Along random directions, so that every element takes part.
    for (unsigned seed = 1; seed <= 6; ++seed) {
      const Value direction = noise(clip.dims(), 100 + seed);
      double slope = 0;
      Value up = noise(clip.dims(), 9), down = noise(clip.dims(), 9);
      constexpr float kStep = 1.0F / 8192;
      for (std::size_t i = 0; i < static_cast<std::size_t>(clip.count()); ++i) {
        slope += elementOf(gradient->front(), i) * elementOf(direction, i);
        up.fill<float>()[i] += kStep * direction.values<float>()[i];
        down.fill<float>()[i] -= kStep * direction.values<float>()[i];
      }
      const double difference = (scoreAt(up) - scoreAt(down)) / (2 * double{kStep});
      QVERIFY2(std::abs(slope - difference) <= 0.02 * std::max(0.05, std::abs(difference)),
               qPrintable(QString("%1, but the difference is %2").arg(slope).arg(difference)));
    }
  }

  void sameBitsForAnyNumberOfThreadsAndAfterDropping() {
    SmallNetwork network(5);
    const Value clip = noise({1, 3, 6, 20, 20}, 9);
    std::vector<float> wanted;
    for (const int threads : {1, 2, 5}) {
      ThreadPool pool(threads);
      const ComputeContext context{pool, {}};
      for (const bool drops : {false, true}) {
        const auto run = network.run(clip, context, drops ? 90'000 : memoryBudget());
        QVERIFY_RESULT(run);
        QCOMPARE(!run->values[static_cast<std::size_t>(network.first)].holds(), drops);
        const auto gradients = gradientsOf(*network.runner, *run, startAt(network.output, {1, 5}, 2),
                                           {network.input, network.first}, context);
        QVERIFY_RESULT(gradients);
        std::vector<float> all;
        for (const Value& one : *gradients)
          all.insert(all.end(), one.values<float>().begin(), one.values<float>().end());
        QVERIFY(std::ranges::any_of(all, [](float value) { return value != 0; }));
        if (wanted.empty()) wanted = all;
        QVERIFY(all.size() == wanted.size() &&
                std::memcmp(all.data(), wanted.data(), all.size() * sizeof(float)) == 0);
      }
    }
  }

  void whatNothingReachesGetsZeros() {
    GraphMaker maker;
    const int one = maker.input(ElementType::Float32), other = maker.input(ElementType::Float32, "other");
    const int left = maker.node("Relu", {one}), right = maker.node("Relu", {other});
    Runner runner(maker.made({left, right}));
    ThreadPool pool(1);
    RunRequest request{{floats({2}, {1, -1}), floats({3}, {1, 2, 3})}, true};
    const auto run = runner.run(request, {pool, {}});
    QVERIFY_RESULT(run);
    const auto gradients = gradientsOf(runner, *run, startAt(left, {2}, 0), {one, other}, {pool, {}});
    QVERIFY_RESULT(gradients);
    QCOMPARE((*gradients)[0].values<float>()[0], 1.0F);
    QCOMPARE((*gradients)[0].values<float>()[1], 0.0F);
    QVERIFY((*gradients)[1].dims() == Dims{3});
    for (const float value : (*gradients)[1].values<float>()) QCOMPARE(value, 0.0F);
  }

  void whatHasNoGradientIsNamed() {
    GraphMaker maker;
    const int input = maker.input(ElementType::Float32);
    const int cast = maker.node("Cast", {input}, {{"to", std::int64_t{1}}});
    Runner runner(maker.made({cast}));
    ThreadPool pool(1);
    RunRequest request{{noise({1, 1, 4}, 1)}, true};
    const auto run = runner.run(request, {pool, {}});
    QVERIFY_RESULT(run);
    const auto gradient = gradientsOf(runner, *run, startAt(cast, {1, 1, 4}, 0), {input}, {pool, {}});
    QVERIFY(!gradient);
    QVERIFY2(
        gradient.error().message.starts_with("Node “Cast1” (Cast) has an operator through which no gradient"),
        gradient.error().message.c_str());
  }

  void stopsBetweenNodes() {
    SmallNetwork network(7);
    ThreadPool pool(2);
    const auto run = network.run(noise({1, 3, 4, 12, 12}, 1), {pool, {}});
    QVERIFY_RESULT(run);
    std::stop_source source;
    int steps = 0;
    ComputeContext context{pool, source.get_token(), {}, [&](double share) {
                             QVERIFY(share > 0 && share <= 1);
                             if (++steps == 3) source.request_stop();
                           }};
    const auto gradient =
        gradientsOf(*network.runner, *run, startAt(network.output, {1, 5}, 2), {network.input}, context);
    QVERIFY(!gradient && gradient.error().code == ErrorCode::Stopped);
    QCOMPARE(steps, 3);
  }

  void linearNetworksNeedSizesAlone() {
    GraphMaker maker;
    const int input = maker.input(ElementType::Float32);
    const int conv =
        maker.node("Conv", {input, maker.weights(noise({4, 2, 3, 3, 3}, 2))}, {{"strides", List{1, 2, 2}}});
    const int pool3 =
        maker.node("AveragePool", {conv}, {{"kernel_shape", List{1, 2, 2}}, {"strides", List{1, 2, 2}}});
    Runner runner(maker.made({pool3}));
    ThreadPool pool(2);
    std::vector<Value> both;
    for (const bool sizes : {false, true}) {
      RunRequest request{{noise({1, 2, 5, 13, 13}, 1)}, true, sizes};
      const auto run = runner.run(request, {pool, {}});
      QVERIFY_RESULT(run);
      const auto gradient = gradientsOf(
          runner, *run, startAt(pool3, run->dims[static_cast<std::size_t>(pool3)], 5), {input}, {pool, {}});
      QVERIFY_RESULT(gradient);
      both.push_back(gradient->front());
    }
    QVERIFY(std::ranges::equal(both[0].values<float>(), both[1].values<float>()));
  }
};

QTEST_GUILESS_MAIN(TestGradients)
#include "tst_gradients.moc"
