#include "engine/study/study_cache.h"

#include "engine/clip/clip_edit.h"
#include "engine/clip/clip_prepare.h"
#include "engine/clip/clip_reader.h"
#include "engine/clip/motion_lab.h"

#include <atomic>
#include <chrono>
#include <limits>
#include <mutex>
#include <utility>
#include <variant>

namespace convscope {

namespace {

using Clock = std::chrono::steady_clock;

// First guesses of an ordinary laptop's pace; what is measured replaces them.
constexpr double kMultiplyAddsPerMs = 15e6;
constexpr double kDrawnPixelsPerMs = 3e3;
constexpr double kPreparedValuesPerMs = 100e3;

/// Without the chance for others to go first: they may want the clip whose lock this reader holds.
ReadContext readContext(const ComputeContext& context) {
  return {context.stop, context.progress};
}

/// Keeps the pace of work that took long enough to say more of the machine than of the clock.
void learn(std::atomic<double>& perMs, double work, Clock::time_point start) {
  constexpr double kShortestMs = 0.5;
  const double ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  if (ms > kShortestMs && work > 0) perMs = work / ms;
}

/// What preparing goes through: the values of the crop and those that come out of it.
double preparedValues(const ClipSpec& spec, int height, int width, int frames) {
  const PrepareSpec& prepare = spec.prepare;
  const double read = prepare.crop ? static_cast<double>(prepare.crop->height) * prepare.crop->width
                                   : static_cast<double>(height) * width;
  const double made =
      prepare.resize ? static_cast<double>(prepare.resize->height) * prepare.resize->width : read;
  return 3.0 * frames * (read + made);
}

Result<Shape> editedOf(const ClipSpec& spec, Result<Shape> prepared) {
  if (prepared) *prepared = editedShape(*prepared, spec.edits);
  return prepared;
}

}  // namespace

struct StudyCache::Store {
  std::mutex reading;        // one reader at a time; never held while `mutex` is wanted by peek()
  mutable std::mutex mutex;  // guards what follows
  ClipSource source;
  FrameRange range;
  std::shared_ptr<const RawFrames> raw;
  int forgotten = 0;  // how often forgetClip() was called: what was read before it may not be kept after it
  ClipSpec spec;
  std::shared_ptr<const Clip> clip;
  std::weak_ptr<const StudyResult> result;
  std::atomic<double> multiplyAddsPerMs{kMultiplyAddsPerMs};
  std::atomic<double> drawnPixelsPerMs{kDrawnPixelsPerMs};
  std::atomic<double> preparedValuesPerMs{kPreparedValuesPerMs};

  std::shared_ptr<const Clip> find(const ClipSpec& wanted) const {
    const std::lock_guard lock(mutex);
    return clip && spec == wanted ? clip : nullptr;
  }
  std::shared_ptr<const RawFrames> findRaw(const ClipSpec& wanted) const {
    const std::lock_guard lock(mutex);
    return raw && source == wanted.source && range == wanted.range ? raw : nullptr;
  }
  int timesForgotten() const {
    const std::lock_guard lock(mutex);
    return forgotten;
  }
  /// Reads what is not in memory. For the holder of `reading` alone.
  Result<std::shared_ptr<const RawFrames>> frames(const ClipSpec& wanted, const ComputeContext& context) {
    if (auto known = findRaw(wanted)) return known;
    const int before = timesForgotten();
    const auto start = Clock::now();
    Result<RawFrames> read = readSource(wanted.source, wanted.range, readContext(context));
    if (!read) return tl::unexpected(read.error());
    if (std::holds_alternative<LabSpec>(wanted.source))
      learn(drawnPixelsPerMs, static_cast<double>(read->count()) * read->height * read->width, start);
    auto fresh = std::make_shared<const RawFrames>(std::move(*read));
    const std::lock_guard lock(mutex);
    if (before != forgotten) return fresh;
    source = wanted.source;
    range = wanted.range;
    raw = fresh;
    return fresh;
  }
};

StudyCache::StudyCache() : m_store(std::make_unique<Store>()) {}
StudyCache::~StudyCache() = default;

std::shared_ptr<const Clip> StudyCache::peek(const ClipSpec& spec) const {
  return m_store->find(spec);
}

void StudyCache::forgetClip() {
  const std::lock_guard lock(m_store->mutex);
  ++m_store->forgotten;
  m_store->clip.reset();
  m_store->raw.reset();
}

double StudyCache::frameBytes(const ClipSpec& spec) const {
  if (const auto raw = m_store->findRaw(spec))
    return static_cast<double>(raw->bytes.size()) + 4.0 * static_cast<double>(raw->floats.size());
  const auto* lab = std::get_if<LabSpec>(&spec.source);
  return lab == nullptr ? 0 : 4.0 * 3 * spec.range.count * lab->height * lab->width;
}

double StudyCache::readingMs(const ClipSpec& spec) const {
  if (peek(spec)) return 0;
  const auto raw = m_store->findRaw(spec);
  const auto* lab = std::get_if<LabSpec>(&spec.source);
  if (!raw && lab == nullptr) return std::numeric_limits<double>::infinity();
  const int height = raw ? raw->height : lab->height;
  const int width = raw ? raw->width : lab->width;
  const double drawn = raw ? 0 : static_cast<double>(spec.range.count) * height * width;
  return drawn / m_store->drawnPixelsPerMs +
         preparedValues(spec, height, width, spec.range.count) / m_store->preparedValuesPerMs;
}

bool StudyCache::holdsFrames(const ClipSpec& spec) const {
  return m_store->findRaw(spec) != nullptr;
}

std::shared_ptr<const StudyResult> StudyCache::lastResult() const {
  const std::lock_guard lock(m_store->mutex);
  return m_store->result.lock();
}

void StudyCache::rememberResult(const std::shared_ptr<const StudyResult>& result) {
  const std::lock_guard lock(m_store->mutex);
  m_store->result = result;
}

double StudyCache::multiplyAddsPerMs() const {
  return m_store->multiplyAddsPerMs;
}

void StudyCache::learnPace(double multiplyAdds, double ms) {
  // Short runs say more of the clock than of the machine.
  if (ms > 0.5 && multiplyAdds > 1e6) m_store->multiplyAddsPerMs = multiplyAdds / ms;
}

Result<std::shared_ptr<const Clip>> StudyCache::clip(const ClipSpec& spec, const ComputeContext& context) {
  if (auto known = m_store->find(spec)) return known;
  const std::lock_guard turn(m_store->reading);
  if (auto known = m_store->find(spec)) return known;  // read while this caller waited
  const int before = m_store->timesForgotten();
  const auto raw = m_store->frames(spec, context);
  if (!raw) return tl::unexpected(raw.error());
  const auto start = Clock::now();
  Result<Clip> prepared = prepareClip(**raw, spec.prepare, spec.range.step, readContext(context));
  if (!prepared) return tl::unexpected(prepared.error());
  if (!spec.edits.empty()) {
    prepared = editedClip(*prepared, spec.edits, {context.stop, {}, context.yield});
    if (!prepared) return tl::unexpected(prepared.error());
  }
  learn(m_store->preparedValuesPerMs, preparedValues(spec, (*raw)->height, (*raw)->width, (*raw)->count()),
        start);
  auto clip = std::make_shared<const Clip>(std::move(*prepared));
  const std::lock_guard lock(m_store->mutex);
  if (before != m_store->forgotten) return clip;
  m_store->spec = spec;
  m_store->clip = clip;
  return clip;
}

Result<Shape> StudyCache::clipShape(const ClipSpec& spec, const ComputeContext& context) {
  if (const auto known = m_store->find(spec)) return known->pixels.shape();
  if (const auto* lab = std::get_if<LabSpec>(&spec.source); lab != nullptr && spec.range.count > 0) {
    if (auto sound = checkLab(*lab); !sound) return tl::unexpected(sound.error());
    return editedOf(spec, preparedShape({spec.range.count, lab->height, lab->width, 3}, spec.prepare));
  }
  const std::lock_guard turn(m_store->reading);
  const auto raw = m_store->frames(spec, context);
  if (!raw) return tl::unexpected(raw.error());
  return editedOf(
      spec, preparedShape({(*raw)->count(), (*raw)->height, (*raw)->width, (*raw)->channels}, spec.prepare));
}

}  // namespace convscope
