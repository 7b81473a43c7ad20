// OpenCV's DNN module as a peer: the one-layer ONNX model, planar maps in and out.

#include "tests/bench/peer_request.h"

#include <cstdlib>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>

using namespace convscope::bench;

int main() {
  const char* threads = std::getenv("OMP_NUM_THREADS");
  cv::setNumThreads(threads != nullptr ? std::atoi(threads) : 2);
  return servePeer("OpenCV DNN " + cv::getVersionString(), [](const PeerRequest& request) {
    struct Layer {
      std::vector<float> input;
      cv::dnn::Net net;
      cv::Mat output;
    };
    auto layer = std::make_shared<Layer>();
    layer->input = request.read("input.f32");
    layer->net = cv::dnn::readNetFromONNX(request.folder + "/model.onnx");
    layer->net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    layer->net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    const int sizes[] = {1, request.input[0], request.input[1], request.input[2], request.input[3]};
    const cv::Mat input(5, sizes, CV_32F, layer->input.data());
    PreparedLayer prepared;
    prepared.run = [layer, input] {
      layer->net.setInput(input);
      layer->output = layer->net.forward();
    };
    prepared.planarOutput = [layer] { return layer->output.ptr<float>(); };
    return prepared;
  });
}
