#pragma once

#include "engine/conv/conv_spec.h"
#include "widgets/panels/choice_box.h"

namespace convscope {

/// The choices of the Kernel panel that are enumerations of the engine: a line of the list for each value,
/// with an id that stays when the words are translated. An id that is none of the list's is a bug.
[[nodiscard]] QList<ChoiceBox::Choice> paddingChoices();
[[nodiscard]] QList<ChoiceBox::Choice> paddingValueChoices();
[[nodiscard]] QList<ChoiceBox::Choice> activationChoices();

[[nodiscard]] QString idOf(PaddingMode mode);
[[nodiscard]] QString idOf(PaddingValue value);
[[nodiscard]] QString idOf(Activation activation);

[[nodiscard]] PaddingMode paddingOf(const QString& id);
[[nodiscard]] PaddingValue paddingValueOf(const QString& id);
[[nodiscard]] Activation activationOf(const QString& id);

}  // namespace convscope
