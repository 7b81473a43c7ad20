#pragma once

#include "widgets/state/state_edit.h"

#include <QWidget>

namespace convscope {

class ClipEditBar;
class SegmentedControl;
class ThemedLabel;

/// The clip's speed and size in a comparison, slower, faster, smaller, larger, and its frames in another
/// order or place. Holds no state of record.
class ClipChangeBar : public QWidget {
  Q_OBJECT

 public:
  explicit ClipChangeBar(QWidget* parent = nullptr);
  void present(const AppState& state);
  [[nodiscard]] SegmentedControl* tempo() const { return m_tempo; }
  [[nodiscard]] SegmentedControl* zoom() const { return m_zoom; }

 Q_SIGNALS:
  void editRequested(const convscope::StateEdit& edit);

 private:
  SegmentedControl* m_tempo;
  SegmentedControl* m_zoom;
  ClipEditBar* m_edits;
};

/// The tempo next to `tempo` among those offered, slower or faster; itself at the end.
[[nodiscard]] double neighbourTempo(double tempo, bool faster);

}  // namespace convscope
