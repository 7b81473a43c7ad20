#include "engine/network/onnx_reader.h"

#include "engine/core/file_text.h"
#include "engine/core/memory_budget.h"
#include "engine/network/operator_table.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <unordered_map>

namespace convscope {

namespace {

/// Thrown inside this file alone: what is wrong with the file, without its name.
struct Damage {
  std::string what;
  ErrorCode code = ErrorCode::BadInput;
};

std::string inQuotes(const std::string& name) {
  return "“" + nameForText(name) + "”";
}

std::string fileName(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  return name.empty() ? path : name;
}

/// What was asked to stop has no sentence that anybody reads.
void endWhereStopped(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Damage{"was not read to its end", ErrorCode::Stopped};
}

/// A file, block by block, until it ends or `stop` comes.
class FileBlocks : public google::protobuf::io::CopyingInputStream {
 public:
  FileBlocks(std::istream& file, const std::stop_token& stop) : m_file(file), m_stop(stop) {}
  int Read(void* buffer, int size) override {
    if (m_stop.stop_requested()) return -1;
    m_file.read(static_cast<char*>(buffer), size);
    return static_cast<int>(m_file.gcount());
  }

 private:
  std::istream& m_file;
  const std::stop_token& m_stop;
};
constexpr int kBlock = 1 << 18;

/// Parses the whole file into `message`, telling protobuf how long the file is: it then refuses what claims
/// more.
template <class Message>
void parseFile(const std::string& path, const std::string& kind, const std::stop_token& stop,
               Message& message) {
  if (const std::string why = whyNotReadable(path); !why.empty())
    throw Damage{why == "is a folder" ? why + ", not an " + kind : why};
  std::error_code problem;
  std::ifstream stream(path, std::ios::binary);
  const auto size = std::filesystem::file_size(path, problem);
  if (!stream || problem) throw Damage{"cannot be read"};
  if (size == 0) throw Damage{"is empty"};
  if (size > static_cast<std::uintmax_t>(std::numeric_limits<int>::max()))
    throw Damage{"is larger than 2 GiB, which no " + kind + " in one file can be"};
  // The parsed file, and the weights once more as they become our own.
  if (auto fits = checkBudget(2.0 * static_cast<double>(size), "reading it", "use a smaller model"); !fits)
    throw Damage{"is too large: " + fits.error().message.substr(0, fits.error().message.size() - 1),
                 ErrorCode::TooLarge};
  FileBlocks blocks(stream, stop);
  google::protobuf::io::CopyingInputStreamAdaptor bytes(&blocks, kBlock);
  google::protobuf::io::CodedInputStream coded(&bytes);
  coded.SetTotalBytesLimit(static_cast<int>(size));
  const bool parsed = message.ParseFromCodedStream(&coded) && coded.ConsumedEntireMessage();
  endWhereStopped(stop);
  if (!parsed) throw Damage{"is no " + kind + ", or is damaged or cut short"};
}

ElementType elementTypeOf(int type, const std::string& what) {
  switch (type) {
    case onnx::TensorProto::FLOAT:
      return ElementType::Float32;
    case onnx::TensorProto::DOUBLE:
      return ElementType::Float64;
    case onnx::TensorProto::INT32:
      return ElementType::Int32;
    case onnx::TensorProto::INT64:
      return ElementType::Int64;
    case onnx::TensorProto::BOOL:
      return ElementType::Bool;
    default:
      break;
  }
  const std::string name =
      onnx::TensorProto::DataType_IsValid(type)
          ? onnx::TensorProto::DataType_Name(static_cast<onnx::TensorProto::DataType>(type))
          : std::to_string(type);
  throw Damage{
      "holds " + what + " of the type " + name +
      ", which is not supported: export the model with float32, float64, int32, int64 and bool alone"};
}

/// Elements of a tensor's typed list, as many as its shape says.
template <class T, class List>
void takeList(Value& value, const List& list, const std::string& what) {
  const auto elements = value.fill<T>();
  if (static_cast<std::size_t>(list.size()) != elements.size())
    throw Damage{"holds " + what + " with " + std::to_string(list.size()) + " of " +
                 std::to_string(elements.size()) + " elements"};
  std::ranges::transform(list, elements.begin(), [](auto element) {
    if constexpr (std::is_same_v<T, std::uint8_t>)
      return static_cast<T>(element != 0 ? 1 : 0);
    else
      return static_cast<T>(element);
  });
}

/// Elements that the tensor's lists or bytes hold, before anything is allocated for them.
std::int64_t heldElements(const onnx::TensorProto& tensor, ElementType type) {
  if (tensor.has_raw_data()) return static_cast<std::int64_t>(tensor.raw_data().size() / elementSize(type));
  switch (type) {
    case ElementType::Float32:
      return tensor.float_data_size();
    case ElementType::Float64:
      return tensor.double_data_size();
    case ElementType::Int64:
      return tensor.int64_data_size();
    case ElementType::Int32:
    case ElementType::Bool:
      break;
  }
  return tensor.int32_data_size();
}

/// The tensor as a value. Empties its bytes, so that the weights of a model are not in memory twice.
Value takeTensor(onnx::TensorProto& tensor, const std::string& what) {
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL || tensor.external_data_size() > 0)
    throw Damage{"keeps " + what + " in another file: save the model with its weights inside"};
  if (tensor.has_segment()) throw Damage{"holds only a part of " + what};
  const ElementType type = elementTypeOf(tensor.data_type(), what);
  Dims dims(tensor.dims().begin(), tensor.dims().end());
  const auto count = countOf(dims);
  if (!count) throw Damage{"holds " + what + ", which " + count.error().message};
  const std::int64_t held = heldElements(tensor, type);
  const bool whole = !tensor.has_raw_data() || tensor.raw_data().size() % elementSize(type) == 0;
  if (held != *count || !whole) {
    throw Damage{"holds " + what + " of " + dimsText(dims) + ", but " + std::to_string(held) +
                 (held == 1 ? " element" : " elements") + " of it: it is cut short or damaged"};
  }
  Value value = Value::uninitialised(type, std::move(dims));
  if (tensor.has_raw_data()) {
    if (*count > 0) std::memcpy(value.fillBytes(), tensor.raw_data().data(), tensor.raw_data().size());
    if (type == ElementType::Bool) {
      for (std::uint8_t& element : value.fill<std::uint8_t>()) element = element != 0 ? 1 : 0;
    }
    std::string().swap(*tensor.mutable_raw_data());
    return value;
  }
  switch (type) {
    case ElementType::Float32:
      takeList<float>(value, tensor.float_data(), what);
      break;
    case ElementType::Float64:
      takeList<double>(value, tensor.double_data(), what);
      break;
    case ElementType::Int64:
      takeList<std::int64_t>(value, tensor.int64_data(), what);
      break;
    case ElementType::Int32:
      takeList<std::int32_t>(value, tensor.int32_data(), what);
      break;
    case ElementType::Bool:
      takeList<std::uint8_t>(value, tensor.int32_data(), what);
      break;
  }
  return value;
}

/// Turns a parsed model into a Graph, and checks on the way that it is one.
class GraphBuilder {
 public:
  GraphBuilder(onnx::ModelProto& model, const std::stop_token& stop) : m_model(model), m_stop(stop) {}

  Graph build() {
    if (!m_model.has_graph()) throw Damage{"is no ONNX model: it holds no graph"};
    readOperatorSet();
    onnx::GraphProto& graph = *m_model.mutable_graph();
    m_graph.name = graph.name();
    if (graph.sparse_initializer_size() > 0) throw Damage{"holds sparse weights, which are not supported"};
    checkOperators(graph);
    for (onnx::TensorProto& tensor : *graph.mutable_initializer()) {
      endWhereStopped(m_stop);
      const int value = makeValue(tensor.name(), "the weights");
      m_graph.initialisers.emplace(value, takeTensor(tensor, "the weights " + inQuotes(tensor.name())));
    }
    for (const onnx::ValueInfoProto& input : graph.input()) addInput(input);
    for (onnx::NodeProto& node : *graph.mutable_node()) addNode(node);
    for (const onnx::ValueInfoProto& output : graph.output()) {
      const auto found = m_values.find(output.name());
      if (found == m_values.end())
        throw Damage{"promises the output " + inQuotes(output.name()) + ", which no node makes"};
      m_graph.outputs.push_back(found->second);
    }
    if (m_graph.outputs.empty()) throw Damage{"holds a graph without outputs"};
    return std::move(m_graph);
  }

 private:
  static bool isStandard(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

  void readOperatorSet() {
    std::int64_t version = 0;
    for (const onnx::OperatorSetIdProto& set : m_model.opset_import()) {
      if (isStandard(set.domain())) version = std::max<std::int64_t>(version, set.version());
    }
    if (version == 0) throw Damage{"does not name the ONNX operator set that it uses"};
    if (version < 1 || version > kNewestOperatorSet)
      throw Damage{"uses the ONNX operator set " + std::to_string(version) + "; sets 9 to " +
                   std::to_string(kNewestOperatorSet) + " are supported: export the model with one of them"};
    m_graph.operatorSet = static_cast<int>(version);
  }

  /// All that is missing in one sentence, so that nobody mends a model operator by operator.
  void checkOperators(const onnx::GraphProto& graph) const {
    std::set<std::string> missing;
    std::string first;
    for (int i = 0; i < graph.node_size(); ++i) {
      const onnx::NodeProto& node = graph.node(i);
      if (isStandard(node.domain()) && operatorNamed(node.op_type(), m_graph.operatorSet) != nullptr)
        continue;
      const std::string name =
          isStandard(node.domain()) ? node.op_type() : node.domain() + "." + node.op_type();
      if (missing.empty())
        first = "needs the operator " + nameForText(name) + " for its node " + inQuotes(nodeName(node, i));
      missing.insert(nameForText(name));
    }
    if (missing.empty()) return;
    std::string others;
    constexpr std::size_t kNamed = 5;
    std::size_t told = 0;
    for (const std::string& name : missing) {
      if (first.starts_with("needs the operator " + name + " for")) continue;
      if (told++ < kNamed) others += (others.empty() ? "" : ", ") + name;
    }
    if (told > kNamed) others += " and " + std::to_string(told - kNamed) + " more";
    throw Damage{first + (others.empty() ? "" : " and elsewhere " + others) +
                 ", which ConvScope does not compute in operator set " + std::to_string(m_graph.operatorSet) +
                 ": the model must be written with the operators that it does"};
  }

  static std::string nodeName(const onnx::NodeProto& node, int index) {
    return node.name().empty() ? node.op_type() + "_" + std::to_string(index + 1) : node.name();
  }

  /// A fresh value of that name; each is made once.
  int makeValue(const std::string& name, const std::string& maker) {
    const int value = static_cast<int>(m_graph.valueNames.size());
    if (!m_values.emplace(name, value).second)
      throw Damage{"is damaged: " + maker + " makes the value " + inQuotes(name) + " a second time"};
    m_graph.valueNames.push_back(name);
    return value;
  }

  void addInput(const onnx::ValueInfoProto& info) {
    // Older files list their weights among the inputs.
    if (m_values.contains(info.name())) return;
    if (!info.type().has_tensor_type())
      throw Damage{"takes the input " + inQuotes(info.name()) + ", which is no tensor"};
    GraphInput input;
    input.type = elementTypeOf(info.type().tensor_type().elem_type(), "the input " + inQuotes(info.name()));
    if (info.type().tensor_type().has_shape()) {
      input.dims.emplace();
      for (const auto& extent : info.type().tensor_type().shape().dim()) {
        InputExtent one;
        if (extent.has_dim_value() && extent.dim_value() >= 0)
          one.fixed = extent.dim_value();
        else
          one.name = extent.dim_param();
        input.dims->push_back(one);
      }
      if (input.dims->size() > kHighestRank)
        throw Damage{"takes the input " + inQuotes(info.name()) + " of " +
                     std::to_string(input.dims->size()) + " axes; at most " + std::to_string(kHighestRank) +
                     " are possible"};
    }
    input.value = makeValue(info.name(), "an input");
    m_graph.inputs.push_back(std::move(input));
  }

  void addNode(onnx::NodeProto& from) {
    Node node;
    node.name = nodeName(from, static_cast<int>(m_graph.nodes.size()));
    node.op = from.op_type();
    for (const std::string& name : from.input()) {
      if (name.empty()) {
        node.inputs.push_back(-1);
        continue;
      }
      const auto found = m_values.find(name);
      if (found == m_values.end())
        throw Damage{"is damaged: its node " + inQuotes(node.name) + " reads the value " + inQuotes(name) +
                     ", which nothing before it makes"};
      node.inputs.push_back(found->second);
    }
    for (const std::string& name : from.output())
      node.outputs.push_back(name.empty() ? -1 : makeValue(name, "its node " + inQuotes(node.name)));
    for (onnx::AttributeProto& attribute : *from.mutable_attribute()) addAttribute(node, attribute);
    m_graph.nodes.push_back(std::move(node));
  }

  static void addAttribute(Node& node, onnx::AttributeProto& from) {
    using Proto = onnx::AttributeProto;
    const auto keep = [&](Attribute value) {
      node.attributes.insert_or_assign(from.name(), std::move(value));
    };
    switch (from.type()) {
      case Proto::INT:
        return keep(std::int64_t{from.i()});
      case Proto::FLOAT:
        return keep(from.f());
      case Proto::STRING:
        return keep(from.s());
      case Proto::TENSOR:
        return keep(takeTensor(*from.mutable_t(), "a value in node " + inQuotes(node.name)));
      case Proto::INTS:
        return keep(std::vector<std::int64_t>(from.ints().begin(), from.ints().end()));
      case Proto::FLOATS:
        return keep(std::vector<float>(from.floats().begin(), from.floats().end()));
      case Proto::STRINGS:
        return keep(std::vector<std::string>(from.strings().begin(), from.strings().end()));
      default:
        throw Damage{"has an attribute “" + nameForText(from.name()) +
                     "” of a kind that is not supported in node " + inQuotes(node.name)};
    }
  }

  onnx::ModelProto& m_model;
  const std::stop_token& m_stop;
  Graph m_graph;
  std::unordered_map<std::string, int> m_values;
};

/// Runs `read` and turns what it throws into a sentence about the file.
template <class T, class Read>
Result<T> readFile(const std::string& path, const Read& read) {
  try {
    return read();
  } catch (const Damage& damage) {
    return fail(damage.code, fileName(path) + " " + damage.what + ".");
  }
}

}  // namespace

Result<Graph> readOnnx(const std::string& path, const std::stop_token& stop) {
  return readFile<Graph>(path, [&] {
    onnx::ModelProto model;
    parseFile(path, "ONNX model", stop, model);
    return GraphBuilder(model, stop).build();
  });
}

Result<Value> readOnnxTensor(const std::string& path) {
  return readFile<Value>(path, [&] {
    onnx::TensorProto tensor;
    parseFile(path, "ONNX tensor", {}, tensor);
    return takeTensor(tensor, "a tensor");
  });
}

}  // namespace convscope
