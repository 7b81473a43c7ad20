#include "widgets/panels/lab_controls.h"

#include "engine/clip/motion_lab.h"
#include "widgets/panels/choice_box.h"
#include "widgets/panels/number_field.h"
#include "widgets/panels/panel_rows.h"

#include <QGridLayout>

#include <algorithm>

namespace convscope {

namespace {

StateEdit labEdit(const QString& label, std::function<void(LabSpec&)> apply) {
  return {label, [apply = std::move(apply)](AppState& state) {
            if (auto* lab = std::get_if<LabSpec>(&state.kernel().clip.source)) apply(*lab);
          }};
}

}  // namespace

LabControls::LabControls(QWidget* parent) : QWidget(parent), m_grid(new QGridLayout(this)) {
  const LookTheme& theme = appliedTheme();
  m_grid->setContentsMargins(0, 0, 0, 0);
  m_grid->setVerticalSpacing(theme.rowGap);
  m_grid->setHorizontalSpacing(6);
  m_grid->setColumnStretch(1, 1);
  m_grid->setColumnStretch(3, 1);
  addNumber("direction", tr("Direction"), &LabSpec::direction, QStringLiteral("°"),
            tr("Direction of the motion: 0 right, 90 down, 180 left, 270 up."), -360, 360, 1, 15);
  addNumber("speed", tr("Speed"), &LabSpec::speed, {}, tr("Speed in pixels per frame; 0 stands still."), 0,
            1000, 2, 0.1);
  addNumber("period", tr("Period"), &LabSpec::period, {}, tr("Frames from one beat to the next."), 1, 10000,
            2, 0.5);
  addNumber("size", tr("Size"), &LabSpec::size, {},
            tr("Size in pixels: of the dot, the bar, a wavelength, a tenth of the figure."), 1, 4096, 1, 1);
  addNumber("contrast", tr("Contrast"), &LabSpec::contrast, {},
            tr("Contrast: 0 is one even grey, 1 the full range."), 0, 1, 2, 0.05);
  addNumber("noise", tr("Noise"), &LabSpec::noise, {},
            tr("Standard deviation of the camera noise, as a share of the full range."), 0, 1, 3, 0.01);
  addNumber("coherence", tr("Coherence"), &LabSpec::coherence, {},
            tr("Share of the dots that move together."), 0, 1, 2, 0.05);
  addTexture();
  addSeed();
}

void LabControls::addNumber(const std::string& name, const QString& label, double LabSpec::*value,
                            const QString& unit, const QString& sentence, double low, double high,
                            int decimals, double step) {
  auto* field = new NumberField;
  field->setReal(low, high, decimals, step);
  field->setUnit(unit);
  field->setDigits(4, 3);
  field->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  describe(field, label, sentence);
  connect(field, &NumberField::edited, this, [this, label, value](double number) {
    Q_EMIT editRequested(labEdit(label, [value, number](LabSpec& lab) { lab.*value = number; }));
  });
  m_numbers[name] = value;
  m_controls[name] = {new ThemedLabel(label, &LookTheme::muted), field};
}

void LabControls::addSeed() {
  m_seed = new NumberField;
  m_seed->setWhole(0, 999999);
  m_seed->setDigits(4, 3);
  m_seed->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  describe(m_seed, tr("Seed"),
           tr("Number that all chance follows from: the same seed gives the same clip on every machine."));
  connect(m_seed, &NumberField::edited, this, [this](double number) {
    Q_EMIT editRequested(
        labEdit(tr("Seed"), [seed = static_cast<unsigned>(number)](LabSpec& lab) { lab.seed = seed; }));
  });
  m_controls["seed"] = {new ThemedLabel(tr("Seed"), &LookTheme::muted), m_seed};
}

void LabControls::addTexture() {
  m_texture = new ChoiceBox;
  m_texture->setChoices({{tr("plain"), "plain", tr("An even background."), {}},
                         {tr("gradient"), "gradient", tr("A background that gets brighter across."), {}},
                         {tr("checks"), "checks", tr("A chequered background."), {}},
                         {tr("clouds"), "clouds", tr("A background of soft random clouds."), {}}});
  describe(m_texture, tr("Texture"), tr("Texture of the background."));
  connect(m_texture, &ChoiceBox::picked, this, [this](const QString& id) {
    Q_EMIT editRequested(
        labEdit(tr("Texture"), [name = id.toStdString()](LabSpec& lab) { lab.texture = name; }));
  });
  m_controls["texture"] = {new ThemedLabel(tr("Texture"), &LookTheme::muted), m_texture};
}

void LabControls::rebuild(const std::string& clip) {
  m_clip = clip;
  const MotionLabEntry* entry = findMotionLabEntry(clip);
  for (const auto& [name, control] : m_controls) {
    for (QWidget* widget : {static_cast<QWidget*>(control.label), control.field}) {
      m_grid->removeWidget(widget);
      widget->setParent(this);
      widget->hide();
    }
  }
  if (entry == nullptr) return;
  int place = 0;
  for (const std::string& name : entry->controls) {
    const auto found = m_controls.find(name);
    if (found == m_controls.end()) continue;
    m_grid->addWidget(found->second.label, place / 2, 2 * (place % 2));
    m_grid->addWidget(found->second.field, place / 2, 2 * (place % 2) + 1);
    found->second.label->show();
    found->second.field->show();
    ++place;
  }
  // Walking goes right or left and no other way.
  auto* direction = static_cast<NumberField*>(m_controls.at("direction").field);
  if (clip.starts_with("figure-walk")) {
    direction->setReal(0, 180, 0, 180);
  } else {
    direction->setReal(-360, 360, 1, 15);
  }
}

void LabControls::present(const LabSpec& spec) {
  if (spec.name != m_clip) rebuild(spec.name);
  for (const auto& [name, value] : m_numbers)
    static_cast<NumberField*>(m_controls.at(name).field)->present(spec.*value);
  m_texture->present(QString::fromStdString(spec.texture), QString::fromStdString(spec.texture));
  m_seed->present(spec.seed);
}

void LabControls::setFailed(bool failed) {
  for (const auto& [name, value] : m_numbers)
    static_cast<NumberField*>(m_controls.at(name).field)->setFailed(failed);
}

}  // namespace convscope
