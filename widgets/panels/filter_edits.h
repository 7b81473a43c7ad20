#pragma once

#include "engine/study/study_spec.h"

#include <QString>

namespace convscope {

// What the panels' edits do to the filters of a study: pure functions on values.

/// Channels that one filter reads: those of the clip divided by the groups (all of them where they do not
/// divide).
[[nodiscard]] int filterChannels(const KernelStudy& study);
/// `filter` holds as many weights as the study's kernel and channels want.
[[nodiscard]] bool weightsFit(const KernelStudy& study, const Filter& filter);
/// Sets one weight of filter `k` and marks it as edited. Outside the kernel: nothing.
void setWeight(KernelStudy& study, int k, int channel, const Triple& tap, float value);
/// The middle frame in every frame, divided by their number: the response to a clip that stands still is that
/// of the middle frame alone (Carreira and Zisserman 2017 make 2-D networks into 3-D ones so).
[[nodiscard]] Filter inflated(const Filter& filter, const Triple& kernel, int channels);
/// A seed that follows from the weights, so that each request gives new weights and undo gives back the old
/// ones.
[[nodiscard]] unsigned nextSeed(const Filter& filter);
/// What filter `k` is called: its preset's name as long as it is that preset; else what became of it ("Red,
/// moving right, cut to 1 × 3 × 3"; "…, edited"); "own weights" where there was none.
[[nodiscard]] QString filterName(const KernelStudy& study, int k);
/// True where filter `k` still is what its preset's name promises: unedited, not cut along any axis, and with
/// the channels that the preset needs.
[[nodiscard]] bool isItsPreset(const KernelStudy& study, int k);
/// Gives filter `k` the weights of a preset: a fixed one brings its extent, a formula takes the kernel's
/// where it can (a kernel of one frame cannot take a formula over time: then its customary extent). Where the
/// preset cannot be had, nothing changes.
void applyPreset(KernelStudy& study, int k, const std::string& id);

}  // namespace convscope
