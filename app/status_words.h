#pragma once

#include "widgets/state/kernel_view.h"

#include <QString>
#include <QStringList>

namespace convscope {

/// The status bar of the Kernel workspace, see WorkspacePage::hints() and facts(). Of a stale view the
/// colours' span is as faint as its maps. GUI thread only (the theme in use).
[[nodiscard]] QStringList kernelHints(const KernelView& view);
[[nodiscard]] QString kernelFacts(const KernelView& view);

}  // namespace convscope
