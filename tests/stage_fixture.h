#pragma once

#include "engine/conv/convolve.h"
#include "engine/conv/cost.h"
#include "engine/study/study.h"
#include "widgets/state/kernel_view.h"

#include <memory>

namespace stage_fixture {

using namespace convscope;

struct Setting {
  Shape input{8, 9, 12, 3};
  ConvSpec conv;
};

/// A clip in which every value differs from its neighbours, convolved for real.
inline KernelView viewOf(const Setting& setting) {
  auto clip = std::make_shared<Clip>();
  clip->pixels = Tensor(setting.input);
  std::int64_t i = 0;
  for (float& value : clip->pixels.values()) value = static_cast<float>((i++ * 37) % 101) / 100.f;

  KernelResult result;
  result.spec.conv = setting.conv;
  Filter filter;
  const std::int64_t weights = weightCount(setting.conv.kernel, setting.input.channels);
  for (std::int64_t w = 0; w < weights; ++w)
    filter.weights.push_back(static_cast<float>((w * 7) % 11 - 5) / 10.f);
  result.spec.bank = {filter};
  result.geometry = geometryOf(setting.input, setting.conv, 1).value();
  ThreadPool pool(1);
  result.maps = convolve(clip->pixels, setting.conv, result.spec.bank, {pool, {}}).value();
  result.filters = {0};
  result.clip = clip;

  KernelView view;
  view.state.columns = {result.spec};
  view.holder = std::make_shared<const StudyResult>(std::move(result));
  view.result = &std::get<KernelResult>(*view.holder);
  view.state.look.reducedMotion = true;
  return view;
}

inline ConvSpec spec(Triple kernel, Triple stride = {1, 1, 1}, PaddingMode padding = PaddingMode::Valid,
                     Triple dilation = {1, 1, 1}) {
  ConvSpec conv;
  conv.kernel = kernel;
  conv.stride = stride;
  conv.padding = padding;
  conv.dilation = dilation;
  return conv;
}

}  // namespace stage_fixture
