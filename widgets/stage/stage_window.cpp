// A file of its own: glew.h and Qt's OpenGL headers cannot be included together.
#include "widgets/stage/stage_window.h"

#include <vtk_glew.h>
#include <vtkObjectFactory.h>

namespace convscope {

vtkStandardNewMacro(StageWindow);

void StageWindow::OpenGLInitContext() {
  if (!Initialized) {
    // GLEW_ERROR_NO_GLX_DISPLAY comes after every function was loaded: only the GLX extensions are missing,
    // and nothing here uses them. VTK's own function then finds GLEW initialised by a second call that would
    // fail the same way, so the few lines of it that matter are done here.
    constexpr GLenum kNoGlxDisplay = 4;
    glewExperimental = GL_TRUE;
    if (glewInit() == kNoGlxDisplay) {
      ContextCreationTime.Modified();
      GlewInitValid = true;
      GLfloat range[2] = {1, 1};
      glGetFloatv(GL_ALIASED_LINE_WIDTH_RANGE, range);
      MaximumHardwareLineWidth = range[1];
      Initialized = true;
      return;
    }
  }
  vtkGenericOpenGLRenderWindow::OpenGLInitContext();
}

}  // namespace convscope
