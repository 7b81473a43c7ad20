#include "engine/clip/decoder_library.h"

#include <dlfcn.h>

#include <filesystem>
#include <mutex>
#include <vector>

namespace convscope {

namespace {

namespace fs = std::filesystem;

constexpr const char* kFileName = "libclip_video.so";

std::vector<fs::path> placesToLook() {
  std::error_code problem;
  const fs::path folder = fs::read_symlink("/proc/self/exe", problem).parent_path();
  return {folder, folder.parent_path() / CONVSCOPE_LIBRARY_FOLDER, folder.parent_path() / "lib/convscope",
          folder.parent_path().parent_path() / "lib/convscope"};
}

Result<const DecoderLibrary*> load() {
  std::error_code problem;
  for (const fs::path& place : placesToLook()) {
    const fs::path file = place / kFileName;
    if (!fs::exists(file, problem)) continue;
    void* library = dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL);  // never closed: decoders run code in it
    if (library == nullptr) {
      const char* reason = dlerror();
      return fail(ErrorCode::BadInput, "The video reader " + file.string() + " cannot be loaded: " +
                                           (reason != nullptr ? reason : "unknown") + ".");
    }
    using Entry = const DecoderLibrary* (*)();
    const auto entry = reinterpret_cast<Entry>(dlsym(library, "convscopeDecoders"));
    const DecoderLibrary* functions = entry != nullptr ? entry() : nullptr;
    if (functions == nullptr || functions->interfaceVersion != kDecoderInterface) {
      return fail(ErrorCode::BadInput,
                  "The video reader " + file.string() +
                      " belongs to another version of ConvScope: build or install it again.");
    }
    return functions;
  }
  return fail(ErrorCode::BadInput,
              std::string("The video reader ") + kFileName +
                  " is missing beside the program and in lib/convscope: build or install "
                  "ConvScope again. Motion-lab clips and .npy files work without it.");
}

}  // namespace

Result<const DecoderLibrary*> decoderLibrary() {
  static std::mutex mutex;
  static const DecoderLibrary* loaded = nullptr;
  const std::lock_guard lock(mutex);
  if (loaded == nullptr) {
    Result<const DecoderLibrary*> result = load();
    if (!result) return result;
    loaded = *result;
  }
  return loaded;
}

}  // namespace convscope
