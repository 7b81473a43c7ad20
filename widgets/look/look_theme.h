#pragma once

#include "widgets/state/app_state.h"

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QString>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace convscope {

/// A colour scale of 256 entries, interpolated in CIE Lab between the control points of tokens.json.
class ColourMap {
 public:
  ColourMap() = default;
  /// `points` ascend from −1 (signed) or 0 (unsigned) to 1.
  ColourMap(std::string id, std::vector<std::pair<double, QColor>> points);
  [[nodiscard]] const std::string& id() const { return m_id; }
  [[nodiscard]] bool isSigned() const { return m_low < 0; }
  /// Colour of `value` for the range {−m, m} or {0, m}; clamped; not-a-number gives the middle of the scale.
  [[nodiscard]] QRgb at(float value, double m) const {
    if (!(value == value)) return m_table[127];
    const auto range = static_cast<float>(m);
    const float low = m_low < 0 ? -range : 0;
    const float share = range > 0 ? (value - low) / (range - low) : (m_low < 0 ? 0.5F : 0.0F);
    return m_table[static_cast<std::size_t>(std::clamp(share, 0.0F, 1.0F) * 255 + 0.5F)];
  }
  /// The colours of `count` values that stand `stride` apart, as at() gives them; `other` where a value is
  /// not finite.
  void paint(const float* values, int count, int stride, double m, QRgb other, QRgb* colours) const;
  [[nodiscard]] const std::array<QRgb, 256>& table() const { return m_table; }

 private:
  std::string m_id;
  double m_low = 0;
  std::array<QRgb, 256> m_table{};
};

/// Everything of tokens.json resolved for one theme and size. No colour, size or duration is written anywhere
/// else. Immutable; look it up by lookTheme(). GUI thread only (fonts).
struct LookTheme {
  Theme theme = Theme::Dark;
  bool presenter = false;
  // chrome
  QColor window, panel, head, raised, field, sel, stage, floor, line, line2, text, muted, accent, focus, halo;
  // concepts: a saturated colour always means one of these
  QColor kernel, voxel, time, height, width, channel, padding, error, stale;
  // sizes in px
  double caption = 11, body = 12.5, title = 12.5, stageLabel = 13, stageTitle = 15, value = 20, question = 34;
  int panelPad = 12, row = 26, rowGap = 5, control = 24, radius = 4;
  // lines in px, presenter factor applied
  double hairline = 1, frameEdge = 1, frameEdgeFocus = 2, patch = 2.6, voxelLine = 3.4, link = 1.5,
         arrow = 3.6, arrowHead = 13, haloWidth = 4;
  double inFocus = 1, outOfFocus = .4, beforeFocus = .14, ghost = .25, linkFill = .1, staleOpacity = .45;
  double hatchPitch = 7, hatchWidth = 1.8;
  int tickMs = 120, travelMs = 180, revealMs = 240, cameraMs = 280;
  // the stage's geometry (camera angles are CameraLook's)
  double gapUnderKernel = .6, gapNext = .38, gapElsewhere = .33, levelPitch = 1.3, focalOverDistance = 1;
  ColourMap actUnsigned, weightSigned, fieldEffective;
  std::vector<ColourMap> actSigned;  ///< the choices of Look::activationMap; the first is the design's

  [[nodiscard]] QColor axisColour(Axis axis) const {
    return axis == Axis::T ? time : axis == Axis::Y ? height : width;
  }
  [[nodiscard]] const ColourMap& activation(
      const std::string& id) const;  ///< the first where the id is not known
  /// Inter (else Noto Sans) with tabular figures, `px` high.
  [[nodiscard]] QFont font(double px, bool semibold = false) const;
  /// Near-black or near-white, whichever is legible on `cell` (flips at lightness 56).
  [[nodiscard]] QColor textOn(QRgb cell) const;
};

[[nodiscard]] const LookTheme& lookTheme(Theme theme, bool presenter);
/// Sizes of the presenter's themes follow the window: 1 is the designed 1920 × 1080, 2/3 fits 1280 × 720.
/// Type stays at 18 px or more. Clamped to 2/3 … 2; GUI thread only. References from lookTheme() stay valid
/// and hold the new sizes; whoever keeps sizes takes them anew (applyTheme() again). True if the scale
/// changed.
bool setPresenterScale(double scale);
[[nodiscard]] double presenterScale();
[[nodiscard]] inline const LookTheme& lookTheme(const Look& look) {
  return lookTheme(look.theme, look.presenter);
}

/// The signed scales for the maps with their names for people, in the order of the menus: {"act_signed",
/// "Blue to orange"}, … The same in every theme; each passes the checks for colour vision that the first one
/// does.
[[nodiscard]] const std::vector<std::pair<std::string, QString>>& signedMapNames();

/// Gives the application fonts, palette, style and style sheet of the theme, and the ring of the keyboard
/// focus.
void applyTheme(const LookTheme& theme);
/// The theme that applyTheme() gave last (dark before that): what controls that paint themselves go by. They
/// repaint on QEvent::StyleChange.
[[nodiscard]] const LookTheme& appliedTheme();

/// An icon of resources/icons ("play", "lock", …) drawn in the theme's text colour (or `colour`).
[[nodiscard]] QIcon themeIcon(const QString& name, const LookTheme& theme, const QColor& colour = {});

// Numbers as the look wants them: true minus sign, thin thousands, sign where a value can be negative.
[[nodiscard]] QString signedText(double value, int decimals);    ///< "+0.951", "−0.694"
[[nodiscard]] QString cellText(double value, int decimals = 2);  ///< "+.74", "−.05", ".00"
[[nodiscard]] QString countText(double value);                   ///< "413 100" with thin spaces
[[nodiscard]] QString shortCountText(double value);              ///< "5 248", "38.5 G", "8.2·10¹¹"

}  // namespace convscope
