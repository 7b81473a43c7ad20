#pragma once

#include "app/session.h"
#include "app/session_reader.h"
#include "app/settings.h"
#include "widgets/state/scenes.h"
#include "widgets/state/state_store.h"
#include "widgets/state/study_controller.h"

#include <QMainWindow>
#include <QPointer>
#include <QTimer>

#include <optional>
#include <vector>

class QAction;
class QLabel;
class QMenu;
class QSlider;
class QStackedWidget;
class QToolBar;

namespace convscope {

class CompareWorkspace;
class FieldWorkspace;
class KernelWorkspace;
class LessonDesk;
class LessonExportJob;
struct LookTheme;
class NetworkWorkspace;
class NoticeBar;
class PresenterBar;
class SegmentedControl;
class ShortcutSheet;
class WelcomePage;
class WorkspacePage;
enum class WelcomeDoor;

/// The window: menus, toolbar, status bar and the workspace, wired to the store and the controller. Every
/// action stands in one table, from which menus, toolbar, keys and the shortcut sheet come.
class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  MainWindow(const AppState& initial, Settings settings, QWidget* parent = nullptr);
  ~MainWindow() override;

  [[nodiscard]] StateStore& store() { return m_store; }
  [[nodiscard]] StudyController& controller() { return m_controller; }
  [[nodiscard]] KernelWorkspace& workspace() { return *m_workspace; }
  [[nodiscard]] FieldWorkspace& fieldWorkspace() { return *m_field; }
  [[nodiscard]] CompareWorkspace& compareWorkspace() { return *m_compare; }
  [[nodiscard]] NetworkWorkspace& networkWorkspace() { return *m_network; }
  [[nodiscard]] LessonDesk& lessonDesk() { return *m_lessons; }
  [[nodiscard]] Session& session() { return m_session; }
  [[nodiscard]] NoticeBar& notice() { return *m_notice; }
  /// Keeps the work in `folder` from now on, and brings back what a run that did not end left there; where
  /// `named` (the command line says what to show) it is only offered.
  void keepWork(const QString& folder, bool named);
  /// The page with three doors over the window; the first time that nothing else was asked for, or on
  /// demand.
  void showWelcome();
  [[nodiscard]] WelcomePage* welcome() const { return m_welcome; }
  /// What was read of the session at `path`: shows it, or says why it cannot be.
  void showSession(const QString& path, Result<OpenedSession>& read);
  /// Asks for files that the session names and that are not there.
  void askForMissing(const std::vector<std::string>& names);
  /// Writes the open lesson as a hand-out with the program in `program`; notice() tells how far it is.
  void startHandout(const QString& path, const QString& program);
  /// Everything asked for is computed and shown when this returns. For screenshots and tests.
  void finish();

 public Q_SLOTS:
  void openClip(const QString& path);
  void openModel(const QString& path);
  void openState(const QString& path);
  /// Writes the curves of the Network workspace as CSV; asks for a path where none is given.
  void exportCurves(QString path = {});

 protected:
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  /// One thing that the user can order.
  struct Command {
    QString group;  ///< heading in the shortcut sheet; also the menu, where there is one of that name
    QString text;
    QString icon;  ///< or empty
    QList<QKeySequence> keys;
    QString tip;
    std::function<void()> run;
    std::function<bool(const AppState&)> checked = {};  ///< for switches
    QString id = {};
    /// False: the order means nothing for what is shown, and it is hidden. Empty: it always applies.
    std::function<bool(const KernelView&)> applies = {};
    /// Workspaces beside Kernel in which an order that has to apply means something, too.
    std::vector<Workspace> alsoIn = {};
    bool startsSection = false;  ///< a line stands above it in its menu
    QString networkText = {};    ///< its name in the Network workspace; empty: the same
  };

  [[nodiscard]] std::vector<Command> fileCommands();
  [[nodiscard]] std::vector<Command> editCommands();
  [[nodiscard]] std::vector<Command> playCommands();
  [[nodiscard]] std::vector<Command> slideCommands();
  [[nodiscard]] std::vector<Command> networkCommands();
  [[nodiscard]] std::vector<Command> explainCommands();
  [[nodiscard]] std::vector<Command> mapCommands();
  [[nodiscard]] std::vector<Command> rangeCommands();
  [[nodiscard]] Command channelsCommand();
  [[nodiscard]] std::vector<Command> viewCommands();
  [[nodiscard]] std::vector<Command> cameraCommands();
  [[nodiscard]] std::vector<Command> compareCommands();
  /// Changes of the clip, and the networks that come with the program.
  [[nodiscard]] std::vector<Command> clipCommands();
  [[nodiscard]] std::vector<Command> lessonCommands();
  [[nodiscard]] std::vector<Command> helpCommands();
  void buildActions();
  void buildMenus();
  void buildToolbar();
  void buildStatusBar();
  /// Asks for the Kernel study while its page is in sight.
  void askKernel();
  void applyLook();
  void settleLayout();
  void refreshActions();
  void hideWhatCannotApply();
  /// Words go from the tool bar's buttons, one after another, until all of them have room.
  void fitToolbar();
  void presentBar();
  void refreshStatus();
  void refreshStatusHints();
  /// The page in sight.
  [[nodiscard]] WorkspacePage& page() const;
  void showShortcuts();
  void showAbout();
  void chooseClip();
  void chooseModel();
  /// A clip that was just opened by hand is shown so small that its cells can be told apart.
  void sizeOpenedClip();
  void chooseSession();
  void reopenLastWork();
  /// False where it was called off or failed.
  bool saveSession(bool asNew);
  /// Asks where what is on screen would be lost; false: it was called off.
  [[nodiscard]] bool mayLeaveWork();
  /// The same for work that belongs to no file where nothing of it could be kept.
  [[nodiscard]] bool mayLoseUnkept();
  void tellKeepingProblem();
  /// Kept work takes the place of what is on screen, lesson included; false: it was called off.
  bool takeUp(const KeptWork& work, const QString& label);
  void refreshTitle();
  void fillRecent();
  void find(const std::string& name);
  /// Opens the dialog of exports at its pictures (0), animations (1) or data (2).
  void exportWork(int page);
  /// Asks for a file and writes the open lesson to it as a hand-out, beside the work.
  void chooseHandout();
  /// What a lesson, a model or a comparison is to begin with.
  void begin(WelcomeDoor door);
  void change(const QString& label, std::function<void(AppState&)> apply, bool undoable = true);
  void say(const QString& sentence);
  [[nodiscard]] QAction* action(const QString& id) const;
  /// "Grey video, kernel two frames long, figure 4" while the state is that of the article's figure, however
  /// the kernel slides and the theme is; else empty.
  [[nodiscard]] QString openFigure() const;
  /// The scene whose figure that is; null: none.
  [[nodiscard]] const Scene* openScene() const;
  /// Tells the page in sight.
  void nameFigure();

  Settings m_settings;
  StateStore m_store;
  Session m_session;
  std::optional<AppState> m_left;  ///< when a session began to be read
  SessionReader m_reader;
  StudyController m_controller;
  NoticeBar* m_notice = nullptr;
  QMenu* m_recent = nullptr;
  WelcomePage* m_welcome = nullptr;  ///< while it is open
  bool m_playsForWelcome = false;
  KernelWorkspace* m_workspace = nullptr;
  FieldWorkspace* m_field = nullptr;
  NetworkWorkspace* m_network = nullptr;
  CompareWorkspace* m_compare = nullptr;
  LessonDesk* m_lessons = nullptr;
  QPointer<LessonExportJob> m_handout;  ///< while one is being written
  int m_handoutNotice = 0;              ///< that says how far it is
  QStackedWidget* m_pages = nullptr;    ///< of WorkspacePage, in the order of Workspace
  SegmentedControl* m_workspaces = nullptr;
  std::vector<Scene> m_figures;  ///< of the article
  std::vector<Command> m_commands;
  std::vector<QAction*> m_actions;  ///< of m_commands, same order
  PresenterBar* m_presenterBar = nullptr;
  QToolBar* m_toolbar = nullptr;
  QSlider* m_speed = nullptr;
  QLabel* m_speedText = nullptr;
  std::vector<QAction*> m_speedItems;  ///< slider and text in the toolbar
  QLabel* m_document = nullptr;
  QLabel* m_hints = nullptr;
  QLabel* m_facts = nullptr;
  QTimer m_statusTimer;
  QStringList m_shownHints;
  std::vector<int> m_hintWidths;  ///< px of the first none, one, two … hints; empty: to be measured
  ShortcutSheet* m_shortcuts = nullptr;
  std::pair<bool, const LookTheme*> m_playIcon{false, nullptr};  ///< playing, theme
  std::optional<Look> m_appliedLook;
  std::string m_rememberedClip;  ///< the last one put among the recent ones
  bool m_kernelWaits = false;    ///< its study was stopped when its page went out of sight
  std::string m_openedClip;      ///< opened by hand and not shown yet, or empty
};

}  // namespace convscope
