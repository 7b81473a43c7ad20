#include "widgets/state/clip_edits.h"

#include <QCoreApplication>

#include <algorithm>

namespace convscope {

int amountOf(std::span<const ClipEdit> edits, ClipEditKind kind) {
  for (auto it = edits.rbegin(); it != edits.rend(); ++it) {
    if (it->kind == kind) return it->amount;
  }
  return 0;
}

void setAmount(std::vector<ClipEdit>& edits, ClipEditKind kind, int amount) {
  const bool nothing = amount == 0 && (isShift(kind) || kind == ClipEditKind::Turn);
  const auto found =
      std::find_if(edits.rbegin(), edits.rend(), [kind](const ClipEdit& one) { return one.kind == kind; });
  if (nothing) {
    std::erase_if(edits, [kind](const ClipEdit& one) { return one.kind == kind; });
  } else if (found != edits.rend()) {
    found->amount = amount;
  } else {
    edits.push_back({kind, amount});
  }
}

void toggleEdit(std::vector<ClipEdit>& edits, ClipEditKind kind) {
  if (std::erase_if(edits, [kind](const ClipEdit& one) { return one.kind == kind; }) == 0)
    edits.push_back({kind, clipEditEntry(kind).first});
}

QString editsText(std::span<const ClipEdit> edits) {
  QStringList words;
  for (const ClipEdit& edit : edits) {
    const ClipEditEntry& entry = clipEditEntry(edit.kind);
    const QString title = QCoreApplication::translate("ClipEdits", entry.title).toLower();
    const bool by = isShift(edit.kind) || edit.kind == ClipEditKind::Turn;
    words << (entry.low == entry.high ? title
              : by ? QCoreApplication::translate("ClipEdits", "%1 by %2").arg(title).arg(edit.amount)
                   : QStringLiteral("%1 %2").arg(title).arg(edit.amount));
  }
  return words.join(QStringLiteral(", "));
}

}  // namespace convscope
