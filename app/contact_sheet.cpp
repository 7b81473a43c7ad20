#include "app/contact_sheet.h"

#include "app/lesson_desk.h"
#include "app/lesson_walk.h"
#include "app/main_window.h"
#include "app/workspace_page.h"
#include "widgets/look/look_theme.h"

#include <QDir>
#include <QPainter>

#include <iostream>

namespace convscope {

namespace {

constexpr int kTile = 640, kGap = 12, kWords = 24, kColumns = 3;
constexpr QSize kPicture{464, 260};

struct Tile {
  QString words;
  QImage image;
};

QImage sheetOf(const std::vector<Tile>& tiles, const LookTheme& theme) {
  const int high = tiles.front().image.height() + kWords + kGap;
  const int rows = (static_cast<int>(tiles.size()) + kColumns - 1) / kColumns;
  QImage sheet(kColumns * (kTile + kGap) + kGap, rows * high + kGap, QImage::Format_RGB32);
  sheet.fill(theme.window);
  QPainter painter(&sheet);
  painter.setFont(theme.font(13));
  painter.setPen(theme.text);
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    const int x = kGap + static_cast<int>(i) % kColumns * (kTile + kGap);
    const int y = kGap + static_cast<int>(i) / kColumns * high;
    painter.drawText(QRect(x, y, kTile, kWords), Qt::AlignLeft | Qt::AlignVCenter, tiles[i].words);
    painter.drawImage(x, y + kWords, tiles[i].image);
  }
  return sheet;
}

/// The whole stage of the step in sight, on its own ground, for the card on the contents page.
QImage cardPicture(MainWindow& window) {
  const QImage stage = window.lessonDesk().pageInSight().stageWidget()->grab().toImage().scaled(
      kPicture, Qt::KeepAspectRatio, Qt::SmoothTransformation);
  QImage card(kPicture, QImage::Format_RGB32);
  card.fill(lookTheme(window.store().state().look).stage);
  QPainter(&card).drawImage((kPicture.width() - stage.width()) / 2, (kPicture.height() - stage.height()) / 2,
                            stage);
  return card;
}

Result<std::vector<Lesson>> wantedLessons(const Options& options) {
  if (!options.lesson) return lessons();
  auto one = lessonNamed(*options.lesson);
  if (!one) return tl::unexpected(one.error());
  std::vector<Lesson> list;
  list.push_back(std::move(*one));
  return list;
}

}  // namespace

int makeContactSheets(const AppState& state, const Options& options) {
  const auto wanted = wantedLessons(options);
  if (!wanted) {
    std::cerr << "convscope: " << wanted.error().message << '\n';
    return exitCodeOf(wanted.error());
  }
  AppState still = state;
  still.look.reducedMotion = true;
  MainWindow window(still, Settings::forgetful());
  const WindowSize size = options.size.value_or(WindowSize{1280, 720});
  window.setFixedSize(size.width, size.height);
  window.show();
  LessonPlayer& player = window.lessonDesk().player();
  const QDir folder(QString::fromStdString(*options.contactSheet));
  bool good = folder.mkpath(QStringLiteral("pictures"));
  const auto save = [&](const QImage& image, const QString& name) {
    if (good && !image.save(folder.filePath(name))) good = false;
  };
  for (const Lesson& lesson : *wanted) {
    std::vector<Tile> tiles;
    QImage picture;
    walkLesson(window, lesson, [&](StepMoment moment) {
      if (moment == StepMoment::Solved) return true;
      const QString more = moment == StepMoment::Told ? QObject::tr(", answer") : QString();
      const QImage image = window.grab().toImage();
      const QString words =
          QStringLiteral("%1 %2%3").arg(QString::fromStdString(lesson.id)).arg(player.step() + 1).arg(more);
      tiles.push_back({words, image.scaledToWidth(kTile, Qt::SmoothTransformation)});
      const bool last = player.step() + 1 == player.count();
      if (picture.isNull() && !player.asking() && (!window.store().state().look.inputOnly || last))
        picture = cardPicture(window);
      return true;
    });
    save(sheetOf(tiles, appliedTheme()), QString::fromStdString(lesson.id + ".png"));
    save(picture, QString::fromStdString("pictures/" + lesson.id + ".png"));
  }
  if (good) return 0;
  std::cerr << "convscope: " << *options.contactSheet << " cannot be written.\n";
  return 1;
}

}  // namespace convscope
