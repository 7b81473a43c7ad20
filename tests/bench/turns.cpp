#include "turns.h"

#include "peer_request.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>
#include <thread>

namespace convscope::bench {

namespace {

/// True while another program wants a core; all peers are stopped when this is asked.
bool machineIsBusy() {
  // "0.20 0.18 0.12 2/80 11206": the fourth is how many threads want a core, this one among them.
  std::ifstream stream("/proc/loadavg");
  std::string average;
  int wanting = 1;
  stream >> average >> average >> average >> wanting;
  return wanting > 1;
}

}  // namespace

double Column::median() const {
  if (times.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::vector<double> sorted = times;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return *middle;
}

void Summary::add(double ratio) {
  if (!std::isfinite(ratio)) return;
  m_logarithms += std::log(ratio);
  m_least = m_cases == 0 ? ratio : std::min(m_least, ratio);
  ++m_cases;
}

double Summary::geomean() const {
  return m_cases > 0 ? std::exp(m_logarithms / m_cases) : 0;
}

double Summary::least() const {
  return m_least;
}

void Summary::print(const char* name) const {
  std::printf("bench %s geomean=%.2f min=%.2f cases=%d\n", name, geomean(), least(), m_cases);
}

double Turns::take(Column& column, const std::function<std::vector<double>(int)>& timeCalls) {
  // Short calls several times a turn: of one call the clock's and the wake-up's share would be large.
  constexpr double kTurnMs = 25;
  const double known = column.median();
  const int count = std::isnan(known) ? 1 : static_cast<int>(std::clamp(kTurnMs / known, 1.0, 5.0));
  // A short disturbance passes; a long one is told at the end.
  constexpr int kPatienceMs = 20;
  for (int waited = 0; machineIsBusy() && waited < kPatienceMs; ++waited)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  ++m_turns;
  if (machineIsBusy()) ++m_disturbed;
  return timeOf([&] {
    const auto times = timeCalls(count);
    column.timed = !times.empty();
    if (column.timed) column.times.push_back(*std::min_element(times.begin(), times.end()));
  });
}

void Turns::printDisturbance() const {
  const double share = m_turns > 0 ? double(m_disturbed) / m_turns : 0;
  std::printf("\nAnother program wanted a core at the start of %.0f %% of the turns%s.\n", 100 * share,
              share > 0.1 ? ": run again on a quiet machine before trusting a ratio" : "");
}

}  // namespace convscope::bench
