#pragma once

#include "engine/clip/clip.h"
#include "engine/network/network_table.h"
#include "engine/network/open_network.h"
#include "engine/study/study_spec.h"

#include <memory>
#include <string>
#include <vector>

namespace convscope {

/// Rows of a network's table that people call one layer: a convolution (pool, sum …) and what is done to each
/// of its values by itself, normalisation and activation, as long as nothing else reads what is between.
struct LayerGroup {
  int first = 0;  ///< rows of the table, both counted in
  int last = 0;
  std::string name;   ///< "layer1.0.conv1"
  std::string title;  ///< "Conv 3×3×3, BN, ReLU"
  bool operator==(const LayerGroup&) const = default;
};

/// What a NetworkStudy gives. Immutable and shared.
struct NetworkResult {
  NetworkStudy spec;
  std::shared_ptr<const OpenNetwork> network;  ///< never null
  Preprocess preprocess;
  /// What the network was fed, before mean and std; null in an outline.
  std::shared_ptr<const Clip> clip;
  /// On the clip; in an outline on one of the size that the network takes. Single pictures, whose frames
  /// stand along N, count as a clip that nothing mixes in time.
  NetworkLayers layers;
  std::vector<LayerGroup> groups;  ///< in order, every row in one
  bool pictures = false;           ///< the network takes (N, C, H, W): frames along N
  bool outline = false;            ///< the layers alone: nothing was run yet
  NetworkRun run;                  ///< with the activations that fit the budget
  std::vector<double> rowMs;       ///< time spent in each row; 0 where it was folded into another
  NetworkScores scores;            ///< of all classes, the best first; a list for each picture
  /// Probabilities by class on the clip before NetworkStudy::edits; empty where there are none, or no scores.
  std::vector<double> before;
  std::string obstacle;  ///< why there are no scores: one sentence, or empty
  double runMs = 0;
  double keptBytes = 0;  ///< of activations

  /// Name of class `index`: its label, or "class 12".
  [[nodiscard]] std::string labelOf(std::int64_t index) const;
  [[nodiscard]] const LayerRow& row(int index) const {
    return layers.table.rows[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] const Node& nodeOf(int index) const {
    const auto at = static_cast<std::size_t>(layers.values[static_cast<std::size_t>(index)].node);
    return network->graph()->nodes[at];
  }
  /// It was trained on drawn clips alone and this one is none: its scores are a guess.
  [[nodiscard]] bool unlike() const {
    return preprocess.trained && preprocess.trained->drawn && !std::holds_alternative<LabSpec>(spec.source);
  }
  /// Index of the group that holds a row.
  [[nodiscard]] int groupOf(int row) const;
  /// Frames of the source from the first of the window to the last.
  [[nodiscard]] int span() const { return (preprocess.frames - 1) * preprocess.step + 1; }
};

}  // namespace convscope
