#pragma once

#include <QByteArray>
#include <QFile>
#include <QString>
#include <QTemporaryDir>
#include <QtGlobal>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/videoio.hpp>

#include <functional>

/// Files that the tests of engine/clip make for themselves.
namespace clip_files {

inline bool write(const QString& path, const QByteArray& bytes) {
  QFile file(path);
  return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

inline QByteArray read(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// The folder of real clips, or empty where the environment names none.
inline QString realClips() {
  return qEnvironmentVariable("CONVSCOPE_TEST_CLIPS");
}

/// A frame of one colour, its brightness a function of its number that survives lossy coding: 10, 20, … 240,
/// 10, …
inline int levelOf(int frame) {
  return 10 + frame % 24 * 10;
}

/// Writes a video of flat grey frames with levelOf() as their brightness.
inline bool writeVideo(const QString& path, const char* fourcc, int frames, int height, int width,
                       double rate = 25, int backend = cv::CAP_FFMPEG) {
  cv::VideoWriter writer(path.toStdString(), backend,
                         cv::VideoWriter::fourcc(fourcc[0], fourcc[1], fourcc[2], fourcc[3]), rate,
                         cv::Size(width, height));
  if (!writer.isOpened()) return false;
  cv::Mat frame(height, width, CV_8UC3);
  for (int i = 0; i < frames; ++i) {
    frame = cv::Scalar::all(levelOf(i));
    writer.write(frame);
  }
  return true;
}

inline bool writeImage(const QString& path, int height, int width, const cv::Scalar& bgr) {
  return cv::imwrite(path.toStdString(), cv::Mat(height, width, CV_8UC3, bgr));
}

/// A .npy file made by hand: the dictionary is written as given.
inline QByteArray npy(const QByteArray& dictionary, const QByteArray& values, char major = 1) {
  QByteArray bytes("\x93NUMPY", 6);
  bytes.append(major).append('\0');
  const auto length = static_cast<quint32>(dictionary.size());
  for (int i = 0; i < (major == 1 ? 2 : 4); ++i) bytes.append(static_cast<char>(length >> (8 * i)));
  return bytes + dictionary + values;
}

template <class Value>
QByteArray rawBytes(std::initializer_list<Value> values) {
  return {reinterpret_cast<const char*>(values.begin()),
          static_cast<qsizetype>(values.size() * sizeof(Value))};
}

}  // namespace clip_files
