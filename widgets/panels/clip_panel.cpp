#include "widgets/panels/clip_panel.h"

#include "widgets/panels/choice_box.h"
#include "widgets/panels/clip_source_box.h"
#include "widgets/panels/clip_words.h"
#include "widgets/panels/lab_controls.h"
#include "widgets/panels/number_field.h"
#include "widgets/panels/panel_rows.h"
#include "widgets/panels/segmented_control.h"

#include <QHBoxLayout>
#include <QPushButton>

namespace convscope {

namespace {

constexpr int kLargestSide = 8192;
constexpr int kMostFrames = 100000;
constexpr int kMostStep = 10000;
constexpr int kRangeGap = 6;  // px about the plus: leaves "of 120" its room beside a scroll bar
}  // namespace

ClipPanel::ClipPanel(QWidget* parent)
    : PanelFrame(tr("Clip"), parent),
      m_source(new ClipSourceBox),
      m_adjust(new IconButton(QStringLiteral("adjust"), tr("More settings of the clip"),
                              tr("Frame step, crop, colour and the settings of a motion-lab clip."))),
      m_rangeRow(new LabelledRow(tr("Range"))),
      m_start(new NumberField),
      m_count(new NumberField),
      m_of(new ThemedLabel({}, &LookTheme::muted)),
      m_resizeRow(new LabelledRow(tr("Resize"))),
      m_height(new NumberField),
      m_width(new NumberField),
      m_asSource(new IconButton(QStringLiteral("undo"), tr("As the source"),
                                tr("Take the frames in their own size again."))),
      m_inputRow(new LabelledRow(tr("Input"))),
      m_input(new ThemedLabel({}, &LookTheme::text, true)),
      m_inputNote(new ThemedLabel({}, &LookTheme::muted)),
      m_fold(new Fold),
      m_lab(new LabControls),
      m_stepRow(new LabelledRow(tr("Step"))),
      m_step(new NumberField),
      m_taken(new ThemedLabel({}, &LookTheme::muted)),
      m_cropRow(new LabelledRow(tr("Crop"))),
      m_crop(new ChoiceBox),
      m_cropFrom(new LabelledRow(tr("from x, y"))),
      m_cropSize(new LabelledRow(tr("size"))),
      m_colourRow(new LabelledRow(tr("Colour"))),
      m_colour(new SegmentedControl(SegmentedControl::Size::Normal)),
      m_loading(new QWidget),
      m_loadingText(new ThemedLabel({}, &LookTheme::muted)),
      m_notice(new InlineSentence(InlineSentence::Kind::Notice)),
      m_problem(new InlineSentence(InlineSentence::Kind::Error)) {
  build();
}

void ClipPanel::build() {
  const LookTheme& theme = appliedTheme();
  auto* body = new QWidget;
  m_column = new QVBoxLayout(body);
  m_column->setContentsMargins(theme.panelPad, theme.panelPad - 1, theme.panelPad, theme.panelPad - 2);
  m_column->setSpacing(theme.rowGap);
  buildSource(m_column);
  buildFold(m_column);
  buildRange(m_column);
  buildSize(m_column);
  buildLoading(m_column);
  m_column->addWidget(m_notice);
  m_column->addWidget(m_problem);
  setBody(body);
}

void ClipPanel::buildSource(QVBoxLayout* column) {
  auto* line = new QWidget;
  auto* row = new QHBoxLayout(line);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  describe(m_source, tr("Clip"),
           tr("The clip that is convolved: a file, a camera, or a clip of the motion lab whose motion is "
              "known exactly."));
  row->addWidget(m_source, 1);
  row->addWidget(m_adjust);
  column->addWidget(line);
  connect(m_source, &ClipSourceBox::editRequested, this, &ClipPanel::editRequested);
  connect(m_source, &ClipSourceBox::openFileRequested, this, &ClipPanel::openFileRequested);
  connect(m_source, &ClipSourceBox::filePicked, this, &ClipPanel::filePicked);
  m_adjust->setCheckable(true);
  connect(m_adjust, &IconButton::toggled, m_fold, &QWidget::setVisible);
}

void ClipPanel::buildRange(QVBoxLayout* column) {
  m_start->setWhole(1, kMostFrames);
  m_count->setWhole(1, kMostFrames);
  m_start->setDigits(3, 3);
  m_count->setDigits(3, 3);
  describe(m_start, tr("First frame"), tr("The first frame taken, counted from 1."));
  describe(m_count, tr("Number of frames"), tr("How many frames are taken: the clip's length L."));
  m_rangeRow->add(m_start);
  m_rangeRow->addSpace(kRangeGap);
  m_rangeRow->addText(QStringLiteral("+"));
  m_rangeRow->addSpace(kRangeGap);
  m_rangeRow->add(m_count);
  m_rangeRow->addSpace(8);
  m_of->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  m_rangeRow->add(m_of, 1);
  column->addWidget(m_rangeRow);
  connect(m_start, &NumberField::edited, this, [this](double number) {
    request(tr("Range start"), [start = qRound(number) - 1](ClipSpec& clip) { clip.range.start = start; });
  });
  connect(m_count, &NumberField::edited, this, [this](double number) {
    request(tr("Range length"), [count = qRound(number)](ClipSpec& clip) { clip.range.count = count; });
  });
}

void ClipPanel::buildSize(QVBoxLayout* column) {
  for (NumberField* field : {m_height, m_width}) field->setWhole(1, kLargestSide);
  m_height->setDigits(3, 3);
  m_width->setDigits(3, 3);
  describe(m_height, tr("Height fed to the engine"),
           tr("Height of the frames that the engine is fed, in pixels: H."));
  describe(m_width, tr("Width fed to the engine"),
           tr("Width of the frames that the engine is fed, in pixels: W."));
  m_resizeRow->add(m_height);
  m_resizeRow->addSpace(8);
  m_resizeRow->addText(QStringLiteral("×"));
  m_resizeRow->addSpace(8);
  m_resizeRow->add(m_width);
  m_resizeRow->addSpace(4);
  m_resizeRow->add(m_asSource);
  m_resizeRow->addStretch();
  column->addWidget(m_resizeRow);
  // Both numbers are asked for at once: the first edit of either turns "as the source" into a size.
  const auto resize = [this] {
    const FrameSize size{m_height->whole(), m_width->whole()};
    request(tr("Resize"), [size](ClipSpec& clip) { clip.prepare.resize = size; });
  };
  connect(m_height, &NumberField::edited, this, resize);
  connect(m_width, &NumberField::edited, this, resize);
  connect(m_asSource, &IconButton::clicked, this,
          [this] { request(tr("Size as the source"), [](ClipSpec& clip) { clip.prepare.resize.reset(); }); });
  m_input->setToolTip(tr("Shape of what the engine is fed: length × height × width × channels."));
  m_inputRow->add(m_input);
  m_inputRow->addSpace(8);
  m_inputRow->add(m_inputNote);
  m_inputRow->addStretch();
  column->addWidget(m_inputRow);
}

void ClipPanel::buildFold(QVBoxLayout* column) {
  m_fold->add(m_lab);
  connect(m_lab, &LabControls::editRequested, this, &ClipPanel::editRequested);
  m_step->setWhole(1, kMostStep);
  describe(m_step, tr("Frame step"), tr("Every how manieth frame is taken: 2 halves the frame rate."));
  m_stepRow->add(m_step);
  m_stepRow->addSpace(8);
  m_stepRow->add(m_taken);
  m_stepRow->addStretch();
  m_fold->add(m_stepRow);
  connect(m_step, &NumberField::edited, this, [this](double number) {
    request(tr("Frame step"), [step = qRound(number)](ClipSpec& clip) { clip.range.step = step; });
  });
  buildCrop();
  m_colour->setChoices(
      {QStringLiteral("RGB"), tr("grey")}, {tr("RGB"), tr("Grey")},
      {tr("Three channels: red, green, blue."), tr("One channel: .299 R + .587 G + .114 B.")});
  m_colourRow->add(m_colour);
  m_colourRow->addStretch();
  m_fold->add(m_colourRow);
  connect(m_colour, &SegmentedControl::chosen, this, [this](int index) {
    request(tr("Colour"), [mode = index == 0 ? ColourMode::Rgb : ColourMode::Grey](ClipSpec& clip) {
      clip.prepare.colour = mode;
    });
  });
  column->addWidget(m_fold);
}

void ClipPanel::buildCrop() {
  m_crop->setChoices(
      {{tr("whole frame"), "whole", tr("The frame as it is."), {}},
       {tr("a part of it"), "part", tr("A rectangle of the source's frame, cut out before resizing."), {}}});
  describe(m_crop, tr("Crop"), tr("Which part of the source's frame is taken."));
  m_cropRow->add(m_crop, 1);
  m_fold->add(m_cropRow);
  connect(m_crop, &ChoiceBox::picked, this, [this](const QString& id) {
    if (id == QLatin1String("whole")) {
      request(tr("Whole frame"), [](ClipSpec& clip) { clip.prepare.crop.reset(); });
      return;
    }
    // The middle half: something that can be seen to be a part, and then moved.
    const Crop middle{m_sourceSize.width / 4, m_sourceSize.height / 4, std::max(1, m_sourceSize.width / 2),
                      std::max(1, m_sourceSize.height / 2)};
    request(tr("Crop"), [middle](ClipSpec& clip) { clip.prepare.crop = middle; });
  });
  static constexpr std::array<int Crop::*, 4> kValues{&Crop::x, &Crop::y, &Crop::height, &Crop::width};
  const QString names[] = {tr("Crop from x"), tr("Crop from y"), tr("Crop height"), tr("Crop width")};
  const QString tips[] = {tr("First column taken, counted from 0."), tr("First row taken, counted from 0."),
                          tr("Rows taken."), tr("Columns taken.")};
  for (std::size_t i = 0; i < 4; ++i) {
    auto* field = new NumberField;
    field->setWhole(i < 2 ? 0 : 1, kLargestSide);
    field->setDigits(4, 3);
    describe(field, names[i], tips[i]);
    LabelledRow* row = i < 2 ? m_cropFrom : m_cropSize;
    if (i % 2 == 1) row->addSpace(8);
    if (i == 3) row->addText(QStringLiteral("×"));
    if (i == 3) row->addSpace(8);
    row->add(field);
    m_cropFields[i] = field;
    connect(field, &NumberField::edited, this, [this, i](double number) {
      request(tr("Crop"), [i, value = qRound(number)](ClipSpec& clip) {
        if (clip.prepare.crop) (*clip.prepare.crop).*kValues[i] = value;
      });
    });
  }
  m_cropFrom->addStretch();
  m_cropSize->addStretch();
  m_fold->add(m_cropFrom);
  m_fold->add(m_cropSize);
}

void ClipPanel::buildLoading(QVBoxLayout* column) {
  auto* row = new QHBoxLayout(m_loading);
  row->setContentsMargins(0, 0, 0, 0);
  row->addWidget(m_loadingText, 1);
  auto* stop = new QPushButton(tr("Stop"));
  stop->setFocusPolicy(Qt::TabFocus);
  stop->setAutoDefault(false);
  describe(stop, tr("Stop loading"), tr("Stop reading the clip; the last picture stays."));
  connect(stop, &QPushButton::clicked, this, &ClipPanel::stopRequested);
  row->addWidget(stop);
  m_loading->hide();
  column->addWidget(m_loading);
}

void ClipPanel::setRecentFiles(const QStringList& paths) {
  m_source->setRecentFiles(paths);
}

void ClipPanel::setCameras(const QList<int>& cameras) {
  m_source->setCameras(cameras);
}

void ClipPanel::request(const QString& label, std::function<void(ClipSpec&)> apply) {
  Q_EMIT editRequested({label, [apply = std::move(apply)](AppState& state) { apply(state.kernel().clip); }});
}

void ClipPanel::present(const KernelView& view) {
  const ClipSpec& clip = view.study().clip;
  presentSource(clip);
  m_sourceSize = sourceSize(view);
  presentFacts(view);
  presentPrepare(view);
  presentProblem(view);
}

void ClipPanel::presentSource(const ClipSpec& clip) {
  m_source->present(clip.source);
  const auto* lab = std::get_if<LabSpec>(&clip.source);
  m_lab->setVisible(lab != nullptr);
  if (lab != nullptr) m_lab->present(*lab);
}

FrameSize ClipPanel::sourceSize(const KernelView& view) const {
  const ClipSpec& clip = view.study().clip;
  if (const auto* lab = std::get_if<LabSpec>(&clip.source)) return {lab->height, lab->width};
  if (view.result != nullptr && view.result->clip != nullptr && view.result->spec.clip.source == clip.source)
    return {view.result->clip->source.height, view.result->clip->source.width};
  return {};
}

void ClipPanel::presentFacts(const KernelView& view) {
  const ClipSpec& clip = view.study().clip;
  const Clip* shown = view.result != nullptr ? view.result->clip.get() : nullptr;
  const bool isCurrent = shown != nullptr && view.result->spec.clip.source == clip.source;
  QString fact;
  QString of;
  QString notice;
  if (isCurrent) {
    const double rate = shown->source.framesPerSecond;
    const double perSecond = shown->framesPerSecond;
    const int length = shown->pixels.shape().length;
    if (rate > 0) fact = tr("%1 fps").arg(shortNumber(rate, 2));
    if (perSecond > 0) fact += tr(" · %1 s").arg(shortNumber(length / perSecond, 2));
    if (rate <= 0 && length == 1) fact = tr("still image");
    if (shown->source.frameCount > 0) of = tr("of %1").arg(shown->source.frameCount);
    notice = QString::fromStdString(shown->source.notice);
    if (isShortFile(notice, clip.range)) notice.clear();
    m_input->setText(QString::fromStdString(toText(shown->pixels.shape())));
    m_taken->setText(takenText(shown->taken).isEmpty() ? QString()
                                                       : tr("frames %1").arg(takenText(shown->taken)));
    m_of->setToolTip(tr("Frames taken: %1.").arg(takenText(shown->taken)));
  } else {
    m_input->setText(QStringLiteral("–"));
    m_taken->setText({});
  }
  setFact(fact, tr("Frame rate of the source, and how long the frames taken last."));
  m_frames = of;
  m_frameCount = isCurrent ? shown->source.frameCount : 0;
  presentRange(clip);
  presentFrames();
  m_inputNote->setText(noteOf(clip));
  m_notice->setText(notice);
  const bool loading = view.busy && (shown == nullptr || !(view.result->spec.clip == clip));
  m_loading->setVisible(loading && !std::holds_alternative<LabSpec>(clip.source));
  m_loadingText->setText(view.progress > 0 ? tr("Loading, %1 %").arg(qRound(100 * view.progress))
                                           : tr("Loading…"));
  setBusy(loading, view.progress > 0 ? view.progress : -1);
}

void ClipPanel::presentRange(const ClipSpec& clip) {
  const FrameRange& range = clip.range;
  // of a still image there is nothing to take frames of
  const bool still = std::holds_alternative<FileSource>(clip.source) && m_frameCount == 1;
  m_rangeRow->setVisible(!still);
  m_stepRow->setVisible(!still);
  int startMost = kMostFrames;
  int countMost = kMostFrames;
  int stepMost = kMostStep;
  int count = range.count;
  if (m_frameCount > range.start && range.step >= 1) {
    // The fields allow what the source has. A range of before that reaches further shows what it takes.
    countMost = (m_frameCount - range.start - 1) / range.step + 1;
    count = std::clamp(count, 1, countMost);
    startMost = m_frameCount - (count - 1) * range.step;
    if (count > 1) stepMost = std::min(stepMost, (m_frameCount - range.start - 1) / (count - 1));
    const QString end = tr("the clip ends at frame %1").arg(m_frameCount);
    m_count->setBoundReason(end);
    m_start->setBoundReason(tr("%1 frames end at frame %2 then").arg(count).arg(m_frameCount));
    m_step->setBoundReason(end);
  } else {
    for (NumberField* field : {m_start, m_count, m_step}) field->setBoundReason({});
  }
  m_start->setWhole(1, std::max(startMost, range.start + 1));
  m_count->setWhole(1, countMost);
  m_step->setWhole(1, stepMost);
  m_start->present(range.start + 1);
  m_count->present(count);
  m_step->present(range.step);
}

void ClipPanel::presentFrames() {
  // In the dock of a small window there is no room for it: all of it or nothing.
  int room = width() - 2 * appliedTheme().panelPad - m_rangeRow->label()->width() -
             m_start->sizeHint().width() - m_count->sizeHint().width();
  room -= 2 * kRangeGap + 8 + QFontMetrics(m_of->font()).horizontalAdvance(QLatin1Char('+'));
  m_of->setText(QFontMetrics(m_of->font()).horizontalAdvance(m_frames) > room ? QString() : m_frames);
}

void ClipPanel::resizeEvent(QResizeEvent* event) {
  PanelFrame::resizeEvent(event);
  presentFrames();
}

void ClipPanel::presentPrepare(const KernelView& view) {
  const ClipSpec& clip = view.study().clip;
  const bool camera = std::holds_alternative<WebcamSource>(clip.source);
  m_start->setVisible(!camera);
  const Crop crop = clip.prepare.crop.value_or(Crop{});
  const FrameSize own = clip.prepare.crop ? FrameSize{crop.height, crop.width} : m_sourceSize;
  const FrameSize size = clip.prepare.resize.value_or(own);
  m_sized = size.height > 0;
  if (m_sized) {
    m_height->present(size.height);
    m_width->present(size.width);
  }
  m_asSource->setVisible(clip.prepare.resize.has_value());
  m_crop->present(clip.prepare.crop ? QStringLiteral("part") : QStringLiteral("whole"));
  m_cropFrom->setVisible(clip.prepare.crop.has_value());
  m_cropSize->setVisible(clip.prepare.crop.has_value());
  const int values[] = {crop.x, crop.y, crop.height, crop.width};
  for (std::size_t i = 0; i < 4; ++i)
    if (clip.prepare.crop) m_cropFields[i]->present(values[i]);
  m_colour->present(clip.prepare.colour == ColourMode::Rgb ? 0 : 1);
}

void ClipPanel::presentProblem(const KernelView& view) {
  using Setting = ErrorPlace::Setting;
  const bool wrong = !view.problem.isEmpty();
  const ErrorPlace& place = view.problemPlace;
  const Setting setting = wrong ? place.setting : Setting::None;
  const auto failed = [&](Setting one, Axis axis) {
    return setting == one && place.axis.value_or(axis) == axis;
  };
  QWidget* under = nullptr;
  // what is about no setting stands here, too: the clip comes first of all
  if (setting == Setting::Source || (wrong && setting == Setting::None)) under = m_source->parentWidget();
  if (setting == Setting::Motion)
    under = m_lab->isHidden() || m_fold->isHidden() ? m_source->parentWidget() : m_fold;
  if (setting == Setting::Range) under = m_rangeRow;
  if (setting == Setting::Resize) under = m_resizeRow;
  if (setting == Setting::Crop)
    under = m_fold->isHidden() ? m_source->parentWidget() : static_cast<QWidget*>(m_fold);
  m_source->setFailed(setting == Setting::Source);
  // of a first clip that cannot be read there are no frames to choose from
  const bool none = setting == Setting::Source && view.result == nullptr;
  // nor is its size known before a frame was read, where nobody chose one
  m_resizeRow->setVisible(!none && m_sized);
  m_inputRow->setVisible(!none && m_sized);
  if (none) {
    m_rangeRow->hide();
    m_stepRow->hide();
  }
  for (NumberField* field : {m_start, m_count}) field->setFailed(setting == Setting::Range);
  m_height->setFailed(failed(Setting::Resize, Axis::Y));
  m_width->setFailed(failed(Setting::Resize, Axis::X));
  const Axis ofField[] = {Axis::X, Axis::Y, Axis::Y, Axis::X};
  for (std::size_t i = 0; i < 4; ++i) m_cropFields[i]->setFailed(failed(Setting::Crop, ofField[i]));
  m_lab->setFailed(setting == Setting::Motion);
  if (under == nullptr) {
    m_problem->setText({});
    return;
  }
  if (m_column->indexOf(m_problem) != m_column->indexOf(under) + 1) {
    m_column->removeWidget(m_problem);
    m_column->insertWidget(m_column->indexOf(under) + 1, m_problem);
  }
  m_problem->setText(view.problem);
}

}  // namespace convscope
