#include "widgets/state/before_query.h"

#include "engine/study/network_study.h"

namespace convscope {

void BeforeQuery::ask(const std::shared_ptr<const StudyResult>& holder, int row) {
  const auto& result = std::get<NetworkResult>(*holder);
  NetworkStudy study = result.spec;
  study.edits.clear();
  if (m_asked == study && m_network == result.network && m_row == row) return;
  m_asked = study;
  m_network = result.network;
  m_row = row;
  begin([holder, study, row](const ComputeContext& context) -> Result<Answer> {
    const auto& changed = std::get<NetworkResult>(*holder);
    auto made = changed.spec.edits.empty() ? Result<NetworkResult>(changed) : computeNetwork(study, context);
    if (!made) return tl::unexpected(made.error());
    auto maps = layerMaps(*made, row, context);
    if (!maps) return tl::unexpected(maps.error());
    made->run = {};  // all activations once more, of which only these maps are looked at
    return std::make_shared<const BeforeEdits>(BeforeEdits{std::move(*made), std::move(*maps)});
  });
}

void BeforeQuery::drop() {
  if (!m_asked) return;
  m_asked.reset();
  m_network.reset();
  letGo();
}

}  // namespace convscope
