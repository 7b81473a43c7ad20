#include "app/batch.h"
#include "engine/classify/readout.h"
#include "engine/clip/npy.h"
#include "engine/conv/convolve.h"

#include <nlohmann/json.hpp>

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

using namespace convscope;

namespace {

#define QVERIFY_RESULT(result) QVERIFY2(result, result ? "" : result.error().message.c_str())

Result<Options> parsed(const QString& line) {
  std::vector<std::string> arguments;
  for (const QString& word : line.split(QLatin1Char(' '), Qt::SkipEmptyParts))
    arguments.push_back(word.toStdString());
  return parseCommandLine(arguments);
}

Result<void> batch(const QString& line, std::string* printed = nullptr) {
  const auto options = parsed("--batch " + line);
  if (!options) return tl::unexpected(options.error());
  std::ostringstream out;
  auto done = runBatch(*options, out, nullptr);
  if (printed != nullptr) *printed = out.str();
  return done;
}

/// An exported (L, H, W, C) array in the engine's own order.
Tensor clipOf(const NpyArray& array) {
  const Shape shape{static_cast<int>(array.shape[0]), static_cast<int>(array.shape[1]),
                    static_cast<int>(array.shape[2]), static_cast<int>(array.shape[3])};
  Tensor clip(shape);
  std::size_t next = 0;
  for (int t = 0; t < shape.length; ++t) {
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) {
        for (int c = 0; c < shape.channels; ++c) clip.at(t, y, x, c) = array.values[next++];
      }
    }
  }
  return clip;
}

}  // namespace

class TestBatch : public QObject {
  Q_OBJECT

 private slots:
  void exportedMapsFollowFromTheExportedInput_data() {
    QTest::addColumn<QString>("line");
    QTest::addRow("valid rgb") << "--kernel 3,3,3";
    QTest::addRow("same grey bank") << "--kernel 2,3,4 --grey --filters 4 --padding same";
    QTest::addRow("causal strided") << "--kernel 3,3,3 --padding causal --stride 1,2,3 --bias 0.5";
    QTest::addRow("full dilated square")
        << "--kernel 2,3,2 --padding full --dilation 2,1,2 --activation square";
    QTest::addRow("custom reflect flip")
        << "--kernel 3,3,3 --padding 2:1,1:2,0:3 --padding-value reflect --flip";
    QTest::addRow("groups") << "--kernel 2,3,3 --groups 3 --filters 6";
  }
  void exportedMapsFollowFromTheExportedInput() {
    QFETCH(QString, line);
    QTemporaryDir folder;
    const QString clip = "--lab dot,height=17,width=13,noise=0.2 --seed 5 --frames 1:7 ";
    const std::string input = folder.filePath("input.npy").toStdString();
    const std::string maps = folder.filePath("maps.npy").toStdString();
    const auto done = batch(clip + line + " --export-input " + QString::fromStdString(input) +
                            " --export-maps " + QString::fromStdString(maps));
    QVERIFY_RESULT(done);
    const auto fed = readNpy(input);
    QVERIFY_RESULT(fed);
    QCOMPARE(fed->shape.size(), std::size_t{4});
    const auto got = readNpy(maps);
    QVERIFY_RESULT(got);

    const auto state = stateOf(parsed(clip + line).value());
    QVERIFY_RESULT(state);
    const KernelStudy& study = state->kernel();
    const auto wanted = convolveReference(clipOf(*fed), study.conv, study.bank);
    QVERIFY_RESULT(wanted);
    const Shape& shape = wanted->shape();
    QVERIFY(
        (got->shape == std::vector<std::int64_t>{shape.channels, shape.length, shape.height, shape.width}));
    double largest = 0;
    for (std::size_t i = 0; i < got->values.size(); ++i) {
      largest = std::max(largest, std::abs(double{got->values[i]} - double{wanted->values()[i]}));
    }
    QVERIFY2(largest < 1e-4, qPrintable(QString::number(largest)));
  }

  void sizesArePrinted() {
    std::string printed;
    QVERIFY_RESULT(batch("--lab dot,height=20,width=30 --frames 1:6 --kernel 2,3,5 --filters 3", &printed));
    QVERIFY2(printed.find("input  6 × 20 × 30 × 3") != std::string::npos, printed.c_str());
    QVERIFY2(printed.find("maps   3 of 5 × 18 × 26") != std::string::npos, printed.c_str());
  }

  void anArrayOfOneChannelIsGrey() {
    QTemporaryDir folder;
    const QString path = folder.filePath("clip.npy");
    std::string printed;
    for (const std::vector<std::int64_t>& shape :
         {std::vector<std::int64_t>{5, 8, 9}, std::vector<std::int64_t>{5, 8, 9, 1}}) {
      QVERIFY_RESULT(writeNpy(path.toStdString(), shape, std::vector<float>(5 * 8 * 9, 0.5F)));
      QVERIFY_RESULT(batch(path + " --frames 1:5 --kernel 2,3,3", &printed));
      QVERIFY2(printed.find("input  5 × 8 × 9 × 1") != std::string::npos, printed.c_str());
    }
  }

  void theInputAloneNeedsNoKernelThatFits() {
    QTemporaryDir folder;
    const QString path = folder.filePath("input.npy");
    QVERIFY_RESULT(batch("--lab dot --frames 1:2 --kernel 7,3,3 --export-input " + path));
    QVERIFY(readNpy(path.toStdString())->shape[0] == 2);
  }

  void readoutTableIsCsvAndTheSameEveryTime() {
    std::string first;
    QVERIFY_RESULT(batch("--readout-table --kernel 2,3,3", &first));
    const QStringList lines = QString::fromStdString(first).split('\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 3);
    QCOMPARE(lines[0], "l,h,w,stride,accuracy,still,left,right,up,down,flicker,noise,partial");
    QVERIFY(lines[1].startsWith("2,3,3,1,") && lines[2].startsWith("2,3,3,2,"));
    for (const QString& line : lines.mid(1)) {
      const QStringList cells = line.split(',');
      QCOMPARE(cells.size(), 13);
      double sum = 0;
      for (const QString& cell : cells.mid(5, 7)) sum += cell.toDouble() / 7;
      QVERIFY2(std::abs(sum - cells[4].toDouble()) < 1e-4, qPrintable(line));  // classes are of one size
    }
    forgetReadouts();
    std::string second;
    QVERIFY_RESULT(batch("--readout-table --kernel 2,3,3", &second));
    QCOMPARE(second, first);
  }

  void readoutTableHeedsStrideAndBank() {
    std::string printed;
    QVERIFY_RESULT(
        batch("--readout-table --kernel 1,3,3 --stride 3,2,2 --bank own --preset sobel-x", &printed));
    QVERIFY2(printed.find("\n1,3,3,3,") != std::string::npos, printed.c_str());
    QCOMPARE(std::ranges::count(printed, '\n'), 2);
  }

  void effectiveFieldIsMeasured() {
    QTemporaryDir folder;
    std::string printed;
    QVERIFY_RESULT(
        batch("--field c3d --effective --weights uniform --borders ideal --layer conv5b", &printed));
    QVERIFY2(printed.starts_with("layer,unit,field,measure,sigma,width95,mean,runs,silent\nconv5b,"),
             printed.c_str());
    QVERIFY2(printed.find(",68×134×134,|gradient|,10.8896×21.7390×21.7390,") != std::string::npos,
             printed.c_str());
    QVERIFY2(printed.find(",44×86×86,") != std::string::npos, printed.c_str());
    const QString volume = folder.filePath("e.npy");
    QVERIFY_RESULT(
        batch("--field figure-8 --effective --runs 3 --unit 1,1,1 --export-effective " + volume, &printed));
    const auto read = readNpy(volume.toStdString());
    QVERIFY_RESULT(read);
    QCOMPARE(read->shape, (std::vector<std::int64_t>{1, 5, 5}));
    const QString json = folder.filePath("e.json");
    const QString csv = folder.filePath("e.csv");
    QVERIFY_RESULT(batch("--field figure-9 --effective --export-effective " + json + " --export-field " + csv,
                         &printed));
    QVERIFY2(printed.empty(), printed.c_str());
    std::ifstream file(json.toStdString());
    const auto parsed = nlohmann::json::parse(file, nullptr, false);
    QCOMPARE(parsed["field"]["size"], nlohmann::json({4, 1, 1}));
    QCOMPARE(parsed["runs"], 16);
    QVERIFY_RESULT(batch("--field figure-9 --effective --layer all --weights uniform", &printed));
    QCOMPARE(std::ranges::count(printed, '\n'), 1 + 2 * 3);
    const auto wrong = batch("--field figure-9 --effective --layer layer4");
    QVERIFY(!wrong && wrong.error().code == ErrorCode::BadUsage);
    QVERIFY2(wrong.error().message.find("layer4") != std::string::npos, wrong.error().message.c_str());
  }

  void fieldIsPrintedOrWritten() {
    std::string printed;
    QVERIFY_RESULT(batch("--field c3d", &printed));
    QVERIFY2(printed.find("\nconv5b,3×3×3,1×1×1,1×1×1,2×7×7,8×16×16,3.5×7.5×7.5,68×134×134,7078400,") !=
                 std::string::npos,
             printed.c_str());
    QTemporaryDir folder;
    const QString path = folder.filePath("c3d.csv");
    std::string said;
    QVERIFY_RESULT(batch("--field c3d --export-field " + path, &said));
    QVERIFY2(said.find("layers  16\n") != std::string::npos, said.c_str());
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll().toStdString(), printed);
  }

  void aNetworksStateIsNoLayerOfKernels() {
    const auto done = batch("--scene fig-8");
    QVERIFY(!done);
    QCOMPARE(exitCodeOf(done.error()), 2);
    QVERIFY2(done.error().message.find("--field") != std::string::npos, done.error().message.c_str());
  }

  void tuningIsATableOfGratings() {
    std::string printed;
    QVERIFY_RESULT(batch("--tuning --preset gabor-right-even", &printed));
    const QStringList lines = QString::fromStdString(printed).split('\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 1 + 9 * 48);
    QCOMPARE(lines[0], QStringLiteral("direction,speed,amplitude"));
    const auto amplitude = [&](const QString& start) {
      for (const QString& line : lines)
        if (line.startsWith(start)) return line.section(',', 2).toDouble();
      return -1.0;
    };
    // a preset of one channel gives green, the strongest, .587 of its weights: the ratio stays
    const double ratio = amplitude("0.000,1.000,") / amplitude("180.000,1.000,");
    QVERIFY2(std::abs(ratio * ratio / 634 - 1) < .01, qPrintable(QString::number(ratio * ratio)));
    QTemporaryDir folder;
    const QString file = folder.filePath("tuning.csv");
    QVERIFY_RESULT(batch("--tuning --filters 2 --preset moving-right --export-tuning " + file, &printed));
    QVERIFY2(printed.find("filter 2  strongest") != std::string::npos, printed.c_str());
    QFile csv(file);
    QVERIFY(csv.open(QIODevice::ReadOnly));
    QCOMPARE(csv.readLine(), QByteArray("filter,direction,speed,amplitude\n"));
    QCOMPARE(csv.readAll().count('\n'), 2 * 9 * 48);
  }

  void unknownNetworkIsBadUsage() {
    const auto done = batch("--field c3e");
    QVERIFY(!done);
    QCOMPARE(exitCodeOf(done.error()), 2);
    QVERIFY2(done.error().message.find("the nearest is c3d") != std::string::npos,
             done.error().message.c_str());
  }

  void aClipIsChangedBeforeItIsExported() {
    QTemporaryDir folder;
    const QString plain = folder.filePath("plain.npy"), changed = folder.filePath("changed.npy");
    const auto line = [](const QString& more) {
      return "--lab dot --frames 1:4 --resize 6x8 --export-input " + more;
    };
    QVERIFY_RESULT(batch(line(plain)));
    QVERIFY_RESULT(batch(line(changed) + " --clip-change reverse,shift-x=2"));
    const auto before = readNpy(plain.toStdString()), after = readNpy(changed.toStdString());
    QVERIFY_RESULT(after);
    const Tensor one = clipOf(*before), other = clipOf(*after);
    for (int t = 0; t < 4; ++t) {
      for (int x = 0; x < 8; ++x) QCOMPARE(other.at(t, 3, (x + 2) % 8, 1), one.at(3 - t, 3, x, 1));
    }
  }

  void aNetworkIsTestedOnASetOfClips() {
    QTemporaryDir folder;
    const std::string set = folder.filePath("few.json").toStdString();
    std::ofstream(set) << "{\"base\": \"" << LAB_SETS << "/held-out.json\", \"clips\": 24}";
    std::string plain, reversed;
    QVERIFY_RESULT(batch("--model sibling-2d --lab-set " + QString::fromStdString(set), &plain));
    QVERIFY2(plain.starts_with("clips     24\naccuracy  "), plain.c_str());
    QCOMPARE(std::ranges::count(plain, '\n'), 17);  // four lines and the matrix with its head
    QVERIFY_RESULT(batch("--model sibling-2d --clip-change reverse --lab-set " + QString::fromStdString(set),
                         &reversed));
    QVERIFY2(reversed.find("clips     20, and 4 left out") != std::string::npos, reversed.c_str());
    QVERIFY2(reversed.find("the same best class for 100.00 %") != std::string::npos, reversed.c_str());
    QVERIFY_RESULT(
        batch("--export-lab-set " + folder.filePath("set") + " --lab-set " + QString::fromStdString(set)));
    QCOMPARE(readNpy(folder.filePath("set/clips.npy").toStdString())->shape,
             (std::vector<std::int64_t>{24, 16, 32, 32, 1}));
  }

  void shiftsAreWrittenAsATable() {
    QTemporaryDir folder;
    const QString csv = folder.filePath("shifts.csv");
    std::string said;
    QVERIFY_RESULT(batch("--lab dot,height=64,width=64 --model sibling-3d --export-shifts " + csv, &said));
    QVERIFY2(said.starts_with("class   ball right"), said.c_str());
    QFile file(csv);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QList<QByteArray> lines = file.readAll().trimmed().split('\n');
    QCOMPARE(lines.size(), 1 + 3 * 4 * 17);
    QCOMPARE(lines.front(), QByteArray("axis,variant,layer,class,jump,shift,score,difference"));
    QVERIFY(lines[9].startsWith("time,as-trained,") && lines[9].endsWith(",0"));  // no shift, no difference
    const auto wrong = batch("--lab dot --model sibling-3d --layer nowhere --export-shifts " + csv);
    QVERIFY(!wrong && exitCodeOf(wrong.error()) == 2);
  }

  void whatCannotBeDoneIsOneSentence_data() {
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("part");
    QTest::addRow("kernel longer than the clip") << "--lab dot --frames 1:2 --kernel 3,3,3"
                                                 << "time";
    QTest::addRow("no such file") << "/nowhere/clip.mp4"
                                  << "clip.mp4";
    QTest::addRow("unwritable") << "--lab dot --export-maps /nowhere/maps.npy"
                                << "maps.npy";
    QTest::addRow("100 GiB") << "--lab dot --resize 8000x8000 --filters 512 --kernel 1,1,1"
                             << "GiB";
    QTest::addRow("readout of a long kernel") << "--readout-table --kernel 17,1,1"
                                              << "17 frames in time";
    QTest::addRow("unwritable tuning") << "--tuning --export-tuning /nowhere/t.csv"
                                       << "t.csv";
    QTest::addRow("unwritable table") << "--field c3d --export-field /nowhere/c3d.csv"
                                      << "c3d.csv";
    QTest::addRow("groups") << "--lab dot --groups 2 --filters 2 --kernel 3,3,3"
                            << "2";
  }
  void whatCannotBeDoneIsOneSentence() {
    QFETCH(QString, line);
    QFETCH(QString, part);
    const auto done = batch(line);
    QVERIFY(!done);
    const QString message = QString::fromStdString(done.error().message);
    QVERIFY2(message.contains(part), qPrintable(message));
    QVERIFY2(message.endsWith('.') && !message.contains('\n'), qPrintable(message));
    QCOMPARE(exitCodeOf(done.error()), 1);
  }
};

QTEST_GUILESS_MAIN(TestBatch)
#include "tst_batch.moc"
