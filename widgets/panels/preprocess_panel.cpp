#include "widgets/panels/preprocess_panel.h"

#include "widgets/look/look_theme.h"
#include "widgets/panels/choice_box.h"
#include "widgets/panels/number_field.h"
#include "widgets/panels/panel_rows.h"

#include <QFileInfo>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace convscope {

namespace {

constexpr int kMostFrames = 4096, kMostStep = 1000;  // as Preprocess has them

const QString kOwn = QStringLiteral("own");

QString numbersText(const std::array<double, 3>& values, bool grey) {
  QStringList parts;
  for (std::size_t c = 0; c < (grey ? 1U : 3U); ++c) parts << QString::number(values[c], 'g', 4);
  parts.removeDuplicates();
  return parts.join(QStringLiteral(", "));
}

}  // namespace

PreprocessPanel::PreprocessPanel(QWidget* parent)
    : QWidget(parent),
      m_choice(new ChoiceBox),
      m_row(new LabelledRow(tr("frames"))),
      m_frames(new NumberField),
      m_step(new NumberField),
      m_locked(new QLabel),
      m_words(new QLabel) {
  m_choice->setAccessibleName(tr("Preprocessing"));
  m_words->setWordWrap(true);
  m_words->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  m_words->setObjectName(QStringLiteral("muted"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(12, 8, 12, 8);
  column->setSpacing(6);
  column->addWidget(m_choice);
  m_frames->setAccessibleName(tr("Frames of the window"));
  m_frames->setToolTip(tr("How many frames of the clip the network takes at once"));
  m_step->setWhole(1, kMostStep);
  m_step->setAccessibleName(tr("Step"));
  m_step->setToolTip(tr("Every so-many-th frame of the source is taken"));
  m_locked->setObjectName(QStringLiteral("muted"));
  m_locked->setToolTip(tr("The model's input has a fixed length"));
  m_row->add(m_frames);
  m_row->add(m_locked);
  m_row->addSpace(6);
  m_row->addText(tr("one in"));
  m_row->addSpace(6);
  m_row->add(m_step);
  m_row->addStretch();
  column->addWidget(m_row);
  connect(m_frames, &NumberField::edited, this, [this](double value) {
    Q_EMIT editRequested({tr("Frames"), [value](AppState& state) { state.network.frames = qRound(value); }});
  });
  connect(m_step, &NumberField::edited, this, [this](double value) {
    Q_EMIT editRequested({tr("Step"), [value](AppState& state) { state.network.step = qRound(value); }});
  });
  column->addWidget(m_words);
  connect(m_choice, &ChoiceBox::picked, this, [this](const QString& id) {
    const std::string name = id == kOwn ? std::string() : id.toStdString();
    Q_EMIT editRequested({tr("Preprocessing"), [name](AppState& state) {
                            state.network.preprocess = name;
                            state.network.frames = state.network.step = 0;  // its own
                          }});
  });
}

QString PreprocessPanel::words() const {
  return m_words->text();
}

/// The numbers asked for; of 0 those that the preprocessing has.
void PreprocessPanel::presentWindow(const NetworkView& view) {
  m_row->setVisible(view.result != nullptr);
  if (view.result == nullptr) return;
  const NetworkSettings& settings = view.settings();
  const Preprocess& now = view.result->preprocess;
  const int frames = settings.frames > 0 ? settings.frames : now.frames;
  const int step = settings.step > 0 ? settings.step : now.step;
  const GraphInput& input = view.result->network->graph()->inputs.front();
  const std::size_t axis = view.result->pictures ? 0 : 2;
  const bool fixed = input.dims && axis < input.dims->size() && (*input.dims)[axis].fixed;
  m_frames->setVisible(!fixed);
  m_locked->setVisible(fixed);
  m_locked->setText(tr("%1, the model's own,").arg(frames));
  const int source = view.result->clip == nullptr ? 0 : view.result->clip->source.frameCount;
  const int most = source > 0 ? std::max(1, (source - 1 - settings.start) / step + 1) : kMostFrames;
  m_frames->setWhole(1, std::max(most, frames));
  m_frames->setBoundReason(
      tr("from frame %1 on, one in %2, the clip has no more").arg(settings.start + 1).arg(step));
  m_frames->present(frames);
  m_step->present(step);
}

void PreprocessPanel::present(const NetworkView& view) {
  const NetworkSettings& settings = view.settings();
  const QString model = QString::fromStdString(settings.model);
  const bool sidecar = view.result != nullptr && view.result->network->sidecar().has_value();
  QList<ChoiceBox::Choice> choices{
      {sidecar ? tr("the model's own, %1")
                     .arg(QFileInfo(QString::fromStdString(sidecarOf(settings.model))).fileName())
               : tr("as the model's input is declared"),
       kOwn,
       tr("From the JSON beside the model where there is one"),
       {}}};
  for (const PreprocessPreset& preset : preprocessPresets())
    choices << ChoiceBox::Choice{QString::fromStdString(preset.title),
                                 QString::fromStdString(preset.name),
                                 QString::fromStdString(preset.source),
                                 {}};
  m_choice->setChoices(choices);
  const QString chosen = QString::fromStdString(settings.preprocess);
  m_choice->present(chosen.isEmpty() ? kOwn : chosen, QFileInfo(chosen).fileName());
  presentWindow(view);
  QString words, fact;
  if (view.result != nullptr) {
    const Preprocess& now = view.result->preprocess;
    const bool grey = now.channels == ChannelOrder::Grey;
    words = now.step == 1 ? tr("%1 frames").arg(now.frames)
                          : tr("%1 frames, one in %2,").arg(now.frames).arg(now.step);
    if (view.result->clip != nullptr) {
      const SourceInfo& source = view.result->clip->source;
      words += tr(" of %1 × %2").arg(source.height).arg(source.width);
      if (const auto size = preparedSize(now, source.height, source.width)) {
        if (now.resize || now.shortSide)
          words += tr("; resized to %1 × %2").arg(size->resized.height).arg(size->resized.width);
        if (now.crop) words += tr("; middle %1 × %2").arg(size->cropped.height).arg(size->cropped.width);
      }
      fact = QString::fromStdString(toText(view.result->clip->pixels.shape()));
    }
    words += grey ? tr("; grey") : now.channels == ChannelOrder::Bgr ? tr("; BGR") : tr("; RGB");
    words += tr(", 0 to %1, less %2, divided by %3.")
                 .arg(now.range, 0, 'g', 4)
                 .arg(numbersText(now.mean, grey), numbersText(now.std, grey));
  }
  if (words != m_words->text()) m_words->setText(words);
  if (fact != m_fact) Q_EMIT factChanged(m_fact = fact);
}

}  // namespace convscope
