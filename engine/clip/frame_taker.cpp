#include "engine/clip/frame_taker.h"

#include "engine/core/memory_budget.h"

#include <algorithm>
#include <span>

namespace convscope {

std::string framesText(std::int64_t count) {
  return std::to_string(count) + (count == 1 ? " frame" : " frames");
}

tl::unexpected<Error> startsBehindEnd(const std::string& name, std::int64_t frames, const FrameRange& range) {
  return fail(ErrorCode::BadInput,
              name + " has " + framesText(frames) + "; the range starts at frame " +
                  std::to_string(std::int64_t{range.start} + 1) + ".",
              {ErrorPlace::Setting::Range});
}

std::string endsInside(const std::string& name, std::int64_t frames, int taken, int asked) {
  return name + " has " + framesText(frames) + ": " + std::to_string(taken) + " of the " + framesText(asked) +
         " asked for could be taken.";
}

int framesInside(const FrameRange& range, std::int64_t frames) {
  if (range.start >= frames) return 0;
  return static_cast<int>(std::min<std::int64_t>(range.count, (frames - range.start - 1) / range.step + 1));
}

FrameTaker::FrameTaker(std::string name, const FrameRange& range, const ReadContext& context)
    : m_name(std::move(name)), m_range(range), m_context(context) {
  m_frames.source.name = m_name;
}

void FrameTaker::expect(double frames) {
  m_known = frames;
}

std::int64_t FrameTaker::lastIndex() const {
  return m_range.start + (std::int64_t{m_range.count} - 1) * m_range.step;
}

bool FrameTaker::wants(std::int64_t index) const {
  return index >= m_range.start && (index - m_range.start) % m_range.step == 0 && index <= lastIndex();
}

Result<void> FrameTaker::begin(int height, int width) {
  m_frames.height = m_frames.source.height = height;
  m_frames.width = m_frames.source.width = width;
  m_frames.channels = m_frames.source.channels = 3;
  const int stated = m_known >= 1 ? framesInside(m_range, static_cast<std::int64_t>(m_known)) : m_range.count;
  if (auto fits = checkRoom(std::max(stated, 1)); !fits) return fits;
  m_frames.bytes.reserve(frameBytes() * static_cast<std::size_t>(m_checked));
  return {};
}

std::size_t FrameTaker::frameBytes() const {
  return 3 * static_cast<std::size_t>(m_frames.height) * static_cast<std::size_t>(m_frames.width);
}

Result<void> FrameTaker::checkRoom(int frames) {
  m_checked = frames;
  if (auto fits = checkBudget(static_cast<double>(frameBytes()) * frames,
                              "Reading " + framesText(frames) + " of " + std::to_string(m_frames.width) +
                                  " × " + std::to_string(m_frames.height) + " pixels from " + m_name,
                              "take fewer frames");
      !fits)
    return failAt(ErrorPlace::Setting::Range, fits.error());
  return {};
}

Result<void> FrameTaker::take(std::int64_t index, const BgrView& view) {
  if (m_frames.taken.empty()) {
    if (auto begun = begin(view.height, view.width); !begun) return begun;
  } else if (view.height != m_frames.height || view.width != m_frames.width) {
    return fail(ErrorCode::BadInput,
                m_name + " changes its frame size from " + std::to_string(m_frames.width) + " × " +
                    std::to_string(m_frames.height) + " to " + std::to_string(view.width) + " × " +
                    std::to_string(view.height) + " at frame " + std::to_string(index + 1) + ".");
  }
  // a container may state fewer frames than it has
  if (const auto count = static_cast<int>(m_frames.taken.size()); count >= m_checked) {
    if (auto fits = checkRoom(count + 1); !fits) return fits;
  }
  const std::size_t before = m_frames.bytes.size();
  const std::size_t row = static_cast<std::size_t>(view.width) * 3;
  m_frames.bytes.resize(before + row * static_cast<std::size_t>(view.height));
  std::uint8_t* to = m_frames.bytes.data() + before;
  for (int y = 0; y < view.height; ++y) {
    const std::uint8_t* from = view.data + y * view.rowBytes;
    for (std::size_t x = 0; x < row; x += 3) {
      to[x] = from[x + 2];
      to[x + 1] = from[x + 1];
      to[x + 2] = from[x];
    }
    to += row;
  }
  m_frames.taken.push_back(static_cast<int>(index));
  return {};
}

Result<void> FrameTaker::takeAgain(const RawFrames& earlier) {
  for (std::size_t i = 0; i < earlier.taken.size(); ++i) {
    if (!wants(earlier.taken[i])) continue;
    if (m_frames.taken.empty()) {
      if (auto begun = begin(earlier.height, earlier.width); !begun) return begun;
    }
    const auto frame = std::span(earlier.bytes).subspan(i * frameBytes(), frameBytes());
    m_frames.bytes.insert(m_frames.bytes.end(), frame.begin(), frame.end());
    m_frames.taken.push_back(earlier.taken[i]);
  }
  return {};
}

void FrameTaker::reportProgress(std::int64_t index) const {
  if (!m_context.progress) return;
  std::int64_t last = lastIndex();
  if (m_known >= 1) last = std::min(last, static_cast<std::int64_t>(m_known) - 1);
  m_context.progress(std::clamp(static_cast<double>(index + 1) / static_cast<double>(last + 1), 0.0, 1.0));
}

RawFrames FrameTaker::finish() && {
  return std::move(m_frames);
}

}  // namespace convscope
