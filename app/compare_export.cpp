#include "app/compare_export.h"

#include "engine/core/csv_field.h"
#include "engine/core/number_text.h"
#include "engine/field/receptive_field.h"
#include "engine/network/mean_scores.h"
#include "widgets/panels/scores_facts.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <sstream>

namespace convscope {

namespace {

constexpr int kDigits = 9;

using Cell = std::function<std::string(const CompareColumn&)>;

std::string numberText(double value) {
  return std::isfinite(value) ? generalText(value, kDigits) : std::string("inf");
}

/// What was computed of the column as it is set; null where that is to come, or cannot be had.
const ColumnResult* freshOf(const CompareColumn& column) {
  return column.stale ? nullptr : column.result.get();
}

/// Accuracy on held-out clips of a kernel's readout, or as a network's file states it.
std::string accuracyOf(const CompareColumn& column) {
  if (column.readout) return numberText(column.readout->readout->test.accuracy());
  const ColumnResult* const result = freshOf(column);
  if (result == nullptr || !result->network) return {};
  const auto& trained = result->network->preprocess.trained;
  return trained ? numberText(trained->accuracy) : std::string();
}

/// Name and score of the class that is likeliest on the clip.
std::pair<std::string, std::string> saysOf(const CompareColumn& column) {
  if (column.readout && !column.readout->scores.empty()) {
    const auto best = std::ranges::max_element(column.readout->scores);
    const auto index = static_cast<int>(best - column.readout->scores.begin());
    return {className(index).toStdString(),
            column.readout->unlike() ? std::string() : numberText(double{*best})};
  }
  const ColumnResult* const result = freshOf(column);
  if (result == nullptr || !result->network) return {};
  const NetworkResult& network = *result->network;
  const auto classes = likeliestClasses(network.scores);
  if (classes.empty()) return {};
  // as on screen: a guess is not given a number that it does not deserve
  return {network.labelOf(classes.front().index),
          network.unlike() ? std::string() : numberText(classes.front().probability)};
}

/// A cell of what was computed of a column.
template <class Number>
Cell computed(Number number) {
  return [number](const CompareColumn& column) {
    const ColumnResult* const result = freshOf(column);
    return result != nullptr ? numberText(static_cast<double>(number(*result))) : std::string();
  };
}

}  // namespace

std::string comparisonCsv(const CompareView& view) {
  std::ostringstream text;
  text << "quantity";
  for (int i = 0; i < view.count(); ++i) {
    const QString head = columnLetter(i) + QLatin1Char(' ') + narrowShape(view.column(i).spec);
    text << ',' << csvField(head.toStdString());
  }
  text << ",unit\n";
  const auto row = [&](const char* name, const char* unit, const Cell& cell) {
    text << name;
    for (const CompareColumn& column : view.columns) text << ',' << csvField(cell(column));
    text << ',' << unit << '\n';
  };
  row("weights", "numbers", computed([](const ColumnResult& r) { return r.weights; }));
  row("multiply-adds", "operations", computed([](const ColumnResult& r) { return r.multiplyAdds; }));
  row("non-linearities", "", computed([](const ColumnResult& r) { return r.bends; }));
  constexpr const char* kFields[] = {"field in time", "field in height", "field in width"};
  for (const std::size_t axis : {0U, 1U, 2U})
    row(kFields[axis], axis == 0 ? "frames" : "pixels",
        computed([axis](const ColumnResult& r) { return r.ownField()[static_cast<Axis>(axis)]; }));
  row("field in time", "seconds", [](const CompareColumn& column) {
    const ColumnResult* const result = freshOf(column);
    const double rate = result != nullptr ? result->clip->framesPerSecond : 0;
    return rate > 0 ? numberText(fieldSeconds(result->field[0].size, 1, rate)) : std::string();
  });
  row("right : left at 1 px/frame", "ratio", [](const CompareColumn& column) {
    return column.tuning ? numberText(column.tuning->rightOverLeft(1)) : std::string();
  });
  row("response, of that to the unchanged clip", "share", [&view](const CompareColumn& column) {
    const auto left = column.strengthLeft(view.state.compare.tempo);
    return left ? numberText(*left) : std::string();
  });
  row("held-out accuracy", "share", &accuracyOf);
  row("likeliest class", "", [](const CompareColumn& column) { return saysOf(column).first; });
  row("its score", "share", [](const CompareColumn& column) { return saysOf(column).second; });
  return text.str();
}

std::string tuningCurvesCsv(const CompareView& view) {
  std::ostringstream text;
  text << "column,filter," << tuningCsvHead(false);
  for (int i = 0; i < view.count(); ++i) {
    const CompareColumn& column = view.column(i);
    if (!column.tuning) continue;
    std::istringstream lines(tuningCsv(*column.tuning));
    for (std::string line; std::getline(lines, line);) {
      text << columnLetter(i).toStdString() << ',';
      if (column.tuned) text << column.tuned->filter + 1;
      text << ',' << line << '\n';
    }
  }
  return text.str();
}

std::string tempoCurvesCsv(const CompareView& view) {
  std::ostringstream text;
  text << "column,tempo,strength\n";
  for (int i = 0; i < view.count(); ++i) {
    if (!view.column(i).tempos) continue;
    for (const TempoPoint& point : *view.column(i).tempos) {
      if (point.strength)
        text << columnLetter(i).toStdString() << ',' << numberText(point.tempo) << ','
             << numberText(*point.strength) << '\n';
    }
  }
  return text.str();
}

}  // namespace convscope
