#include "widgets/state/network_queries.h"

#include "engine/core/caught.h"
#include "widgets/state/kernel_view.h"

#include <QCoreApplication>
#include <QEvent>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

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
    m_made->clip = m_sameResult && m_before->clip
                       ? m_before->clip
                       : shared(pixelPictures(m_result.clip->pixels, displayRange(*m_result.clip)));
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
    takeExplained();
    takeSlices();
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
    const bool sameLook = m_sameResult && m_before->maps == m_made->maps &&
                          m_before->ranges == m_made->ranges &&
                          m_before->question.signedScale == m_question.signedScale &&
                          m_before->question.unsignedScale == m_question.unsignedScale;
    const Tensor& maps = m_made->maps->maps;
    const auto picture = [&](int channel, int t) {
      return mapPicture(maps, channel, t, m_made->ranges[static_cast<std::size_t>(channel)], isUnsigned,
                        scale());
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

  static std::shared_ptr<const Pictures> shared(Pictures pictures) {
    return std::make_shared<const Pictures>(std::move(pictures));
  }

  /// Row and column of the unit over time.
  void takeSlices() {
    const NetworkExplanation* const made = m_question.explanation.get();
    const bool stimulus = made != nullptr && m_question.explain == Explain::Stimulus;
    const Tensor& maps = stimulus ? made->map : m_made->maps->maps;
    const int channel = stimulus ? 0 : m_made->channel;
    const Triple& unit = stimulus ? made->unit : m_made->unit;
    const double range =
        stimulus ? m_made->aboveRange : m_made->ranges[static_cast<std::size_t>(m_made->channel)];
    m_made->row = rowPicture(maps, channel, unit.y, range, m_made->isUnsigned(), scale());
    m_made->column = columnPicture(maps, channel, unit.x, range, m_made->isUnsigned(), scale());
  }

  /// What lies over the clip's frames or stands in their place, and above them.
  void takeExplained() {
    const NetworkExplanation* const made = m_question.explanation.get();
    if (m_sameResult && m_before->question.explain == m_question.explain &&
        m_before->question.explanation == m_question.explanation &&
        m_before->question.heatScale == m_question.heatScale && m_before->frames == m_made->frames) {
      m_made->over = m_before->over;
      m_made->inPlace = m_before->inPlace;
      m_made->above = m_before->above;
      m_made->aboveRange = m_before->aboveRange;
    } else if (m_question.explain == Explain::Map) {
      const NetworkValue& value = m_result.layers.values[static_cast<std::size_t>(m_question.row)];
      MapOver over{m_made->maps->maps, m_made->channel, m_result.row(m_question.row).field};
      for (std::size_t a = 0; a < 3; ++a) over.lost[a] = value.axes[a] < 0;
      if (m_result.pictures) over.lost[0] = false;
      over.range = m_made->ranges[static_cast<std::size_t>(m_made->channel)];
      over.isUnsigned = m_made->isUnsigned();
      m_made->over = shared(mapOverPictures(over, m_result.clip->pixels.shape(), scale()));
    } else if (made != nullptr && m_question.explain != Explain::Stimulus) {
      m_made->over = shared(heatPictures(made->heat, made->end, m_question.heatScale));
      Pictures cells;
      for (int t = 0; t < made->cells.shape().length; ++t)
        cells.push_back(mapPicture(made->cells, 0, t, made->end, true, m_question.heatScale));
      m_made->above = shared(std::move(cells));
    } else if (made != nullptr) {
      m_made->inPlace = shared(pixelPictures(made->pixels, {0, 1}));
      m_made->aboveRange = endOf(rangeOf(made->map));
      Pictures maps;
      for (int t = 0; t < made->map.shape().length; ++t)
        maps.push_back(mapPicture(made->map, 0, t, m_made->aboveRange, m_made->isUnsigned(), scale()));
      m_made->above = shared(std::move(maps));
    }
  }

  [[nodiscard]] const ColourScale& scale() const {
    return m_made->isUnsigned() ? m_question.unsignedScale : m_question.signedScale;
  }

  const NetworkQuestion& m_question;
  const NetworkAnswer* m_before;
  const ComputeContext& m_context;
  const NetworkResult& m_result;
  const bool m_sameResult;
  std::shared_ptr<NetworkAnswer> m_made;
};

}  // namespace

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
