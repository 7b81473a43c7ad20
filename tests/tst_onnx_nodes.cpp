// ONNX's own test cases (Debian: libonnx-testdata): one small model each, with inputs and outputs.
#include "engine/network/onnx_reader.h"
#include "engine/network/runner.h"

#include <QtTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

using namespace convscope;
namespace fs = std::filesystem;

namespace {

const fs::path kData = "/usr/share/libonnx-testdata/data";

/// What a case came to: nothing is a pass.
struct Outcome {
  std::string skipped;
  std::string failed;
};

/// Cases of supported operators that ask for what is not supported: how their names begin, and what the
/// sentence must say.
constexpr std::array kKnownRefusals{
    std::pair{"test_resize_downsample_scales_cubic", "“cubic”"},
    std::pair{"test_resize_downsample_sizes_cubic", "“cubic”"},
    std::pair{"test_resize_upsample_scales_cubic", "“cubic”"},
    std::pair{"test_resize_upsample_sizes_cubic", "“cubic”"},
    std::pair{"test_cast_DOUBLE_to_FLOAT16", "makes a type that is not supported"},
    std::pair{"test_cast_FLOAT_to_BFLOAT16", "makes a type that is not supported"},
    std::pair{"test_cast_FLOAT_to_FLOAT16", "makes a type that is not supported"},
    std::pair{"test_cast_FLOAT_to_STRING", "makes a type that is not supported"},
    std::pair{"test_training_dropout", "drops values at random"},
};

/// This case puts extent × scale = 2.4 where the operator's definition has the length of the result, 2.
/// PyTorch and ONNX Runtime follow the definition, and so do we.
constexpr const char* kContradictsItsDefinition = "test_resize_downsample_scales_linear_align_corners";

bool isKnownRefusal(const std::string& name, const std::string& message) {
  return std::ranges::any_of(kKnownRefusals, [&](const auto& known) {
    return name.starts_with(known.first) && message.find(known.second) != std::string::npos;
  });
}

/// Empty where the two are the same to ONNX's own tolerance, tightened tenfold.
std::string difference(const Value& got, const Value& wanted) {
  if (got.type() != wanted.type())
    return std::string("is ") + elementTypeName(got.type()) + " instead of " + elementTypeName(wanted.type());
  if (got.dims() != wanted.dims())
    return "is " + dimsText(got.dims()) + " instead of " + dimsText(wanted.dims());
  const std::vector<double> is = realNumbers(got), should = realNumbers(wanted);
  for (std::size_t i = 0; i < is.size(); ++i) {
    const bool same = is[i] == should[i] || (std::isnan(is[i]) && std::isnan(should[i]));
    if (same || std::abs(is[i] - should[i]) <= 1e-6 + 1e-4 * std::abs(should[i])) continue;
    return "holds " + std::to_string(is[i]) + " instead of " + std::to_string(should[i]) + " at " +
           std::to_string(i);
  }
  return {};
}

Outcome runCase(const fs::path& folder, ThreadPool& pool) {
  if (folder.filename() == kContradictsItsDefinition)
    return {"It contradicts the operator's definition.", {}};
  auto graph = readOnnx((folder / "model.onnx").string());
  if (!graph) return {graph.error().message, {}};
  Runner runner(std::make_shared<const Graph>(std::move(*graph)));
  for (int set = 0; fs::exists(folder / ("test_data_set_" + std::to_string(set))); ++set) {
    const fs::path data = folder / ("test_data_set_" + std::to_string(set));
    RunRequest request;
    for (std::size_t i = 0; i < runner.graph().inputs.size(); ++i) {
      const auto input = readOnnxTensor((data / ("input_" + std::to_string(i) + ".pb")).string());
      if (!input) return {input.error().message, {}};
      request.inputs.push_back(*input);
    }
    const auto run = runner.run(request, {pool, {}});
    if (!run) {
      const std::string& message = run.error().message;
      return isKnownRefusal(folder.filename().string(), message) ? Outcome{message, {}}
                                                                 : Outcome{{}, message};
    }
    request.sizesOnly = true;
    const auto sizes = runner.run(request, {pool, {}});
    if (!sizes || sizes->dims != run->dims) return {{}, "has other sizes where only sizes are asked for"};
    for (std::size_t i = 0; i < run->outputs.size(); ++i) {
      const auto wanted = readOnnxTensor((data / ("output_" + std::to_string(i) + ".pb")).string());
      if (!wanted) return {wanted.error().message, {}};
      if (const std::string wrong = difference(run->outputs[i], *wanted); !wrong.empty())
        return {{}, "output " + std::to_string(i) + " " + wrong};
    }
  }
  return {};
}

}  // namespace

class TestOnnxNodes : public QObject {
  Q_OBJECT

 private slots:
  void everySupportedCaseHasItsOutputs_data() {
    QTest::addColumn<QString>("collection");
    QTest::addColumn<int>("fewest");  // cases that must pass: one that is skipped where it was not is a loss
    QTest::addRow("one operator") << "node" << 294;
    QTest::addRow("layers of PyTorch") << "pytorch-converted" << 63;
    QTest::addRow("operators of PyTorch") << "pytorch-operator" << 17;
    QTest::addRow("small graphs") << "simple" << 5;
  }
  void everySupportedCaseHasItsOutputs() {
    QFETCH(QString, collection);
    QFETCH(int, fewest);
    const fs::path folder = kData / collection.toStdString();
    if (!fs::is_directory(folder)) QSKIP("ONNX's test cases are not installed (Debian: libonnx-testdata).");
    std::vector<fs::path> cases;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (fs::exists(entry.path() / "model.onnx")) cases.push_back(entry.path());
    }
    std::ranges::sort(cases);
    ThreadPool pool(2);
    int passed = 0, failed = 0;
    std::string text;
    for (const fs::path& one : cases) {
      const Outcome outcome = runCase(one, pool);
      const std::string name = one.filename().string();
      if (!outcome.failed.empty()) {
        ++failed;
        qWarning("WRONG   %s: %s", name.c_str(), outcome.failed.c_str());
      } else if (!outcome.skipped.empty()) {
        text += "skipped " + name + ": " + outcome.skipped + '\n';
        QVERIFY2(outcome.skipped.ends_with('.'), outcome.skipped.c_str());
      } else {
        ++passed;
        text += "passed  " + name + '\n';
      }
    }
    std::fputs(text.c_str(), stdout);
    std::printf("%s: %d of %zu cases passed, %d wrong, the others need what is not supported\n",
                qPrintable(collection), passed, cases.size(), failed);
    QCOMPARE(failed, 0);
    QVERIFY2(passed >= fewest, qPrintable(QString::number(passed)));
  }
};

QTEST_GUILESS_MAIN(TestOnnxNodes)
#include "tst_onnx_nodes.moc"
