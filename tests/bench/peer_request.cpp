#include "peer_request.h"

#include <chrono>
#include <exception>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace convscope::bench {

using nlohmann::json;

std::vector<float> PeerRequest::read(const char* file) const {
  std::ifstream stream(folder + "/" + file, std::ios::binary | std::ios::ate);
  std::vector<float> values(static_cast<std::size_t>(stream.tellg()) / sizeof(float));
  stream.seekg(0);
  stream.read(reinterpret_cast<char*>(values.data()),
              static_cast<std::streamsize>(values.size() * sizeof(float)));
  if (!stream) throw std::runtime_error(std::string(file) + " cannot be read");
  return values;
}

void PeerRequest::write(const float* values) const {
  const std::size_t count = std::size_t(output[0]) * output[1] * output[2] * output[3];
  std::ofstream stream(folder + "/output.f32", std::ios::binary);
  stream.write(reinterpret_cast<const char*>(values), static_cast<std::streamsize>(count * sizeof(float)));
  if (!stream) throw std::runtime_error("output.f32 cannot be written");
}

double timeOf(const std::function<void()>& call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

namespace {

PeerRequest requestOf(const json& line) {
  PeerRequest request;
  request.folder = line.at("folder").get<std::string>();
  line.at("input").get_to(request.input);
  line.at("output").get_to(request.output);
  line.at("kernel").get_to(request.kernel);
  line.at("groups").get_to(request.groups);
  line.at("stride").get_to(request.stride);
  line.at("dilation").get_to(request.dilation);
  line.at("before").get_to(request.before);
  line.at("after").get_to(request.after);
  return request;
}

}  // namespace

int servePeer(const std::string& library, const std::function<PreparedLayer(const PeerRequest&)>& prepare) {
  std::cout << json{{"peer", library}} << std::endl;
  PreparedLayer layer;
  for (std::string text; std::getline(std::cin, text);) {
    json answer = json::object();
    try {
      const json line = json::parse(text);
      const auto what = line.at("do").get<std::string>();
      if (what == "load") {
        const PeerRequest request = requestOf(line);
        layer = prepare(request);
        layer.run();
        request.write(layer.planarOutput());
        answer["variant"] = layer.variant;
      } else if (what == "time") {
        layer.run();
        answer["ms"] = json::array();
        for (int i = 0; i < line.at("count").get<int>(); ++i) answer["ms"].push_back(timeOf(layer.run));
      } else {
        layer = {};
      }
    } catch (const std::exception& error) {
      answer = {{"error", error.what()}};
    }
    std::cout << answer << std::endl;
  }
  return 0;
}

}  // namespace convscope::bench
