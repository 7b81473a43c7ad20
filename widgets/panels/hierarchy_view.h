#pragma once

#include "engine/study/hierarchy.h"
#include "widgets/state/network_view.h"

#include <QElapsedTimer>
#include <QImage>
#include <QTimer>
#include <QWidget>

namespace convscope {

/// Table 1 of the article, live: early and late layers of two networks side by side. Each cell plays the
/// response of one channel to the same clip, beside the parts of the clip that drive that channel hardest;
/// below, how far each layer reaches in time. Paints itself; computes nothing.
class HierarchyView : public QWidget {
  Q_OBJECT

 public:
  explicit HierarchyView(QWidget* parent = nullptr);
  void present(const NetworkView& view, const QString& problem, bool busy);
  /// What is written of column `column`: its head, its cells and how far it reaches, line by line.
  [[nodiscard]] QStringList linesOf(std::size_t column) const;
  /// Where the response of a cell is painted; row 0: early, 1: late. px.
  [[nodiscard]] QRectF responseRect(std::size_t column, int row) const;
  /// The map frame that a cell shows now.
  [[nodiscard]] int frameOf(const HierarchyCell& cell) const;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  struct Film {
    std::vector<QImage> frames;
  };
  struct Films {
    Film response;
    std::vector<Film> patches;
  };
  void makeFilms();
  [[nodiscard]] QRectF columnRect(std::size_t column) const;
  [[nodiscard]] QRectF cellRect(std::size_t column, int row) const;
  [[nodiscard]] double headHeight() const;
  [[nodiscard]] QRectF reachRect(std::size_t column) const;
  [[nodiscard]] static const HierarchyCell& cellOf(const HierarchyColumn& column, int row);
  /// Where the parts of the clip were looked for.
  [[nodiscard]] QString searchText() const;
  [[nodiscard]] QString patchText(const HierarchyCell& cell, const DrivingPatch& patch) const;
  [[nodiscard]] QString cellTitle(const HierarchyCell& cell, int row) const;
  [[nodiscard]] QString reachText(const HierarchyColumn& column) const;
  void paintHead(QPainter& painter, std::size_t column) const;
  void paintCell(QPainter& painter, std::size_t column, int row) const;
  void paintPatch(QPainter& painter, const QRectF& at, const QImage& frame) const;
  void paintPatches(QPainter& painter, const QRectF& area, const HierarchyCell& cell,
                    const Films& films) const;
  void paintStrips(QPainter& painter, const QRectF& area, const HierarchyCell& cell,
                   const Films& films) const;
  void paintReach(QPainter& painter, std::size_t column) const;

  NetworkView m_view;
  QString m_problem;
  bool m_busy = false;
  std::shared_ptr<const Hierarchy> m_filmed;  ///< what the films are of
  Theme m_filmedTheme = Theme::Dark;
  std::vector<std::array<Films, 2>> m_films;
  Film m_clip;
  QTimer m_timer;
  QElapsedTimer m_since;
  bool m_playing = false;
};

}  // namespace convscope
