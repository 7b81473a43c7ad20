#include "widgets/look/look_theme.h"

#include "widgets/look/clear_ground.h"

#include "widgets/look/colour_lab.h"
#include "widgets/look/installed_font.h"
#include "widgets/look/tokens.h"

#include <QFile>
#include <QGuiApplication>
#include <QScreen>

#include <algorithm>
#include <array>
#include <cmath>

// Outside every namespace, as Q_INIT_RESOURCE wants it: in a static library nothing else refers to the
// resource's object, so that the linker would leave it out.
static void initLookResource() {
  Q_INIT_RESOURCE(look);
}

namespace convscope {

namespace {

using nlohmann::json;

/// Px below which presenter type never falls, and the scales that it is offered in.
constexpr double kLeastPresenterType = 18;
constexpr double kLeastScale = 2. / 3, kMostScale = 2, kScaleSteps = 12;

double g_presenterScale = 1;

/// Px from which FreeType darkens stems too little to be seen.
constexpr double kDarkenedBelow = 17;

QColor colourOf(const json& value) {
  const QColor colour(QString::fromStdString(value.get<std::string>()));
  Q_ASSERT(colour.isValid());
  return colour;
}

ColourMap mapOf(const json& maps, const std::string& id) {
  std::vector<std::pair<double, QColor>> points;
  for (const json& point : maps.at(id)) points.emplace_back(point.at(0).get<double>(), colourOf(point.at(1)));
  return {id, std::move(points)};
}

void readChrome(LookTheme& theme, const json& of) {
  json ui = of.at("ui");
  if (theme.presenter) ui.update(of.at("ui_presenter"));
  const std::pair<const char*, QColor*> chrome[] = {
      {"window", &theme.window}, {"panel", &theme.panel}, {"head", &theme.head},   {"raised", &theme.raised},
      {"field", &theme.field},   {"sel", &theme.sel},     {"stage", &theme.stage}, {"floor", &theme.floor},
      {"line", &theme.line},     {"line2", &theme.line2}, {"text", &theme.text},   {"muted", &theme.muted},
      {"accent", &theme.accent}, {"focus", &theme.focus}, {"halo", &theme.halo},
  };
  for (const auto& [name, colour] : chrome) *colour = colourOf(ui.at(name));
}

void readConcepts(LookTheme& theme, const json& of) {
  const json& concept_ = of.at(theme.presenter ? "concept_presenter" : "concept");
  const std::pair<const char*, QColor*> concepts[] = {
      {"kernel", &theme.kernel},   {"voxel", &theme.voxel}, {"time", &theme.time},
      {"height", &theme.height},   {"width", &theme.width}, {"channel", &theme.channel},
      {"padding", &theme.padding}, {"error", &theme.error}, {"stale", &theme.stale},
  };
  for (const auto& [name, colour] : concepts) *colour = colourOf(concept_.at(name));
}

void readSizes(LookTheme& theme, const json& tokens) {
  const double scale = theme.presenter ? g_presenterScale : 1;
  const json& type = tokens.at("type").at(theme.presenter ? "presenter" : "normal");
  theme.caption = type.at("caption");
  theme.body = type.at("body");
  theme.title = type.at("title");
  theme.stageLabel = type.at("stage_label");
  theme.stageTitle = type.at("stage_title");
  theme.value = type.at("value");
  theme.question = tokens.at("type").at("presenter").at("question");
  const json& spacing = tokens.at("spacing");
  theme.panelPad = spacing.at("panel_pad");
  theme.row = spacing.at(theme.presenter ? "presenter_row" : "row");
  theme.rowGap = spacing.at("row_gap");
  theme.control = spacing.at(theme.presenter ? "presenter_control" : "control");
  theme.radius = spacing.at("radius");
  if (!theme.presenter) return;
  for (double* px : {&theme.caption, &theme.body, &theme.title, &theme.stageLabel, &theme.stageTitle,
                     &theme.value, &theme.question})
    *px = std::max(kLeastPresenterType, *px * scale);
  for (int* size : {&theme.row, &theme.control}) *size = static_cast<int>(std::lround(*size * scale));
}

void readLines(LookTheme& theme, const json& tokens) {
  const json& line = tokens.at("line");
  const double factor =
      theme.presenter ? std::max(1.0, line.at("presenter_factor").get<double>() * g_presenterScale) : 1;
  const std::pair<const char*, double*> lines[] = {
      {"hairline", &theme.hairline},
      {"frame_edge", &theme.frameEdge},
      {"frame_edge_focus", &theme.frameEdgeFocus},
      {"patch", &theme.patch},
      {"voxel", &theme.voxelLine},
      {"link", &theme.link},
      {"arrow", &theme.arrow},
      {"arrow_head", &theme.arrowHead},
      {"halo", &theme.haloWidth},
  };
  for (const auto& [name, width] : lines) *width = factor * line.at(name).get<double>();
  const json& opacity = tokens.at("opacity");
  theme.inFocus = opacity.at("in_focus");
  theme.outOfFocus = opacity.at("out_of_focus");
  theme.beforeFocus = opacity.at("before_focus");
  theme.ghost = opacity.at("ghost");
  theme.linkFill = opacity.at("link_fill");
  theme.staleOpacity = opacity.at("stale");
  theme.hatchPitch = tokens.at("hatch").at("pitch_px");
  theme.hatchWidth = tokens.at("hatch").at("width_px");
}

void readMotion(LookTheme& theme, const json& tokens) {
  const json& motion = tokens.at("motion");
  theme.tickMs = motion.at("tick_ms");
  theme.travelMs = motion.at("travel_ms");
  theme.revealMs = motion.at("reveal_ms");
  theme.cameraMs = motion.at("camera_ms");
  const json& camera = tokens.at("camera");
  theme.gapUnderKernel = camera.at("gap_in_frame_widths").at("under_kernel");
  theme.gapNext = camera.at("gap_in_frame_widths").at("next");
  theme.gapElsewhere = camera.at("gap_in_frame_widths").at("elsewhere");
  theme.levelPitch = camera.at("level_pitch_in_frame_heights");
  theme.focalOverDistance = camera.at("focal_over_distance");
}

LookTheme themeOf(Theme name, bool presenter) {
  const json& tokens = lookTokens();
  const json& of = tokens.at("themes").at(name == Theme::Dark ? "dark" : "light");
  LookTheme theme;
  theme.theme = name;
  theme.presenter = presenter;
  readChrome(theme, of);
  readConcepts(theme, of);
  readSizes(theme, tokens);
  readLines(theme, tokens);
  readMotion(theme, tokens);
  const json& maps = of.at("maps");
  theme.actUnsigned = mapOf(maps, "act_unsigned");
  theme.weightSigned = mapOf(maps, "weight_signed");
  theme.fieldEffective = mapOf(maps, "field_effective");
  for (const auto& [id, label] : signedMapNames()) theme.actSigned.push_back(mapOf(maps, id));
  return theme;
}

}  // namespace

const nlohmann::json& lookTokens() {
  static const json tokens = [] {
    initLookResource();
    QFile file(QStringLiteral(":/convscope/look/tokens.json"));
    if (!file.open(QIODevice::ReadOnly)) qFatal("The resource look/tokens.json is missing from this build.");
    const QByteArray text = file.readAll();
    json parsed = json::parse(text.begin(), text.end(), nullptr, false);
    if (parsed.is_discarded()) qFatal("The resource look/tokens.json of this build is no JSON.");
    return parsed;
  }();
  return tokens;
}

const std::vector<std::pair<std::string, QString>>& signedMapNames() {
  static const auto names = [] {
    std::vector<std::pair<std::string, QString>> list;
    for (const json& entry : lookTokens().at("signed_maps"))
      list.emplace_back(entry.at(0).get<std::string>(),
                        QString::fromStdString(entry.at(1).get<std::string>()));
    return list;
  }();
  return names;
}

namespace {

std::array<LookTheme, 4>& themes() {
  static std::array<LookTheme, 4> all{themeOf(Theme::Dark, false), themeOf(Theme::Dark, true),
                                      themeOf(Theme::Light, false), themeOf(Theme::Light, true)};
  return all;
}

std::size_t indexOf(Theme theme, bool presenter) {
  return (theme == Theme::Light ? 2 : 0) + (presenter ? 1 : 0);
}

}  // namespace

const LookTheme& lookTheme(Theme theme, bool presenter) {
  return themes()[indexOf(theme, presenter)];
}

bool setPresenterScale(double scale) {
  const double step =
      std::floor(std::clamp(scale, kLeastScale, kMostScale) * kScaleSteps + 1e-6) / kScaleSteps;
  if (step == g_presenterScale) return false;
  g_presenterScale = step;
  for (const Theme theme : {Theme::Dark, Theme::Light}) themes()[indexOf(theme, true)] = themeOf(theme, true);
  return true;
}

namespace {

void setGroundAlpha(int alpha) {
  for (LookTheme& theme : themes())
    for (QColor* ground : {&theme.window, &theme.panel, &theme.head, &theme.stage}) ground->setAlpha(alpha);
}

}  // namespace

ClearGround::ClearGround() {
  setGroundAlpha(0);
}

ClearGround::~ClearGround() {
  setGroundAlpha(255);
}

double presenterScale() {
  return g_presenterScale;
}

const ColourMap& LookTheme::activation(const std::string& id) const {
  for (const ColourMap& map : actSigned)
    if (map.id() == id) return map;
  return actSigned.front();
}

QFont LookTheme::font(double px, bool semibold) const {
  QFont font;
  font.setFamilies(lookFamilies());
  // In points, because QFont takes whole pixels only and the design asks for 12.5.
  const QScreen* screen = QGuiApplication::primaryScreen();
  font.setPointSizeF(px * 72 / (screen != nullptr ? screen->logicalDotsPerInchY() : 96));
  int weight = semibold ? lookTokens().at("type").at("normal").at("weight_title").get<int>() : QFont::Normal;
  // Qt lets FreeType darken the stems of Inter's outlines and blends with gamma: right for dark text, too
  // heavy by about one weight for light text on dark.
  const bool darkened = lookFamilies().front() == QLatin1String(kTabularFamily);
  if (darkened && theme == Theme::Dark && px < kDarkenedBelow) weight -= 100;
  font.setWeight(static_cast<QFont::Weight>(weight));
  font.setHintingPreference(QFont::PreferNoHinting);
  return font;
}

QColor LookTheme::textOn(QRgb cell) const {
  const bool dark = theme == Theme::Dark;
  const QColor& nearBlack = dark ? stage : text;
  const QColor& nearWhite = dark ? text : stage;
  return labOf(QColor(cell)).l > 56 ? nearBlack : nearWhite;
}

}  // namespace convscope
