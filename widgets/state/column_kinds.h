#pragma once

#include "widgets/state/app_state.h"

#include <string>

/// What the program's state asks of the studies in its columns: one set of overloads for each kind, which the
/// rest of the state calls through std::visit and knows no kind by name. A kind that is to stand in columns
/// adds its set in a file of its own (kernel_column.cpp for KernelStudy); its workspace alone uses the type.
/// Thread-safe: functions of their arguments.
namespace convscope {

/// Why a state with that study in a column is refused when it is read, «“bank” must hold 1 to 512 filters»;
/// empty where it can be shown. What a user can mend on screen is no reason.
[[nodiscard]] std::string whyImpossible(const KernelStudy& study);
/// A file may name what the program works out: a preset instead of its weights. Errors: a sentence.
[[nodiscard]] Result<void> complete(KernelStudy& study);
/// After an edit: brings what follows from other settings in step with them (the weights with the kernel's
/// extent). `previous` is the column's study before it, nullptr if that was of another kind.
void keepConsistent(KernelStudy& study, const KernelStudy* previous);
/// Keeps what is pinned and chosen inside the study.
void clampSelection(Selection& selection, const KernelStudy& study);

/// A readout follows a kernel and is no column of its own.
[[nodiscard]] std::string whyImpossible(const ReadoutStudy& study);
[[nodiscard]] Result<void> complete(ReadoutStudy& study);
void keepConsistent(ReadoutStudy& study, const ReadoutStudy* previous);
void clampSelection(Selection& selection, const ReadoutStudy& study);

/// A stack in a column is compared with kernels; the Field workspace looks at AppState::field.
[[nodiscard]] std::string whyImpossible(const StackStudy& study);
[[nodiscard]] Result<void> complete(StackStudy& study);
void keepConsistent(StackStudy& study, const StackStudy* previous);
void clampSelection(Selection& selection, const StackStudy& study);

/// A network in a column is compared with kernels; the Network workspace looks at AppState::network.
[[nodiscard]] std::string whyImpossible(const NetworkStudy& study);
[[nodiscard]] Result<void> complete(NetworkStudy& study);
void keepConsistent(NetworkStudy& study, const NetworkStudy* previous);
void clampSelection(Selection& selection, const NetworkStudy& study);

/// The clip that a column looks at, nullptr where it has none.
[[nodiscard]] ClipSpec* clipOf(StudySpec& column);

}  // namespace convscope
