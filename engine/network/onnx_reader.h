#pragma once

#include "engine/core/result.h"
#include "engine/network/graph.h"

#include <stop_token>
#include <string>

namespace convscope {

/// Reads an ONNX model. Every operator in the graph is one of operatorTable(). Nothing is allocated from a
/// size that the file claims but does not hold. Errors, one sentence that begins with the file's name:
/// BadInput (cannot be opened, is no ONNX model, is damaged, keeps its weights elsewhere, holds an operator
/// or a type that is not supported, which it names with the node); TooLarge; Stopped, where `stop` comes
/// between two blocks of the file or two tensors. Thread-safe.
[[nodiscard]] Result<Graph> readOnnx(const std::string& path, const std::stop_token& stop = {});

/// Reads a file that holds one tensor (ONNX's TensorProto), as the test data of operators do. Errors: as
/// above.
[[nodiscard]] Result<Value> readOnnxTensor(const std::string& path);

}  // namespace convscope
