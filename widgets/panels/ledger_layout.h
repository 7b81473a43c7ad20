#pragma once

#include "engine/core/shape.h"

#include <QRectF>
#include <QSizeF>

#include <optional>

namespace convscope {

/// One partial sum of the ledger: the products of one kernel frame with one channel (counted from 0 in the
/// group).
struct LedgerBlock {
  int t = 0;
  int channel = 0;
  bool operator==(const LedgerBlock&) const = default;
};

/// Above this many products the ledger folds to partial sums.
inline constexpr int kMaxOpenProducts = 108;

/// What the layout depends on.
struct LedgerSetting {
  QSizeF size;
  Triple kernel;
  int channels = 1;
  bool closingLine = false;           ///< a line for bias and activation
  std::optional<LedgerBlock> opened;  ///< of the folded ledger
  int firstRow = 0;                   ///< of the folded ledger, where it does not show all frames
  double scale = 1;                   ///< 1 for type of 11 px
  double labelWidth = 0;              ///< of the widest frame label
};

/// Where everything of the ledger stands, in px of the panel's body:
///
///        R        G        B    frame Σ   <- header
///   t3  [cells]  [cells]  [cells]
///          sum      sum      sum    sum   <- a block for each kernel frame; folded: one line each
///   Σ      sum      sum      sum   total  <- foot, with a closing line below where there is bias or
///   activation
/// A kernel of one frame leaves room above its products for what is multiplied:
///  input  [cells]
///            ×
///  weight [cells]
///            =
/// product [cells]
struct LedgerLayout {
  enum class Mode {
    Products,  ///< every product
    Sums,      ///< folded: partial sums per frame and channel
    Opened,    ///< folded, the products of one partial sum
  };
  Mode mode = Mode::Products;
  Triple kernel;
  int channels = 1;
  LedgerBlock openedBlock;
  double scale = 1;
  bool narrow = false;  ///< frame sums and the total on lines of their own
  double left = 0;      ///< of the first column of cells
  double right = 0;     ///< right end of the frame sums and the total
  double top = 0;       ///< of the first row of cells
  double cellWidth = 0;
  double cellHeight = 0;
  double blockGap = 0;
  double pitch = 0;        ///< from frame to frame
  double sumHeight = 0;    ///< of the line of partial sums under a block; 0 where it would repeat another
  double foot = 0;         ///< y of the rule above the total
  double footHeight = 0;   ///< of the line of totals
  int firstRow = 0;        ///< first frame shown
  int rows = 0;            ///< frames shown
  bool cellText = true;    ///< cells are large enough for numbers
  double factorPitch = 0;  ///< from a block of inputs to that of weights to that of products; 0 without them

  double sumLine = 0;    ///< middle of the partial sums, below a block's bottom
  double frameLine = 0;  ///< the same of the frame's sum; 0 where it stands beside the block

  [[nodiscard]] QRectF cell(int t, int c, int y, int x) const;
  /// The block of frame t and channel c: its cells, or folded its one sum. Empty where it is not shown.
  [[nodiscard]] QRectF block(int t, int c) const;
  /// The same block with its inputs (`above` 2) or weights (1) instead of its products.
  [[nodiscard]] QRectF factorBlock(int above, int t, int c) const;
  [[nodiscard]] QRectF factorCell(int above, int t, int c, int y, int x) const;
  [[nodiscard]] std::optional<LedgerBlock> blockAt(const QPointF& at) const;
  /// A place over inputs or weights as the same place over their products; any other as it is.
  [[nodiscard]] QPointF onProducts(const QPointF& at) const;
};

[[nodiscard]] LedgerLayout ledgerLayout(const LedgerSetting& setting);

}  // namespace convscope
