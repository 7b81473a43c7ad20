#pragma once

#include "engine/conv/conv_spec.h"

#include <QStringList>
#include <QWidget>

#include <cstdint>

namespace convscope {

class PresenterBar;

/// One workspace as a page of the main window, which knows the pages by this alone: what its orders, its bars
/// and its status line need of the page in sight. A further workspace is a page of its own, a value of
/// Workspace with its name, and a line each in MainWindow's lists of pages, of names in the tool bar and of
/// keys. GUI thread only.
class WorkspacePage : public QWidget {
  Q_OBJECT

 public:
  using QWidget::QWidget;

  /// Where the keys that move things work; it takes the focus when nothing else wants it.
  [[nodiscard]] virtual QWidget* stageWidget() const = 0;
  /// Hands the newest state and result to every view now instead of at the next turn of the event loop.
  virtual void presentNow() = 0;
  /// Everything asked for is computed and shown when this returns. For screenshots and tests.
  virtual void finish() = 0;
  /// Reads the clip again and computes everything anew.
  virtual void computeAgain() = 0;
  /// Ends what is being computed; what was shown before stays. computeAgain() begins again.
  virtual void stop() = 0;
  /// Moves what is looked at (the kernel, a unit) along an axis.
  virtual void move(Axis axis, int by) = 0;
  virtual void resetCamera() = 0;
  // what not every page has a use for
  /// Goes on by so many steps of what plays.
  virtual void step(std::int64_t steps) { static_cast<void>(steps); }
  /// To where the map in sight answers most.
  virtual void toStrongest() {}
  /// To the map that is `by` maps further on.
  virtual void nextChannel(int by) { static_cast<void>(by); }
  /// To the layer that is `by` layers deeper.
  virtual void deeper(int by) { static_cast<void>(by); }

  // what a lesson needs of a page
  /// The panel or control of that name (see lessonSpotNames()), null where the page has none.
  [[nodiscard]] virtual QWidget* part(const QString& name) const {
    static_cast<void>(name);
    return nullptr;
  }
  /// What an open question asks for and no picture may tell: how many maps there are, the voxel's value, or
  /// what a unit sees.
  enum class Veil { None, Maps, Value, Field };
  /// Shows of its panels those named alone, all of them where none is named.
  virtual void showParts(const QStringList& names, Veil veil) {
    static_cast<void>(names);
    static_cast<void>(veil);
  }
  /// The figure whose scene is shown, as a title ("Figure 1: …"); empty: none is.
  virtual void setFigure(const QString& title) { static_cast<void>(title); }
  /// Takes a panel into its grid beside the stage; false where the window is to put it beside the page.
  virtual bool takeBeside(QWidget* panel) {
    static_cast<void>(panel);
    return false;
  }
  /// Extent of the maps in sight; zeros where there are none.
  [[nodiscard]] virtual Triple mapsExtent() const { return {0, 0, 0}; }

  /// What one can do here, the most useful first; <b> marks keys and gestures. The bar shows as many as fit.
  [[nodiscard]] virtual QStringList hints() const = 0;
  /// The one fact that the status bar shows, as rich text; <b> marks what is to stand out.
  [[nodiscard]] virtual QString facts() const = 0;
  /// Why there is no picture of the settings, where no control in sight says it; else empty.
  [[nodiscard]] virtual QString problemOutOfSight() const { return {}; }
  /// The presenter's bar: what is shown, in words. `clip` names the clip; `figure`, where it is not empty,
  /// the figure of the article that is open.
  virtual void presentBar(PresenterBar& bar, const QString& clip, const QString& figure) const = 0;

 Q_SIGNALS:
  void presented();
};

}  // namespace convscope
