#pragma once

#include "widgets/state/app_state.h"

#include <QMetaType>
#include <QString>

#include <functional>

namespace convscope {

/// A request for a change of state, made by a view or an action. The store applies it to a copy of the state.
struct StateEdit {
  QString label;  ///< for undo: "Kernel length"; edits in a row with the same label merge into one undo step
  std::function<void(AppState&)> apply;
  bool undoable = true;  ///< false for what comes and goes: camera, selection, playback
};

}  // namespace convscope

Q_DECLARE_METATYPE(convscope::StateEdit)
