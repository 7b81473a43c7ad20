#include "widgets/stage/stage_gl.h"

#include "widgets/stage/stage_window.h"

#include <QGuiApplication>
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLFunctions>

#include <vtkActor.h>
#include <vtkActorCollection.h>
#include <vtkCallbackCommand.h>
#include <vtkNew.h>
#include <vtkOpenGLFramebufferObject.h>
#include <vtkOpenGLState.h>
#include <vtkRenderer.h>
#include <vtkTexture.h>

#include <array>

namespace convscope {

namespace {

QSurfaceFormat stageFormat() {
  QSurfaceFormat format;
  format.setRenderableType(QSurfaceFormat::OpenGL);
  format.setVersion(3, 2);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setSamples(0);  // VTK draws into its own framebuffer
  format.setDepthBufferSize(0);
  format.setStencilBufferSize(0);
  return format;
}

QString probe() {
  // Creating a context on these platforms crashes or draws nothing, so it is not tried.
  const std::array<QString, 6> without{"offscreen", "minimal", "minimalegl",
                                       "vnc",       "linuxfb", "vkkhrdisplay"};
  const QString platform = QGuiApplication::platformName();
  for (const QString& name : without) {
    if (platform == name) {
      return QCoreApplication::translate("Stage",
                                         "The display “%1” has no OpenGL, so the 3-D stage stays empty; the "
                                         "strip, the ledger and the tables show the same numbers.")
          .arg(platform);
    }
  }
  QOffscreenSurface surface;
  surface.setFormat(stageFormat());
  surface.create();
  QOpenGLContext context;
  context.setFormat(stageFormat());
  if (!surface.isValid() || !context.create() || !context.makeCurrent(&surface)) {
    return QCoreApplication::translate("Stage",
                                       "OpenGL 3.2 could not be started on this display, so the 3-D stage "
                                       "stays empty; the strip, the ledger and the tables show the same "
                                       "numbers.");
  }
  const auto version = context.format().version();
  context.doneCurrent();
  if (version < qMakePair(3, 2)) {
    return QCoreApplication::translate(
               "Stage",
               "This display has OpenGL %1.%2 and the 3-D stage needs 3.2; the strip, "
               "the ledger and the tables show the same numbers.")
        .arg(version.first)
        .arg(version.second);
  }
  return {};
}

/// Sends changed pictures of the props ahead of all drawing. Mesa's software OpenGL waits for everything
/// drawn so far when a texture is loaded; loaded each before its own quad, they made it draw one quad at a
/// time.
void loadTextures(vtkRenderer* renderer) {
  vtkActorCollection* actors = renderer->GetActors();
  vtkCollectionSimpleIterator place;
  actors->InitTraversal(place);
  while (vtkActor* actor = actors->GetNextActor(place)) {
    vtkTexture* texture = actor->GetTexture();
    if (texture == nullptr || actor->GetVisibility() == 0) continue;
    texture->Load(renderer);
    texture->PostRender(renderer);
  }
}

}  // namespace

QString openGlProblem() {
  static const QString problem = probe();
  return problem;
}

struct StageGl::Context {
  QOffscreenSurface surface;
  QOpenGLContext gl;
  vtkNew<StageWindow> window;
  vtkRenderer* renderer = nullptr;
  QImage rows;  ///< what was drawn, lowest row first; kept, since fresh memory costs as much as the reading
  bool drawn = false;  ///< once: before that VTK does not know yet what size of texture the context allows

  void observe(unsigned long event, void (*answer)(vtkObject*, unsigned long, void*, void*)) {
    vtkNew<vtkCallbackCommand> command;
    command->SetClientData(this);
    command->SetCallback(answer);
    window->AddObserver(event, command);
  }
};

StageGl::StageGl() : m_problem(openGlProblem()) {
  if (!m_problem.isEmpty()) return;
  m_context = std::make_unique<Context>();
  m_context->surface.setFormat(stageFormat());
  m_context->surface.create();
  m_context->gl.setFormat(stageFormat());
  if (!m_context->gl.create() || !m_context->gl.makeCurrent(&m_context->surface)) {
    m_problem = QCoreApplication::translate("Stage",
                                            "The OpenGL context of the 3-D stage could not be created; the "
                                            "strip, the ledger and the tables show the same numbers.");
    m_context.reset();
    return;
  }
  StageWindow* window = m_context->window;
  window->SetReadyForRendering(false);
  m_context->observe(vtkCommand::WindowMakeCurrentEvent, [](vtkObject*, unsigned long, void* self, void*) {
    auto* context = static_cast<Context*>(self);
    context->gl.makeCurrent(&context->surface);
  });
  m_context->observe(
      vtkCommand::WindowIsCurrentEvent, [](vtkObject*, unsigned long, void* self, void* answer) {
        *static_cast<bool*>(answer) = QOpenGLContext::currentContext() == &static_cast<Context*>(self)->gl;
      });
  m_context->observe(vtkCommand::WindowSupportsOpenGLEvent,
                     [](vtkObject*, unsigned long, void*, void* answer) { *static_cast<int*>(answer) = 1; });
  m_context->observe(vtkCommand::WindowIsDirectEvent,
                     [](vtkObject*, unsigned long, void*, void* answer) { *static_cast<int*>(answer) = 1; });
  window->SetOwnContext(0);
  window->SetFrameBlitModeToNoBlit();
  window->SetMultiSamples(0);
  window->SetSwapBuffers(0);
  window->OpenGLInitContext();
  window->SetReadyForRendering(true);
}

StageGl::~StageGl() {
  if (!m_context) return;
  m_context->gl.makeCurrent(&m_context->surface);
  if (m_context->renderer != nullptr) m_context->window->RemoveRenderer(m_context->renderer);
  m_context->window->Finalize();
  m_context->gl.doneCurrent();
}

void StageGl::setRenderer(vtkRenderer* renderer) {
  if (!m_context || m_context->renderer == renderer) return;
  m_context->gl.makeCurrent(&m_context->surface);
  if (m_context->renderer != nullptr) m_context->window->RemoveRenderer(m_context->renderer);
  m_context->window->AddRenderer(renderer);
  m_context->renderer = renderer;
}

void StageGl::draw(const QSize& size, QImage& picture) {
  if (!m_context || m_context->renderer == nullptr || size.isEmpty() ||
      !m_context->gl.makeCurrent(&m_context->surface)) {
    picture = QImage();
    return;
  }
  StageWindow* window = m_context->window;
  window->SetSize(size.width(), size.height());
  vtkOpenGLState* state = window->GetState();
  state->Reset();
  state->Push();
  state->vtkglDepthFunc(GL_LEQUAL);
  if (m_context->drawn) loadTextures(m_context->renderer);
  window->Render();
  m_context->drawn = true;

  // What was drawn lies in VTK's own framebuffer, lowest row first.
  QImage& rows = m_context->rows;
  for (QImage* image : {&rows, &picture})
    if (image->size() != size)
      *image = QImage(size, image == &rows ? QImage::Format_RGBX8888 : QImage::Format_RGB32);
  if (rows.isNull() || picture.isNull()) {
    state->Pop();
    picture = QImage();
    return;
  }
  QOpenGLFunctions* gl = m_context->gl.functions();
  window->GetRenderFramebuffer()->Bind(GL_READ_FRAMEBUFFER);
  window->GetRenderFramebuffer()->ActivateReadBuffer(0);
  gl->glPixelStorei(GL_PACK_ALIGNMENT, 4);
  gl->glReadPixels(0, 0, size.width(), size.height(), GL_RGBA, GL_UNSIGNED_BYTE, rows.bits());
  state->Pop();
  // read in the order in which it lies there and turned here: the driver takes longer for it
  for (int row = 0; row < size.height(); ++row) {
    const uchar* from = rows.constScanLine(size.height() - 1 - row);
    auto* to = reinterpret_cast<QRgb*>(picture.scanLine(row));
    for (int x = 0; x < size.width(); ++x) to[x] = qRgb(from[4 * x], from[4 * x + 1], from[4 * x + 2]);
  }
}

}  // namespace convscope
