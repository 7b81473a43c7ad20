#include "app/export_dialog.h"

#include "app/animation_export.h"
#include "app/compare_export.h"
#include "app/compare_workspace.h"
#include "app/field_workspace.h"
#include "app/kernel_workspace.h"
#include "app/main_window.h"
#include "app/network_workspace.h"
#include "app/save_path.h"
#include "engine/clip/npy.h"
#include "engine/conv/ledger.h"
#include "engine/core/caught.h"
#include "engine/core/file_text.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/panel_rows.h"
#include "widgets/panels/segmented_control.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileInfo>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace convscope {

namespace {

constexpr QSize kPreview{448, 280};  // px
constexpr int kMargin = 16;
constexpr int kGap = 8;
constexpr int kLeastPixels = 16;
constexpr int kMostPixels = 16384;
constexpr int kChequer = 8;     // px of the squares that stand for no ground
constexpr int kFollowMs = 400;  // the preview is drawn anew
constexpr double kSlideSeconds = 12;
constexpr double kClipSeconds = 4;
constexpr std::array kAnimationSizes{QSize(960, 540), QSize(1280, 720), QSize(1920, 1080)};

QComboBox* choices(const QStringList& texts, const QString& name) {
  auto* box = new QComboBox;
  box->addItems(texts);
  box->setAccessibleName(name);
  return box;
}

/// Boxes of formats have room for the longest name beside their arrow.
QComboBox* formats(const QStringList& texts) {
  QComboBox* box = choices(texts, QObject::tr("Format"));
  box->setMinimumContentsLength(5);
  return box;
}

/// A muted word between fields, with room at both sides.
void addWord(LabelledRow& row, const QString& word) {
  row.addSpace(LabelledRow::kFieldGap);
  row.addText(word);
  row.addSpace(LabelledRow::kFieldGap);
}

QWidget* rowsOf(std::initializer_list<LabelledRow*> rows) {
  auto* all = new QWidget;
  auto* column = new QVBoxLayout(all);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(kGap);
  for (LabelledRow* row : rows) column->addWidget(row);
  column->addStretch();
  return all;
}

QString gone(const QString& numbers) {
  return QObject::tr("%1 is not on screen any more: choose again.").arg(numbers);
}

QPixmap chequered(const QSize& size) {
  const LookTheme& theme = appliedTheme();
  QPixmap ground(size);
  ground.fill(theme.field);
  QPainter painter(&ground);
  for (int y = 0; y < size.height(); y += kChequer)
    for (int x = y / kChequer % 2 * kChequer; x < size.width(); x += 2 * kChequer)
      painter.fillRect(x, y, kChequer, kChequer, theme.raised);
  return ground;
}

}  // namespace

ExportDialog::ExportDialog(MainWindow& window, Page page, QString folder)
    : QDialog(&window), m_window(window), m_folder(std::move(folder)), m_views(exportableViews(window)) {
  setWindowTitle(tr("Export"));
  setAttribute(Qt::WA_DeleteOnClose);
  collectNumbers();
  build();
  m_pages->present(static_cast<int>(page));
  m_rows->setCurrentIndex(static_cast<int>(page));
  collect();
  // what changes beside the dialog is what it writes
  m_follow.setSingleShot(true);
  m_follow.setInterval(kFollowMs);
  connect(&m_follow, &QTimer::timeout, this, [this] {
    if (!m_busy) collect();
  });
  const auto follow = [this] {
    if (!m_follow.isActive()) m_follow.start();
  };
  connect(&m_window.controller(), &StudyController::resultChanged, this, follow);
  for (WorkspacePage* one :
       std::initializer_list<WorkspacePage*>{&m_window.workspace(), &m_window.fieldWorkspace(),
                                             &m_window.networkWorkspace(), &m_window.compareWorkspace()})
    connect(one, &WorkspacePage::presented, this, follow);
}

void ExportDialog::collect() {
  m_kernel = m_window.workspace().view();
  const bool whole = m_kernel.result != nullptr && !m_kernel.result->preview && !m_kernel.stale;
  m_noMotion.clear();
  if (m_window.store().state().workspace != Workspace::Kernel)
    m_noMotion = tr("An animation moves a kernel over the clip: open the Kernel workspace (Alt+1).");
  else if (!whole)
    m_noMotion =
        tr("There are no whole maps of these settings yet: wait until they are computed, or press F5.");
  collectNumbers();
  QStringList titles, shown;
  for (const Numbers& one : m_numbers) titles << one.title;
  for (int i = 0; i < m_table->count(); ++i) shown << m_table->itemText(i);
  if (titles != shown) {
    const QString chosen = m_table->currentText();
    const QSignalBlocker quiet(m_table);
    m_table->clear();
    m_table->addItems(titles);
    m_table->setCurrentIndex(std::max(0, static_cast<int>(titles.indexOf(chosen))));
  }
  refresh();
}

ExportDialog::~ExportDialog() = default;

ExportDialog::Page ExportDialog::page() const {
  return static_cast<Page>(m_rows->currentIndex());
}

void ExportDialog::build() {
  m_preview = new QLabel;
  m_preview->setFixedSize(kPreview);
  m_preview->setAlignment(Qt::AlignCenter);
  m_preview->setAccessibleName(tr("What the file will show"));
  m_says = new QLabel;
  m_says->setObjectName(QStringLiteral("muted"));
  m_says->setWordWrap(true);
  m_pages = new SegmentedControl(SegmentedControl::Size::Normal);
  const QStringList names{tr("Picture"), tr("Animation"), tr("Data")};
  m_pages->setChoices(names, names,
                      {tr("A view as PNG, SVG or PDF"), tr("The stage in motion as MP4 or GIF"),
                       tr("The numbers as NPY or CSV")});
  m_rows = new QStackedWidget;
  for (QWidget* rows : {pictureRows(), animationRows(), dataRows()}) m_rows->addWidget(rows);
  connect(m_pages, &SegmentedControl::chosen, this, [this](int index) {
    m_pages->present(index);
    m_rows->setCurrentIndex(index);
    refresh();
  });
  m_problem = new InlineSentence(InlineSentence::Kind::Error);
  m_progress = new QProgressBar;
  m_progress->setRange(0, 1000);
  m_progress->hide();
  m_write = new QPushButton(tr("Write…"));
  m_write->setDefault(true);
  m_close = new QPushButton(tr("Close"));
  connect(m_write, &QPushButton::clicked, this, &ExportDialog::choosePath);
  connect(m_close, &QPushButton::clicked, this, [this] {
    if (!m_busy) {
      close();
      return;
    }
    if (m_animation) m_animation->stop();
    m_jobs.cancel(Lane::Background);
  });
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(kGap);
  buttons->addStretch();
  buttons->addWidget(m_close);
  buttons->addWidget(m_write);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
  column->setSpacing(kMargin);
  auto* head = new QHBoxLayout;
  head->addWidget(m_pages);
  head->addStretch();
  column->addLayout(head);
  column->addWidget(m_preview);
  column->addWidget(m_says);
  column->addWidget(m_rows);
  column->addWidget(m_problem);
  column->addWidget(m_progress);
  column->addLayout(buttons);
  column->setSizeConstraint(QLayout::SetFixedSize);
}

QWidget* ExportDialog::pictureRows() {
  QStringList titles;
  for (const ExportableView& view : m_views) titles << view.title;
  m_view = choices(titles, tr("View"));
  m_pictureFormat = formats({tr("PNG"), tr("SVG"), tr("PDF")});
  m_pictureWidth = new QSpinBox;
  m_pictureHeight = new QSpinBox;
  m_pictureWidth->setAccessibleName(tr("Width in pixels"));
  m_pictureHeight->setAccessibleName(tr("Height in pixels"));
  for (QSpinBox* box : {m_pictureWidth, m_pictureHeight}) {
    box->setRange(kLeastPixels, kMostPixels);
    connect(box, &QSpinBox::valueChanged, this, &ExportDialog::refresh);
  }
  m_transparent = new QCheckBox(tr("Transparent background"));
  const auto proportions = [this] {
    const QSize now = m_views[static_cast<std::size_t>(m_view->currentIndex())].widget->size();
    const QSignalBlocker quietWidth(m_pictureWidth), quietHeight(m_pictureHeight);
    m_pictureWidth->setValue(2 * now.width());
    m_pictureHeight->setValue(2 * now.height());
    refresh();
  };
  connect(m_view, &QComboBox::currentIndexChanged, this, proportions);
  connect(m_pictureFormat, &QComboBox::currentIndexChanged, this, &ExportDialog::refresh);
  connect(m_transparent, &QCheckBox::toggled, this, &ExportDialog::refresh);
  auto* what = new LabelledRow(tr("View"));
  what->add(m_view, 1);
  what->addSpace(LabelledRow::kFieldGap);
  what->add(m_pictureFormat);
  auto* size = new LabelledRow(tr("Size"));
  size->add(m_pictureWidth);
  addWord(*size, QStringLiteral("×"));
  size->add(m_pictureHeight);
  addWord(*size, tr("pixels"));
  size->addStretch();
  auto* ground = new LabelledRow(QString());
  ground->add(m_transparent, 1);
  const QSize now = m_views.front().widget->size();
  const QSignalBlocker quietWidth(m_pictureWidth), quietHeight(m_pictureHeight);
  m_pictureWidth->setValue(2 * now.width());
  m_pictureHeight->setValue(2 * now.height());
  return rowsOf({what, size, ground});
}

QWidget* ExportDialog::animationRows() {
  m_kind =
      choices({tr("The slide: the maps grow"), tr("The clip: the kernel moves in time")}, tr("What moves"));
  m_animationFormat = formats({tr("MP4"), tr("GIF")});
  QStringList sizes;
  for (const QSize& size : kAnimationSizes)
    sizes << QStringLiteral("%1 × %2").arg(size.width()).arg(size.height());
  m_animationSize = choices(sizes, tr("Size in pixels"));
  m_animationSize->setCurrentIndex(1);
  m_seconds = new QDoubleSpinBox;
  m_seconds->setAccessibleName(tr("Seconds"));
  m_seconds->setRange(.2, 600);
  m_seconds->setDecimals(1);
  m_seconds->setValue(kSlideSeconds);
  connect(m_kind, &QComboBox::currentIndexChanged, this,
          [this](int index) { m_seconds->setValue(index == 0 ? kSlideSeconds : kClipSeconds); });
  for (QComboBox* box : {m_kind, m_animationFormat, m_animationSize})
    connect(box, &QComboBox::currentIndexChanged, this, &ExportDialog::refresh);
  connect(m_seconds, &QDoubleSpinBox::valueChanged, this, &ExportDialog::refresh);
  auto* what = new LabelledRow(tr("What"));
  what->add(m_kind, 1);
  what->addSpace(LabelledRow::kFieldGap);
  what->add(m_animationFormat);
  auto* size = new LabelledRow(tr("Size"));
  size->add(m_animationSize);
  addWord(*size, tr("pixels"));
  size->addStretch();
  auto* time = new LabelledRow(tr("Takes"));
  time->add(m_seconds);
  addWord(*time, tr("seconds"));
  time->addStretch();
  return rowsOf({what, size, time});
}

QWidget* ExportDialog::dataRows() {
  QStringList titles;
  for (const Numbers& one : m_numbers) titles << one.title;
  m_table = choices(titles, tr("What"));
  m_tableFormat = formats({});
  connect(m_table, &QComboBox::currentIndexChanged, this, &ExportDialog::refresh);
  connect(m_tableFormat, &QComboBox::currentIndexChanged, this, &ExportDialog::refresh);
  auto* what = new LabelledRow(tr("What"));
  what->add(m_table, 1);
  what->addSpace(LabelledRow::kFieldGap);
  what->add(m_tableFormat);
  return rowsOf({what});
}

void ExportDialog::collectComparison(const CompareView& view) {
  // while more is on its way, a column may hold one map of many, or those of before
  const auto fresh = [](const CompareColumn& one) { return one.result && !one.stale; };
  if (view.busy || std::ranges::none_of(view.columns, fresh)) return;
  const auto text = [&](const QString& title, const QString& tip, std::string csv) {
    m_numbers.push_back(
        {title, tip, {".csv"}, [csv = std::move(csv)](const std::string& path, const std::stop_token&) {
           return writeFileText(path, csv);
         }});
  };
  // the maps live as long as somebody may write them
  const auto maps = [&](const QString& title, const QString& tip, auto holder, auto tensorOf) {
    m_numbers.push_back(
        {title, tip, {".npy"}, [holder, tensorOf](const std::string& path, const std::stop_token&) {
           return writeMapsNpy(path, tensorOf(*holder));
         }});
  };
  text(tr("Side by side"), tr("What each column costs, sees and can tell, one row a figure."),
       comparisonCsv(view));
  if (std::ranges::any_of(view.columns, [](const CompareColumn& one) { return one.tuning != nullptr; }))
    text(tr("Tuning curves"), tr("Amplitude over direction and speed of the gratings, of every column."),
         tuningCurvesCsv(view));
  if (std::ranges::any_of(view.columns, [](const CompareColumn& one) { return one.tempos != nullptr; }))
    text(tr("Tempo curves"), tr("Root mean square of the map on the clip made slower and faster."),
         tempoCurvesCsv(view));
  for (int i = 0; i < view.count(); ++i) {
    const CompareColumn& column = view.column(i);
    if (!column.result || column.stale) continue;
    maps(tr("Maps of column %1").arg(columnLetter(i)),
         tr("Every value of every map of %1: (K, L′, H′, W′), float32.").arg(columnShape(column.spec)),
         column.result, [](const ColumnResult& shown) -> const Tensor& { return shown.maps; });
  }
  if (view.difference)
    maps(tr("Difference A − B"),
         tr("Of the maps that are shown, where both have cells: (1, L′, H′, W′), float32."), view.difference,
         [](const MapDifference& shown) -> const Tensor& { return shown.values; });
}

void ExportDialog::collectNumbers() {
  m_numbers.clear();
  const auto add = [this](const QString& title, const QString& tip, std::vector<std::string> endings,
                          auto write) {
    m_numbers.push_back({title, tip, std::move(endings), std::move(write)});
  };
  const Workspace workspace = m_window.store().state().workspace;
  if (workspace == Workspace::Field || workspace == Workspace::Network) {
    const auto text = [add](const QString& title, const QString& tip, const std::string& csv) {
      add(title, tip, {".csv"},
          [csv](const std::string& path, const std::stop_token&) { return writeFileText(path, csv); });
    };
    const auto* holder = workspace == Workspace::Field ? m_window.fieldWorkspace().view().holder.get()
                                                       : m_window.networkWorkspace().view().holder.get();
    const LayerTable* layers = nullptr;
    if (holder != nullptr) {
      if (const auto* stack = std::get_if<StackResult>(holder)) layers = &stack->table;
      if (const auto* network = std::get_if<NetworkResult>(holder)) layers = &network->layers.table;
    }
    if (layers != nullptr)
      text(tr("Layers: fields and costs"),
           tr("Each layer's kernel, stride, output, receptive field, weights and multiply-adds."),
           tableCsv(*layers));
    return;
  }
  if (workspace == Workspace::Compare) {
    collectComparison(m_window.compareWorkspace().view());
    return;
  }
  const bool whole = m_kernel.result != nullptr && !m_kernel.result->preview && !m_kernel.stale;
  if (!whole) return;
  const auto table = [&](KernelTable which, const QString& title, const QString& tip) {
    add(title, tip, endingsOf(which),
        [which, holder = m_kernel.holder, result = m_kernel.result](const std::string& path,
                                                                    const std::stop_token& stop) {
          return writeTable(which, *result, path, stop);
        });
  };
  table(KernelTable::Maps, tr("Maps"), tr("Every value of every map: (K, L′, H′, W′), float32."));
  table(KernelTable::Weights, tr("Weights"),
        tr("The filters as frameworks store them: (K, C, l, h, w), float32."));
  table(KernelTable::Input, tr("Clip as fed to the engine"), tr("(L, H, W, C), float32, RGB/255."));
  table(KernelTable::Cost, tr("Cost and field"),
        tr("Sizes, receptive field, weights, multiply-adds and bytes."));
  const auto& spec = m_kernel.result->spec;
  if (const auto ledger =
          ledgerOf(m_kernel.result->clip->pixels, spec.conv, spec.bank, m_kernel.filter(), m_kernel.voxel()))
    add(tr("Ledger of the voxel"), tr("Every product behind the chosen output voxel."), {".csv"},
        [csv = ledgerCsv(*ledger)](const std::string& path, const std::stop_token&) {
          return writeFileText(path, csv);
        });
}

QSize ExportDialog::pictureSize() const {
  return {m_pictureWidth->value(), m_pictureHeight->value()};
}

QSize ExportDialog::animationSize() const {
  return kAnimationSizes[static_cast<std::size_t>(m_animationSize->currentIndex())];
}

QStringList ExportDialog::endings() const {
  switch (page()) {
    case Page::Picture:
      return {QStringList{".png", ".svg", ".pdf"}[m_pictureFormat->currentIndex()]};
    case Page::Animation:
      return {QStringList{".mp4", ".gif"}[m_animationFormat->currentIndex()]};
    case Page::Data:
      break;
  }
  return {m_tableFormat->currentText().isEmpty() ? QString() : "." + m_tableFormat->currentText().toLower()};
}

void ExportDialog::refresh() {
  if (m_write == nullptr) return;  // still being built
  QString obstacle;
  if (page() == Page::Picture) {
    const bool window =
        m_views[static_cast<std::size_t>(m_view->currentIndex())].name == QStringLiteral("window");
    m_transparent->setVisible(!window);
    m_says->setText(m_pictureFormat->currentIndex() == 0
                        ? tr("As on screen, type and lines grown with the picture.")
                        : tr("Lines and text are vectors; frames and maps stay pictures."));
  } else if (page() == Page::Animation) {
    obstacle = m_noMotion;
    const int pictures = static_cast<int>(std::lround(m_seconds->value() * AnimationPlan().framesPerSecond));
    m_says->setText(tr("%1 pictures, 25 a second.").arg(pictures));
  } else {
    if (m_numbers.empty()) obstacle = tr("There are no whole results of these settings to write yet.");
    const auto index = static_cast<std::size_t>(std::max(0, m_table->currentIndex()));
    if (!m_numbers.empty()) {
      QStringList formats;
      for (const std::string& ending : m_numbers[index].endings)
        formats << QString::fromStdString(ending).mid(1).toUpper();
      QStringList shown;
      for (int i = 0; i < m_tableFormat->count(); ++i) shown << m_tableFormat->itemText(i);
      if (shown != formats) {
        const QSignalBlocker quiet(m_tableFormat);
        m_tableFormat->clear();
        m_tableFormat->addItems(formats);
      }
    }
    m_says->setText(m_numbers.empty() ? QString() : m_numbers[index].tip);
  }
  m_problem->setText(obstacle);
  m_write->setEnabled(obstacle.isEmpty() && !m_busy);
  refreshPreview();
}

void ExportDialog::refreshPreview() {
  const bool shown = page() == Page::Picture || (page() == Page::Animation && m_noMotion.isEmpty());
  m_preview->setVisible(shown);
  if (!shown) return;
  const bool picture = page() == Page::Picture;
  const ExportableView& view =
      picture ? m_views[static_cast<std::size_t>(m_view->currentIndex())] : m_views.front();
  const QSize wanted = picture ? pictureSize() : animationSize();
  const QSize small = wanted.scaled(kPreview, Qt::KeepAspectRatio).expandedTo({1, 1});
  const bool clear = picture && m_transparent->isChecked() && !m_transparent->isHidden();
  // one that is drawn larger and made smaller is as fine as the file
  const QImage drawn = pictureOf(*view.widget, small * 2, clear)
                           .scaled(small, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
  QPixmap all = clear ? chequered(small) : QPixmap(small);
  QPainter painter(&all);
  painter.drawImage(QPointF(0, 0), drawn);
  painter.end();
  m_preview->setPixmap(all);
}

void ExportDialog::choosePath() {
  const QString ending = endings().front();
  const QString chosen = m_table->currentText();
  QString name = tr("convscope") + ending;
  if (page() == Page::Picture) name = m_views[static_cast<std::size_t>(m_view->currentIndex())].name + ending;
  const QString path = savePath(this, tr("Export"), m_folder + QLatin1Char('/') + name,
                                tr("%1 files (*%2)").arg(ending.mid(1).toUpper(), ending), {ending});
  if (path.isEmpty()) return;
  if (endings().front() != ending || m_table->currentText() != chosen) {
    m_problem->setText(gone(chosen));  // while the file was chosen
    return;
  }
  write(path);
}

void ExportDialog::write(const QString& path) {
  if (page() == Page::Picture) {
    const ExportableView& view = m_views[static_cast<std::size_t>(m_view->currentIndex())];
    const auto written = writePicture(*view.widget, path, pictureSize(),
                                      m_transparent->isChecked() && !m_transparent->isHidden());
    finishWith(path, written ? QString() : QString::fromStdString(written.error().message));
    return;
  }
  // what is written is what is on screen now, not when the dialog opened or the file was chosen
  const QString chosen = m_table->currentText();
  collect();
  if (page() == Page::Data && !m_numbers.empty() && m_table->currentText() != chosen)
    m_problem->setText(gone(chosen));
  if (!m_problem->text().isEmpty()) return;
  setBusy(true);
  if (page() == Page::Animation) {
    AnimationPlan plan;
    plan.path = path;
    plan.kind = static_cast<AnimationKind>(m_kind->currentIndex());
    plan.size = animationSize();
    plan.seconds = m_seconds->value();
    m_animation = std::make_unique<AnimationExport>(m_kernel, plan);
    connect(m_animation.get(), &AnimationExport::progressed, this,
            [this](double share) { m_progress->setValue(static_cast<int>(std::lround(share * 1000))); });
    connect(m_animation.get(), &AnimationExport::done, this,
            [this, path](bool written, const QString& problem) {
              m_animation.release()->deleteLater();  // it is what speaks
              setBusy(false);
              if (written || !problem.isEmpty()) finishWith(path, problem);
            });
    m_animation->start();
    return;
  }
  m_progress->setRange(0, 0);
  const auto& one = m_numbers[static_cast<std::size_t>(m_table->currentIndex())];
  m_jobs.submit(Lane::Background, [this, path, run = one.write](const JobContext& context) {
    const auto written = caught([&] { return run(path.toStdString(), context.stop); });
    const bool stopped = !written && written.error().code == ErrorCode::Stopped;
    const QString problem = written ? QString() : QString::fromStdString(written.error().message);
    QMetaObject::invokeMethod(
        this,
        [this, path, problem, stopped] {
          setBusy(false);
          if (!stopped) finishWith(path, problem);
        },
        Qt::QueuedConnection);
  });
}

void ExportDialog::setBusy(bool busy) {
  m_busy = busy;
  m_progress->setRange(0, 1000);
  m_progress->setValue(0);
  m_progress->setVisible(busy);
  m_rows->setEnabled(!busy);
  m_pages->setEnabled(!busy);
  m_write->setEnabled(!busy);
  m_close->setText(busy ? tr("Stop") : tr("Close"));
}

void ExportDialog::finishWith(const QString& path, const QString& problem) {
  m_problem->setText(problem);
  if (problem.isEmpty()) m_says->setText(tr("Wrote %1.").arg(path));
  m_folder = QFileInfo(path).absolutePath();
  Q_EMIT done(path, problem);
}

void MainWindow::exportWork(int page) {
  auto* dialog = new ExportDialog(*this, static_cast<ExportDialog::Page>(page), m_settings.lastFolder());
  connect(dialog, &ExportDialog::done, this, [this](const QString& path, const QString& problem) {
    say(problem.isEmpty() ? tr("Wrote %1.").arg(path) : problem);
  });
  dialog->show();
}

}  // namespace convscope
