#pragma once

#include <vtkGenericOpenGLRenderWindow.h>

namespace convscope {

/// VTK's window for a context that somebody else owns. Its one difference: it takes a context that GLEW can
/// load but not fully describe (EGL, Wayland: "no GLX display") as good, where VTK logs an error and draws
/// nothing.
class StageWindow : public vtkGenericOpenGLRenderWindow {
 public:
  static StageWindow* New();
  vtkTypeMacro(StageWindow, vtkGenericOpenGLRenderWindow) void OpenGLInitContext() override;
  StageWindow(const StageWindow&) = delete;
  void operator=(const StageWindow&) = delete;

 protected:
  StageWindow() = default;
};

}  // namespace convscope
