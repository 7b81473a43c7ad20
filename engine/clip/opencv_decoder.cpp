// The library clip_video: all OpenCV that the program uses. Loaded on demand, see decoder_library.h.
#include "engine/clip/decoder_library.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/videoio.hpp>

#include <cstdarg>
#include <cstdlib>
#include <mutex>

namespace convscope {

namespace {

bool viewOf(const cv::Mat& image, BgrView& view) {
  if (image.empty() || image.type() != CV_8UC3) return false;
  view = {image.data, static_cast<std::ptrdiff_t>(image.step[0]), image.rows, image.cols};
  return true;
}

/// Failures are told in our own sentences, so OpenCV and FFmpeg need not write theirs to the terminal. Who
/// wants them sets OPENCV_LOG_LEVEL or OPENCV_FFMPEG_LOGLEVEL.
void beQuiet() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (std::getenv("OPENCV_LOG_LEVEL") == nullptr)
      cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    cv::setNumThreads(1);
    if (std::getenv("OPENCV_FFMPEG_LOGLEVEL") != nullptr) return;
    // OpenCV sets FFmpeg's log level at every opening, but leaves the function that writes alone. That
    // function is looked up because FFmpeg is OpenCV's dependency, not ours. No setenv(): other threads may
    // be reading.
    using Writer = void (*)(void*, int, const char*, va_list);
    if (void* symbol = dlsym(RTLD_DEFAULT, "av_log_set_callback")) {
      reinterpret_cast<void (*)(Writer)>(symbol)([](void*, int, const char*, va_list) {});
    }
  });
}

class Capture final : public VideoDecoder {
 public:
  bool open(const std::string& path) {
    // FFmpeg is named so that a file it does not know is not tried with every other reader (70–125 ms each).
    return m_capture.open(path, cv::CAP_FFMPEG) && m_capture.isOpened();
  }
  bool open(int camera) { return m_capture.open(camera, cv::CAP_V4L2) && m_capture.isOpened(); }

  double framesPerSecond() override { return property(cv::CAP_PROP_FPS); }
  double statedFrames() override { return property(cv::CAP_PROP_FRAME_COUNT); }
  bool advance() override {
    try {
      return m_capture.grab();
    } catch (const std::exception&) {
      return false;
    }
  }
  bool frame(BgrView& view) override {
    try {
      return m_capture.retrieve(m_frame) && viewOf(m_frame, view);
    } catch (const std::exception&) {
      return false;
    }
  }

 private:
  double property(int id) {
    try {
      return m_capture.get(id);
    } catch (const std::exception&) {
      return 0;
    }
  }
  cv::VideoCapture m_capture;
  cv::Mat m_frame;
};

template <class Source>
std::unique_ptr<VideoDecoder> openCapture(const Source& source) {
  try {
    beQuiet();
    auto capture = std::make_unique<Capture>();
    if (capture->open(source)) return capture;
  } catch (const std::exception&) {  // the caller says in a sentence that it cannot be opened
  }
  return nullptr;
}

/// Within its life, what is written to stderr goes nowhere: libpng, libjpeg, libtiff and OpenCV's own readers
/// write there without asking. One at a time; another thread's line may be lost.
class Silence {
 public:
  Silence() : m_lock(mutex()), m_before(dup(STDERR_FILENO)) {
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (m_before >= 0 && nowhere >= 0) dup2(nowhere, STDERR_FILENO);
    if (nowhere >= 0) close(nowhere);
  }
  ~Silence() {
    if (m_before < 0) return;
    dup2(m_before, STDERR_FILENO);
    close(m_before);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  std::lock_guard<std::mutex> m_lock;
  int m_before;
};

cv::Mat decoded(const std::string& path) {
  if (std::getenv("OPENCV_LOG_LEVEL") != nullptr) return cv::imread(path, cv::IMREAD_COLOR);
  const Silence here;
  return cv::imread(path, cv::IMREAD_COLOR);
}

bool readImage(const std::string& path, const std::function<void(const BgrView&)>& take) {
  try {
    beQuiet();
    BgrView view;
    const cv::Mat image = decoded(path);
    if (!viewOf(image, view)) return false;
    take(view);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

class Encoder final : public VideoEncoder {
 public:
  bool open(const std::string& path, int height, int width, double rate) {
    for (const int fourcc :
         {cv::VideoWriter::fourcc('a', 'v', 'c', '1'), cv::VideoWriter::fourcc('m', 'p', '4', 'v')}) {
      if (m_writer.open(path, cv::CAP_FFMPEG, fourcc, rate, {width, height}) && m_writer.isOpened())
        return true;
    }
    return false;
  }
  bool add(const BgrView& picture) override {
    try {
      m_frame.create(picture.height, picture.width, CV_8UC3);
      for (int y = 0; y < picture.height; ++y) {
        const std::uint8_t* from = picture.data + y * picture.rowBytes;
        std::uint8_t* to = m_frame.ptr(y);
        for (int x = 0; x < picture.width; ++x, from += 4, to += 3) {
          for (int i = 0; i < 3; ++i) to[i] = from[i];
        }
      }
      m_writer.write(m_frame);
      return true;
    } catch (const std::exception&) {
      return false;
    }
  }

 private:
  cv::VideoWriter m_writer;
  cv::Mat m_frame;
};

std::unique_ptr<VideoEncoder> openEncoder(const std::string& path, int height, int width, double rate) {
  try {
    beQuiet();
    auto encoder = std::make_unique<Encoder>();
    if (encoder->open(path, height, width, rate)) return encoder;
  } catch (const std::exception&) {  // the caller says in a sentence that it cannot be written
  }
  return nullptr;
}

}  // namespace

}  // namespace convscope

extern "C" __attribute__((visibility("default"))) const convscope::DecoderLibrary* convscopeDecoders() {
  static const convscope::DecoderLibrary functions{
      convscope::kDecoderInterface, [](const std::string& path) { return convscope::openCapture(path); },
      [](int index) { return convscope::openCapture(index); }, convscope::readImage, convscope::openEncoder};
  return &functions;
}
