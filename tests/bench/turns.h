#pragma once

#include <functional>
#include <string>
#include <vector>

namespace convscope::bench {

/// The times of one program on one case.
struct Column {
  std::vector<double> times;  ///< in milliseconds, one for each turn
  bool timed = true;          ///< still takes its turns
  std::string note;           ///< why not

  [[nodiscard]] double median() const;  ///< NaN where there is no time
};

/// The ratios of one set, for its closing line.
class Summary {
 public:
  void add(double ratio);  ///< NaN counts for nothing
  [[nodiscard]] int cases() const { return m_cases; }
  [[nodiscard]] double geomean() const;  ///< 0 where there is none
  [[nodiscard]] double least() const;    ///< 0 where there is none
  /// "bench NAME geomean=R min=R cases=N"
  void print(const char* name) const;

 private:
  double m_logarithms = 0;
  double m_least = 0;
  int m_cases = 0;
};

/// Gives programs their turns, one after the other on an otherwise quiet machine, and counts the turns that
/// were disturbed.
class Turns {
 public:
  /// One turn: `timeCalls` times some calls and returns their milliseconds, none where it cannot; the fastest
  /// is added to the column. Returns the milliseconds that the turn took.
  double take(Column& column, const std::function<std::vector<double>(int count)>& timeCalls);
  /// How many turns began while another program wanted a core: what the figures are worth.
  void printDisturbance() const;

 private:
  int m_turns = 0;
  int m_disturbed = 0;
};

}  // namespace convscope::bench
