#include "widgets/panels/clip_edit_bar.h"

#include "widgets/panels/choice_box.h"
#include "widgets/panels/number_field.h"
#include "widgets/state/clip_edits.h"

#include <QHBoxLayout>

#include <algorithm>

namespace convscope {

namespace {

constexpr int kLeastWidth = 112;  // px: "clip as it is" in the usual type

QString idOf(const ClipEditEntry& entry) {
  return QString::fromLatin1(entry.id);
}

}  // namespace

ClipEditBar::ClipEditBar(QWidget* parent)
    : QWidget(parent), m_list(new ChoiceBox), m_amount(new NumberField) {
  auto* const line = new QHBoxLayout(this);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(6);
  line->addWidget(m_list, 1);
  line->addWidget(m_amount);
  m_list->setMinimumWidth(kLeastWidth);
  m_list->setAccessibleName(tr("Clip change"));
  m_list->setToolTip(
      tr("The clip's frames in another order or place: a choice adds a change, or takes it out again"));
  m_amount->setAccessibleName(tr("Amount of the change"));
  m_amount->setDigits(4, 2);
  connect(m_list, &ChoiceBox::picked, this, [this](const QString& id) {
    Q_EMIT editRequested({tr("Clip change"), [id](AppState& state) {
                            std::vector<ClipEdit>& edits = state.kernel().clip.edits;
                            if (id == QStringLiteral("none")) edits.clear();
                            for (const ClipEditEntry& entry : clipEditEntries()) {
                              if (idOf(entry) == id) toggleEdit(edits, entry.kind);
                            }
                          }});
  });
  connect(m_amount, &NumberField::edited, this, [this](double value) {
    if (m_kind < 0) return;
    const auto kind = static_cast<ClipEditKind>(m_kind);
    Q_EMIT editRequested({tr("Clip change"), [kind, amount = qRound(value)](AppState& state) {
                            setAmount(state.kernel().clip.edits, kind, amount);
                          }});
  });
}

void ClipEditBar::present(const AppState& state) {
  const std::vector<ClipEdit>& edits = state.kernel().clip.edits;
  QList<ChoiceBox::Choice> choices{{tr("clip as it is"), QStringLiteral("none"), tr("No change"), {}}};
  for (const ClipEditEntry& entry : clipEditEntries()) {
    const bool on = std::ranges::find(edits, entry.kind, &ClipEdit::kind) != edits.end();
    const QString title = QString::fromUtf8(entry.title);
    choices << ChoiceBox::Choice{
        on ? tr("%1, take it out").arg(title) : title, idOf(entry), QString::fromUtf8(entry.shows), {}};
  }
  m_list->setChoices(choices);
  m_list->present(edits.empty() ? QStringLiteral("none") : QString(), editsText(edits));
  const auto last = std::find_if(edits.rbegin(), edits.rend(), [](const ClipEdit& edit) {
    const ClipEditEntry& entry = clipEditEntry(edit.kind);
    return entry.low < entry.high;
  });
  m_kind = last == edits.rend() ? -1 : static_cast<int>(last->kind);
  m_amount->setVisible(m_kind >= 0);
  if (m_kind < 0) return;
  const ClipEditEntry& entry = clipEditEntry(last->kind);
  m_amount->setWhole(entry.low, entry.high);
  m_amount->present(last->amount);
}

}  // namespace convscope
