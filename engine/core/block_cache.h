#pragma once

#include <cstddef>

namespace convscope {

/// Memory for tensors, aligned to 64 bytes and not cleared. Large blocks that were given back are kept (up to
/// half the memory budget, 1 GiB at most) and handed out again: fresh memory costs a page fault for every
/// 4 KiB touched, which at a slider's pace takes longer than the convolution itself. Blocks from 4 MiB on ask
/// for huge pages. Thread-safe. Built with the address sanitizer it keeps nothing, so that use after release
/// is found.
[[nodiscard]] float* takeBlock(std::size_t bytes);
/// Gives back what takeBlock(bytes) returned.
void giveBlock(float* block, std::size_t bytes);

}  // namespace convscope
