#pragma once

#include "widgets/panels/panel_frame.h"
#include "widgets/state/kernel_view.h"

#include <QStringList>

#include <array>

class QPushButton;
class QVBoxLayout;

namespace convscope {

class ChoiceBox;
class ClipSourceBox;
class Fold;
class InlineSentence;
class LabControls;
class LabelledRow;
class NumberField;
class SegmentedControl;

/// Which clip the engine is fed: source, range of frames, size, and (in a fold) frame step, crop, colour and
/// the settings of a motion-lab clip; and what came of it: frame rate, seconds, shape, which frames were
/// taken.
class ClipPanel : public PanelFrame {
  Q_OBJECT

 public:
  explicit ClipPanel(QWidget* parent = nullptr);
  void present(const KernelView& view);
  /// Paths of files opened lately, newest first.
  void setRecentFiles(const QStringList& paths);
  /// Numbers of the cameras that this machine has.
  void setCameras(const QList<int>& cameras);

 Q_SIGNALS:
  void editRequested(const convscope::StateEdit& edit);
  void openFileRequested();
  /// One of the recent files was chosen; the edit that opens it follows.
  void filePicked(const QString& path);
  void stopRequested();  ///< of the loading that goes on

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void build();
  void buildSource(QVBoxLayout* column);
  void buildRange(QVBoxLayout* column);
  void buildSize(QVBoxLayout* column);
  void buildFold(QVBoxLayout* column);
  void buildCrop();
  void buildLoading(QVBoxLayout* column);
  void presentSource(const ClipSpec& clip);
  void presentFacts(const KernelView& view);
  /// Range and step, bounded by what the source is known to have.
  void presentRange(const ClipSpec& clip);
  void presentFrames();
  void presentPrepare(const KernelView& view);
  void presentProblem(const KernelView& view);
  void request(const QString& label, std::function<void(ClipSpec&)> apply);
  /// The frame size before crop and resize, as far as it is known.
  [[nodiscard]] FrameSize sourceSize(const KernelView& view) const;

  QVBoxLayout* m_column = nullptr;
  ClipSourceBox* m_source;
  IconButton* m_adjust;
  LabelledRow* m_rangeRow;
  NumberField* m_start;
  NumberField* m_count;
  ThemedLabel* m_of;
  LabelledRow* m_resizeRow;
  NumberField* m_height;
  NumberField* m_width;
  IconButton* m_asSource;
  LabelledRow* m_inputRow;
  ThemedLabel* m_input;
  ThemedLabel* m_inputNote;
  Fold* m_fold;
  LabControls* m_lab;
  LabelledRow* m_stepRow;
  NumberField* m_step;
  ThemedLabel* m_taken;
  LabelledRow* m_cropRow;
  ChoiceBox* m_crop;
  LabelledRow* m_cropFrom;
  LabelledRow* m_cropSize;
  std::array<NumberField*, 4> m_cropFields{};  // x, y, height, width
  LabelledRow* m_colourRow;
  SegmentedControl* m_colour;
  QWidget* m_loading;
  ThemedLabel* m_loadingText;
  InlineSentence* m_notice;
  InlineSentence* m_problem;
  QString m_frames;        // "of 120"
  int m_frameCount = 0;    // of the source; 0 where it is not known
  FrameSize m_sourceSize;  // of what is shown: a first crop starts from it
  bool m_sized = false;    ///< the size fed to the engine is known
};

}  // namespace convscope
