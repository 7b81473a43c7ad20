#include "engine/core/nearest_names.h"
#include "engine/network/preprocess.h"

namespace convscope {

namespace {

Preprocess torchvisionVideo() {
  Preprocess made;
  made.frames = 16;
  made.step = 2;
  made.resize = {128, 171};
  made.crop = {112, 112};
  made.mean = {0.43216, 0.394666, 0.37645};
  made.std = {0.22803, 0.22145, 0.216989};
  return made;
}

Preprocess shortSided(int frames, int step, int side, int crop, double mean, double std) {
  Preprocess made;
  made.frames = frames;
  made.step = step;
  made.shortSide = side;
  made.crop = {crop, crop};
  made.mean = {mean, mean, mean};
  made.std = {std, std, std};
  return made;
}

Preprocess c3d() {
  Preprocess made;
  made.frames = 16;
  made.resize = {128, 171};
  made.crop = {112, 112};
  made.range = 255;
  made.mean = {104, 117, 128};
  return made;
}

std::vector<PreprocessPreset> makePresets() {
  const std::string kinetics = "torchvision, weights KINETICS400_V1: 15 frames a second of 30";
  return {
      {"r3d", "R3D-18", kinetics, torchvisionVideo()},
      {"mc3", "MC3-18", kinetics, torchvisionVideo()},
      {"r2plus1d", "R(2+1)D-18", kinetics, torchvisionVideo()},
      {"i3d", "I3D", "Carreira and Zisserman 2017: 25 frames a second, short side 256, values −1 to 1",
       shortSided(64, 1, 256, 224, .5, .5)},
      {"x3d-s", "X3D-S", "Feichtenhofer 2020, PyTorchVideo: 13 frames, every 6th, 182 × 182",
       shortSided(13, 6, 182, 182, .45, .225)},
      {"x3d-m", "X3D-M", "Feichtenhofer 2020: 16 frames, every 5th, short side 256, 224 × 224",
       shortSided(16, 5, 256, 224, .45, .225)},
      {"slowfast", "SlowFast 8 × 8", "Feichtenhofer 2019, PyTorchVideo: 32 frames, every 2nd, 256 × 256",
       shortSided(32, 2, 256, 256, .45, .225)},
      {"c3d", "C3D", "Tran 2015 as in MMAction2: 128 × 171, values 0 to 255 less 104, 117, 128", c3d()},
  };
}

}  // namespace

std::span<const PreprocessPreset> preprocessPresets() {
  static const std::vector<PreprocessPreset> presets = makePresets();
  return presets;
}

Result<Preprocess> preprocessNamed(const std::string& name) {
  std::vector<std::string> names;
  std::string list;
  for (const PreprocessPreset& preset : preprocessPresets()) {
    if (preset.name == name) return preset.preprocess;
    names.push_back(preset.name);
    list += (list.empty() ? "" : ", ") + preset.name;
  }
  return fail(ErrorCode::BadUsage,
              unknownNameSentence("preprocessing", name, names,
                                  "there are " + list + ", or the name of a file that ends in .json"));
}

}  // namespace convscope
