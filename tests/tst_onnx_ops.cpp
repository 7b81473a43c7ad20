#include "engine/conv/convolve.h"
#include "engine/network/operator_table.h"
#include "tests/network_graph.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <numeric>
#include <set>

using namespace convscope;
using namespace network_graph;

using Attributes = std::map<std::string, Attribute>;
using List = std::vector<std::int64_t>;
Q_DECLARE_METATYPE(std::vector<Value>)
Q_DECLARE_METATYPE(Attributes)
Q_DECLARE_METATYPE(Value)

#define QVERIFY_RESULT(result) QVERIFY2(result, result ? "" : result.error().message.c_str())

namespace {

double largestDifference(std::span<const float> a, std::span<const float> b) {
  double largest = a.size() == b.size() ? 0 : HUGE_VAL;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    largest = std::max(largest, std::abs(double{a[i]} - double{b[i]}));
  return largest;
}

double dot(const Value& a, const Value& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.values<float>().size(); ++i)
    sum += double{a.values<float>()[i]} * double{b.values<float>()[i]};
  return sum;
}

Value first(Result<std::vector<Value>> result) {
  if (!result) qFatal("%s", result.error().message.c_str());
  return result->front();
}

/// 0, 1, 2, … in that shape.
Value counting(Dims dims) {
  Value value = Value::uninitialised(ElementType::Float32, std::move(dims));
  std::iota(value.fill<float>().begin(), value.fill<float>().end(), 0.0F);
  return value;
}

}  // namespace

class TestOnnxOps : public QObject {
  Q_OBJECT

 private slots:
  void theTableHoldsEachFormOnce() {
    std::set<std::pair<std::string_view, int>> seen;
    for (const Operator& row : operatorTable()) {
      QVERIFY(row.compute != nullptr && row.since <= row.until && row.until <= kNewestOperatorSet);
      for (int set = row.since; set <= row.until; ++set)
        QVERIFY2(seen.emplace(row.name, set).second, row.name.data());
    }
    // Sets 9 to 17 leave no gap once an operator is there.
    for (const Operator& row : operatorTable()) {
      for (int set = std::max(9, row.since); set <= 17 && row.name != "Upsample"; ++set)
        QVERIFY2(operatorNamed(row.name, set) != nullptr, row.name.data());
    }
  }

  void valuesByHand_data() {
    QTest::addColumn<QString>("op");
    QTest::addColumn<std::vector<Value>>("inputs");
    QTest::addColumn<Attributes>("attributes");
    QTest::addColumn<int>("set");
    QTest::addColumn<Value>("wanted");
    using Inputs = std::vector<Value>;
    const auto row = [](const char* name, const char* op, const Inputs& inputs, const Attributes& attributes,
                        const Value& wanted, int set = 13) {
      QTest::addRow("%s", name) << QString(op) << inputs << attributes << set << wanted;
    };
    row("hard-swish", "HardSwish", {floats({5}, {-4, -3, 0, 1, 4})}, {}, floats({5}, {0, 0, 0, 4 / 6.0F, 4}),
        14);
    row("hard-sigmoid", "HardSigmoid", {floats({3}, {-3, 1, 9})}, {}, floats({3}, {0, 0.7F, 1}));
    row("clip, attributes", "Clip", {floats({3}, {-1, 0, 9})}, {{"max", 2.0F}}, floats({3}, {-1, 0, 2}), 6);
    row("clip, whole numbers", "Clip", {wholes({-5, 3, 9}), Value({}, std::vector<std::int64_t>{0})}, {},
        wholes({0, 3, 9}));
    row("prelu by channel", "PRelu", {floats({1, 2, 2}, {-1, 1, -1, 1}), floats({2, 1}, {2, 3})}, {},
        floats({1, 2, 2}, {-2, 1, -3, 1}));
    row("old soft-max joins axes", "Softmax", {floats({1, 2, 2}, {0, 0, 0, 0})}, {},
        floats({1, 2, 2}, {0.25F, 0.25F, 0.25F, 0.25F}), 9);
    row("new soft-max does not", "Softmax", {floats({1, 2, 2}, {0, 0, 0, 0})}, {},
        floats({1, 2, 2}, {0.5F, 0.5F, 0.5F, 0.5F}));
    row("whole division", "Div", {wholes({-7, 7, 9}), wholes({2, -2, -1})}, {}, wholes({-3, -3, -9}));
    row("both sides repeat", "Sub", {floats({2, 1}, {10, 20}), floats({3}, {1, 2, 3})}, {},
        floats({2, 3}, {9, 8, 7, 19, 18, 17}));
    row("whole power", "Pow", {wholes({2, -3}), wholes({10, 3})}, {}, wholes({1024, -27}));
    row("max pool, ceiling", "MaxPool", {counting({1, 1, 5})},
        {{"kernel_shape", List{2}}, {"strides", List{2}}, {"ceil_mode", std::int64_t{1}}},
        floats({1, 1, 3}, {1, 3, 4}));
    row("no window in the padding alone", "MaxPool", {counting({1, 1, 4})},
        {{"kernel_shape", List{2}},
         {"strides", List{2}},
         {"pads", List{0, 1}},
         {"ceil_mode", std::int64_t{1}}},
        floats({1, 1, 2}, {1, 3}));
    row("max pool, dilated, below 0", "MaxPool", {floats({1, 1, 5}, {-9, -8, -7, -6, -5})},
        {{"kernel_shape", List{2}}, {"dilations", List{3}}, {"pads", List{1, 1}}},
        floats({1, 1, 4}, {-7, -6, -5, -7}));
    row("mean, padding not counted", "AveragePool", {floats({1, 1, 3}, {1, 2, 6})},
        {{"kernel_shape", List{3}}, {"pads", List{1, 1}}}, floats({1, 1, 3}, {1.5F, 3, 4}));
    row("mean, padding counted", "AveragePool", {floats({1, 1, 3}, {1, 2, 6})},
        {{"kernel_shape", List{3}}, {"pads", List{1, 1}}, {"count_include_pad", std::int64_t{1}}},
        floats({1, 1, 3}, {1, 3, 8 / 3.0F}));
    row("sum of chosen axes", "ReduceSum", {counting({2, 2, 3}), wholes({0, -1})},
        {{"keepdims", std::int64_t{0}}}, floats({2}, {24, 42}));
    row("largest below 0", "ReduceMax", {floats({2, 2}, {-3, -2, -9, -8})}, {{"axes", List{1}}},
        floats({2, 1}, {-2, -8}));
    row("mean of whole numbers", "ReduceMean", {wholes({1, 2, 6})}, {{"keepdims", std::int64_t{0}}},
        Value({}, std::vector<std::int64_t>{3}));
    row("product, turned", "Gemm",
        {floats({2, 1}, {1, 2}), floats({3, 2}, {1, 2, 3, 4, 5, 6}), floats({1}, {10})},
        {{"transA", std::int64_t{1}}, {"transB", std::int64_t{1}}, {"alpha", 2.0F}, {"beta", 0.5F}},
        floats({1, 3}, {15, 27, 39}));
    row("row by matrix", "MatMul", {floats({2}, {1, 2}), floats({2, 2}, {1, 2, 3, 4})}, {},
        floats({2}, {7, 10}));
    row("batches repeat", "MatMul", {floats({2, 1, 1}, {2, 3}), floats({1, 2}, {1, 5})}, {},
        floats({2, 1, 2}, {2, 10, 3, 15}));
    row("slice backwards", "Slice", {counting({6}), wholes({-1}), wholes({-7}), wholes({0}), wholes({-2})},
        {}, floats({3}, {5, 3, 1}));
    row("slice of nothing", "Slice", {floats({0, 5}, {}), wholes({0}), wholes({2}), wholes({1})}, {},
        floats({0, 2}, {}));
    row("slice to nothing", "Slice", {counting({3}), wholes({2}), wholes({1})}, {}, floats({0}, {}));
    row("mirrored padding", "Pad", {counting({3}), wholes({2, 1})}, {{"mode", std::string("reflect")}},
        floats({6}, {2, 1, 0, 1, 2, 1}));
    row("padding that cuts", "Pad", {counting({4}), wholes({-1, 1})}, {}, floats({4}, {1, 2, 3, 0}));
    row("gather along the second axis", "Gather", {counting({2, 3}), Value({2, 1}, List{-1, 0})},
        {{"axis", std::int64_t{1}}}, floats({2, 2, 1}, {2, 0, 5, 3}));
    row("open extent and kept one", "Reshape", {counting({2, 3, 2}), wholes({0, -1})}, {},
        floats({2, 6}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
    row("shape from an axis on", "Shape", {counting({2, 3, 1})}, {{"start", std::int64_t{-2}}},
        wholes({3, 1}), 15);
    row("cast cuts off", "Cast", {floats({4}, {-1.9F, 2.9F, 1e20F, NAN})}, {{"to", std::int64_t{7}}},
        wholes({-1, 2, std::numeric_limits<std::int64_t>::max(), 0}));
    row("nearest, twice", "Resize", {floats({1, 1, 2}, {1, 2}), Value(), floats({3}, {1, 1, 2})},
        {{"coordinate_transformation_mode", std::string("asymmetric")},
         {"nearest_mode", std::string("floor")}},
        floats({1, 1, 4}, {1, 1, 2, 2}));
    row("linear, twice", "Resize", {floats({1, 1, 2}, {0, 4}), Value(), floats({3}, {1, 1, 2})},
        {{"mode", std::string("linear")}}, floats({1, 1, 4}, {0, 1, 3, 4}));
    row("linear, corners fixed", "Resize", {floats({1, 1, 2}, {0, 4}), Value(), Value(), wholes({1, 1, 3})},
        {{"mode", std::string("linear")}, {"coordinate_transformation_mode", std::string("align_corners")}},
        floats({1, 1, 3}, {0, 2, 4}));
    row("batch normalisation", "BatchNormalization",
        {floats({1, 2, 1}, {3, 3}), floats({2}, {2, 1}), floats({2}, {1, 0}), floats({2}, {1, 1}),
         floats({2}, {4, 1})},
        {{"epsilon", 0.0F}}, floats({1, 2, 1}, {3, 2}));
    row("instance normalisation", "InstanceNormalization",
        {floats({1, 1, 2}, {1, 3}), floats({1}, {2}), floats({1}, {5})}, {{"epsilon", 0.0F}},
        floats({1, 1, 2}, {3, 7}));
  }
  void valuesByHand() {
    QFETCH(QString, op);
    QFETCH(std::vector<Value>, inputs);
    QFETCH(Attributes, attributes);
    QFETCH(int, set);
    QFETCH(Value, wanted);
    const auto got = computed(op.toStdString(), inputs, attributes, 1, set);
    QVERIFY_RESULT(got);
    QCOMPARE(QString::fromStdString(dimsText(got->front().dims())),
             QString::fromStdString(dimsText(wanted.dims())));
    QCOMPARE(got->front().type(), wanted.type());
    const auto is = realNumbers(got->front()), should = realNumbers(wanted);
    for (std::size_t i = 0; i < is.size(); ++i)
      QVERIFY2(std::abs(is[i] - should[i]) < 1e-6, qPrintable(QString::number(is[i])));
  }

  void convolutionIsTheReference_data() {
    QTest::addColumn<Dims>("input");
    QTest::addColumn<Dims>("weights");
    QTest::addColumn<Attributes>("attributes");
    QTest::addRow("1-D, dilated") << Dims{1, 3, 17} << Dims{4, 3, 3}
                                  << Attributes{{"dilations", List{2}}, {"pads", List{3, 1}}};
    QTest::addRow("2-D, strides and uneven padding, batch of 3")
        << Dims{3, 2, 9, 7} << Dims{5, 2, 3, 2}
        << Attributes{{"strides", List{2, 1}}, {"pads", List{2, 0, 1, 1}}};
    QTest::addRow("3-D, groups") << Dims{1, 6, 5, 8, 7} << Dims{4, 3, 3, 1, 3}
                                 << Attributes{{"group", std::int64_t{2}}, {"pads", List{1, 0, 1, 1, 0, 2}}};
    QTest::addRow("3-D, depthwise, batch of 2")
        << Dims{2, 5, 4, 6, 6} << Dims{5, 1, 3, 3, 3} << Attributes{{"group", std::int64_t{5}}};
    QTest::addRow("more filters than a layer set by hand")
        << Dims{1, 4, 1, 3, 3} << Dims{1030, 4, 1, 1, 1} << Attributes{};
    QTest::addRow("same, the odd cell before")
        << Dims{1, 1, 6} << Dims{1, 1, 4} << Attributes{{"auto_pad", std::string("SAME_LOWER")}};
  }
  void convolutionIsTheReference() {
    QFETCH(Dims, input);
    QFETCH(Dims, weights);
    QFETCH(Attributes, attributes);
    const Value in = noise(input, 1), held = noise(weights, 2), bias = noise({weights[0]}, 3);
    const auto got = computed("Conv", {in, held, bias}, attributes);
    QVERIFY_RESULT(got);

    // The same by hand: three axes, the missing ones first.
    const std::size_t axes = input.size() - 2;
    const auto triple = [&](const std::string& name) {
      Triple result;
      const auto found = attributes.find(name);
      for (std::size_t i = 0; found != attributes.end() && i < axes; ++i)
        result[kAxes[3 - axes + i]] = static_cast<int>(std::get<List>(found->second)[i]);
      return result;
    };
    ConvSpec spec;
    spec.padding = PaddingMode::Custom;
    spec.kernel = {1, 1, 1};
    Triple extent{1, 1, 1};
    for (std::size_t i = 0; i < axes; ++i) {
      spec.kernel[kAxes[3 - axes + i]] = static_cast<int>(weights[2 + i]);
      extent[kAxes[3 - axes + i]] = static_cast<int>(input[2 + i]);
      if (attributes.contains("pads")) {
        const auto& pads = std::get<List>(attributes.at("pads"));
        spec.custom[3 - axes + i] = {static_cast<int>(pads[i]), static_cast<int>(pads[axes + i])};
      }
    }
    if (attributes.contains("auto_pad")) spec.custom[2] = {2, 1};
    spec.stride = triple("strides");
    spec.dilation = triple("dilations");
    if (attributes.contains("group"))
      spec.groups = static_cast<int>(std::get<std::int64_t>(attributes.at("group")));
    FilterBank bank(static_cast<std::size_t>(weights[0]));
    const std::size_t taps = held.values<float>().size() / bank.size();
    for (std::size_t k = 0; k < bank.size(); ++k) {
      const auto own = held.values<float>().subspan(k * taps, taps);
      bank[k].weights.assign(own.begin(), own.end());
      bank[k].bias = bias.values<float>()[k];
    }
    const Shape shape = shapeOf(extent, static_cast<int>(input[1]));
    const auto all = got->front().values<float>();
    const std::size_t each = all.size() / static_cast<std::size_t>(input[0]);
    for (std::int64_t n = 0; n < input[0]; ++n) {
      const auto wanted = convolveReference(in.tensorView(shape, n * shape.count()), spec, bank);
      QVERIFY_RESULT(wanted);
      const double error =
          largestDifference(all.subspan(static_cast<std::size_t>(n) * each, each), wanted->values());
      QVERIFY2(error <= toleranceFor(static_cast<std::int64_t>(taps), 4, 4),
               qPrintable(QString::number(error)));
    }
  }

  /// ⟨conv(x), y⟩ = ⟨x, transposed(y)⟩ for the same weights: what a transposed convolution is.
  void transposedConvolutionIsTheAdjoint_data() {
    QTest::addColumn<Dims>("input");
    QTest::addColumn<Dims>("weights");
    QTest::addColumn<Attributes>("attributes");
    QTest::addRow("1-D") << Dims{1, 2, 9} << Dims{3, 2, 3} << Attributes{};
    QTest::addRow("2-D, strides, dilation, padding, batch")
        << Dims{2, 4, 9, 11} << Dims{3, 4, 3, 2}
        << Attributes{{"strides", List{2, 3}}, {"dilations", List{2, 1}}, {"pads", List{1, 0, 1, 1}}};
    QTest::addRow("3-D, groups, more padding than reach")
        << Dims{1, 4, 5, 7, 5} << Dims{6, 2, 1, 3, 3}
        << Attributes{
               {"group", std::int64_t{2}}, {"strides", List{2, 2, 2}}, {"pads", List{2, 1, 0, 2, 1, 0}}};
  }
  void transposedConvolutionIsTheAdjoint() {
    QFETCH(Dims, input);
    QFETCH(Dims, weights);
    QFETCH(Attributes, attributes);
    const Value x = noise(input, 4), held = noise(weights, 5);
    const Value out = first(computed("Conv", {x, held}, attributes));
    const Value y = noise(out.dims(), 6);
    Attributes back = attributes;
    List extra;  // what the strides of the convolution left over
    for (std::size_t i = 2; i < input.size(); ++i) {
      const auto number = [&](const char* name, std::size_t at, std::int64_t otherwise) {
        return attributes.contains(name) ? std::get<List>(attributes[name])[at] : otherwise;
      };
      const std::int64_t made = number("strides", i - 2, 1) * (out.dims()[i] - 1) +
                                number("dilations", i - 2, 1) * (weights[i] - 1) + 1 -
                                number("pads", i - 2, 0) - number("pads", i + input.size() - 4, 0);
      extra.push_back(input[i] - made);
    }
    back["output_padding"] = extra;
    const auto got = computed("ConvTranspose", {y, held}, back);
    QVERIFY_RESULT(got);
    QVERIFY(got->front().dims() == input);
    const double forwards = dot(out, y), backwards = dot(x, got->front());
    QVERIFY2(std::abs(forwards - backwards) < 1e-4 * std::max(1.0, std::abs(forwards)),
             qPrintable(QStringLiteral("%1 %2").arg(forwards).arg(backwards)));
  }

  void splitAndConcatUndoEachOther() {
    const Value x = counting({2, 7, 3});
    const auto parts = computed("Split", {x, wholes({3, 0, 4})}, {{"axis", std::int64_t{1}}}, 3);
    QVERIFY_RESULT(parts);
    const Value joined = first(computed("Concat", *parts, {{"axis", std::int64_t{-2}}}));
    QVERIFY(joined.dims() == x.dims());
    QCOMPARE(largestDifference(joined.values<float>(), x.values<float>()), 0.0);
  }

  void transposingBackGivesTheSame() {
    const Value x = counting({2, 3, 4, 5});
    const Value turned = first(computed("Transpose", {x}, {{"perm", List{2, 0, 3, 1}}}));
    QVERIFY((turned.dims() == Dims{4, 2, 5, 3}));
    QCOMPARE(turned.values<float>()[1], 20.0F);  // the last axis of the new order was the second of the old
    const Value back = first(computed("Transpose", {turned}, {{"perm", List{1, 3, 0, 2}}}));
    QCOMPARE(largestDifference(back.values<float>(), x.values<float>()), 0.0);
  }

  void globalPoolsAreReductions() {
    const Value x = noise({2, 3, 4, 5, 6}, 7);
    const Value pooled = first(computed("GlobalAveragePool", {x}));
    const Value reduced = first(computed("ReduceMean", {x}, {{"axes", List{2, 3, 4}}}));
    QVERIFY(pooled.dims() == reduced.dims());
    QVERIFY(largestDifference(pooled.values<float>(), reduced.values<float>()) < 1e-7);
    const Value largest = first(computed("ReduceMax", {x}, {{"axes", List{2, 3, 4}}}));
    const Value top = first(computed("GlobalMaxPool", {x}));
    QCOMPARE(largestDifference(top.values<float>(), largest.values<float>()), 0.0);
  }

  void softMaxSumsToOneAndItsLogarithmIsOne() {
    Value x = noise({3, 4, 5}, 8);
    const Value large = first(computed("Add", {x, floats({1}, {1000})}));  // would overflow without care
    const Value shares = first(computed("Softmax", {large}, {{"axis", std::int64_t{1}}}));
    const Value sums = first(computed("ReduceSum", {shares, wholes({1})}));
    for (const float sum : sums.values<float>()) QVERIFY(std::abs(sum - 1) < 1e-6);
    const Value logarithms = first(computed("LogSoftmax", {large}, {{"axis", std::int64_t{1}}}));
    for (std::size_t i = 0; i < 60; ++i)
      QVERIFY(std::abs(std::exp(logarithms.values<float>()[i]) - shares.values<float>()[i]) < 1e-4);
  }

  // As in PyTorch: an inspector must see where a network blew up.
  void notANumberPassesThroughLargestValues() {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (const std::vector<float>& values : {std::vector<float>{nan, 1, 2}, std::vector<float>{1, nan, 2}}) {
      const Value x = floats({1, 1, 3}, values);
      for (const Value& got :
           {first(computed("ReduceMax", {x}, {{"axes", List{2}}})), first(computed("GlobalMaxPool", {x})),
            first(computed("MaxPool", {x}, {{"kernel_shape", List{3}}}))})
        QVERIFY(std::isnan(got.values<float>()[0]));
    }
  }

  void maxPoolSaysWhereItsValuesStand() {
    const Value x = noise({2, 3, 6, 7}, 9);
    const auto got = computed("MaxPool", {x}, {{"kernel_shape", List{3, 2}}, {"strides", List{2, 2}}}, 2);
    QVERIFY_RESULT(got);
    const auto values = (*got)[0].values<float>();
    const auto places = (*got)[1].values<std::int64_t>();
    for (std::size_t i = 0; i < values.size(); ++i)
      QCOMPARE(x.values<float>()[static_cast<std::size_t>(places[i])], values[i]);
  }

  void anyNumberOfThreadsGivesTheSameBits_data() {
    QTest::addColumn<QString>("op");
    QTest::addColumn<std::vector<Value>>("inputs");
    QTest::addColumn<Attributes>("attributes");
    const Value x = noise({2, 16, 6, 20, 20}, 10);
    QTest::addRow("conv") << "Conv" << std::vector<Value>{x, noise({16, 16, 3, 3, 3}, 11)} << Attributes{};
    QTest::addRow("pool") << "AveragePool" << std::vector<Value>{x}
                          << Attributes{{"kernel_shape", List{2, 3, 3}}};
    QTest::addRow("add") << "Add" << std::vector<Value>{x, noise({16, 1, 1, 1}, 12)} << Attributes{};
    QTest::addRow("product") << "MatMul" << std::vector<Value>{noise({70, 300}, 13), noise({300, 513}, 14)}
                             << Attributes{};
    QTest::addRow("mean") << "ReduceMean" << std::vector<Value>{x} << Attributes{{"axes", List{0, 2}}};
  }
  void anyNumberOfThreadsGivesTheSameBits() {
    QFETCH(QString, op);
    QFETCH(std::vector<Value>, inputs);
    QFETCH(Attributes, attributes);
    const Value one = first(computed(op.toStdString(), inputs, attributes, 1, 13, 1));
    for (const int threads : {2, 3, 7}) {
      const Value many = first(computed(op.toStdString(), inputs, attributes, 1, 13, threads));
      QVERIFY(std::memcmp(one.bytes(), many.bytes(), static_cast<std::size_t>(one.byteCount())) == 0);
    }
  }

  void refusalsNameTheNode_data() {
    QTest::addColumn<QString>("op");
    QTest::addColumn<std::vector<Value>>("inputs");
    QTest::addColumn<Attributes>("attributes");
    QTest::addColumn<QString>("part");
    using Inputs = std::vector<Value>;
    const Value x = counting({1, 2, 4, 4});
    QTest::addRow("no weights") << "Conv" << Inputs{x} << Attributes{} << "lacks its input 2";
    QTest::addRow("weights of another rank")
        << "Conv" << Inputs{x, counting({1, 2, 3})} << Attributes{} << "weights of 1 × 2 × 3 for an input of";
    QTest::addRow("channels") << "Conv" << Inputs{x, counting({1, 3, 1, 1})} << Attributes{}
                              << "weights for 3 channels in each of 1 groups";
    QTest::addRow("kernel too large")
        << "Conv" << Inputs{x, counting({1, 2, 5, 1})} << Attributes{} << "height";
    QTest::addRow("biases") << "Conv" << Inputs{x, counting({1, 2, 1, 1}), counting({2})} << Attributes{}
                            << "biases of 2 for 1 filters";
    QTest::addRow("stride of 0") << "MaxPool" << Inputs{x}
                                 << Attributes{{"kernel_shape", List{1, 1}}, {"strides", List{0, 1}}}
                                 << "a stride of 0";
    QTest::addRow("pool too large") << "MaxPool" << Inputs{x} << Attributes{{"kernel_shape", List{1, 9}}}
                                    << "along width its window spans 9 and its input has 4";
    QTest::addRow("kind of attribute")
        << "MaxPool" << Inputs{x} << Attributes{{"kernel_shape", std::string("3")}}
        << "“kernel_shape” that is no list of whole numbers";
    QTest::addRow("axis") << "Concat" << Inputs{x, x} << Attributes{{"axis", std::int64_t{4}}}
                          << "names axis 4";
    QTest::addRow("extents") << "Add" << Inputs{x, counting({3})} << Attributes{}
                             << "cannot bring 1 × 2 × 4 × 4 and 3";
    QTest::addRow("types") << "Add" << Inputs{x, wholes({1})} << Attributes{} << "reads int64 as its input 2";
    QTest::addRow("division") << "Div" << Inputs{wholes({1}), wholes({0})} << Attributes{}
                              << "divides a whole number by 0";
    QTest::addRow("shape") << "Reshape" << Inputs{x, wholes({5, -1})} << Attributes{}
                           << "cannot share 32 elements";
    QTest::addRow("huge") << "ConstantOfShape" << Inputs{wholes({1 << 20, 1 << 20})} << Attributes{}
                          << "has more than 2147483647 elements";
    QTest::addRow("place") << "Gather" << Inputs{counting({3}), wholes({3})} << Attributes{}
                           << "takes element 3 of 3";
    QTest::addRow("cubic") << "Resize" << Inputs{x, Value(), floats({4}, {1, 1, 2, 2})}
                           << Attributes{{"mode", std::string("cubic")}}
                           << "nearest and linear are supported";
    QTest::addRow("endless scale") << "Resize" << Inputs{x, Value(), floats({4}, {1, 1, 1e30F, 2})}
                                   << Attributes{} << "scales an axis of 4";
    QTest::addRow("product") << "MatMul" << Inputs{counting({2, 3}), counting({2, 3})} << Attributes{}
                             << "cannot multiply 2 × 3 by 2 × 3";
  }
  void refusalsNameTheNode() {
    QFETCH(QString, op);
    QFETCH(std::vector<Value>, inputs);
    QFETCH(Attributes, attributes);
    QFETCH(QString, part);
    const auto got = computed(op.toStdString(), inputs, attributes);
    QVERIFY(!got);
    const QString message = QString::fromStdString(got.error().message);
    QVERIFY2(message.contains(part), qPrintable(message));
    QVERIFY2(message.startsWith("Node “" + op + "1” (" + op + ")") && message.endsWith('.'),
             qPrintable(message));
  }
};

QTEST_GUILESS_MAIN(TestOnnxOps)
#include "tst_onnx_ops.moc"
