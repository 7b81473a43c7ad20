#include "engine/network/onnx_reader.h"
#include "tests/onnx_files.h"

#include <QTemporaryDir>
#include <QtTest>

#include <functional>

using namespace convscope;
using onnx_files::Model;

#define QVERIFY_RESULT(result) QVERIFY2(result, result ? "" : result.error().message.c_str())

namespace {

using Change = std::function<void(onnx::ModelProto&)>;

onnx::TensorProto& firstWeights(onnx::ModelProto& model) {
  return *model.mutable_graph()->mutable_initializer(0);
}

}  // namespace

Q_DECLARE_METATYPE(Change)

class TestOnnxReader : public QObject {
  Q_OBJECT

  QTemporaryDir m_folder;

  Result<Graph> readBytes(const std::string& bytes) {
    const std::string path = m_folder.filePath("net.onnx").toStdString();
    std::ofstream(path, std::ios::binary) << bytes;
    return readOnnx(path);
  }
  Result<Graph> read(const Model& model) { return readBytes(model.bytes()); }

 private slots:
  void aGraphIsWhatTheFileSays() {
    const auto graph = read(onnx_files::smallNetwork());
    QVERIFY_RESULT(graph);
    QCOMPARE(graph->operatorSet, 13);
    QCOMPARE(graph->nodes.size(), std::size_t{10});
    QCOMPARE(graph->initialisers.size(), std::size_t{6});
    QCOMPARE(graph->inputs.size(), std::size_t{1});
    const auto& dims = *graph->inputs.front().dims;
    QCOMPARE(dimsText(dims), std::string("open1 × 2 × 4 × 6 × 5"));
    QVERIFY(!dims[0].fixed && dims[4].fixed == 5);
    const Node& conv = graph->nodes.front();
    QCOMPARE(conv.op, std::string("Conv"));
    QCOMPARE(conv.name, std::string("a/Conv"));
    QCOMPARE(*attribute<std::vector<std::int64_t>>(conv, "pads"), std::vector<std::int64_t>(6, 1));
    const Value* weights = graph->initialiser(conv.inputs[1]);
    QVERIFY(weights != nullptr);
    QVERIFY((weights->dims() == Dims{3, 2, 3, 3, 3}));
    QCOMPARE(weights->values<float>()[1], 37 % 23 / 23.0F - 0.5F);
    QCOMPARE(graph->valueNames[static_cast<std::size_t>(graph->outputs.front())], std::string("shares"));
  }

  void inputsLeftOutAndNodesWithoutNames() {
    Model model;
    model.input("x", {4}).numbers("top", {}).node("Clip", {"x", "", "hi"}, {"y"}).output("y");
    model.weights("hi", {}, {3});
    model.proto.mutable_graph()->mutable_node(0)->clear_name();
    const auto graph = read(model);
    QVERIFY_RESULT(graph);
    QCOMPARE(graph->nodes[0].name, std::string("Clip_1"));
    QCOMPARE(graph->nodes[0].inputs[1], -1);
    QCOMPARE(graph->initialiser(graph->nodes[0].inputs[2])->rank(), 0);
  }

  void weightsListedAmongTheInputsAreNoInputs() {
    Model model = onnx_files::smallNetwork();
    model.input("w1", {3, 2, 3, 3, 3});
    const auto graph = read(model);
    QVERIFY_RESULT(graph);
    QCOMPARE(graph->inputs.size(), std::size_t{1});
  }

  void everyTypeIsRead_data() {
    QTest::addColumn<Change>("change");
    QTest::addColumn<QString>("type");
    const auto row = [](const char* type, int number, const Change& fill) {
      QTest::addRow("%s", type) << Change([number, fill](onnx::ModelProto& model) {
        onnx::TensorProto& tensor = firstWeights(model);
        tensor.clear_raw_data();
        tensor.set_data_type(number);
        fill(model);
      }) << QString(type);
    };
    row("float32", onnx::TensorProto::FLOAT, [](auto& m) {
      for (const float v : {0.0F, -1.0F, 2.0F}) firstWeights(m).add_float_data(v);
    });
    row("float64", onnx::TensorProto::DOUBLE, [](auto& m) {
      for (const double v : {0.0, -1.0, 2.0}) firstWeights(m).add_double_data(v);
    });
    row("int32", onnx::TensorProto::INT32, [](auto& m) {
      for (const int v : {0, -1, 2}) firstWeights(m).add_int32_data(v);
    });
    row("int64", onnx::TensorProto::INT64, [](auto& m) {
      for (const int v : {0, -1, 2}) firstWeights(m).add_int64_data(v);
    });
    row("bool", onnx::TensorProto::BOOL, [](auto& m) {
      for (const int v : {0, 1, 1}) firstWeights(m).add_int32_data(v);
    });
  }
  void everyTypeIsRead() {
    QFETCH(Change, change);
    QFETCH(QString, type);
    Model model;
    model.weights("w", {3}, {0, 0, 0}).node("Identity", {"w"}, {"y"}).output("y");
    change(model.proto);
    const auto graph = read(model);
    QVERIFY_RESULT(graph);
    const Value& value = *graph->initialiser(graph->nodes[0].inputs[0]);
    QCOMPARE(QString(elementTypeName(value.type())), type);
    const std::vector<double> wanted =
        type == "bool" ? std::vector<double>{0, 1, 1} : std::vector<double>{0, -1, 2};
    QCOMPARE(realNumbers(value), wanted);
  }

  void whatIsWrongIsOneSentence_data() {
    QTest::addColumn<Change>("change");
    QTest::addColumn<QString>("part");
    const auto row = [](const char* name, const char* part, const Change& change) {
      QTest::addRow("%s", name) << change << QString(part);
    };
    row("no graph", "holds no graph", [](auto& m) { m.clear_graph(); });
    row("no operator set", "does not name the ONNX operator set", [](auto& m) { m.clear_opset_import(); });
    row("operator set 18", "operator set 18; sets 9 to 17",
        [](auto& m) { m.mutable_opset_import(0)->set_version(18); });
    row("operator", "needs the operator Einsum for its node “a/Conv”",
        [](auto& m) { m.mutable_graph()->mutable_node(0)->set_op_type("Einsum"); });
    row("two operators", "Einsum for its node “a/Conv” and elsewhere Erf, which ConvScope does not compute",
        [](auto& m) {
          m.mutable_graph()->mutable_node(0)->set_op_type("Einsum");
          m.mutable_graph()->mutable_node(2)->set_op_type("Erf");
        });
    row("operator of another domain", "needs the operator com.microsoft.Conv",
        [](auto& m) { m.mutable_graph()->mutable_node(0)->set_domain("com.microsoft"); });
    row("claimed size", "of 1000000 × 1000, but 162 elements of it", [](auto& m) {
      firstWeights(m).clear_dims();
      firstWeights(m).add_dims(1000000);
      firstWeights(m).add_dims(1000);
    });
    row("overflowing size", "has more than 2147483647 elements", [](auto& m) {
      firstWeights(m).clear_dims();
      for (int i = 0; i < 3; ++i) firstWeights(m).add_dims(std::int64_t{1} << 40);
    });
    row("negative size", "has an extent of -3", [](auto& m) { firstWeights(m).set_dims(0, -3); });
    row("nine axes", "has 9 axes", [](auto& m) {
      for (int i = 0; i < 4; ++i) firstWeights(m).add_dims(1);
    });
    row("half an element", "cut short or damaged",
        [](auto& m) { firstWeights(m).mutable_raw_data()->pop_back(); });
    row("half precision", "the weights “w1” of the type FLOAT16",
        [](auto& m) { firstWeights(m).set_data_type(onnx::TensorProto::FLOAT16); });
    row("unknown type", "of the type 99", [](auto& m) { firstWeights(m).set_data_type(99); });
    row("weights elsewhere", "keeps the weights “w1” in another file",
        [](auto& m) { firstWeights(m).set_data_location(onnx::TensorProto::EXTERNAL); });
    row("value from nowhere", "“r/Relu” reads the value “nothing”, which nothing before it makes",
        [](auto& m) { m.mutable_graph()->mutable_node(2)->set_input(0, "nothing"); });
    row("order", "reads the value “shares”, which nothing before it makes",
        [](auto& m) { m.mutable_graph()->mutable_node(2)->set_input(0, "shares"); });
    row("made twice", "makes the value “a” a second time",
        [](auto& m) { m.mutable_graph()->mutable_node(2)->set_output(0, "a"); });
    row("output from nowhere", "promises the output “lost”",
        [](auto& m) { m.mutable_graph()->mutable_output(0)->set_name("lost"); });
    row("no outputs", "without outputs", [](auto& m) { m.mutable_graph()->clear_output(); });
    row("subgraph", "attribute “body” of a kind that is not supported", [](auto& m) {
      auto& attribute = *m.mutable_graph()->mutable_node(0)->add_attribute();
      attribute.set_name("body");
      attribute.set_type(onnx::AttributeProto::GRAPH);
    });
    row("a name of two lines", "“two?lines", [](auto& m) {
      m.mutable_graph()->mutable_node(0)->set_name("two\nlines" + std::string(500, 'x'));
      m.mutable_graph()->mutable_node(0)->set_op_type("Einsum");
    });
  }
  void whatIsWrongIsOneSentence() {
    QFETCH(Change, change);
    QFETCH(QString, part);
    Model model = onnx_files::smallNetwork();
    change(model.proto);
    const auto graph = read(model);
    QVERIFY(!graph);
    const QString message = QString::fromStdString(graph.error().message);
    QVERIFY2(message.contains(part), qPrintable(message));
    QVERIFY2(message.startsWith("net.onnx ") && message.endsWith('.') && !message.contains('\n'),
             qPrintable(message));
    QVERIFY2(message.size() < 400, qPrintable(message));
    QCOMPARE(graph.error().code, ErrorCode::BadInput);
  }

  void filesThatAreNoModels() {
    const auto missing = readOnnx(m_folder.filePath("missing.onnx").toStdString());
    QVERIFY(!missing && missing.error().message.starts_with("missing.onnx does not exist"));
    const auto folder = readOnnx(m_folder.path().toStdString());
    QVERIFY(!folder && folder.error().message.ends_with("is a folder, not an ONNX model."));
    const auto empty = readBytes({});
    QVERIFY(!empty && empty.error().message == "net.onnx is empty.");
    const auto text = readBytes("This is no model, only a text of some length.");
    QVERIFY(!text && text.error().message == "net.onnx is no ONNX model, or is damaged or cut short.");
  }

  /// Protobuf may read a shorter file as a smaller model; no shorter file may do harm.
  void everyShorterFileIsRefusedOrRead() {
    const std::string bytes = onnx_files::smallNetwork().bytes();
    for (std::size_t length = 1; length < bytes.size(); length += 7) {
      const auto graph = readBytes(bytes.substr(0, length));
      QVERIFY(graph || graph.error().message.ends_with('.'));
    }
  }
};

QTEST_GUILESS_MAIN(TestOnnxReader)
#include "tst_onnx_reader.moc"
