#include "engine/field/architecture_presets.h"
#include "engine/field/layer_table.h"

#include <QFile>
#include <QtTest>

#include <map>
#include <set>

using namespace convscope;

namespace {

QString byAxis(double t, double y, double x) {
  return QStringLiteral("%1×%2×%3").arg(t).arg(y).arg(x);
}

QString byAxis(const Triple& triple) {
  return byAxis(triple.t, triple.y, triple.x);
}

QString paddingText(const LayerRow& row) {
  return byAxis(row.padding[0].before, row.padding[1].before, row.padding[2].before);
}

LayerTable tableNamed(const QString& name) {
  const auto stack = architectureNamed(name.toStdString());
  Q_ASSERT(stack);
  auto table = tableOf(*stack);
  if (!table) qFatal("%s", table.error().message.c_str());
  return std::move(*table);
}

const LayerRow* rowNamed(const LayerTable& table, const QString& name) {
  const auto row =
      std::ranges::find(table.rows, name.toStdString(), [](const LayerRow& r) { return r.layer.name; });
  return row == table.rows.end() ? nullptr : &*row;
}

/// Sum over the rows whose name begins so.
std::int64_t weightsUnder(const LayerTable& table, const QString& prefix) {
  std::int64_t sum = 0;
  for (const LayerRow& row : table.rows) {
    if (QString::fromStdString(row.layer.name).startsWith(prefix)) sum += row.weights;
  }
  return sum;
}

/// Over convolutions alone, as papers count.
double convolutionWork(const LayerTable& table) {
  double sum = 0;
  for (const LayerRow& row : table.rows) {
    if (row.layer.kind == LayerKind::Conv) sum += static_cast<double>(row.multiplyAdds);
  }
  return sum;
}

}  // namespace

class TestArchitectures : public QObject {
  Q_OBJECT

 private slots:
  // golden/architectures.csv: tables made from the networks' public code by an independent script.
  void everyPublishedRowIsMet() {
    QFile file(QStringLiteral(GOLDEN_FOLDER "/architectures.csv"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    file.readLine();
    int rows = 0;
    QString network;
    LayerTable table;
    while (!file.atEnd()) {
      const QStringList cells = QString::fromUtf8(file.readLine()).trimmed().split(u',');
      QCOMPARE(cells.size(), 11);
      if (cells[0] != network) table = tableNamed(network = cells[0]);
      const QByteArray at = (network + u' ' + cells[1]).toUtf8();
      const LayerRow* const row = rowNamed(table, cells[1]);
      QVERIFY2(row != nullptr, at);
      const bool block = row->layer.kind == LayerKind::Concat;  // golden rows name its widest branch
      if (!block) {
        QVERIFY2(byAxis(row->layer.kernel) == cells[2], at);
        QVERIFY2(byAxis(row->layer.stride) == cells[3], at);
        if (!cells[4].isEmpty()) QVERIFY2(paddingText(*row) == cells[4], at);
        QVERIFY2(row->inputChannels == cells[5].toInt(), at);
      }
      QVERIFY2(row->output.channels == cells[6].toInt(), at);
      QVERIFY2(byAxis(row->output.extent()) == cells[7], at);
      const auto& field = row->field;
      QVERIFY2(byAxis(field[0].jump, field[1].jump, field[2].jump) == cells[8], at);
      QVERIFY2(byAxis(field[0].size, field[1].size, field[2].size) == cells[9], at);
      const std::int64_t weights = block ? weightsUnder(table, cells[1] + u'.') : row->weights;
      QVERIFY2(weights == cells[10].toLongLong(), at);
      ++rows;
    }
    QCOMPARE(rows, 123);
  }

  void totalsAreThePublishedOnes_data() {
    QTest::addColumn<QString>("network");
    QTest::addColumn<qint64>("weights");  // 0: not published exactly
    QTest::addColumn<double>("work");     // 10⁹ multiply-adds of the convolutions, to the digits given
    QTest::addColumn<double>("digits");
    QTest::addRow("C3D") << "c3d" << qint64{27'655'936 + 50'339'840 + 4097 * 487} << 38.50 << .01;
    QTest::addRow("R3D") << "r3d-18" << qint64{33'371'472} << 40.70 << .01;
    QTest::addRow("MC3") << "mc3-18" << qint64{11'695'440} << 43.34 << .01;
    QTest::addRow("R(2+1)D") << "r2plus1d-18" << qint64{31'505'325} << 40.52 << .01;
    QTest::addRow("I3D") << "i3d" << qint64{12'697'264} << 111.15 << .01;
    QTest::addRow("S3D") << "s3d" << qint64{8'320'048} << 0.0 << 0.0;
    QTest::addRow("X3D-S") << "x3d-s" << qint64{3'794'274} << 1.96 << .01;
    QTest::addRow("X3D-M") << "x3d-m" << qint64{3'794'274} << 4.73 << .02;
  }
  void totalsAreThePublishedOnes() {
    QFETCH(QString, network);
    QFETCH(qint64, weights);
    QFETCH(double, work);
    QFETCH(double, digits);
    const LayerTable table = tableNamed(network);
    QCOMPARE(qint64{table.weights}, weights);
    if (work > 0) QVERIFY(std::abs(convolutionWork(table) / 1e9 - work) < digits);
  }

  // SlowFast R50 8 × 8 has 34.57 million weights, head counted: 2304 features to 400 classes.
  void twoPathwaysMakeSlowFast() {
    const std::int64_t slow = tableNamed("slowfast-slow").weights;
    const std::int64_t fast = tableNamed("slowfast-fast").weights;
    const double millions = static_cast<double>(slow + fast + 2304 * 400 + 400) / 1e6;
    QVERIFY2(std::abs(millions - 34.57) < .005, qPrintable(QString::number(millions)));
  }

  void slowPathwaySeesAsResNet50() {
    const LayerTable table = tableNamed("slowfast-slow");
    const LayerRow* const last = rowNamed(table, "res5.2.add");
    QVERIFY(last != nullptr);
    QCOMPARE(last->field[1].size, 427);
    QCOMPARE(last->field[0].size, 19);  // nine layers of three frames
    QCOMPARE(last->output.channels, 2048);
  }

  // Factorising changes weights and work, not what is seen.
  void factorisedNetworkSeesTheSame() {
    const LayerTable whole = tableNamed("r3d-18");
    const LayerTable factored = tableNamed("r2plus1d-18");
    for (const char* const block : {"layer1.1.add", "layer2.0.add", "layer3.1.add", "layer4.1.add"}) {
      QVERIFY2(rowNamed(whole, block)->field == rowNamed(factored, block)->field, block);
    }
  }

  // The gate is the only way in which X3D's units see the whole clip.
  void squeezeExcitationIsLeftOutAndMarked() {
    const LayerTable table = tableNamed("x3d-s");
    QVERIFY(!rowNamed(table, "res2.0.conv_b")->seesWhole);
    QVERIFY(rowNamed(table, "res2.0.se")->seesWhole);
    QVERIFY(rowNamed(table, "res2.1.conv_a")->seesWhole);
    const auto counted = fieldsOf(table.graph, Gates::Count);
    const auto row =
        std::ranges::find(table.rows, std::string("res2.0.add"), [](const auto& r) { return r.layer.name; });
    const auto node = static_cast<std::size_t>(row - table.rows.begin()) + 1;
    QVERIFY(counted[node][1].size >= 160);
    QCOMPARE(row->field[1].size, 7);
  }

  // Every preset's table against following every tap: a unit in the middle and one at the corner of each
  // layer.
  void everyPresetEqualsFollowingEveryTap_data() {
    QTest::addColumn<QString>("network");
    for (const ArchitecturePreset& preset : architecturePresets())
      QTest::addRow("%s", preset.name) << preset.name;
  }
  void everyPresetEqualsFollowingEveryTap() {
    QFETCH(QString, network);
    const LayerTable table = tableNamed(network);
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
      const LayerRow& row = table.rows[i];
      for (const Axis axis : kAxes) {
        const AxisField& field = row.field[static_cast<std::size_t>(axis)];
        for (const int unit : {0, row.output.along(axis) / 2}) {
          const std::set<int> seen = followTaps(table, static_cast<int>(i), axis, unit);
          QVERIFY2(field.first(unit) == *seen.begin() && field.first(unit) + field.size - 1 == *seen.rbegin(),
                   row.layer.name.c_str());
        }
      }
    }
  }

  void figuresHaveTheArticlesShapes() {
    const LayerTable eight = tableNamed("figure-8");
    QCOMPARE(eight.rows.back().field[1].size, 5);
    QCOMPARE(eight.rows.back().field[0].size, 1);
    const LayerTable nine = tableNamed("figure-9");
    QCOMPARE(nine.rows[0].output.length, 3);
    QCOMPARE(nine.rows[1].output.length, 2);
    QCOMPARE(nine.rows[2].output.length, 1);
    QCOMPARE(nine.rows[2].field[0].size, 4);
  }

  void unknownNameNamesTheNearest() {
    const auto stack = architectureNamed("r3d18");
    QVERIFY(!stack);
    QCOMPARE(stack.error().code, ErrorCode::BadUsage);
    QVERIFY2(stack.error().message.find("r3d-18") != std::string::npos, stack.error().message.c_str());
  }

 private:
  /// By sets of positions, layer by layer; shares nothing with the engine but the rows' kernels and inputs.
  static std::set<int> followTaps(const LayerTable& table, int layer, Axis axis, int unit) {
    std::map<int, std::set<int>> wanted{{layer, {unit}}};
    while (wanted.rbegin()->first >= 0) {
      const auto [at, units] = *wanted.rbegin();
      wanted.erase(at);
      const LayerRow& row = table.rows[static_cast<std::size_t>(at)];
      const std::vector<int> inputs = row.layer.inputs.empty() ? std::vector<int>{at - 1} : row.layer.inputs;
      for (const int input : inputs) {
        for (const int position : units) {
          for (int tap = 0; tap < row.layer.kernel[axis]; ++tap) {
            wanted[input].insert(position * row.layer.stride[axis] + tap * row.layer.dilation[axis] -
                                 row.padding[static_cast<std::size_t>(axis)].before);
          }
        }
      }
    }
    return wanted[LayerSpec::kClip];
  }
};

QTEST_GUILESS_MAIN(TestArchitectures)
#include "tst_architectures.moc"
