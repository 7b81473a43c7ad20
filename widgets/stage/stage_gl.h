#pragma once

#include <QImage>
#include <QSize>
#include <QString>

#include <memory>

class vtkRenderer;

namespace convscope {

/// An OpenGL context without a window: draws a VTK renderer into memory. GUI thread only.
/// Everything is released in the destructor; the renderer must not outlive it with graphics resources in use.
class StageGl {
 public:
  StageGl();
  ~StageGl();
  StageGl(const StageGl&) = delete;
  StageGl& operator=(const StageGl&) = delete;

  /// Why there is no picture, as one sentence; empty where OpenGL works.
  [[nodiscard]] const QString& problem() const { return m_problem; }
  /// Must be called once, and again for each renderer that is to be drawn.
  void setRenderer(vtkRenderer* renderer);
  /// Draws the renderer into `picture`, which becomes `size` device pixels large, all of them opaque; its
  /// memory is used again where it has that size. A null image where there is no OpenGL.
  void draw(const QSize& size, QImage& picture);

 private:
  struct Context;
  QString m_problem;
  std::unique_ptr<Context> m_context;
};

/// Why 3-D drawing cannot work on the running Qt platform, as one sentence; empty where it can. Asked once.
[[nodiscard]] QString openGlProblem();

}  // namespace convscope
