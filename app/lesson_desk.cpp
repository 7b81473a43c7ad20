#include "app/lesson_desk.h"

#include "app/save_path.h"
#include "app/second_stage.h"
#include "app/workspace_page.h"
#include "widgets/lesson/contents_page.h"
#include "widgets/lesson/lesson_editor.h"
#include "widgets/lesson/lesson_panel.h"
#include "widgets/look/look_theme.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMessageBox>
#include <QPlainTextEdit>

#include <algorithm>
#include <utility>

namespace convscope {

namespace {

// px, as the docks of the design's grid
int panelWidth(const QSize& window, bool presenter) {
  if (presenter) return static_cast<int>(640 * presenterScale());
  if (window.width() >= 1900 && window.height() >= 1000) return 400;
  return window.width() >= 1500 && window.height() >= 850 ? 376 : 320;
}

template <class Kind>
bool is(const QWidget& widget) {
  return qobject_cast<const Kind*>(&widget) != nullptr;
}

}  // namespace

LessonDesk::LessonDesk(StateStore& store, QWidget* window, QHBoxLayout* row, QWidget* pages,
                       std::function<WorkspacePage&()> page)
    : QObject(window),
      m_store(store),
      m_window(window),
      m_row(row),
      m_pages(pages),
      m_page(std::move(page)),
      m_player(new LessonPlayer(store, this)),
      m_panel(new LessonPanel(*m_player)),
      m_ring(new SpotlightRing(window)) {
  m_row->addWidget(m_panel);
  m_panel->hide();
  m_player->setLeaveLesson([this] { return mayLeaveLesson(); });
  connect(m_player, &LessonPlayer::changed, this, &LessonDesk::refresh);
  connect(m_panel, &LessonPanel::contentsRequested, this, [this] { showContents(true); });
  connect(m_panel, &LessonPanel::nextRequested, this, &LessonDesk::next);
  connect(m_panel, &LessonPanel::editRequested, this, &LessonDesk::toggleEditor);
  connect(m_panel, &LessonPanel::handoutRequested, this, &LessonDesk::handoutRequested);
  connect(m_panel, &LessonPanel::linkFollowed, this, &LessonDesk::follow);
  connect(&m_store, &StateStore::lookChanged, this, &LessonDesk::arrange);
  connect(&m_store, &StateStore::changed, this, &LessonDesk::adoptLesson);
  qApp->installEventFilter(this);
}

LessonDesk::~LessonDesk() {
  delete m_stageWindow;
}

void LessonDesk::adoptLesson() {
  const std::string& file = m_store.state().lesson.file;
  const bool other = std::exchange(m_named, file) != file;
  // a lesson in the making is not let go for what an undone step names
  const bool stays = !other || file.empty() || m_player->isCalled(file) || unsaved();
  if (m_player->isOpen() && stays) return refresh();  // another workspace has other panels
  static_cast<void>(adoptNamed());
}

void LessonDesk::settle() {
  const LessonPosition position = m_store.state().lesson;
  if (m_expected) {
    m_player->adopt(*std::exchange(m_expected, std::nullopt), position.step);
    m_player->setUnsaved(true);
    return;
  }
  if (m_player->isOpen() && !m_player->isCalled(position.file) && !adoptNamed()) m_player->drop();
}

bool LessonDesk::adoptNamed() {
  const LessonPosition position = m_store.state().lesson;
  if (position.file.empty() || position.file == m_refused) return false;
  if (m_expected) return false;  // settle() is about to open it
  auto lesson = lessonNamed(position.file);
  if (!lesson) {
    m_refused = position.file;
    Q_EMIT said(QString::fromStdString(lesson.error().message));
    return false;
  }
  m_player->adopt(std::move(*lesson), position.step);
  return true;
}

QWidget* LessonDesk::stageWindow() const {
  return m_stageWindow;
}

void LessonDesk::open(const QString& name, int step) {
  auto lesson = lessonNamed(name.toStdString());
  if (!lesson) {
    Q_EMIT said(QString::fromStdString(lesson.error().message));
    return;
  }
  showContents(false);
  m_player->open(std::move(*lesson), step);
  m_page().stageWidget()->setFocus();
}

void LessonDesk::openFile(const QString& path) {
  m_listed = -1;
  open(path);
}

void LessonDesk::startFirstClass() {
  if (firstClass().empty()) return;
  m_listed = 0;
  open(QString::fromStdString(firstClass().front().lesson));
}

void LessonDesk::next() {
  if (!m_player->isOpen()) return;
  const bool last = m_player->step() + 1 == m_player->count() && !m_player->asking();
  if (!last) return m_player->next();
  const auto& list = firstClass();
  if (m_listed >= 0 && m_listed + 1 < static_cast<int>(list.size()))
    return open(QString::fromStdString(list[static_cast<std::size_t>(++m_listed)].lesson));
  showContents(true);
}

void LessonDesk::follow(const QString& target) {
  if (target.startsWith(QStringLiteral("lesson:"))) open(target.mid(7));
}

bool LessonDesk::showsContents() const {
  return m_contents != nullptr && m_contents->isVisibleTo(m_window);
}

void LessonDesk::showContents(bool shown) {
  if (!shown && !showsContents()) return;
  if (shown && m_contents == nullptr) {
    m_contents = new ContentsPage;
    m_row->insertWidget(0, m_contents, 1);
    connect(m_contents, &ContentsPage::closed, this, [this] { showContents(false); });
    connect(m_contents, &ContentsPage::firstClassChosen, this, &LessonDesk::startFirstClass);
    connect(m_contents, &ContentsPage::openRequested, this, &LessonDesk::chooseFile);
    connect(m_contents, &ContentsPage::recordRequested, this, &LessonDesk::recordNew);
    connect(m_contents, &ContentsPage::lessonChosen, this, [this](const QString& id) {
      m_listed = -1;
      open(id);
    });
  }
  if (shown) {
    auto all = lessons();
    if (!all) {
      Q_EMIT said(QString::fromStdString(all.error().message));
      return;
    }
    m_contents->present(*all, [this](const std::string& id) { return m_player->seen(id); });
  }
  m_pages->setVisible(!shown);
  m_contents->setVisible(shown);
  placePanel();
  if (shown && !m_contents->cards().empty())
    m_contents->cards().front()->setFocus();
  else
    m_page().stageWidget()->setFocus();
  refresh();
}

void LessonDesk::setPanelLeftOut(bool leftOut) {
  m_panelLeftOut = leftOut;
  refresh();
}

void LessonDesk::chooseFile() {
  const QString path = QFileDialog::getOpenFileName(m_window, tr("Open lesson"), {}, tr("Lessons (*.md)"));
  if (!path.isEmpty()) openFile(path);
}

void LessonDesk::recordNew() {
  showContents(false);
  m_listed = -1;
  if (!m_player->open(recordedLesson(m_store.state()), 0)) return;
  m_player->setUnsaved(true);
  if (m_editor == nullptr || !m_editor->isVisibleTo(m_panel)) toggleEditor();
  m_editor->refresh();
}

void LessonDesk::toggleEditor() {
  if (!m_player->isOpen()) return;
  if (m_editor == nullptr) {
    m_editor = new LessonEditor(*m_player, m_store);
    m_editor->hide();
    connect(m_editor, &LessonEditor::closed, this, &LessonDesk::toggleEditor);
    connect(m_editor, &LessonEditor::saveRequested, this, &LessonDesk::save);
  }
  const bool open = m_editor->parentWidget() != nullptr && m_editor->isVisibleTo(m_panel);
  if (open && !m_editor->take()) return;
  m_panel->setEditing(open ? nullptr : m_editor);
  if (!open) m_editor->refresh();
}

std::optional<Lesson> LessonDesk::unsaved() {
  const bool typed = m_editor != nullptr && m_editor->pending();
  return m_player->isOpen() && (m_player->unsaved() || typed) ? std::optional(m_player->lesson())
                                                              : std::nullopt;
}

bool LessonDesk::mayLeaveLesson() {
  if (m_editor != nullptr) m_editor->take();  // what cannot be read is unsaved as well
  if (!unsaved()) return true;
  const auto answer = QMessageBox::question(m_window, tr("Save the lesson?"),
                                            tr("The lesson “%1” was changed and is not saved.")
                                                .arg(QString::fromStdString(m_player->lesson().title)),
                                            QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel,
                                            QMessageBox::Save);
  return answer == QMessageBox::Discard || (answer == QMessageBox::Save && save());
}

bool LessonDesk::save() {
  if (!m_player->isOpen()) return false;
  if (m_editor != nullptr && !m_editor->take()) return false;
  Lesson lesson = m_player->lesson();
  QString path = QString::fromStdString(lesson.path);
  if (path.isEmpty())
    path = savePath(m_window, tr("Save lesson"), QString::fromStdString(lesson.id + ".md"),
                    tr("Lessons (*.md)"), {".md"});
  if (path.isEmpty()) return false;
  const auto written = writeLesson(lesson, path.toStdString());
  Q_EMIT said(written ? tr("Saved %1.").arg(path) : QString::fromStdString(written.error().message));
  if (!written) return false;
  lesson.path = path.toStdString();
  lesson.id = QFileInfo(path).completeBaseName().toStdString();
  m_player->replaceLesson(std::move(lesson), m_player->step());
  m_player->setUnsaved(false);
  // what is kept and saved from now on names the file
  m_store.edit({tr("Save lesson"),
                [this](AppState& state) {
                  state.lesson = {m_player->lesson().path, m_player->step()};
                },
                false});
  return true;
}

void LessonDesk::closeSecondStage() {
  if (m_stageWindow != nullptr) m_stageWindow->close();
}

void LessonDesk::toggleSecondStage() {
  if (m_stageWindow != nullptr) return closeSecondStage();
  m_stageWindow = new SecondStage(m_window);
  m_stageWindow->present(m_page());
  m_stageWindow->showOnOtherScreen();
}

void LessonDesk::showAllPanels() {
  m_allPanels = true;
  arrange();
}

void LessonDesk::presented() {
  if (m_stageWindow != nullptr) m_stageWindow->present(m_page());
  if (!m_player->isOpen()) return;
  m_player->setOutput(m_page().mapsExtent());
  m_ring->setTarget(m_ring->target());
}

void LessonDesk::finish() {
  m_player->finish();
  refresh();
}

void LessonDesk::refresh() {
  const bool open = m_player->isOpen();
  const std::pair<std::string, int> step{open ? m_player->lesson().id : std::string(),
                                         open ? m_player->step() : -1};
  if (step != m_shownStep) m_allPanels = false;
  m_shownStep = step;
  if (!open && m_editor != nullptr) m_panel->setEditing(nullptr);
  placePanel();
  arrange();
}

void LessonDesk::placePanel() {
  WorkspacePage& page = m_page();
  const bool shown = m_player->isOpen() && !showsContents() && !m_panelLeftOut;
  m_panel->setFixedWidth(panelWidth(m_window->size(), m_store.state().look.presenter));
  if (shown && (m_host != &page || m_panel->isHidden())) {
    if (page.takeBeside(m_panel)) {
      m_host = &page;
    } else if (m_host != nullptr || m_row->indexOf(m_panel) < 0) {
      m_host = nullptr;
      m_panel->setMinimumHeight(0);
      m_panel->setMaximumHeight(QWIDGETSIZE_MAX);
      m_row->addWidget(m_panel);
    }
  }
  if (m_panel->isHidden() == shown) {
    m_panel->setVisible(shown);
    page.layout()->activate();
  }
}

void LessonDesk::arrange() {
  const bool open = m_player->isOpen() && !showsContents();
  std::vector<std::string> panels, veils;
  if (open && !m_allPanels) panels = m_player->current().panels;
  // where nothing is asked yet, a later step will: what it asks for is not told before
  const bool hides = open && (m_player->asking() || !m_player->current().question);
  if (hides) veils = m_player->current().veils;
  const auto veiled = [&](const std::string& what) { return std::ranges::find(veils, what) != veils.end(); };
  WorkspacePage& page = m_page();
  QStringList parts;
  for (const std::string& panel : panels) {
    if (!veiled(panel)) parts << QString::fromStdString(panel);
  }
  if (m_arranged != nullptr && m_arranged != &page) m_arranged->showParts({}, WorkspacePage::Veil::None);
  m_arranged = &page;
  using Veil = WorkspacePage::Veil;
  page.showParts(parts, veiled("maps")    ? Veil::Maps
                        : veiled("value") ? Veil::Value
                        : veiled("field") ? Veil::Field
                                          : Veil::None);
  QWidget* target = nullptr;
  if (open && !m_allPanels) {
    for (const std::string& spot : m_player->current().spotlight)
      if (QWidget* part = page.part(QString::fromStdString(spot)); part != nullptr && target == nullptr)
        target = part;
  }
  m_ring->setTarget(target);
}

bool LessonDesk::takes(const QWidget& focus, const QKeyEvent& key) const {
  if (key.modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier | Qt::ShiftModifier))
    return false;
  const bool types = is<QLineEdit>(focus) || is<QAbstractSpinBox>(focus) || is<QPlainTextEdit>(focus);
  if (key.key() == Qt::Key_PageDown || key.key() == Qt::Key_PageUp) return !is<QPlainTextEdit>(focus);
  if (types || !m_player->asking()) return false;
  if (key.key() == Qt::Key_Space) return !is<QAbstractButton>(focus);
  const int digit = key.key() - Qt::Key_0;
  return digit >= 1 && digit <= static_cast<int>(m_player->current().question->choices.size());
}

void LessonDesk::answer(const QKeyEvent& key) {
  switch (key.key()) {
    case Qt::Key_PageDown:
      return next();
    case Qt::Key_PageUp:
      return m_player->previous();
    case Qt::Key_Space:
      return m_player->tell();
    default:
      m_player->choose(key.key() - Qt::Key_1);
  }
}

bool LessonDesk::eventFilter(QObject* watched, QEvent* event) {
  const bool press = event->type() == QEvent::KeyPress;
  if ((!press && event->type() != QEvent::ShortcutOverride) || !watched->isWidgetType()) return false;
  auto& widget = *static_cast<QWidget*>(watched);
  const bool here =
      widget.window() == m_window || (m_stageWindow != nullptr && widget.window() == m_stageWindow);
  if (!here || !m_player->isOpen() || showsContents()) return false;
  const auto& key = *static_cast<QKeyEvent*>(event);
  if (!takes(widget, key)) return false;
  // the override makes the key ours; the press that follows does what it orders
  if (press) answer(key);
  event->accept();
  return true;
}

}  // namespace convscope
