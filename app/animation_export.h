#pragma once

#include "app/command_line.h"
#include "widgets/state/kernel_view.h"

#include <QObject>
#include <QSize>
#include <QString>
#include <QTimer>

#include <memory>
#include <vector>

namespace convscope {

class StageView;

/// What an animation is to be.
struct AnimationPlan {
  QString path;  ///< .mp4 or .gif
  AnimationKind kind = AnimationKind::Slide;
  QSize size{1280, 720};        ///< even
  double seconds = 12;          ///< that it takes
  double framesPerSecond = 25;  ///< pictures; fewer positions than pictures are each held for several
};

/// The output positions that the pictures of a plan show, one each, in order: of the slide in raster order
/// (x, then y, then t), as evenly as whole positions allow, from the first to the last; of the clip `from`
/// through every map frame.
[[nodiscard]] std::vector<Triple> animationPositions(const AnimationPlan& plan, const Triple& output,
                                                     const Triple& from);

/// Writes the stage in motion: a stage of its own draws picture after picture in the idle time of the GUI
/// thread, which stays free between two of them, and a thread of its own encodes. The file takes its place
/// when it is whole. GUI thread only; destruction stops it.
class AnimationExport : public QObject {
  Q_OBJECT

 public:
  /// Of `view`, whose result must be whole.
  AnimationExport(const KernelView& view, AnimationPlan plan, QObject* parent = nullptr);
  ~AnimationExport() override;

  void start();
  void stop();  ///< the file is not made; done() follows
  [[nodiscard]] int pictures() const { return static_cast<int>(m_positions.size()); }

 Q_SIGNALS:
  void progressed(double share);
  /// The end. `problem`: one sentence, or empty where the file was written or it was stopped.
  void done(bool written, const QString& problem);

 private:
  [[nodiscard]] QImage picture(const Triple& at);
  void goOn();

  KernelView m_view;
  AnimationPlan m_plan;
  std::vector<Triple> m_positions;
  std::size_t m_next = 0;
  QTimer m_turn;
  std::unique_ptr<StageView> m_stage;
  struct Encoder;
  std::unique_ptr<Encoder> m_encoder;  // owns a thread: last
};

}  // namespace convscope
