#pragma once

#include "engine/conv/kernel_presets.h"
#include "engine/study/study.h"
#include "widgets/state/kernel_view.h"

#include <QtTest>

namespace convscope {

/// A Kernel study of a small synthetic clip: eight frames of 20 × 24 with a moving bar, random weights of a
/// fixed seed.
inline KernelStudy smallStudy(const Triple& kernel = {3, 3, 3}, bool grey = false) {
  KernelStudy study;
  LabSpec lab;
  lab.height = 20;
  lab.width = 24;
  study.clip.source = lab;
  study.clip.range = {0, 8, 1};
  study.clip.prepare.colour = grey ? ColourMode::Grey : ColourMode::Rgb;
  study.conv.kernel = kernel;
  study.bank = {randomFilter(kernel, grey ? 1 : 3, 7)};
  return study;
}

inline AppState stateOf(const KernelStudy& study) {
  AppState state;
  state.columns = {study};
  state.look.rangeMode = RangeMode::Fixed;
  return state;
}

/// The view of `state` with its result computed; without one, and with the problem, where it cannot be.
inline KernelView viewOf(const AppState& state) {
  KernelView view;
  view.state = state;
  ThreadPool pool(2);
  StudyCache cache;
  const auto result = compute(state.columns.front(), {}, cache, ComputeContext{pool, {}});
  if (result) {
    view.holder = *result;
    view.result = &std::get<KernelResult>(**result);
  } else {
    view.problem = QString::fromStdString(result.error().message);
    view.problemPlace = result.error().place;
  }
  return view;
}

/// The state after the last edit that `spy` heard of.
inline AppState edited(AppState state, const QSignalSpy& spy) {
  spy.last().at(0).value<StateEdit>().apply(state);
  return state;
}

/// Moves the pointer without a button, as a hand would: QTest::mouseMove() needs a pointer that follows.
inline void pointAt(QWidget* widget, const QPointF& at) {
  QMouseEvent move(QEvent::MouseMove, at, widget->mapToGlobal(at), Qt::NoButton, Qt::NoButton,
                   Qt::NoModifier);
  QApplication::sendEvent(widget, &move);
}

}  // namespace convscope
