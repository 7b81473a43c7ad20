#include "engine/conv/onednn_target.h"

#include <algorithm>
#include <oneapi/dnnl/dnnl.hpp>
#include <string_view>

namespace convscope {

const LineTarget* oneDnnTarget() {
  std::string_view name = "AVX3";
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::sse41:
    case dnnl::cpu_isa::avx:
      return nullptr;
    case dnnl::cpu_isa::avx2:
    case dnnl::cpu_isa::avx2_vnni:
      name = "AVX2";
      break;
    default:
      break;
  }
  const auto& targets = lineTargets();
  const auto target = std::ranges::find(targets, name, &LineTarget::name);
  return target != targets.end() ? &*target : nullptr;
}

}  // namespace convscope
