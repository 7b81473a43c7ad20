#include "onnx_writer.h"

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace convscope::bench {

namespace {

// Field numbers of onnx.proto3 (Apache-2.0, github.com/onnx/onnx); only what one layer needs.
constexpr int kFloatType = 1;     // TensorProto.DataType.FLOAT
constexpr int kIntAttribute = 2;  // AttributeProto.AttributeType.INT
constexpr int kIntsAttribute = 7;

/// One protobuf message being written.
class Message {
 public:
  Message& number(int field, std::int64_t value) {
    key(field, 0);
    varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  Message& bytes(int field, std::string_view value) {
    key(field, 2);
    varint(value.size());
    m_bytes += value;
    return *this;
  }
  Message& message(int field, const Message& value) { return bytes(field, value.m_bytes); }
  [[nodiscard]] const std::string& text() const { return m_bytes; }

 private:
  void key(int field, int wireType) { varint(static_cast<std::uint64_t>(field) << 3 | wireType); }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) m_bytes += static_cast<char>(value | 0x80);
    m_bytes += static_cast<char>(value);
  }
  std::string m_bytes;
};

Message intsAttribute(const char* name, std::initializer_list<int> values) {
  Message attribute;
  attribute.bytes(1, name).number(20, kIntsAttribute);
  for (const int value : values) attribute.number(8, value);
  return attribute;
}

Message valueInfo(const char* name, const Shape& shape) {
  Message dimensions;
  for (const int extent : {1, shape.channels, shape.length, shape.height, shape.width})
    dimensions.message(1, Message().number(1, extent));
  const Message tensorType = Message().number(1, kFloatType).message(2, dimensions);
  return Message().bytes(1, name).message(2, Message().message(1, tensorType));
}

Message weightTensor(const ConvSpec& spec, const FilterBank& bank, int channelsPerGroup) {
  std::string raw;
  for (const Filter& filter : bank)
    raw.append(reinterpret_cast<const char*>(filter.weights.data()), filter.weights.size() * sizeof(float));
  Message tensor;
  for (const int extent :
       {static_cast<int>(bank.size()), channelsPerGroup, spec.kernel.t, spec.kernel.y, spec.kernel.x})
    tensor.number(1, extent);
  return tensor.number(2, kFloatType).bytes(8, "w").bytes(9, raw);
}

}  // namespace

std::string onnxModelOf(const ConvSpec& spec, const ConvGeometry& geometry, const FilterBank& bank) {
  const auto& padding = geometry.padding;
  Message node;
  node.bytes(1, "x").bytes(1, "w").bytes(2, "y").bytes(4, "Conv");
  node.message(5, intsAttribute("kernel_shape", {spec.kernel.t, spec.kernel.y, spec.kernel.x}));
  node.message(5, intsAttribute("strides", {spec.stride.t, spec.stride.y, spec.stride.x}));
  node.message(5, intsAttribute("dilations", {spec.dilation.t, spec.dilation.y, spec.dilation.x}));
  node.message(5, intsAttribute("pads", {padding[0].before, padding[1].before, padding[2].before,
                                         padding[0].after, padding[1].after, padding[2].after}));
  node.message(5, Message().bytes(1, "group").number(20, kIntAttribute).number(3, spec.groups));
  Message graph;
  graph.message(1, node).bytes(2, "layer");
  graph.message(5, weightTensor(spec, bank, geometry.input.channels / spec.groups));
  graph.message(11, valueInfo("x", geometry.input)).message(12, valueInfo("y", geometry.output));
  const Message opset = Message().bytes(1, "").number(2, 13);
  return Message().number(1, 7).message(7, graph).message(8, opset).text();
}

}  // namespace convscope::bench
