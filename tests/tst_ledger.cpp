#include "engine/conv/convolve.h"
#include "engine/conv/ledger.h"

#include <QtTest>

#include <QProcess>
#include <QTemporaryDir>

#include <cmath>
#include <cstring>
#include <map>
#include <random>
#include <tuple>

using namespace convscope;

namespace {

constexpr unsigned kSeed = 4711;

struct Case {
  const char* name;
  Shape input;
  ConvSpec spec;
  int filters;
};

ConvSpec specOf(Triple kernel, Triple stride, Triple dilation, PaddingMode mode, PaddingValue value,
                int groups, Activation activation, bool flipped) {
  ConvSpec spec{kernel, stride, dilation, mode, {}, value, groups, activation, flipped};
  spec.custom = {AxisPadding{1, 2}, AxisPadding{0, 1}, AxisPadding{2, 0}};
  return spec;
}

std::vector<Case> cases() {
  using enum PaddingMode;
  using enum PaddingValue;
  const Triple one{1, 1, 1};
  return {
      {"valid", {4, 5, 6, 3}, specOf({2, 3, 3}, one, one, Valid, Zero, 1, Activation::None, false), 2},
      {"same zero relu",
       {4, 5, 6, 3},
       specOf({3, 3, 2}, one, one, Same, Zero, 1, Activation::Relu, false),
       3},
      {"full replicate",
       {3, 4, 5, 1},
       specOf({2, 3, 3}, one, one, Full, Replicate, 1, Activation::None, true),
       1},
      {"same reflect",
       {5, 5, 6, 2},
       specOf({3, 3, 5}, {1, 2, 1}, one, Same, Reflect, 1, Activation::Square, false),
       2},
      {"custom circular",
       {4, 5, 6, 2},
       specOf({2, 2, 3}, {2, 1, 2}, {1, 2, 1}, Custom, Circular, 2, Activation::Absolute, true),
       4},
      {"causal groups",
       {5, 4, 4, 4},
       specOf({3, 2, 1}, one, {2, 1, 1}, Causal, Zero, 4, Activation::None, false),
       4},
      {"stride over gaps",
       {6, 7, 9, 1},
       specOf({2, 1, 2}, {3, 2, 4}, one, Valid, Zero, 1, Activation::None, false),
       1},
  };
}

Tensor randomInput(const Shape& shape) {
  std::mt19937 bits(kSeed);
  Tensor tensor(shape);
  for (float& value : tensor.values()) value = static_cast<float>(bits() / 4294967296.0);
  return tensor;
}

FilterBank randomBank(const Case& layer) {
  FilterBank bank;
  for (int k = 0; k < layer.filters; ++k) {
    bank.push_back(
        randomFilter(layer.spec.kernel, layer.input.channels / layer.spec.groups, kSeed + unsigned(k)));
    bank.back().bias = static_cast<float>(k) * .25F - .5F;
  }
  return bank;
}

void addCaseRows() {
  QTest::addColumn<int>("index");
  const auto all = cases();
  for (int i = 0; i < static_cast<int>(all.size()); ++i) QTest::addRow("%s", all[std::size_t(i)].name) << i;
}

template <class Visit>
void forEachVoxel(const Shape& shape, Visit visit) {
  for (int t = 0; t < shape.length; ++t) {
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) visit(Triple{t, y, x});
    }
  }
}

QByteArray bytesOf(const Tensor& tensor) {
  return {reinterpret_cast<const char*>(tensor.data()), qsizetype(tensor.values().size_bytes())};
}

void writeFile(const QString& path, const QByteArray& bytes) {
  QFile file(path);
  QVERIFY(file.open(QIODevice::WriteOnly));
  QCOMPARE(file.write(bytes), bytes.size());
}

/// Runs driver.py in `folder` and collects the lines it prints; false where no Python here has PyTorch. A
/// script that fails fails the test.
bool runWithTorch(const QString& folder, QStringList& lines) {
  for (const QString& python : {QStringLiteral("python3"), QStringLiteral("/usr/bin/python3")}) {
    QProcess process;
    process.setWorkingDirectory(folder);
    process.start(python, {"-B", "driver.py"});
    if (!process.waitForFinished(110000)) continue;
    const QString errors = QString::fromUtf8(process.readAllStandardError());
    if (errors.contains("No module named 'torch'")) continue;
    if (process.exitCode() != 0) QTest::qFail(qPrintable(errors), __FILE__, __LINE__);
    lines = QString::fromUtf8(process.readAllStandardOutput()).split('\n', Qt::SkipEmptyParts);
    return true;
  }
  return false;
}

}  // namespace

class TestLedger : public QObject {
  Q_OBJECT

 private slots:
  void sumIsTheMapsValue_data() { addCaseRows(); }
  void sumIsTheMapsValue() {
    QFETCH(int, index);
    const Case layer = cases()[std::size_t(index)];
    const Tensor input = randomInput(layer.input);
    const FilterBank bank = randomBank(layer);
    ThreadPool pool(2);
    const auto maps = convolve(input, layer.spec, bank, {pool, {}});
    QVERIFY(maps);
    const auto taps = weightCount(layer.spec.kernel, layer.input.channels / layer.spec.groups);
    double bound = 4 * toleranceFor(taps + 1, 1, 2);
    if (layer.spec.activation == Activation::Square) bound *= 8;
    for (int k = 0; k < layer.filters; ++k) {
      forEachVoxel(maps->shape(), [&](const Triple& at) {
        const auto ledger = ledgerOf(input, layer.spec, bank, k, at);
        QVERIFY(ledger);
        QCOMPARE_LE(std::abs(ledger->value - double{maps->at(at.t, at.y, at.x, k)}), bound);
      });
    }
  }

  void partialSumsAddUp_data() { addCaseRows(); }
  void partialSumsAddUp() {
    QFETCH(int, index);
    const Case layer = cases()[std::size_t(index)];
    const Tensor input = randomInput(layer.input);
    const FilterBank bank = randomBank(layer);
    const auto ledger = ledgerOf(input, layer.spec, bank, layer.filters - 1, {0, 0, 0});
    QVERIFY(ledger);
    QCOMPARE(std::ssize(ledger->cells), weightCount(layer.spec.kernel, ledger->channels));
    std::vector<double> frames(ledger->frameSums.size());
    std::vector<double> channels(ledger->channelSums.size());
    double all = 0;
    for (int t = 0; t < ledger->kernel.t; ++t) {
      for (int c = 0; c < ledger->channels; ++c) {
        double part = 0;
        for (int y = 0; y < ledger->kernel.y; ++y) {
          for (int x = 0; x < ledger->kernel.x; ++x) {
            const LedgerCell& cell = ledger->cell(t, c, y, x);
            QCOMPARE(cell.tap, (Triple{t, y, x}));
            QCOMPARE(cell.channel, ledger->firstChannel + c);
            QCOMPARE(cell.inPadding, !layer.input.contains(cell.source));
            QCOMPARE(cell.product, double{cell.input} * double{cell.weight});
            if (!cell.inPadding) {
              QCOMPARE(cell.input, input.at(cell.source.t, cell.source.y, cell.source.x, cell.channel));
            }
            part += cell.product;
          }
        }
        QVERIFY(qAbs(part - ledger->frameChannelSums[std::size_t(t * ledger->channels + c)]) < 1e-12);
        frames[std::size_t(t)] += part;
        channels[std::size_t(c)] += part;
        all += part;
      }
    }
    for (std::size_t i = 0; i < frames.size(); ++i) QVERIFY(qAbs(frames[i] - ledger->frameSums[i]) < 1e-12);
    for (std::size_t i = 0; i < channels.size(); ++i)
      QVERIFY(qAbs(channels[i] - ledger->channelSums[i]) < 1e-12);
    QVERIFY(qAbs(all - ledger->sum) < 1e-12);
  }

  // Brute force: an output belongs to the reach of an input voxel exactly when changing the voxel changes it,
  // and the number of steps that lead there is the number of products it enters.
  void reachIsWhatAChangeChanges_data() { addCaseRows(); }
  void reachIsWhatAChangeChanges() {
    QFETCH(int, index);
    Case layer = cases()[std::size_t(index)];
    layer.spec.activation = Activation::None;
    FilterBank ones(static_cast<std::size_t>(layer.spec.groups));
    for (Filter& filter : ones) {
      filter.weights.assign(
          std::size_t(weightCount(layer.spec.kernel, layer.input.channels / layer.spec.groups)), 1);
    }
    const auto geometry = geometryOf(layer.input, layer.spec, layer.spec.groups);
    QVERIFY(geometry);
    Tensor input(layer.input);
    forEachVoxel(layer.input, [&](const Triple& at) {
      input.at(at.t, at.y, at.x, 0) = 1;
      const auto maps = convolveReference(input, layer.spec, ones);
      input.at(at.t, at.y, at.x, 0) = 0;
      QVERIFY(maps);
      const Reach reach = reachOf(layer.spec, *geometry, at);
      std::map<std::tuple<int, int, int>, int> steps;
      for (const auto& t : reach.along[0]) {
        for (const auto& y : reach.along[1]) {
          for (const auto& x : reach.along[2]) ++steps[{t.output, y.output, x.output}];
        }
      }
      std::int64_t total = 0;
      forEachVoxel(maps->shape(), [&](const Triple& out) {
        const auto found = steps.find({out.t, out.y, out.x});
        QCOMPARE(maps->at(out.t, out.y, out.x, 0),
                 found == steps.end() ? 0.0F : static_cast<float>(found->second));
        total += found == steps.end() ? 0 : found->second;
      });
      QCOMPARE(reach.count(), total);
    });
  }

  void reachNamesTheTapThatTheLedgerShows() {
    const Case layer = cases()[1];
    const Tensor input = randomInput(layer.input);
    const FilterBank bank = randomBank(layer);
    const auto geometry = geometryOf(layer.input, layer.spec, layer.filters);
    const Triple at{2, 3, 1};
    const Reach reach = reachOf(layer.spec, *geometry, at);
    QVERIFY(reach.count() > 0);
    for (const auto& t : reach.along[0]) {
      for (const auto& y : reach.along[1]) {
        for (const auto& x : reach.along[2]) {
          const auto ledger = ledgerOf(input, layer.spec, bank, 0, {t.output, y.output, x.output});
          QCOMPARE(ledger->cell(t.tap, 0, y.tap, x.tap).source, at);
        }
      }
    }
  }

  void outsideTheMapIsASentence() {
    const Case layer = cases()[0];
    const Tensor input = randomInput(layer.input);
    const FilterBank bank = randomBank(layer);
    const auto filter = ledgerOf(input, layer.spec, bank, 2, {0, 0, 0});
    QVERIFY(!filter);
    QCOMPARE(QString::fromStdString(filter.error().message),
             QString("There is no filter 3: the layer has 2."));
    const auto voxel = ledgerOf(input, layer.spec, bank, 0, {0, 3, 0});
    QVERIFY(!voxel);
    QCOMPARE(QString::fromStdString(voxel.error().message),
             QString("The voxel's position in height, 4, lies outside the map, which has 3."));
  }

  void textAndCsvOfATinyLedger() {
    Tensor input({2, 1, 2, 1});
    input.at(0, 0, 0, 0) = .5F;
    input.at(1, 0, 0, 0) = 1;
    ConvSpec spec;
    spec.kernel = {2, 1, 2};
    spec.padding = PaddingMode::Custom;
    spec.custom[2] = {1, 0};
    spec.activation = Activation::Relu;
    Filter filter;
    filter.weights = {1, -1, 1, 2};
    filter.bias = -.25F;
    const auto ledger = ledgerOf(input, spec, {filter}, 0, {0, 0, 0});
    QVERIFY(ledger);
    QCOMPARE(QString::fromStdString(ledgerText(*ledger, spec)),
             QString(R"(Filter 1, kernel 2 × 1 × 2, voxel t 1, y 1, x 1 (counted from 1)

frame 1, channel 1: input × weight
  y 1, x 0: 0.000 × 1.000 = 0.000 (padding)
  y 1, x 1: 0.500 × −1.000 = −0.500
  sum −0.500

frame 2, channel 1: input × weight
  y 1, x 0: 0.000 × 1.000 = 0.000 (padding)
  y 1, x 1: 1.000 × 2.000 = 2.000
  sum 2.000

frame 1: −0.500
frame 2: 2.000
channel 1: 1.500
all products: 1.500
bias: −0.250
activation: max(0, sum)
value: 1.250
)"));
    QCOMPARE(QString::fromStdString(ledgerCsv(*ledger)), QString(R"(frame,channel,y,x,input,weight,product
0,0,0,-1,0,1,0
0,0,0,0,0.5,-1,-0.5
1,0,0,-1,0,1,0
1,0,0,0,1,2,2
)"));
  }

  // Runs the code of every case in PyTorch, where this machine has it, and compares the maps.
  void torchCodeGivesTheSameMaps() {
    const QTemporaryDir folder;
    std::vector<Tensor> expected;
    std::string driver = "import array, torch\n";
    for (const Case& layer : cases()) {
      const Tensor input = randomInput(layer.input);
      const FilterBank bank = randomBank(layer);
      expected.push_back(std::move(*convolveReference(input, layer.spec, bank)));
      const std::string number = std::to_string(expected.size() - 1);
      const Shape& in = layer.input;
      const auto code = torchCode(layer.spec, *geometryOf(in, layer.spec, layer.filters), bank);
      writeFile(folder.filePath(QString::fromStdString("layer" + number + ".py")),
                QByteArray::fromStdString(code));
      writeFile(folder.filePath(QString::fromStdString("input" + number)), bytesOf(input));
      const std::string shape = std::to_string(in.channels) + ", " + std::to_string(in.length) + ", " +
                                std::to_string(in.height) + ", " + std::to_string(in.width);
      driver.append("from layer").append(number).append(" import layer\nvalues = array.array('f')\n");
      driver.append("values.frombytes(open('input").append(number).append("', 'rb').read())\n");
      driver.append("with torch.no_grad():\n    maps = layer(torch.tensor(values).reshape(1, ").append(shape);
      driver.append("))\nprint(*maps.shape)\nopen('maps").append(number);
      driver.append("', 'wb').write(array.array('f', maps.flatten().tolist()).tobytes())\n");
    }
    writeFile(folder.filePath("driver.py"), QByteArray::fromStdString(driver));
    QStringList shapes;
    if (!runWithTorch(folder.path(), shapes)) {
      QSKIP("PyTorch is not installed here (python3-torch), so the code cannot be run.");
    }
    QCOMPARE(shapes.size(), std::ssize(expected));
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const Shape& out = expected[i].shape();
      QCOMPARE(shapes[qsizetype(i)],
               QString("1 %1 %2 %3 %4").arg(out.channels).arg(out.length).arg(out.height).arg(out.width));
      QFile file(folder.filePath(QString("maps%1").arg(i)));
      QVERIFY(file.open(QIODevice::ReadOnly));
      const QByteArray bytes = file.readAll();
      QCOMPARE(std::size_t(bytes.size()), expected[i].values().size_bytes());
      for (std::size_t n = 0; n < expected[i].values().size(); ++n) {
        float value = 0;
        std::memcpy(&value, bytes.constData() + n * sizeof(float), sizeof(float));
        QVERIFY2(std::abs(value - expected[i].values()[n]) < 2e-5F,
                 qPrintable(QString("%1, value %2: torch %3, here %4")
                                .arg(cases()[i].name)
                                .arg(n)
                                .arg(value)
                                .arg(expected[i].values()[n])));
      }
    }
  }
};

QTEST_GUILESS_MAIN(TestLedger)
#include "tst_ledger.moc"
