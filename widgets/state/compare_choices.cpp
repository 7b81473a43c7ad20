#include "widgets/state/compare_choices.h"

#include "engine/compare/kernel_siblings.h"
#include "engine/network/bundled_models.h"
#include "widgets/state/column_kinds.h"
#include "widgets/state/compare_view.h"

#include <QCoreApplication>

#include <algorithm>

namespace convscope {

namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("Compare", text);
}

const KernelStudy& firstOf(const AppState& state) {
  return std::get<KernelStudy>(state.columns[static_cast<std::size_t>(firstKernel(state))]);
}

ColumnChoice frames(int count) {
  return {QStringLiteral("frames-%1").arg(count), count == 1 ? tr("One frame") : tr("%1 frames").arg(count),
          tr("The same kernel over so many frames"),
          [count](const KernelStudy& first, int filter) -> StudySpec {
            return withFrames(first, filter, count);
          }};
}

std::vector<ColumnChoice> makeChoices() {
  std::vector<ColumnChoice> all{
      {QStringLiteral("middle"), tr("Its middle frame alone"),
       tr("The weights of the middle frame: what is left where time is not looked at"),
       [](const KernelStudy& first, int filter) -> StudySpec { return middleFrame(first, filter); }},
      {QStringLiteral("separated"), tr("Space, then time: (2+1)D"),
       tr("The nearest filters of 1×h×w and one of l×1×1, nothing between them"),
       [](const KernelStudy& first, int filter) -> StudySpec {
         return separated(first, filter, separatedFilters(first), Activation::None);
       }},
      {QStringLiteral("separated-relu"), tr("(2+1)D with ReLU between"),
       tr("The same with a bend between them, as in R(2+1)D"),
       [](const KernelStudy& first, int filter) -> StudySpec {
         return separated(first, filter, separatedFilters(first), Activation::Relu);
       }},
      {QStringLiteral("separated-1"), tr("(2+1)D through one filter"),
       tr("One picture, then one curve in time: no direction can be left"),
       [](const KernelStudy& first, int filter) -> StudySpec {
         return separated(first, filter, 1, Activation::None);
       }},
      {QStringLiteral("pooled"), tr("Middle frame, then the mean over time"),
       tr("1×h×w, pooled over as many frames as the kernel has"),
       [](const KernelStudy& first, int filter) -> StudySpec { return middleFramePooled(first, filter); }},
      {QStringLiteral("mirrored"), tr("Mirrored in x"), tr("Right becomes left"),
       [](const KernelStudy& first, int filter) -> StudySpec { return mirroredInX(first, filter); }},
      {QStringLiteral("two-layers"), tr("Two layers: it, then a mean"),
       tr("Two kernels of this size, one behind the other, ReLU between"),
       [](const KernelStudy& first, int filter) -> StudySpec {
         return twoLayers(first, filter, Activation::Relu);
       }},
      {QStringLiteral("composed"), tr("Those two layers as one kernel"),
       tr("2k − 1 on each axis: the same field with one layer"),
       [](const KernelStudy& first, int filter) -> StudySpec {
         const auto whole = composed(twoLayers(first, filter, Activation::None));
         return whole ? *whole : first;
       }},
  };
  for (const int count : {1, 2, 3, 4, 5, 7}) all.push_back(frames(count));
  all.push_back({QStringLiteral("same"), tr("A copy, to be edited"),
                 tr("The same kernel: change it in the Kernel workspace (Alt+1)"),
                 [](const KernelStudy& first, int) -> StudySpec { return first; }});
  return all;
}

NetworkStudy networkOf(const std::string& model) {
  NetworkStudy made;
  made.model = model;
  return made;
}

std::vector<Comparison> makeComparisons() {
  using Made = std::vector<StudySpec>;
  return {
      {QStringLiteral("middle-frame"), tr("The kernel | its middle frame"),
       tr("What is lost where one frame must do"),
       [](const KernelStudy& first, int filter) {
         return Made{first, middleFrame(first, filter)};
       }},
      {QStringLiteral("space-then-time"), tr("3×3×3 | (2+1)D | 1×3×3, pooled | 4×3×3"),
       tr("One kernel in space-time against space and time apart, and against one frame more"),
       [](const KernelStudy& first, int filter) {
         const KernelStudy three = withFrames(first, filter, 3);
         return Made{three, separated(three, 0, separatedFilters(three), Activation::None),
                     middleFramePooled(three, 0), withFrames(three, 0, 4)};
       }},
      {QStringLiteral("lengths"), tr("l = 1 | 3 | 7"), tr("The same kernel over one, three and seven frames"),
       [](const KernelStudy& first, int filter) {
         return Made{withFrames(first, filter, 1), withFrames(first, filter, 3),
                     withFrames(first, filter, 7)};
       },
       2},  // what the longest one sees lies in the clip for all of them
      {QStringLiteral("two-or-one"), tr("Two 3×3×3 | one 5×5×5"),
       tr("The same field from two layers, with and without a bend between them, and from one"),
       [](const KernelStudy& first, int filter) {
         const StackStudy linear = twoLayers(withFrames(first, filter, 3), 0, Activation::None);
         const auto whole = composed(linear);
         return Made{twoLayers(withFrames(first, filter, 3), 0, Activation::Relu),
                     whole ? StudySpec{*whole} : StudySpec{first}, linear};
       }},
      {QStringLiteral("mirror"), tr("Right | left"), tr("The kernel against its mirror image"),
       [](const KernelStudy& first, int filter) {
         return Made{first, mirroredInX(first, filter)};
       }},
      {QStringLiteral("siblings"), tr("2-D | 3-D | (2+1)D siblings | the kernel"),
       tr("Three trained networks that differ in how their kernels mix frames; the kernel, which the Kernel "
          "workspace shows, stays beside them"),
       [](const KernelStudy& first, int) {
         Made made;
         for (const BundledModel& model : bundledModels()) made.emplace_back(networkOf(model.id));
         made.emplace_back(first);
         return made;
       }},
  };
}

}  // namespace

const std::vector<ColumnChoice>& columnChoices() {
  static const std::vector<ColumnChoice> all = makeChoices();
  return all;
}

const std::vector<Comparison>& comparisons() {
  static const std::vector<Comparison> all = makeComparisons();
  return all;
}

void applyComparison(AppState& state, const Comparison& comparison) {
  // not firstOf(): whoever chose a column means that kernel
  const KernelStudy first = state.kernel();
  state.columns = comparison.make(first, state.selection.filter);
  state.selection.column = comparison.chosen < 0 ? firstKernel(state) : comparison.chosen;
  state.selection.filter = 0;
  state.selection.voxel = kStrongest;
  state.selection.input.reset();
}

void applyChoice(AppState& state, int column, const ColumnChoice& choice) {
  const KernelStudy first = firstOf(state);
  StudySpec made = choice.make(first, state.selection.filter);
  if (!std::holds_alternative<KernelStudy>(made) && !whyKernelStays(state, column).isEmpty()) return;
  state.columns.at(static_cast<std::size_t>(column)) = std::move(made);
}

void applyNetwork(AppState& state, int column, const std::string& model) {
  if (!whyKernelStays(state, column).isEmpty()) return;
  NetworkStudy made = networkOf(model);
  if (model == state.network.model) made.preprocess = state.network.preprocess;
  state.columns[static_cast<std::size_t>(column)] = std::move(made);
}

void addColumn(AppState& state) {
  if (state.columns.size() >= kMostColumns) return;
  const KernelStudy& first = firstOf(state);
  for (const ColumnChoice& choice : columnChoices()) {
    StudySpec made = choice.make(first, state.selection.filter);
    std::visit([](auto& study) { keepConsistent(study, static_cast<decltype(&study)>(nullptr)); }, made);
    if (std::ranges::find(state.columns, made) != state.columns.end()) continue;
    state.columns.push_back(std::move(made));
    return;
  }
  state.columns.push_back(first);
}

QString whyKernelStays(const AppState& state, int column) {
  const auto kernels = std::ranges::count_if(
      state.columns, [](const StudySpec& spec) { return std::holds_alternative<KernelStudy>(spec); });
  const auto& own = state.columns.at(static_cast<std::size_t>(column));
  if (std::holds_alternative<KernelStudy>(own) && kernels < 2)
    return tr("It is the only kernel, which the Kernel workspace shows.");
  return {};
}

QString whyNotRemovable(const AppState& state, int column) {
  if (state.columns.size() < 2) return tr("One column is left.");
  return whyKernelStays(state, column);
}

void removeColumn(AppState& state, int column) {
  if (!whyNotRemovable(state, column).isEmpty()) return;
  state.columns.erase(state.columns.begin() + column);
  if (state.selection.column >= column && state.selection.column > 0) --state.selection.column;
}

}  // namespace convscope
