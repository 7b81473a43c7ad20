#pragma once

#include "widgets/panels/panel_frame.h"

namespace convscope {

/// A frame around a panel that has none of its own; the panel's fact() goes into its title bar and follows
/// its factChanged().
template <class Panel>
[[nodiscard]] PanelFrame* framed(const QString& name, Panel* panel) {
  auto* frame = new PanelFrame(name);
  frame->setBody(panel);
  frame->setFact(panel->fact());
  QObject::connect(panel, &Panel::factChanged, frame, [frame](const QString& fact) { frame->setFact(fact); });
  return frame;
}

}  // namespace convscope
