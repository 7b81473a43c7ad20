#pragma once

#include "engine/core/result.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace convscope {

/// A sum or a condition over named quantities, as lessons write them: "output.length = 2",
/// "map.peak.x - before.map.peak.x", "weights < 100 and field.length >= 25". Numbers, names, + − * /,
/// brackets, abs(…), comparisons = != < <= > >= and "and" / "or", which bind weakest. A condition has the
/// value 1 or 0. Two values are equal where they differ by less than a millionth of the larger one, or of 1.
/// At most 1000 numbers, names and signs make one up. A plain value.
class Expression {
 public:
  /// What a name stands for.
  using Lookup = std::function<Result<double>(const std::string& name)>;

  /// Errors: BadInput, a sentence that quotes the text and names what is wrong with it.
  [[nodiscard]] static Result<Expression> parse(std::string_view text);

  /// Errors: those of `lookup`; BadInput where something is divided by 0.
  [[nodiscard]] Result<double> value(const Lookup& lookup) const;
  /// value() is not 0.
  [[nodiscard]] Result<bool> holds(const Lookup& lookup) const;
  /// Every name in it, each once.
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] const std::string& text() const { return m_text; }

  struct Node;

 private:
  std::string m_text;
  std::shared_ptr<const Node> m_root;
};

/// As expressions compare: see Expression.
[[nodiscard]] bool nearlyEqual(double a, double b);

}  // namespace convscope
