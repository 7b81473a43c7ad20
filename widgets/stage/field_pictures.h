#pragma once

#include "widgets/look/look_theme.h"
#include "widgets/state/field_view.h"

#include <QHash>
#include <QImage>

#include <memory>

namespace convscope {

/// Frames of the pyramid as pictures, one pixel a cell, made when they are first asked for. The clip in its
/// own colours, or in its place what the unit answers to most; of each layer the channel that varies most on
/// its scale, away from the borders, which zeros in the padding light up; the unsigned scale goes up to the
/// largest there. GUI thread only.
class FieldPictures {
 public:
  /// Forgets everything where result or theme differ from those before.
  void show(const FieldView& view, const LookTheme& theme);
  [[nodiscard]] const QImage& frame(const FieldView& view, const LookTheme& theme, int level, int t);
  /// Frame `t` of the clip's effective field as a cloud to be laid over it: colours up to the largest value,
  /// the more transparent the smaller. The view holds an effective field.
  [[nodiscard]] const QImage& cloud(const FieldView& view, const LookTheme& theme, int t);

 private:
  struct Liveliest {
    int channel = 0;
    double value = 0;
  };
  [[nodiscard]] const Liveliest& liveliestOf(const Tensor& maps, int row);

  std::shared_ptr<const StudyResult> m_holder;
  const LookTheme* m_theme = nullptr;
  QHash<QPair<int, int>, QImage> m_frames;  ///< by row of the table and t
  QHash<int, Liveliest> m_liveliest;        ///< by row
  std::shared_ptr<const StackStimulus> m_stimulus;
  std::shared_ptr<const EffectiveField> m_effective;
  double m_densest = 0;
  QHash<int, QImage> m_clouds;  ///< by t
};

}  // namespace convscope
