#pragma once

namespace convscope {

/// While one of these lives, stages, panels and their titles paint no ground: the grounds of all themes are
/// transparent. For pictures that are laid on something else; nothing is painted on screen meanwhile. GUI
/// thread only.
class ClearGround {
 public:
  ClearGround();
  ~ClearGround();
  ClearGround(const ClearGround&) = delete;
  ClearGround& operator=(const ClearGround&) = delete;
};

}  // namespace convscope
