#pragma once

#include "engine/core/parallel.h"
#include "engine/study/job_runner.h"
#include "engine/study/layer_maps.h"
#include "engine/study/network_explanation.h"
#include "engine/study/study_result.h"
#include "widgets/state/app_state.h"
#include "widgets/state/network_pictures.h"

#include <QObject>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace convscope {

/// What the Network workspace wants to know of a result. Two equal questions have one answer.
struct NetworkQuestion {
  std::shared_ptr<const StudyResult> holder;  ///< of a NetworkResult that was run
  int row = 0;
  int channel = -1;          ///< −1: the strongest
  Triple unit = kStrongest;  ///< or kStrongest: that of the channel
  MapsRange range = MapsRange::Layer;
  ColourScale signedScale, unsignedScale, heatScale;
  Explain explain = Explain::Field;                       ///< what the stage is to show
  std::shared_ptr<const NetworkExplanation> explanation;  ///< of it, but of Field and Map
  bool operator==(const NetworkQuestion&) const = default;
};

/// The answer. Immutable and shared.
struct NetworkAnswer {
  NetworkQuestion question;
  QString problem;                        ///< why the rest is empty: one sentence
  std::shared_ptr<const LayerMaps> maps;  ///< of the row
  int channel = 0;
  Triple unit{0, 0, 0};
  std::optional<UnitFacts> facts;
  std::shared_ptr<const Pictures> clip;      ///< the clip's frames
  std::shared_ptr<const Pictures> channels;  ///< every channel at the unit's frame, on its own scale
  std::shared_ptr<const Pictures> frames;    ///< every frame of the chosen channel
  QImage row;     ///< the unit's row over time, t down; of the map that stands in the stage
  QImage column;  ///< the unit's column over time, t across
  std::shared_ptr<const Pictures> over;     ///< lies over each of them: the channel, or a heat; else null
  std::shared_ptr<const Pictures> inPlace;  ///< the stimulus' frames, which stand in their place; else null
  std::shared_ptr<const Pictures> above;    ///< Grad-CAM on the layer's cells, or the map on the stimulus
  double aboveRange = 1;                    ///< end of the scale of the map on the stimulus
  std::vector<double> ranges;               ///< of each channel: the end of its scale, > 0
  [[nodiscard]] bool isUnsigned() const { return maps != nullptr && maps->unsignedMaps(); }
};

/// Maps, pictures and figures of a network's layers, off the GUI thread. The newest question is answered;
/// what the answer before holds already is taken over. GUI thread only.
class NetworkQueries : public QObject {
  Q_OBJECT

 public:
  explicit NetworkQueries(QObject* parent = nullptr);
  ~NetworkQueries() override;

  void ask(NetworkQuestion question);
  [[nodiscard]] const std::shared_ptr<const NetworkAnswer>& answer() const { return m_answer; }
  /// The newest question is not answered yet.
  [[nodiscard]] bool busy() const { return m_asked && (!m_answer || !(m_answer->question == *m_asked)); }
  /// Blocks until it is. For screenshots and tests.
  void finish();

 Q_SIGNALS:
  void answered();

 private:
  std::optional<NetworkQuestion> m_asked;
  std::shared_ptr<const NetworkAnswer> m_answer;
  ThreadPool m_pool;
  JobRunner m_runner;  // owns threads: last
};

}  // namespace convscope
