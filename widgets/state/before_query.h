#pragma once

#include "engine/study/layer_maps.h"
#include "engine/study/study_result.h"
#include "widgets/state/background_query.h"

#include <optional>

namespace convscope {

/// A network on the clip before the clip was changed. Immutable and shared.
struct BeforeEdits {
  NetworkResult result;                   ///< without its activations
  std::shared_ptr<const LayerMaps> maps;  ///< of the row asked for
};

/// Runs a network on its clip without the changes of the clip, in the background. Other changes of the same
/// clip ask the same question: what is dragged finds the answer there.
class BeforeQuery : public BackgroundQuery {
  Q_OBJECT

 public:
  using BackgroundQuery::BackgroundQuery;

  /// Of `holder`, a NetworkResult that was run, and a row of its table.
  void ask(const std::shared_ptr<const StudyResult>& holder, int row);
  /// Nothing is wanted: stops, and lets everything go.
  void drop();
  /// Of what was asked for last; nullptr while it is not there.
  [[nodiscard]] std::shared_ptr<const BeforeEdits> before() const {
    return std::static_pointer_cast<const BeforeEdits>(answer());
  }

 protected:
  [[nodiscard]] QString stoppedText() const override { return tr("Stopped. Another layer begins anew."); }

 private:
  std::optional<NetworkStudy> m_asked;
  std::shared_ptr<const OpenNetwork> m_network;
  int m_row = -1;
};

}  // namespace convscope
