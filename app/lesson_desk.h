#pragma once

#include "widgets/lesson/lesson_player.h"

#include <QObject>
#include <QPointer>

#include <functional>
#include <optional>

class QHBoxLayout;
class QKeyEvent;
class QWidget;

namespace convscope {

class ContentsPage;
class LessonEditor;
class LessonPanel;
class SpotlightRing;
class SecondStage;
class WorkspacePage;

/// Everything about lessons in the window: the player, its panel beside the stage, the contents page in place
/// of the workspaces, the spotlight, the second window with the stage, and the keys of a presenter's clicker.
/// GUI thread only.
class LessonDesk : public QObject {
  Q_OBJECT

 public:
  /// `row` holds the pages; the panel stands behind them where a page has no place of its own for it.
  LessonDesk(StateStore& store, QWidget* window, QHBoxLayout* row, QWidget* pages,
             std::function<WorkspacePage&()> page);
  ~LessonDesk() override;

  [[nodiscard]] LessonPlayer& player() { return *m_player; }
  [[nodiscard]] LessonPanel& panel() { return *m_panel; }
  [[nodiscard]] ContentsPage* contents() { return m_contents; }
  [[nodiscard]] LessonEditor* editor() { return m_editor; }
  [[nodiscard]] SpotlightRing& spotlight() { return *m_ring; }
  [[nodiscard]] QWidget* stageWindow() const;
  [[nodiscard]] WorkspacePage& pageInSight() const { return m_page(); }
  /// By id or from a file; what is wrong is told by said().
  void open(const QString& name, int step = 0);
  void openFile(const QString& path);
  void showContents(bool shown);
  /// The panel stays away from the open lesson: for pictures of the stage and the step's panels alone.
  void setPanelLeftOut(bool leftOut);
  [[nodiscard]] bool showsContents() const;
  /// The first class: its lessons one after the other.
  void startFirstClass();
  void next();
  /// The program as it is now becomes the first step of a lesson of one's own.
  void recordNew();
  void toggleEditor();
  void toggleSecondStage();
  void closeSecondStage();
  /// Shows all panels of the workspace until the next step.
  void showAllPanels();
  /// False where it was called off or failed.
  bool save();
  /// Asks where what was recorded or typed would be lost; false: the lesson stays.
  [[nodiscard]] bool mayLeaveLesson();
  /// The open lesson where it is not saved.
  [[nodiscard]] std::optional<Lesson> unsaved();
  /// A lesson that was not saved: settle() opens it.
  void expect(std::optional<Lesson> lesson) { m_expected = std::move(lesson); }
  /// A state of another file has come in, and leaving the lesson was asked for: its own lesson is opened.
  void settle();
  /// The page in sight has been shown anew.
  void presented();
  void finish();

 Q_SIGNALS:
  void said(const QString& sentence);
  void handoutRequested();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void refresh();
  void arrange();
  void placePanel();
  /// A state that was opened names the lesson that it belongs to.
  void adoptLesson();
  [[nodiscard]] bool adoptNamed();
  [[nodiscard]] bool takes(const QWidget& focus, const QKeyEvent& key) const;
  void answer(const QKeyEvent& key);
  void chooseFile();
  void follow(const QString& target);
  StateStore& m_store;
  QWidget* m_window;
  QHBoxLayout* m_row;
  QWidget* m_pages;
  std::function<WorkspacePage&()> m_page;
  LessonPlayer* m_player;
  LessonPanel* m_panel;
  LessonEditor* m_editor = nullptr;
  ContentsPage* m_contents = nullptr;
  SpotlightRing* m_ring;
  QPointer<SecondStage> m_stageWindow;
  WorkspacePage* m_arranged = nullptr;  ///< the page whose panels the step chose
  std::string m_named;                  ///< lesson of the state
  std::string m_refused;                ///< lesson of a state that cannot be opened
  std::optional<Lesson> m_expected;
  WorkspacePage* m_host = nullptr;  ///< the page that holds the panel, null: the row does
  int m_listed = -1;                ///< place in the first class, −1: not given now
  bool m_allPanels = false;
  bool m_panelLeftOut = false;
  std::pair<std::string, int> m_shownStep{{}, -1};
};

}  // namespace convscope
