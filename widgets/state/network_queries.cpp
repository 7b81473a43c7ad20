#include "widgets/state/network_queries.h"

#include "engine/core/caught.h"
#include "widgets/state/kernel_view.h"

#include <QCoreApplication>
#include <QEvent>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

std::shared_ptr<const Pictures> clipPictures(const Clip& clip) {
  auto pictures = std::make_shared<Pictures>();
  const Shape& shape = clip.pixels.shape();
  const ValueRange range = displayRange(clip);
  const float scale = 255 / (range.high - range.low);
  const auto byteOf = [&](float value) {
    return static_cast<int>(std::lround(std::clamp((value - range.low) * scale, 0.0F, 255.0F)));
  };
  const int last = shape.channels - 1;
  for (int t = 0; t < shape.length; ++t) {
    QImage image(shape.width, shape.height, QImage::Format_RGB32);
    for (int y = 0; y < shape.height; ++y) {
      auto* const line = reinterpret_cast<QRgb*>(image.scanLine(y));
      for (int x = 0; x < shape.width; ++x) {
        line[x] = qRgb(byteOf(clip.pixels.at(t, y, x, 0)), byteOf(clip.pixels.at(t, y, x, std::min(1, last))),
                       byteOf(clip.pixels.at(t, y, x, last)));
      }
    }
    pictures->push_back(std::move(image));
  }
  return pictures;
}

double endOf(const ValueRange& range) {
  const double most = std::max(std::abs(double{range.low}), std::abs(double{range.high}));
  return most > 0 ? most : 1;
}

/// Answers one question with the help of the answer before.
class Answerer {
 public:
  Answerer(const NetworkQuestion& question, const NetworkAnswer* before, const ComputeContext& context)
      : m_question(question),
        m_before(before),
        m_context(context),
        m_result(std::get<NetworkResult>(*question.holder)),
        m_sameResult(before != nullptr && before->question.holder == question.holder),
        m_made(std::make_shared<NetworkAnswer>()) {}

  std::shared_ptr<const NetworkAnswer> answer() {
    m_made->question = m_question;
    if (auto filled = caught([this] { return fill(); }); !filled)
      m_made->problem = QString::fromStdString(filled.error().message);
    return m_made;
  }

 private:
  Result<void> fill() {
    m_made->clip = m_sameResult && m_before->clip ? m_before->clip : clipPictures(*m_result.clip);
    const bool sameMaps = m_sameResult && m_before->maps && m_before->maps->row == m_question.row;
    if (sameMaps) {
      m_made->maps = m_before->maps;
    } else {
      auto maps = layerMaps(m_result, m_question.row, m_context);
      if (!maps) return tl::unexpected(maps.error());
      m_made->maps = std::move(*maps);
    }
    choose();
    takeRanges();
    takePictures();
    auto facts = unitFacts(m_result, *m_made->maps, m_made->channel, m_made->unit, m_context);
    if (facts) m_made->facts = std::move(*facts);
    return {};
  }

  void choose() {
    const LayerMaps& maps = *m_made->maps;
    const Shape& shape = maps.maps.shape();
    m_made->channel = m_question.channel < 0 ? maps.byStrength.front()
                                             : std::clamp(m_question.channel, 0, shape.channels - 1);
    m_made->unit = m_question.unit == kStrongest ? maps.channels[static_cast<std::size_t>(m_made->channel)].at
                                                 : m_question.unit;
    for (const Axis axis : kAxes)
      m_made->unit[axis] = std::clamp(m_made->unit[axis], 0, shape.along(axis) - 1);
  }

  void takeRanges() {
    const LayerMaps& maps = *m_made->maps;
    const double all =
        m_question.range == MapsRange::Network ? endOf(networkRange(m_result)) : endOf(maps.range);
    for (const ChannelFacts& facts : maps.channels)
      m_made->ranges.push_back(m_question.range == MapsRange::Map ? endOf(facts.range) : all);
  }

  void takePictures() {
    const bool isUnsigned = m_made->isUnsigned();
    const std::vector<QRgb>& scale = isUnsigned ? m_question.unsignedScale : m_question.signedScale;
    const bool sameLook = m_sameResult && m_before->maps == m_made->maps &&
                          m_before->ranges == m_made->ranges &&
                          m_before->question.signedScale == m_question.signedScale &&
                          m_before->question.unsignedScale == m_question.unsignedScale;
    const Tensor& maps = m_made->maps->maps;
    const auto picture = [&](int channel, int t) {
      return mapPicture(maps, channel, t, m_made->ranges[static_cast<std::size_t>(channel)], isUnsigned,
                        scale);
    };
    if (sameLook && m_before->channels && m_before->unit.t == m_made->unit.t) {
      m_made->channels = m_before->channels;
    } else {
      auto made = std::make_shared<Pictures>(static_cast<std::size_t>(maps.shape().channels));
      m_context.pool.run(maps.shape().channels,
                         [&](int c) { (*made)[static_cast<std::size_t>(c)] = picture(c, m_made->unit.t); });
      m_made->channels = std::move(made);
    }
    if (sameLook && m_before->frames && m_before->channel == m_made->channel) {
      m_made->frames = m_before->frames;
    } else {
      auto made = std::make_shared<Pictures>();
      for (int t = 0; t < maps.shape().length; ++t) made->push_back(picture(m_made->channel, t));
      m_made->frames = std::move(made);
    }
  }

  const NetworkQuestion& m_question;
  const NetworkAnswer* m_before;
  const ComputeContext& m_context;
  const NetworkResult& m_result;
  const bool m_sameResult;
  std::shared_ptr<NetworkAnswer> m_made;
};

}  // namespace

QImage mapPicture(const Tensor& maps, int channel, int t, double range, bool isUnsigned,
                  const std::vector<QRgb>& scale) {
  const Shape& shape = maps.shape();
  QImage image(shape.width, shape.height, QImage::Format_RGB32);
  const float* from = maps.frame(t, channel);
  const auto end = static_cast<float>(range);
  const float low = isUnsigned ? 0 : -end;
  const float factor = 255 / (end - low);
  for (int y = 0; y < shape.height; ++y) {
    auto* const line = reinterpret_cast<QRgb*>(image.scanLine(y));
    for (int x = 0; x < shape.width; ++x) {
      const float value = *from++;
      const float at = value == value ? std::clamp((value - low) * factor, 0.0F, 255.0F) : 127.0F;
      line[x] = scale[static_cast<std::size_t>(at + 0.5F)];
    }
  }
  return image;
}

NetworkQueries::NetworkQueries(QObject* parent) : QObject(parent) {}
NetworkQueries::~NetworkQueries() {
  m_runner.cancel(Lane::Full);
  m_runner.waitIdle();
}

void NetworkQueries::ask(NetworkQuestion question) {
  if (m_asked && *m_asked == question) return;
  // Another layer makes what is under way useless; another unit of the same one is behind it in no time.
  const bool other = m_asked && (m_asked->holder != question.holder || m_asked->row != question.row);
  if (other) m_runner.cancel(Lane::Full);
  m_asked = question;
  m_runner.submit(Lane::Full,
                  [this, question = std::move(question), before = m_answer](const JobContext& job) {
                    auto made = Answerer(question, before.get(), {m_pool, job.stop, job.yield, {}}).answer();
                    if (job.stop.stop_requested() && !made->facts) return;
                    QMetaObject::invokeMethod(
                        this,
                        [this, made = std::move(made)] {
                          m_answer = made;
                          Q_EMIT answered();
                        },
                        Qt::QueuedConnection);
                  });
}

void NetworkQueries::finish() {
  m_runner.waitIdle();
  QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
}

}  // namespace convscope
