#include "app/command_line.h"
#include "app/display.h"
#include "app/option_table.h"
#include "app/option_values.h"
#include "engine/clip/npy.h"
#include "engine/conv/kernel_presets.h"

#include <QTemporaryDir>
#include <QtTest>

#include <fstream>
#include <map>
#include <numeric>

using namespace convscope;

namespace {

Result<Options> parsed(const QString& line) {
  std::vector<std::string> arguments;
  for (const QString& word : line.split(QLatin1Char(' '), Qt::SkipEmptyParts))
    arguments.push_back(word.toStdString());
  return parseCommandLine(arguments);
}

Result<AppState> stateFrom(const QString& line) {
  const auto options = parsed(line);
  if (!options) return tl::unexpected(options.error());
  return stateOf(*options);
}

QString sentence(const Error& error) {
  return QString::fromStdString(error.message);
}

#define QVERIFY_RESULT(result) QVERIFY2(result, result ? "" : result.error().message.c_str())

/// A value that each option accepts, other than what it starts with.
const std::map<std::string, std::string>& sampleValues() {
  static const std::map<std::string, std::string> values{{"--lab", "dot,speed=2"},
                                                         {"--seed", "7"},
                                                         {"--lesson", "fig-4"},
                                                         {"--step", "2"},
                                                         {"--contact-sheet", "folder"},
                                                         {"--export-lesson", "fig-4"},
                                                         {"--validate-lesson", "mine.md"},
                                                         {"--webcam", "1"},
                                                         {"--frames", "3:8:2"},
                                                         {"--crop", "4,0,24,18"},
                                                         {"--resize", "27x36"},
                                                         {"--kernel", "2,3,4"},
                                                         {"--stride", "1,2,3"},
                                                         {"--dilation", "2,1,1"},
                                                         {"--padding", "same"},
                                                         {"--padding-value", "reflect"},
                                                         {"--groups", "3"},
                                                         {"--preset", "sobel-x"},
                                                         {"--weights", "w.npy"},
                                                         {"--filters", "6"},
                                                         {"--bias", "-0.5,1"},
                                                         {"--activation", "square"},
                                                         {"--scene", "fig-4"},
                                                         {"--state", "s.json"},
                                                         {"--voxel", "2,3,4"},
                                                         {"--bank", "own"},
                                                         {"--scores", "chart"},
                                                         {"--theme", "light"},
                                                         {"--size", "1280x720"},
                                                         {"--screenshot", "a.png"},
                                                         {"--export-maps", "m.npy"},
                                                         {"--export-weights", "w.csv"},
                                                         {"--export-cost", "c.csv"},
                                                         {"--export-view", "v.svg"},
                                                         {"--view", "ledger"},
                                                         {"--export-animation", "a.gif"},
                                                         {"--animate", "clip"},
                                                         {"--seconds", "2.5"},
                                                         {"--field", "c3d"},
                                                         {"--export-field", "f.csv"},
                                                         {"--layer", "conv4b"},
                                                         {"--unit", "2,3,4"},
                                                         {"--borders", "ideal"},
                                                         {"--runs", "5"},
                                                         {"--export-effective", "e.npy"},
                                                         {"--model", "m.onnx"},
                                                         {"--input-tensor", "x.npy"},
                                                         {"--preprocess", "r3d"},
                                                         {"--labels", "names.txt"},
                                                         {"--export-activations", "layers"},
                                                         {"--export-scores", "s.json"},
                                                         {"--top", "3"},
                                                         {"--export-gradient", "g.npy"},
                                                         {"--class", "2"},
                                                         {"--explain", "grad-cam"},
                                                         {"--channel", "3"},
                                                         {"--export-explanation", "x.npy"},
                                                         {"--export-tuning", "t.csv"},
                                                         {"--clip-change", "reverse,shift-x=3"},
                                                         {"--lab-set", "set.json"},
                                                         {"--export-lab-set", "set"},
                                                         {"--export-shifts", "s.csv"},
                                                         {"--export-input", "i.npy"}};
  return values;
}

}  // namespace

class TestCommandLine : public QObject {
  Q_OBJECT

 private slots:
  void everyValueIsUnderstood() {
    const auto options = parsed(
        "clip.mp4 --frames 28:8:2 --crop 40,0,240,180 --resize 27x36 --grey --kernel 2,3,4 --stride 1,2,3 "
        "--dilation 3,2,1 --padding 2:0,1:1,0:3 --padding-value circular --groups 2 --filters 6 --bias "
        "-0.5,+1e-3 "
        "--flip --activation absolute --voxel 3,2,1 --theme presenter-light --size 1280x720 --play");
    QVERIFY_RESULT(options);
    Options wanted;
    wanted.clip = "clip.mp4";
    wanted.frames = FrameRange{27, 8, 2};
    wanted.crop = Crop{40, 0, 240, 180};
    wanted.resize = FrameSize{27, 36};
    wanted.colour = ColourMode::Grey;
    wanted.kernel = Triple{2, 3, 4};
    wanted.stride = Triple{1, 2, 3};
    wanted.dilation = Triple{3, 2, 1};
    wanted.padding = PaddingMode::Custom;
    wanted.customPadding = {AxisPadding{2, 0}, AxisPadding{1, 1}, AxisPadding{0, 3}};
    wanted.paddingValue = PaddingValue::Circular;
    wanted.groups = 2;
    wanted.filters = 6;
    wanted.bias = {-0.5F, 1e-3F};
    wanted.flipped = true;
    wanted.activation = Activation::Absolute;
    wanted.voxel = Triple{2, 1, 0};
    wanted.theme = Theme::Light;
    wanted.presenter = true;
    wanted.size = WindowSize{1280, 720};
    wanted.playing = true;
    QVERIFY(*options == wanted);
  }

  void everyOptionOfTheTableHasAnEffect_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("takesValue");
    for (const OptionGroup& group : optionGroups()) {
      for (const OptionEntry& option : group.options) {
        QTest::addRow("%s", option.name.c_str())
            << QString::fromStdString(option.name) << !option.value.empty();
      }
    }
  }
  void everyOptionOfTheTableHasAnEffect() {
    QFETCH(QString, name);
    QFETCH(bool, takesValue);
    const auto sample = sampleValues().find(name.toStdString());
    QCOMPARE(sample != sampleValues().end(), takesValue);
    Options plain;
    for (const OptionGroup& group : optionGroups()) {
      for (const OptionEntry& option : group.options) {
        if (option.name != name.toStdString()) continue;
        Options changed;
        const auto applied = option.apply(changed, option.name, takesValue ? sample->second : "");
        QVERIFY_RESULT(applied);
        QVERIFY(!(changed == plain));
      }
    }
    const QString help = QString::fromStdString(helpText());
    QVERIFY2(help.contains("\n  " + name), "missing in --help");
    if (takesValue) {  // both spellings mean the same
      const QString value = QString::fromStdString(sample->second);
      QString company;
      if (name == "--seed") company = "--lab dot ";
      if (name == "--step") company = "--lesson fig-4 ";
      if (name.startsWith("--export") || name == "--field") company = "--batch ";
      if (name == "--export-field") company += "--field c3d ";
      for (const char* const task : {"--export-view", "--export-animation", "--export-lesson"})
        if (name == QLatin1String(task)) company.clear();
      if (name == "--view") company = "--export-view v.png ";
      if (name == "--animate" || name == "--seconds") company = "--export-animation a.mp4 ";
      for (const char* const own : {"--layer", "--unit", "--borders", "--runs", "--export-effective"}) {
        if (name == QLatin1String(own)) company = "--batch --field c3d --effective ";
      }
      if (name == "--export-tuning") company += "--tuning ";
      if (name == "--preprocess") company = "--model m.onnx ";
      if (name == "--labels") company = "--batch --model m.onnx --input-tensor x.npy --export-scores s.json ";
      if (name == "--input-tensor") company = "--batch --model m.onnx ";
      if (name == "--export-activations" || name == "--export-scores")
        company = "--batch --model m.onnx --input-tensor x.npy ";
      if (name == "--explain" || name == "--channel") company = "--model m.onnx ";
      if (name == "--export-explanation") company = "--batch clip.mp4 --model m.onnx --explain saliency ";
      if (name == "--export-gradient") company = "--batch --model m.onnx --input-tensor x.npy ";
      if (name == "--class") company = "--batch --model m.onnx --input-tensor x.npy --export-gradient g.npy ";
      if (name == "--lab-set") company = "--batch --model m.onnx ";
      if (name == "--export-lab-set") company = "--batch --lab-set set.json ";
      if (name == "--export-shifts") company = "--batch --model m.onnx --lab dot ";
      if (name == "--top") company = "--batch --model m.onnx --input-tensor x.npy --export-scores s.json ";
      const QString behind = name == "--export-lesson" ? " out.pdf" : "";
      const auto apart = parsed(company + name + " " + value + behind);
      const auto joined = parsed(company + name + "=" + value + behind);
      QVERIFY_RESULT(apart);
      QVERIFY_RESULT(joined);
      QVERIFY(*apart == *joined);
    }
  }

  void helpFitsATerminal() {
    for (const QString& line : QString::fromStdString(helpText()).split('\n')) {
      QVERIFY2(line.size() <= 100, qPrintable(line));
    }
  }

  void wrongUsageIsOneSentence_data() {
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("wanted");
    QTest::addRow("misspelt") << "--kernal 3,3,3"
                              << "There is no option --kernal; did you mean --kernel?";
    QTest::addRow("swapped letters") << "--gery"
                                     << "There is no option --gery; did you mean --grey?";
    QTest::addRow("nothing near") << "--xyzzyplugh"
                                  << "There is no option --xyzzyplugh; --help lists them all.";
    QTest::addRow("one dash") << "-k 3"
                              << "There is no option -k; --help lists them all.";
    QTest::addRow("value missing at end") << "--kernel"
                                          << "--kernel needs a value: --kernel l,h,w.";
    QTest::addRow("value missing") << "--kernel --grey"
                                   << "--kernel needs a value: --kernel l,h,w.";
    QTest::addRow("value not wanted") << "--grey=1"
                                      << "--grey takes no value.";
    QTest::addRow("two numbers")
        << "--kernel 3,3"
        << "--kernel takes three whole numbers with commas between them, in the order time, "
           "height, width; it was given “3,3”.";
    QTest::addRow("not a number")
        << "--stride 1,two,1"
        << "--stride takes three whole numbers with commas between them, in the order time, "
           "height, width; it was given “1,two,1”.";
    QTest::addRow("fraction")
        << "--kernel 3.5,3,3"
        << "--kernel takes three whole numbers with commas between them, in the order time, "
           "height, width; it was given “3.5,3,3”.";
    QTest::addRow("kernel 0") << "--kernel 3,0,3"
                              << "--kernel must be from 1 to 64 along height; it was given 0.";
    QTest::addRow("kernel 65") << "--kernel 3,3,65"
                               << "--kernel must be from 1 to 64 along width; it was given 65.";
    QTest::addRow("number too long")
        << "--filters 99999999999"
        << "--filters takes a whole number from 1 to 512; it was given “99999999999”.";
    QTest::addRow("padding word")
        << "--padding some"
        << "--padding takes valid, same, full, causal, or cells before:after on each axis, "
           "such as 2:0,1:1,1:1 (at most 4096 each); it was given “some”.";
    QTest::addRow("padding below 0")
        << "--padding -1:0,0:0,0:0"
        << "--padding takes valid, same, full, causal, or cells before:after on each "
           "axis, such as 2:0,1:1,1:1 (at most 4096 each); it was given “-1:0,0:0,0:0”.";
    QTest::addRow("padding value")
        << "--padding-value mirror"
        << "--padding-value takes zero, replicate, reflect or circular; it was given "
           "“mirror”.";
    QTest::addRow("frames from 0")
        << "--frames 0:8"
        << "--frames takes START:COUNT or START:COUNT:STEP, each at least 1; it was given "
           "“0:8”.";
    QTest::addRow("resize") << "--resize 112"
                            << "--resize takes HEIGHTxWIDTH in pixels, such as 112x112; it was given “112”.";
    QTest::addRow("crop")
        << "--crop 0,0,0,5"
        << "--crop takes x,y,width,height in pixels, with x and y from 0 and sizes of at least 1; it "
           "was given “0,0,0,5”.";
    QTest::addRow("size")
        << "--size 10x10"
        << "--size takes WIDTHxHEIGHT in pixels, from 640x480 to 7680x4320; it was given “10x10”.";
    QTest::addRow("bias") << "--bias nan"
                          << "--bias takes numbers with commas between them; it was given “nan”.";
    QTest::addRow("theme")
        << "--theme grey"
        << "--theme takes dark, light, presenter-dark or presenter-light; it was given “grey”.";
    QTest::addRow("lab key") << "--lab dot,speed"
                             << "--lab takes NAME,key=value,…; “speed” is no key with a value.";
    QTest::addRow("two clips") << "a.mp4 b.mp4"
                               << "Only one clip can be opened; there are “a.mp4” and “b.mp4”.";
    QTest::addRow("clip and lab") << "a.mp4 --lab dot"
                                  << "A clip file, --lab and --webcam exclude each other: give one.";
    QTest::addRow("two tasks")
        << "--batch --screenshot a.png"
        << "--screenshot, --contact-sheet, --batch, --export-view, --export-animation, "
           "--export-lesson and the five --benchmark options exclude each other.";
    QTest::addRow("two starts") << "--state a.json --scene fig-2"
                                << "--state and --scene exclude each other: give one.";
    QTest::addRow("unknown clip change")
        << "--clip-change revers"
        << "There is no clip change “revers”; the nearest are reverse and repeat.";
    QTest::addRow("set for nothing")
        << "--batch --lab-set s.json"
        << "--lab-set names clips to test a network on or to write: give --model or "
           "--export-lab-set.";
    QTest::addRow("set without batch") << "--lab-set s.json --export-lab-set out"
                                       << "--lab-set needs --batch.";
    QTest::addRow("shifts of nothing")
        << "--model m.onnx --lab dot --export-shifts s.csv"
        << "--export-shifts shifts a clip under a network: give --batch, --model and a "
           "clip too.";
    QTest::addRow("two weights") << "--weights a.npy --preset sobel-x"
                                 << "--weights and --preset exclude each other: give one.";
    QTest::addRow("export in a window") << "--export-maps m.npy"
                                        << "--export-maps needs --batch.";
    QTest::addRow("field of a file in a window")
        << "--field m.onnx"
        << "--field takes an ONNX file with --batch only: --model opens it in the window.";
    QTest::addRow("effective in a window")
        << "--field c3d --effective"
        << "--effective needs --batch: in the window the key E measures it.";
    QTest::addRow("field beside a scene") << "--field c3d --scene fig-4"
                                          << "--field opens a network: give no --state or --scene beside it.";
    QTest::addRow("field file alone") << "--batch --export-field f.csv"
                                      << "--export-field belongs to a network: give --field too.";
    QTest::addRow("class of nothing")
        << "--batch --model m.onnx --input-tensor x.npy --class 2"
        << "--class says whose score --export-gradient or --explain looks at: give one of "
           "them too.";
    QTest::addRow("explanation of nothing") << "--explain saliency"
                                            << "--explain looks into a network: give --model too.";
    QTest::addRow("explanation nowhere")
        << "c.mp4 --batch --model m.onnx --explain stimulus"
        << "--explain with --batch writes a file: give --export-explanation too.";
    QTest::addRow("explanation in a window") << "--model m.onnx --explain stimulus --export-explanation x.npy"
                                             << "--export-explanation needs --batch.";
    QTest::addRow("effective without a network") << "--batch --effective"
                                                 << "--effective measures in a network: give --field too.";
    QTest::addRow("runs of nothing")
        << "--batch --field c3d --runs 3"
        << "--runs belongs to an effective field: give --field and --effective too.";
    QTest::addRow("weights of a file")
        << "--batch --field m.onnx --effective --weights uniform"
        << "An ONNX file holds weights of its own: give no --weights beside --effective.";
    QTest::addRow("unknown weights")
        << "--batch --field c3d --effective --weights w.npy"
        << "With --effective --weights takes uniform or random; it was given “w.npy”.";
    QTest::addRow("uncut at a unit")
        << "--batch --field c3d --effective --borders ideal --unit 1,1,1"
        << "--borders ideal measures the middle unit of a known network on a clip of "
           "noise as large as its field: give no --unit and no clip beside it.";
    QTest::addRow("all and one")
        << "--batch --field c3d --effective --layer all --export-effective e.npy"
        << "--layer all measures the middle unit of every layer: give no --unit and no "
           "--export-effective.";
    QTest::addRow("unknown ending")
        << "--batch --field c3d --effective --export-effective e.txt"
        << "--export-effective writes FILE.npy or FILE.json; it was given “e.txt”.";
    QTest::addRow("field and maps") << "--batch --field c3d --export-maps m.npy"
                                    << "--field works out a network alone: give no --readout-table, "
                                       "--export-maps or --export-input beside it.";
    QTest::addRow("tensor in a window") << "--model m.onnx --input-tensor x.npy"
                                        << "--input-tensor needs --batch.";
    QTest::addRow("tensor and clip") << "a.mp4 --batch --model m.onnx --input-tensor x.npy"
                                     << "--input-tensor is fed as it is: give no clip, --frames or "
                                        "--preprocess beside it.";
    QTest::addRow("model and size") << "a.mp4 --model m.onnx --resize 8x8"
                                    << "--model takes size and channels from its preprocessing: give no "
                                       "--crop, --resize, --grey or --rgb beside it.";
    QTest::addRow("preprocessing of nothing") << "a.mp4 --preprocess r3d"
                                              << "--preprocess says what a network is fed: give --model too.";
    QTest::addRow("labels of nothing") << "a.mp4 --batch --model m.onnx --labels l.txt"
                                       << "--labels names the classes of --export-scores: give that too.";
    QTest::addRow("model and scene") << "--model m.onnx --scene fig-4"
                                     << "--model opens a network: give no --state or --scene beside it.";
    QTest::addRow("model without input") << "--batch --model m.onnx"
                                         << "--batch --model needs what the network is fed: give a clip, or "
                                            "--input-tensor.";
    QTest::addRow("input without model") << "--batch --input-tensor x.npy"
                                         << "--input-tensor is fed to a network: give --model too.";
    QTest::addRow("activations without model")
        << "--batch --export-activations layers"
        << "--export-activations belongs to a network: give --model too.";
    QTest::addRow("scores without model") << "--batch --export-scores s.json"
                                          << "--export-scores belongs to a network: give --model too.";
    QTest::addRow("model and maps") << "--batch --model m.onnx --input-tensor x.npy --export-maps m.npy"
                                    << "--model runs a network alone: give no --field, --readout-table, "
                                       "--export-maps or --export-input beside it.";
    QTest::addRow("tuning in a window") << "--tuning"
                                        << "--tuning needs --batch.";
    QTest::addRow("tuning file alone") << "--batch --export-tuning t.csv"
                                       << "--export-tuning belongs to a measurement: give --tuning too.";
    QTest::addRow("tuning and maps") << "--batch --tuning --export-maps m.npy"
                                     << "--tuning measures kernels alone: give no --field, --readout-table, "
                                        "--input-tensor or other --export beside it.";
    QTest::addRow("number of no scores")
        << "--batch --model m.onnx --input-tensor x.npy --top 3"
        << "--top says how much --export-scores holds: give --export-scores too.";
    QTest::addRow("two colours") << "--grey --rgb"
                                 << "--grey and --rgb exclude each other: give one.";
    QTest::addRow("field and a kernel")
        << "--batch --field c3d --kernel 1,1,1"
        << "--field works out a network of its own: give no --kernel, --stride, "
           "--dilation, --padding, --filters, --preset or --weights beside it.";
    QTest::addRow("seed of a file") << "a.mp4 --seed 3"
                                    << "--seed belongs to a motion-lab clip: give --lab too.";
    QTest::addRow("empty name") << "--batch --export-maps="
                                << "--export-maps needs the name of a file, not an empty one.";
  }
  void wrongUsageIsOneSentence() {
    QFETCH(QString, line);
    QFETCH(QString, wanted);
    const auto options = parsed(line);
    QVERIFY(!options);
    QCOMPARE(sentence(options.error()), wanted);
    QCOMPARE(exitCodeOf(options.error()), 2);
  }

  void examplesOfHelpAndReadmeAreUnderstood() {
    QFile readme(QFINDTESTDATA("../README.md"));
    QVERIFY(readme.open(QIODevice::ReadOnly));
    QString texts = QString::fromUtf8(readme.readAll()) + QString::fromStdString(helpText());
    texts.replace(QStringLiteral("\\\n"), QStringLiteral(" "));
    int examples = 0;
    for (const QString& line : texts.split('\n')) {
      if (!line.trimmed().startsWith("convscope ")) continue;
      const auto options = parsed(line.trimmed().section(' ', 1));
      QVERIFY2(options, qPrintable(line));
      ++examples;
    }
    QVERIFY2(examples >= 8, qPrintable(QString::number(examples)));
  }

  void whoAsksForHelpIsNotToldOff() {
    for (const char* line : {"--help", "-h", "a.mp4 --lab dot --help", "--batch --screenshot=a.png --help"}) {
      const auto options = parsed(line);
      if (QString(line).contains("--screenshot")) continue;  // told off before help is reached
      QVERIFY_RESULT(options);
      QCOMPARE(options->task, Task::Help);
    }
    QCOMPARE(parsed("--version").value().task, Task::Version);
    QCOMPARE(parsed("--list-presets").value().task, Task::ListPresets);
  }

  void filesMayBeginWithADash() {
    const auto options = parsed("--grey -- --odd.mp4");
    QVERIFY_RESULT(options);
    QCOMPARE(options->clip.value(), std::string("--odd.mp4"));
  }

  void numbersDoNotFollowTheSystemsLanguage() {
    QCOMPARE(realNumber("0.5").value(), 0.5);
    QVERIFY(!realNumber("0,5"));
    QVERIFY(!realNumber("1e999"));
    QVERIFY(!realNumber(" 1"));
    QVERIFY(!realNumber(""));
    QCOMPARE(wholeNumber("+3").value(), 3);
  }

  void nothingGivenIsTheFirstStart() {
    const auto state = stateFrom("");
    QVERIFY_RESULT(state);
    QVERIFY(*state == initialState());
  }

  void namedClipStartsFromItsOwnFramesAndSize() {
    for (const char* line : {"still.jpg --kernel 1,3,3", "--lab dot", "--webcam 0"}) {
      const auto state = stateFrom(line);
      QVERIFY_RESULT(state);
      QCOMPARE(state->kernel().clip.range, FrameRange{});
      QVERIFY(state->kernel().clip.prepare == PrepareSpec{});
    }
    const auto chosen = stateFrom("clip.mp4 --frames 5:8");
    QVERIFY_RESULT(chosen);
    QCOMPARE(chosen->kernel().clip.range, (FrameRange{4, 8, 1}));
  }

  void aNewKernelKeepsOneFilterOfItsExtent() {
    const auto state = stateFrom("--kernel 2,3,4 --grey --filters 5 --bias 0.25");
    QVERIFY_RESULT(state);
    const KernelStudy& study = state->kernel();
    QCOMPARE(study.conv.kernel, (Triple{2, 3, 4}));
    QCOMPARE(study.bank.size(), std::size_t{5});
    for (const Filter& filter : study.bank) {
      QCOMPARE(filter.weights.size(), std::size_t{2 * 3 * 4});
      QCOMPARE(filter.bias, 0.25F);
    }
  }

  void everyFilterOfTheListComesFromItsPreset() {
    const auto state = stateFrom("--preset sobel-x,sobel-y --grey");
    QVERIFY_RESULT(state);
    const KernelStudy& study = state->kernel();
    QCOMPARE(study.bank.size(), std::size_t{2});
    QCOMPARE(study.bank[0].preset, std::string("sobel-x"));
    QCOMPARE(study.bank[1].preset, std::string("sobel-y"));
    QCOMPARE(study.conv.kernel, findKernelPreset("sobel-x")->kernel);
    QVERIFY(study.bank[0].weights == presetFilter("sobel-x", study.conv.kernel, 1)->weights);
  }

  void aPresetIsCentredInALargerKernel() {
    const auto state = stateFrom("--preset sobel-x --kernel 3,5,5 --grey");
    QVERIFY_RESULT(state);
    const KernelStudy& study = state->kernel();
    const auto plain = presetFilter("sobel-x", {1, 3, 3}, 1);
    QVERIFY_RESULT(plain);
    QCOMPARE(study.bank[0].weights.size(), std::size_t{3 * 5 * 5});
    for (int y = 0; y < 3; ++y) {
      for (int x = 0; x < 3; ++x) {
        QCOMPARE(study.bank[0].weights[weightIndex({3, 5, 5}, 0, 1, y + 1, x + 1)],
                 plain->weights[weightIndex({1, 3, 3}, 0, 0, y, x)]);
      }
    }
  }

  void settingsThatCannotBeUsedAreExplained_data() {
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("part");
    QTest::addColumn<int>("exitCode");
    QTest::addRow("preset") << "--preset sobbel-x"
                            << "sobel-x" << 2;
    QTest::addRow("preset too large") << "--preset sobel-x --kernel 1,3,1"
                                      << "larger than the kernel" << 2;
    QTest::addRow("lab clip") << "--lab dott"
                              << "dot" << 2;
    QTest::addRow("lab key") << "--lab dot,colour=3"
                             << "has no setting “colour”" << 2;
    QTest::addRow("lab value") << "--lab dot,speed=fast"
                               << "cannot be “fast”" << 2;
    QTest::addRow("scene") << "--scene fig-99"
                           << "fig-4" << 2;
    QTest::addRow("bias count") << "--filters 3 --bias 1,2"
                                << "2 values for 3 filters" << 2;
    QTest::addRow("state") << "--state /nowhere/s.json"
                           << "/nowhere/s.json" << 1;
    QTest::addRow("weights") << "--weights /nowhere/w.npy"
                             << "w.npy" << 1;
    QTest::addRow("voxel") << "--lab dot,height=20,width=20 --kernel 3,3,3 --voxel 1,19,1"
                           << "The voxel 1,19,1 of --voxel lies outside the maps." << 1;
  }
  void settingsThatCannotBeUsedAreExplained() {
    QFETCH(QString, line);
    QFETCH(QString, part);
    QFETCH(int, exitCode);
    const auto state = stateFrom(line);
    QVERIFY(!state);
    QVERIFY2(sentence(state.error()).contains(part), state.error().message.c_str());
    QVERIFY2(sentence(state.error()).endsWith('.') || sentence(state.error()).endsWith('?'),
             state.error().message.c_str());
    QCOMPARE(exitCodeOf(state.error()), exitCode);
  }

  void labSettingsReachTheClip() {
    const auto state = stateFrom("--lab dot,direction=90,speed=1.5,height=40,width=30 --seed 9");
    QVERIFY_RESULT(state);
    const auto* lab = std::get_if<LabSpec>(&state->kernel().clip.source);
    QVERIFY(lab != nullptr);
    QCOMPARE(lab->name, std::string("dot"));
    QCOMPARE(lab->direction, 90.0);
    QCOMPARE(lab->speed, 1.5);
    QCOMPARE(lab->height, 40);
    QCOMPARE(lab->width, 30);
    QCOMPARE(lab->seed, 9U);
    QVERIFY(!state->kernel().clip.prepare.resize);
  }

  void weightsAreTakenInTheOrderOfFrameworks() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("w.npy").toStdString();
    std::vector<float> values(2 * 3 * 2 * 3 * 4);
    std::iota(values.begin(), values.end(), -7.0F);
    QVERIFY_RESULT(writeNpy(path, {2, 3, 2, 3, 4}, values));
    const auto state = stateFrom("--weights " + QString::fromStdString(path));
    QVERIFY_RESULT(state);
    const KernelStudy& study = state->kernel();
    QCOMPARE(study.conv.kernel, (Triple{2, 3, 4}));
    QCOMPARE(study.bank.size(), std::size_t{2});
    QCOMPARE(study.bank[1].weights[weightIndex({2, 3, 4}, 2, 1, 0, 3)],
             values[((((1 * 3 + 2) * 2 + 1) * 3) + 0) * 4 + 3]);
    QCOMPARE(channelsOf(study.clip), 3);
  }

  void weightsDecideTheColourAndContradictionsAreExplained() {
    QTemporaryDir folder;
    const QString path = folder.filePath("w.npy");
    const std::vector<float> values(2 * 1 * 2 * 3 * 4, 0.5F);
    QVERIFY_RESULT(writeNpy(path.toStdString(), {2, 1, 2, 3, 4}, values));
    const auto grey = stateFrom("--weights " + path);
    QVERIFY_RESULT(grey);
    QCOMPARE(channelsOf(grey->kernel().clip), 1);
    QCOMPARE(sentence(stateFrom("--rgb --weights " + path).error()),
             path + " holds weights for 1 × 1 channels (channels × groups), but the clip has 3.");
    QCOMPARE(sentence(stateFrom("--kernel 2,3,3 --weights " + path).error()),
             path + " holds kernels of 2 × 3 × 4, but --kernel says 2 × 3 × 3.");
    QCOMPARE(sentence(stateFrom("--filters 3 --weights " + path).error()),
             path + " holds 2 filters, but --filters says 3.");
  }

  void weightsOfAnotherShapeAreRefused() {
    QTemporaryDir folder;
    const QString path = folder.filePath("w.npy");
    QVERIFY_RESULT(writeNpy(path.toStdString(), {2, 3}, std::vector<float>(6)));
    QCOMPARE(sentence(stateFrom("--weights " + path).error()),
             path + " has 2 axes; weights have five: filters, channels, l, h, w.");
    QVERIFY_RESULT(writeNpy(path.toStdString(), {1, 1, 65, 1, 1}, std::vector<float>(65)));
    QCOMPARE(sentence(stateFrom("--weights " + path).error()),
             path + " has kernels of 65 frames; from 1 to 64 can be used.");
    QVERIFY_RESULT(writeNpy(path.toStdString(), {1, 1, 1, 1, 1}, std::vector<float>{std::nanf("")}));
    QCOMPARE(sentence(stateFrom("--weights " + path).error()),
             path + " holds weights that are not finite numbers.");
  }

  void optionsStandOnTopOfAState() {
    QTemporaryDir folder;
    const QString path = folder.filePath("s.json");
    AppState saved = initialState();
    saved.look.theme = Theme::Light;
    saved.kernel().clip.range = {5, 9, 1};
    QVERIFY_RESULT(writeState(saved, path.toStdString()));
    const auto state = stateFrom("--state " + path + " --kernel 2,2,2 --presenter");
    QVERIFY_RESULT(state);
    QCOMPARE(state->look.theme, Theme::Light);
    QCOMPARE(state->kernel().clip.range, (FrameRange{5, 9, 1}));
    QCOMPARE(state->kernel().conv.kernel, (Triple{2, 2, 2}));
    QVERIFY(state->look.presenter);
  }

  void noDisplayIsOneSentenceThatNamesWhatWorks() {
    DisplayProbe blind{[](const char*) { return std::nullopt; }, [](const std::string&) { return false; },
                       [](const std::string&) { return false; }};
    Options window;
    const auto problem = displayProblem(window, blind);
    QVERIFY(problem);
    QVERIFY(problem->find("--screenshot") != std::string::npos);
    QVERIFY(problem->find("--batch") != std::string::npos);
    QCOMPARE(std::ranges::count(*problem, '\n'), 0);
    Options batch;
    batch.task = Task::Batch;
    QVERIFY(!displayProblem(batch, blind));
    Options picture;
    picture.task = Task::Screenshot;
    QVERIFY(!wantsVirtualDisplay(picture, blind));
    QVERIFY(displayProblem(picture, blind)->find("xvfb") != std::string::npos);
    blind.installed = [](const std::string&) { return true; };
    QVERIFY(wantsVirtualDisplay(picture, blind));
    QVERIFY(!wantsVirtualDisplay(window, blind));
  }

  void aDisplayThatDoesNotAnswerIsNoDisplay() {
    DisplayProbe probe{
        [](const char* name) -> std::optional<std::string> {
          return std::string(name) == "DISPLAY" ? std::optional<std::string>(":7") : std::nullopt;
        },
        [](const std::string& display) { return display != ":7"; }, [](const std::string&) { return true; }};
    QVERIFY(displayProblem({}, probe)->starts_with("The display “:7” (DISPLAY) does not answer"));
    probe.canConnect = [](const std::string&) { return true; };
    QVERIFY(!displayProblem({}, probe));
    probe.environment = [](const char* name) -> std::optional<std::string> {
      return std::string(name) == "QT_QPA_PLATFORM" ? "offscreen" : ":7";
    };
    QVERIFY(displayProblem({}, probe)->starts_with("Qt's platform “offscreen”"));
  }

  void theSystemIsAskedForItsDisplay() {
    const DisplayProbe probe = systemProbe();
    QVERIFY(!probe.canConnect(":64999"));
    QVERIFY(!probe.canConnect(":nonsense"));
    QVERIFY(probe.installed("sh"));
    QVERIFY(!probe.installed("no-such-program-anywhere"));
  }

  void fieldOpensANetworkAtItsUnit() {
    const auto state =
        stateFrom("--lab dot --field r3d-18 --layer layer2.0.conv1 --unit 2,3,4 --theme light");
    QVERIFY2(state, state ? "" : state.error().message.c_str());
    QVERIFY(state->workspace == Workspace::Field);
    const FieldSettings& field = state->field;
    QCOMPARE(field.stack.layers[static_cast<std::size_t>(field.layer)].name, std::string("layer2.0.conv1"));
    QCOMPARE(field.unit, (Triple{1, 2, 3}));
    QCOMPARE(std::get<LabSpec>(state->kernel().clip.source).name, std::string("dot"));
    const auto middle = stateFrom("--field figure-9");
    const Triple unit = middle->field.unit;  // of the second layer, two of four frames left
    QCOMPARE(middle->field.layer, 1);
    QCOMPARE(unit.t, 1);
    for (const auto& [line, why] : {std::pair{"--field c3", "There is no network"},
                                    {"--field figure-9 --layer conv9", "There is no layer “conv9”"},
                                    {"--field figure-9 --unit 4,1,1",
                                     "The unit 4,1,1 of --unit lies outside layer 2, whose maps are"}}) {
      const auto refused = stateFrom(line);
      QVERIFY(!refused);
      QVERIFY2(sentence(refused.error()).contains(why), qPrintable(sentence(refused.error())));
    }
  }
};

QTEST_GUILESS_MAIN(TestCommandLine)
#include "tst_command_line.moc"
