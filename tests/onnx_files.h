#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <fstream>
#include <initializer_list>
#include <string>
#include <vector>

/// ONNX models that tests write for themselves.
namespace onnx_files {

using Extents = std::vector<std::int64_t>;

class Model {
 public:
  explicit Model(int operatorSet = 13) {
    proto.set_ir_version(7);
    proto.add_opset_import()->set_version(operatorSet);
    proto.mutable_graph()->set_name("test");
  }

  /// An input of float32 (or `type`); extents below 0 are open.
  Model& input(const std::string& name, const Extents& dims, int type = onnx::TensorProto::FLOAT) {
    describe(*proto.mutable_graph()->add_input(), name, dims, type);
    return *this;
  }
  Model& output(const std::string& name) {
    proto.mutable_graph()->add_output()->set_name(name);
    return *this;
  }
  /// float32 weights as raw bytes, as frameworks write them.
  Model& weights(const std::string& name, const Extents& dims, const std::vector<float>& values) {
    fill(*proto.mutable_graph()->add_initializer(), name, dims, values);
    return *this;
  }
  /// A list of whole numbers.
  Model& numbers(const std::string& name, const std::vector<std::int64_t>& values) {
    onnx::TensorProto& tensor = *proto.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::INT64);
    tensor.add_dims(static_cast<std::int64_t>(values.size()));
    for (const std::int64_t value : values) tensor.add_int64_data(value);
    return *this;
  }
  Model& node(const std::string& op, const std::vector<std::string>& inputs,
              const std::vector<std::string>& outputs) {
    onnx::NodeProto& made = *proto.mutable_graph()->add_node();
    made.set_op_type(op);
    made.set_name(outputs.front() + "/" + op);
    for (const std::string& name : inputs) made.add_input(name);
    for (const std::string& name : outputs) made.add_output(name);
    return *this;
  }
  // Attributes of the node added last.
  Model& with(const std::string& name, const std::vector<std::int64_t>& values) {
    onnx::AttributeProto& made = attribute(name, onnx::AttributeProto::INTS);
    for (const std::int64_t value : values) made.add_ints(value);
    return *this;
  }
  Model& with(const std::string& name, std::int64_t value) {
    attribute(name, onnx::AttributeProto::INT).set_i(value);
    return *this;
  }

  [[nodiscard]] std::string bytes() const { return proto.SerializeAsString(); }
  void write(const std::string& path) const { std::ofstream(path, std::ios::binary) << bytes(); }

  static void fill(onnx::TensorProto& tensor, const std::string& name, const Extents& dims,
                   const std::vector<float>& values) {
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    for (const std::int64_t extent : dims) tensor.add_dims(extent);
    tensor.set_raw_data(values.data(), values.size() * sizeof(float));
  }

  onnx::ModelProto proto;

 private:
  static void describe(onnx::ValueInfoProto& info, const std::string& name, const Extents& dims, int type) {
    info.set_name(name);
    auto& tensor = *info.mutable_type()->mutable_tensor_type();
    tensor.set_elem_type(type);
    tensor.mutable_shape();
    for (const std::int64_t extent : dims) {
      auto& one = *tensor.mutable_shape()->add_dim();
      if (extent >= 0)
        one.set_dim_value(extent);
      else
        one.set_dim_param("open" + std::to_string(-extent));
    }
  }
  onnx::AttributeProto& attribute(const std::string& name, onnx::AttributeProto::AttributeType type) {
    onnx::AttributeProto& made =
        *proto.mutable_graph()->mutable_node(proto.graph().node_size() - 1)->add_attribute();
    made.set_name(name);
    made.set_type(type);
    return made;
  }
};

/// Two convolutions with a skip, pooling and a soft-max on (N, 2, 4, 6, 5): most of what networks are made
/// of.
inline Model smallNetwork() {
  const auto weights = [](std::size_t count) {
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i * 37 % 23) / 23 - 0.5F;
    return values;
  };
  Model model;
  model.input("clip", {-1, 2, 4, 6, 5})
      .weights("w1", {3, 2, 3, 3, 3}, weights(162))
      .weights("b1", {3}, weights(3))
      .weights("w2", {3, 1, 1, 3, 3}, weights(27))
      .weights("fc", {4, 3}, weights(12))
      .weights("ones", {3}, {1, 1, 1})
      .numbers("shape", {0, -1})
      .node("Conv", {"clip", "w1", "b1"}, {"a"})
      .with("pads", {1, 1, 1, 1, 1, 1})
      .node("BatchNormalization", {"a", "ones", "b1", "b1", "ones"}, {"n"})
      .node("Relu", {"n"}, {"r"})
      .node("Conv", {"r", "w2"}, {"c"})
      .with("pads", {0, 1, 1, 0, 1, 1})
      .with("group", 3)
      .node("Add", {"c", "r"}, {"s"})
      .node("MaxPool", {"s"}, {"p"})
      .with("kernel_shape", {1, 2, 2})
      .with("strides", {1, 2, 2})
      .node("GlobalAveragePool", {"p"}, {"g"})
      .node("Reshape", {"g", "shape"}, {"f"})
      .node("Gemm", {"f", "fc"}, {"scores"})
      .with("transB", 1)
      .node("Softmax", {"scores"}, {"shares"})
      .output("shares");
  return model;
}

}  // namespace onnx_files
