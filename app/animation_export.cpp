#include "app/animation_export.h"

#include "engine/clip/animation_writer.h"
#include "widgets/stage/stage_view.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace convscope {

namespace {

constexpr std::size_t kMostWaiting = 3;  // pictures drawn ahead of the encoder
constexpr std::size_t kPalettePictures = 6;
constexpr double kStageWidth = 952;  // px that the stage is laid out for, as in the designed window

PictureView viewOf(const QImage& image) {
  return {image.constBits(), image.bytesPerLine(), image.height(), image.width()};
}

}  // namespace

std::vector<Triple> animationPositions(const AnimationPlan& plan, const Triple& output, const Triple& from) {
  const auto count =
      static_cast<std::int64_t>(std::max(2L, std::lround(plan.seconds * plan.framesPerSecond)));
  const bool slides = plan.kind == AnimationKind::Slide;
  const std::int64_t positions = slides ? output.product() : output.t;
  std::vector<Triple> all;
  for (std::int64_t i = 0; i < count; ++i) {
    // the last picture shows the last position, also where there are more of them than pictures
    const std::int64_t at = positions > count ? i * (positions - 1) / (count - 1) : i * positions / count;
    const auto index = static_cast<int>(at);
    if (!slides) {
      all.push_back({index, from.y, from.x});
      continue;
    }
    const std::int64_t plane = std::int64_t{output.y} * output.x;
    all.push_back({static_cast<int>(at / plane), static_cast<int>(at % plane / output.x),
                   static_cast<int>(at % output.x)});
  }
  return all;
}

/// Takes pictures on the GUI thread and writes them on its own.
struct AnimationExport::Encoder {
  Encoder(AnimationExport* owner, const AnimationPlan& plan, std::vector<QImage> samples, std::size_t count)
      : m_owner(owner), m_plan(plan), m_samples(std::move(samples)), m_count(count) {
    m_thread = std::jthread([this](const std::stop_token& stop) {
      const Result<void> result = run(stop);
      tell(result, stop.stop_requested());
    });
  }

  [[nodiscard]] bool hasRoom() {
    const std::lock_guard lock(m_mutex);
    return m_waiting.size() < kMostWaiting;
  }
  void add(QImage picture) {
    const std::lock_guard lock(m_mutex);
    m_waiting.push_back(std::move(picture));
    m_changed.notify_all();
  }
  void stop() { m_thread.request_stop(); }

  Result<void> run(const std::stop_token& stop) {
    std::vector<PictureView> views;
    for (const QImage& sample : m_samples) views.push_back(viewOf(sample));
    auto writer = openAnimation(m_plan.path.toStdString(), m_plan.size.height(), m_plan.size.width(),
                                m_plan.framesPerSecond, views);
    m_samples.clear();
    if (!writer) return tl::unexpected(writer.error());
    for (std::size_t i = 0; i < m_count; ++i) {
      QImage picture;
      {
        std::unique_lock lock(m_mutex);
        if (!m_changed.wait(lock, stop, [this] { return !m_waiting.empty(); })) return {};
        picture = std::move(m_waiting.front());
        m_waiting.pop_front();
      }
      if (stop.stop_requested()) return {};
      if (auto added = (*writer)->add(viewOf(picture)); !added) return added;
      QMetaObject::invokeMethod(
          m_owner,
          [owner = m_owner, share = static_cast<double>(i + 1) / static_cast<double>(m_count)] {
            Q_EMIT owner->progressed(share);
            owner->goOn();
          },
          Qt::QueuedConnection);
    }
    return (*writer)->finish();
  }

  void tell(const Result<void>& result, bool stopped) {
    const QString problem = result ? QString() : QString::fromStdString(result.error().message);
    QMetaObject::invokeMethod(
        m_owner,
        [owner = m_owner, problem, written = result.has_value() && !stopped] {
          owner->m_turn.stop();
          owner->m_next = owner->m_positions.size();
          Q_EMIT owner->done(written, problem);
        },
        Qt::QueuedConnection);
  }

  AnimationExport* m_owner;
  AnimationPlan m_plan;
  std::vector<QImage> m_samples;
  std::size_t m_count;
  std::mutex m_mutex;
  std::condition_variable_any m_changed;
  std::deque<QImage> m_waiting;
  std::jthread m_thread;  // last: it uses everything above
};

AnimationExport::AnimationExport(const KernelView& view, AnimationPlan plan, QObject* parent)
    : QObject(parent), m_view(view), m_plan(std::move(plan)), m_stage(std::make_unique<StageView>()) {
  m_view.state.playback.playing = false;
  m_view.state.playback.paint = m_plan.kind == AnimationKind::Slide;
  m_view.state.look.reducedMotion = true;  // every picture shows where the kernel is, not its way there
  m_view.state.selection.input.reset();
  m_view.hover = {};
  m_positions = animationPositions(m_plan, m_view.result->geometry.output.extent(), m_view.voxel());
  m_turn.setSingleShot(true);
  connect(&m_turn, &QTimer::timeout, this, &AnimationExport::goOn);
}

AnimationExport::~AnimationExport() = default;

QImage AnimationExport::picture(const Triple& at) {
  m_view.state.selection.voxel = at;
  m_stage->present(m_view);
  const double ratio = m_plan.size.width() / kStageWidth;
  const QSize laidOut(static_cast<int>(std::ceil(m_plan.size.width() / ratio)),
                      static_cast<int>(std::ceil(m_plan.size.height() / ratio)));
  const QImage drawn = m_stage->renderImage(laidOut, ratio);
  QImage exact = drawn.size() == m_plan.size ? drawn : drawn.copy(QRect(QPoint(0, 0), m_plan.size));
  return exact.convertToFormat(QImage::Format_RGB32);
}

void AnimationExport::start() {
  std::vector<QImage> samples;
  const bool needsColours = m_plan.path.endsWith(QStringLiteral(".gif"));
  for (std::size_t i = 0; needsColours && i < kPalettePictures; ++i)
    samples.push_back(picture(m_positions[i * (m_positions.size() - 1) / (kPalettePictures - 1)]));
  m_encoder = std::make_unique<Encoder>(this, m_plan, std::move(samples), m_positions.size());
  m_turn.start(0);
}

void AnimationExport::stop() {
  if (m_encoder) m_encoder->stop();
}

void AnimationExport::goOn() {
  if (m_next == m_positions.size() || !m_encoder->hasRoom()) return;  // the encoder calls when it has
  m_encoder->add(picture(m_positions[m_next++]));
  if (m_next < m_positions.size()) m_turn.start(0);
}

}  // namespace convscope
