#include "widgets/state/network_scan.h"

#include "engine/core/caught.h"
#include "engine/core/csv_field.h"
#include "engine/core/number_text.h"
#include "engine/study/network_study.h"

#include <QCoreApplication>
#include <QEvent>

#include <algorithm>

namespace convscope {

namespace {

constexpr int kOpenSpans = 4;  // windows' lengths that a clip without an end is followed for

const NetworkResult& resultOf(const std::shared_ptr<const StudyResult>& holder) {
  return std::get<NetworkResult>(*holder);
}

bool sameClipAndNetwork(const NetworkResult& one, const NetworkResult& other) {
  return one.network == other.network && one.preprocess == other.preprocess &&
         one.spec.source == other.spec.source && one.spec.edits == other.spec.edits;
}

}  // namespace

std::string windowsCsv(const NetworkResult& network, const std::vector<ScanWindow>& windows) {
  std::string text = "start,class,probability\n";
  for (const ScanWindow& window : windows) {
    for (std::size_t i = 0; i < window.probabilities.size(); ++i) {
      text += std::to_string(window.start) + ',' + csvField(network.labelOf(static_cast<std::int64_t>(i))) +
              ',' + generalText(window.probabilities[i], 8) + '\n';
    }
  }
  return text;
}

NetworkScan::NetworkScan(QObject* parent) : QObject(parent) {}
NetworkScan::~NetworkScan() {
  m_runner.cancel(Lane::Background);
  m_runner.waitIdle();
}

void NetworkScan::start(const std::shared_ptr<const StudyResult>& holder) {
  const NetworkResult& result = resultOf(holder);
  if (!m_holder || !sameClipAndNetwork(result, resultOf(m_holder))) {
    pause();
    m_holder = holder;
    m_windows.clear();
    const int span = result.span();
    const int known = result.clip->source.frameCount;
    m_frames = std::max(known > 0 ? known : kOpenSpans * span, result.spec.start + span);
    m_reader = std::make_shared<RangeReader>(result.spec.source);
    if (!result.scores.clips.empty()) {
      for (const int at : windowStarts(m_frames, span, result.preprocess.step))
        m_windows.push_back({at, {}, false});
    }
    Q_EMIT changed();
  }
  if (!m_busy) next();
}

void NetworkScan::pause() {
  ++m_ticket;
  m_runner.cancel(Lane::Background);
  if (!std::exchange(m_busy, false)) return;
  Q_EMIT changed();
}

void NetworkScan::forget() {
  pause();
  m_holder.reset();
  m_reader.reset();
  m_windows.clear();
}

void NetworkScan::next() {
  const auto open = std::ranges::find_if(m_windows, [](const ScanWindow& one) { return !one.tried; });
  const bool busy = open != m_windows.end();
  if (busy != m_busy) {
    m_busy = busy;
    Q_EMIT changed();
  }
  if (!busy) {
    m_reader = std::make_shared<RangeReader>(resultOf(m_holder).spec.source);  // the file and its frames go
    return;
  }
  const auto index = static_cast<std::size_t>(open - m_windows.begin());
  m_runner.submit(Lane::Background, [this, holder = m_holder, reader = m_reader, index, start = open->start,
                                     ticket = m_ticket](const JobContext& job) {
    auto scores = caught([&] {
      return windowScores(resultOf(holder), start, *reader, {m_pool, job.stop, job.yield, {}});
    });
    if (!scores && scores.error().code == ErrorCode::Stopped) return;
    QMetaObject::invokeMethod(
        this,
        [this, ticket, index, scores = std::move(scores)]() mutable {
          if (ticket != m_ticket) return;
          m_windows[index].tried = true;
          if (scores) m_windows[index].probabilities = std::move(*scores);
          Q_EMIT changed();
          next();
        },
        Qt::QueuedConnection);
  });
}

double NetworkScan::progress() const {
  const auto tried = std::ranges::count_if(m_windows, [](const ScanWindow& one) { return one.tried; });
  return m_windows.empty() ? 0 : static_cast<double>(tried) / static_cast<double>(m_windows.size());
}

void NetworkScan::finish() {
  while (m_busy) {
    m_runner.waitIdle();
    QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
  }
}

}  // namespace convscope
