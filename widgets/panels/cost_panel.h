#pragma once

#include "widgets/panels/text_runs.h"
#include "widgets/state/kernel_view.h"

#include <QWidget>

#include <vector>

namespace convscope {

/// What the layer costs: the size of the output per axis with the numbers in the formula, weights,
/// multiply-adds and the field in frames, pixels and seconds; with more room what sharing saves, bytes and
/// the engine's time.
class CostPanel : public QWidget {
  Q_OBJECT

 public:
  explicit CostPanel(QWidget* parent = nullptr);

  void present(const KernelView& view);
  /// What the title bar says at the right: the formula.
  [[nodiscard]] QString fact() const;
  /// Every line as plain text, the ones for which there is no room too.
  [[nodiscard]] QStringList lines() const;

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 signals:
  void editRequested(const convscope::StateEdit& edit);
  void hovered(const convscope::Hover& hover);
  void factChanged(const QString& fact);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  struct Row {
    TextLine label;  ///< at the left edge, in its column; may be empty
    TextLine text;
    TextLine note;  ///< behind the text where there is room, else `brief`
    TextLine brief;
    TextLine value;  ///< at the right edge
  };
  [[nodiscard]] Row formulaRow(Axis axis, const ConvGeometry& geometry, const LookTheme& theme) const;
  [[nodiscard]] std::vector<TextLine> facts(const ConvGeometry& geometry, const LookTheme& theme) const;
  [[nodiscard]] std::vector<TextLine> costFacts(const ConvGeometry& geometry, const LookTheme& theme) const;
  [[nodiscard]] TextLine sharingFact(const ConvGeometry& geometry, const LookTheme& theme) const;
  /// Takes note of the engine's time for what is shown.
  void learnTime();
  void rebuild();

  /// The engine's time for one setting: it depends on no value of a weight or a pixel.
  struct Timed {
    ConvSpec conv;
    Shape input;
    std::size_t filters = 0;
    double ms = 0;  ///< of the fastest run; 0 before there is one that counts
  };

  KernelView m_view;
  ConvSpec m_conv;                                 ///< whose numbers are shown
  Timed m_timed;                                   ///< for what the maps show
  std::shared_ptr<const StudyResult> m_lastTimed;  ///< keeps its address from being taken again
  std::vector<Row> m_formula;                      ///< one an axis
  std::vector<TextLine> m_facts;  ///< pieces that stay together, most important first; flow into lines
  bool m_faded = false;           ///< what is shown is not what is set
};

}  // namespace convscope
