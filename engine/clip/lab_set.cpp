#include "engine/clip/lab_set.h"

#include "engine/clip/clip_prepare.h"
#include "engine/clip/lab_canvas.h"
#include "engine/clip/motion_lab.h"
#include "engine/clip/npy.h"
#include "engine/core/csv_field.h"
#include "engine/core/file_text.h"
#include "engine/core/json_text.h"
#include "engine/core/memory_budget.h"
#include "engine/core/number_text.h"
#include "engine/core/whole_file.h"

#include <cmath>
#include <filesystem>
#include <limits>

namespace convscope {

namespace {

using Json = nlohmann::json;

// ---- reading
// -------------------------------------------------------------------------------------------------

/// Thrown while a set is read; caught in readLabSet().
struct BadSet {
  std::string what;
};

struct Control {
  const char* name;
  double LabSpec::*value;
};
constexpr std::array kControls{
    Control{"direction", &LabSpec::direction}, Control{"speed", &LabSpec::speed},
    Control{"period", &LabSpec::period},       Control{"size", &LabSpec::size},
    Control{"contrast", &LabSpec::contrast},   Control{"noise", &LabSpec::noise},
    Control{"coherence", &LabSpec::coherence},
};

constexpr int kLargest = 4096;         // frames of a clip, and its longest side
constexpr double kFarthest = 1e6;      // no angle, speed or place of a clip needs more
constexpr int kMostStart = 1'000'000;  // the first frame of a clip
constexpr int kMostSpecks = 10'000;

double numberOf(const Json& json, const std::string& key, double low = -kFarthest, double high = kFarthest) {
  if (!json.is_number()) throw BadSet{"“" + key + "” takes a number"};
  const auto value = json.get<double>();
  if (!(value >= low && value <= high)) {
    throw BadSet{"“" + key + "” takes a number from " + generalText(low, 7) + " to " + generalText(high, 7) +
                 "; it is " + generalText(value, 7)};
  }
  return value;
}

/// The part `key` of `set`, an object; an empty one where there is none.
Json objectOf(const Json& set, const std::string& key) {
  if (!set.contains(key)) return Json::object();
  if (!set[key].is_object()) throw BadSet{"“" + key + "” takes an object"};
  return set[key];
}

int wholeOf(const Json& json, const std::string& key, int low, int high) {
  if (!json.is_number_integer() || json.get<double>() < low || json.get<double>() > high)
    throw BadSet{"“" + key + "” takes a whole number from " + std::to_string(low) + " to " +
                 std::to_string(high)};
  return json.get<int>();
}

LabDraw drawOf(const Json& json, const std::string& key, double low = -kFarthest, double high = kFarthest) {
  LabDraw draw;
  if (json.is_array() && json.size() == 2) {
    draw.low = numberOf(json[0], key, low, high);
    draw.high = numberOf(json[1], key, low, high);
    if (draw.high < draw.low) throw BadSet{"“" + key + "” takes [low, high], the smaller number first"};
  } else if (json.is_object() && json.size() == 1 && json.contains("any") && json["any"].is_array() &&
             !json["any"].empty()) {
    for (const Json& value : json["any"]) draw.any.push_back(numberOf(value, key, low, high));
  } else {
    draw.low = draw.high = numberOf(json, key, low, high);
  }
  return draw;
}

double LabSpec::*controlOf(const std::string& key) {
  for (const Control& control : kControls) {
    if (key == control.name) return control.value;
  }
  return nullptr;
}

void readTextures(const Json& json, LabVariant& variant) {
  variant.textures.clear();
  for (const Json& name : json.is_array() ? json : Json::array({json})) {
    if (!name.is_string()) throw BadSet{"“texture” takes a name or a list of names"};
    variant.textures.push_back(name.get<std::string>());
  }
}

LabVariant variantOf(const Json& json) {
  if (!json.is_object() || !json.contains("lab") || !json["lab"].is_string())
    throw BadSet{"every entry of “clips” is an object that names a motion-lab clip as “lab”"};
  const auto name = json["lab"].get<std::string>();
  const MotionLabEntry* entry = findMotionLabEntry(name);
  LabVariant variant;
  variant.lab.name = name;
  if (entry == nullptr) {  // drawLab() says which names there are
    throw BadSet{checkLab(variant.lab).error().message};
  }
  variant.lab = entry->defaults;
  for (const auto& [key, value] : json.items()) {
    if (key == "lab") continue;
    if (key == "texture") {
      readTextures(value, variant);
    } else if (key == "start") {
      variant.start = drawOf(value, key, 0, kMostStart);
    } else if (key == "mirror") {
      variant.mirror = numberOf(value, key, 0, 1);
    } else if (double LabSpec::*control = controlOf(key); control != nullptr) {
      std::erase_if(variant.drawn, [&](const auto& one) { return one.first == control; });
      variant.drawn.emplace_back(control, drawOf(value, key));
    } else {
      throw BadSet{"a motion-lab clip has no “" + key + "”"};
    }
  }
  return variant;
}

/// `common` under every clip, then `change` over those that have the field, then `scale`.
Json completed(const Json& clip, const Json& set) {
  Json whole = objectOf(set, "common");
  if (!clip.is_object()) return clip;  // variantOf() says what it must be
  whole.update(clip);
  const Json change = objectOf(set, "change");  // held: items() refers to it
  for (const auto& [key, value] : change.items()) {
    if (whole.contains(key)) whole[key] = value;
  }
  const Json scale = objectOf(set, "scale");
  for (const auto& [key, factor] : scale.items()) {
    if (!whole.contains(key)) continue;
    const double by = numberOf(factor, key);
    Json& value = whole[key];
    if (value.is_array()) {
      for (Json& bound : value) bound = numberOf(bound, key) * by;
    } else {
      value = numberOf(value, key) * by;
    }
  }
  return whole;
}

void readClasses(const Json& json, LabSet& set) {
  if (!json.contains("classes") || !json["classes"].is_array() || json["classes"].empty())
    throw BadSet{"it needs a list of “classes”"};
  std::vector<std::string> reversed;
  for (const Json& one : json["classes"]) {
    if (!one.is_object() || !one.contains("label") || !one["label"].is_string())
      throw BadSet{"every class is an object with a “label”"};
    if (!one.contains("clips") || !one["clips"].is_array() || one["clips"].empty())
      throw BadSet{"every class needs a list of “clips”"};
    set.labels.push_back(one["label"].get<std::string>());
    if (one.contains("reversed") && !one["reversed"].is_string())
      throw BadSet{"“reversed” takes the label of a class"};
    reversed.push_back(one.value("reversed", ""));
    std::vector<LabVariant>& variants = set.classes.emplace_back();
    for (const Json& clip : one["clips"]) variants.push_back(variantOf(completed(clip, json)));
  }
  for (const std::string& label : reversed) {
    const auto found = std::ranges::find(set.labels, label);
    if (found == set.labels.end() && !label.empty())
      throw BadSet{"there is no class “" + label + "” to reverse to"};
    set.reversed.push_back(found == set.labels.end() ? -1 : static_cast<int>(found - set.labels.begin()));
  }
}

LabSet setOf(const Json& json) {
  constexpr int kMany = 10'000'000;
  LabSet set;
  for (const auto& [key, value] : json.items()) {
    if (key == "seed")
      set.seed = static_cast<unsigned>(wholeOf(value, key, 0, std::numeric_limits<int>::max()));
    if (key == "clips") set.clips = wholeOf(value, key, 1, kMany);
    if (key == "frames") set.frames = wholeOf(value, key, 1, kLargest);
    if (key == "margin") set.margin = wholeOf(value, key, 0, kLargest);
    if (key == "negative") set.negative = numberOf(value, key, 0, 1);
    if (key == "size") {
      if (!value.is_array() || value.size() != 2) throw BadSet{"“size” takes [height, width]"};
      set.height = wholeOf(value[0], key, 1, kLargest);
      set.width = wholeOf(value[1], key, 1, kLargest);
    }
    if (key == "colour") {
      if (value != "grey" && value != "rgb") throw BadSet{"“colour” takes grey or rgb"};
      set.colour = value == "grey" ? ColourMode::Grey : ColourMode::Rgb;
    }
    if (key == "specks") {
      if (!value.is_object()) throw BadSet{"“specks” takes an object of count, size and speed"};
      if (value.contains("count")) set.specks = drawOf(value["count"], "count", 0, kMostSpecks);
      if (value.contains("size")) set.speckSize = drawOf(value["size"], "size", 0, kLargest);
      if (value.contains("speed")) set.speckSpeed = drawOf(value["speed"], "speed", 0, kLargest);
    }
  }
  if (set.clips == 0) throw BadSet{"it needs the number of “clips”"};
  readClasses(json, set);
  return set;
}

Json jsonOf(const std::string& path, int depth) {
  constexpr int kDeepest = 4;
  constexpr std::int64_t kMostBytes = 4 << 20;
  const std::string name =
      depth == 0 ? "it" : "its base “" + std::filesystem::path(path).filename().string() + "”";
  const auto text = fileText(path, name, kMostBytes);
  if (!text) throw BadSet{text.error().message.substr(0, text.error().message.size() - 1)};
  const auto read = jsonFrom(*text);
  if (!read || !read->is_object()) throw BadSet{name + " is no JSON object of at most 64 levels"};
  Json json = *read;
  static const std::vector<std::string> known{"base",   "change", "clips",  "classes", "colour",
                                              "common", "frames", "margin", "note",    "negative",
                                              "scale",  "seed",   "size",   "specks"};
  for (const auto& [key, value] : json.items()) {
    if (std::ranges::find(known, key) == known.end()) throw BadSet{"a set has no “" + key + "”"};
  }
  if (!json.contains("base")) return json;
  if (depth == kDeepest || !json["base"].is_string()) throw BadSet{"its “base” is no other set's name"};
  const auto other = std::filesystem::path(path).parent_path() / json["base"].get<std::string>();
  Json whole = jsonOf(other.string(), depth + 1);
  json.erase("base");
  whole.update(json);
  return whole;
}

// ---- drawing
// -------------------------------------------------------------------------------------------------

/// Numbers that are a function of (set's seed, number of the clip, how many came before).
class Chance {
 public:
  Chance(unsigned seed, int clip) : m_seed(seed), m_clip(clip) {}
  double unit() { return lab::unit(lab::hashed(m_seed, m_clip, m_next++, 17)); }
  std::size_t below(std::size_t count) {
    return std::min(static_cast<std::size_t>(unit() * static_cast<double>(count)), count - 1);
  }
  double draw(const LabDraw& from) {
    if (!from.any.empty()) return from.any[below(from.any.size())];
    return from.low + (from.high - from.low) * unit();
  }

 private:
  unsigned m_seed;
  int m_clip;
  std::int64_t m_next = 0;
};

struct Speck {
  lab::Vec2 place;
  lab::Vec2 step;
  double radius = 0;
  lab::Rgb colour;
};

std::vector<Speck> specksOf(const LabSet& set, Chance& chance) {
  std::vector<Speck> specks(static_cast<std::size_t>(std::max(0.0, std::floor(chance.draw(set.specks)))));
  for (Speck& speck : specks) {
    speck.place = {chance.unit() * (set.width + 2 * set.margin),
                   chance.unit() * (set.height + 2 * set.margin)};
    speck.step = lab::heading(360 * chance.unit()) * chance.draw(set.speckSpeed);
    speck.radius = chance.draw(set.speckSize) / 2;
    const double grey = chance.unit();
    speck.colour = lab::mix(lab::Rgb{0, 0, 0}, lab::Rgb{1, 1, 1}, grey);
  }
  return specks;
}

/// Mirrors, exchanges dark and bright where asked, and rounds to whole 255ths.
void finish(Tensor& pixels, bool mirrored, bool negative) {
  const auto width = static_cast<std::size_t>(pixels.shape().width);
  const std::span<float> values = pixels.values();
  for (std::size_t row = 0; row < values.size(); row += width) {
    const auto line = values.subspan(row, width);
    if (mirrored) std::ranges::reverse(line);
    for (float& value : line) {
      const float level = std::floor(std::clamp(value, 0.F, 1.F) * 255.F + 0.5F);
      value = (negative ? 255.F - level : level) / 255.F;
    }
  }
}

std::string csvLine(int index, const LabSetClip& clip, const std::string& label) {
  std::string line = std::to_string(index) + ',' + csvField(label) + ',' + clip.lab.name;
  for (const Control& control : kControls) line += ',' + generalText(clip.lab.*control.value, 8);
  return line + ',' + clip.lab.texture + ',' + std::to_string(clip.lab.seed) + ',' +
         std::to_string(clip.start) + ',' + (clip.mirrored ? "1" : "0") + '\n';
}

}  // namespace

Result<LabSet> readLabSet(const std::string& path) {
  const auto refused = [&](const std::string& what) {
    return fail(ErrorCode::BadInput, std::filesystem::path(path).filename().string() +
                                         " cannot be used as a set of clips: " + what + ".");
  };
  try {
    return setOf(jsonOf(path, 0));
  } catch (const BadSet& bad) {
    return refused(bad.what);
  } catch (const Json::exception& unforeseen) {
    return refused(unforeseen.what());
  }
}

Result<LabSetClip> drawLabSetClip(const LabSet& set, int index, const ReadContext& context) {
  Chance chance(set.seed, index);
  LabSetClip drawn;
  drawn.label = index % static_cast<int>(set.classes.size());
  const auto& variants = set.classes[static_cast<std::size_t>(drawn.label)];
  const LabVariant& variant = variants[chance.below(variants.size())];
  drawn.lab = variant.lab;
  drawn.lab.height = set.height + 2 * set.margin;
  drawn.lab.width = set.width + 2 * set.margin;
  drawn.lab.seed = static_cast<unsigned>(chance.below(1U << 30U));
  if (!variant.textures.empty()) drawn.lab.texture = variant.textures[chance.below(variant.textures.size())];
  for (const auto& [control, from] : variant.drawn) drawn.lab.*control = chance.draw(from);
  drawn.start = std::max(0, static_cast<int>(std::floor(chance.draw(variant.start))));
  drawn.mirrored = chance.unit() < variant.mirror;
  const bool negative = chance.unit() < set.negative;
  const auto room = static_cast<std::size_t>(2 * set.margin + 1);
  const Crop crop{static_cast<int>(chance.below(room)), static_cast<int>(chance.below(room)), set.width,
                  set.height};
  const std::vector<Speck> specks = specksOf(set, chance);

  auto raw = drawLab(drawn.lab, {drawn.start, set.frames, 1}, context);
  if (!raw) return tl::unexpected(raw.error());
  const std::size_t frameValues =
      3 * static_cast<std::size_t>(raw->height) * static_cast<std::size_t>(raw->width);
  for (int t = 0; t < set.frames; ++t) {
    if (context.stop.stop_requested()) return fail(ErrorCode::Stopped, "Drawing the clip was stopped.");
    lab::Canvas canvas(raw->floats.data() + static_cast<std::size_t>(t) * frameValues, raw->height,
                       raw->width);
    for (const Speck& speck : specks)
      lab::drawBall(canvas, speck.place + speck.step * static_cast<double>(t), speck.radius, speck.colour, 1);
  }
  auto clip = prepareClip(*raw, {crop, {}, set.colour}, 1, context);
  if (!clip) return tl::unexpected(clip.error());
  finish(clip->pixels, drawn.mirrored, negative);
  clip->range = rangeOf(clip->pixels);
  drawn.clip = std::move(*clip);
  return drawn;
}

Result<void> writeLabSet(const LabSet& set, const std::string& folder, const ReadContext& context) {
  const int channels = set.colour == ColourMode::Grey ? 1 : 3;
  const double bytesNeeded = 1.0 * set.clips * set.frames * set.height * set.width * channels;
  if (auto fits = checkBudget(bytesNeeded, "a set of " + std::to_string(set.clips) + " clips",
                              "take fewer or smaller ones");
      !fits)
    return fits;
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  const std::filesystem::path place(folder);
  WholeFile clips((place / "clips.csv").string());
  std::ostream& csv = clips.out();
  csv << "clip,label,lab";
  for (const Control& control : kControls) csv << ',' << control.name;
  csv << ",texture,seed,start,mirrored\n";

  std::vector<std::byte> bytes;
  bytes.reserve(static_cast<std::size_t>(bytesNeeded));
  std::vector<std::int32_t> labels;
  for (int index = 0; index < set.clips; ++index) {
    if (context.stopAt(index, set.clips)) return fail(ErrorCode::Stopped, "Drawing the set was stopped.");
    const auto drawn = drawLabSetClip(set, index, {context.stop, {}, {}});
    if (!drawn) return tl::unexpected(drawn.error());
    labels.push_back(drawn->label);
    const Tensor& pixels = drawn->clip.pixels;
    const Shape shape = pixels.shape();
    for (int t = 0; t < shape.length; ++t) {
      for (int y = 0; y < shape.height; ++y) {
        for (int x = 0; x < shape.width; ++x) {
          for (int c = 0; c < shape.channels; ++c)
            bytes.push_back(static_cast<std::byte>(std::lround(pixels.at(t, y, x, c) * 255.F)));
        }
      }
    }
    csv << csvLine(index, *drawn, set.labels[static_cast<std::size_t>(drawn->label)]);
  }
  if (auto written = clips.place(); !written) return written;
  if (auto written = writeFileText((place / "labels.json").string(), Json(set.labels).dump(1) + '\n');
      !written)
    return written;
  if (auto written = writeNpyBytes((place / "clips.npy").string(), "|u1",
                                   {set.clips, set.frames, set.height, set.width, channels}, bytes);
      !written)
    return written;
  return writeNpyBytes((place / "labels.npy").string(), "<i4", {set.clips}, std::as_bytes(std::span(labels)));
}

}  // namespace convscope
