#include "widgets/state/explanation_query.h"

#include <utility>

namespace convscope {

void ExplanationQuery::ask(const std::shared_ptr<const StudyResult>& holder,
                           const ExplanationQuestion& question) {
  if (holder == m_holder && question == m_question) return;
  m_holder = holder;
  m_question = question;
  begin([holder, question](const ComputeContext& context) -> Result<Answer> {
    auto made = explain(std::get<NetworkResult>(*holder), question, context);
    if (!made) return tl::unexpected(made.error());
    return std::make_shared<const NetworkExplanation>(std::move(*made));
  });
}

void ExplanationQuery::drop() {
  if (!m_holder) return;
  m_holder.reset();
  letGo();
}

void ExplanationQuery::askAgain() {
  if (!m_holder || busy() || explanation()) return;
  ask(std::exchange(m_holder, nullptr), m_question);
}

}  // namespace convscope
