#include "widgets/compare/compare_words.h"

#include "engine/network/mean_scores.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/clip_words.h"
#include "widgets/panels/scores_facts.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace convscope {

namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("Compare", text);
}

// CompareRow::minor of the rows that may go.
constexpr int kWeightsMinor = 1;  // the multiply-adds say it too
constexpr int kSaysMinor = 2;
constexpr int kTuningMinor = 3;  // the plots show it
constexpr int kSecondsMinor = 4;
constexpr int kAspectMinor = 5;
constexpr int kBendsMinor = 6;
constexpr int kClipMinor = 7;

QString timesText(double ratio) {
  return ratio >= 9.95 ? QString::number(std::lround(ratio)) : QString::number(ratio, 'f', 1);
}

QString countWord(int count) {
  static const QStringList kWords{tr("no"),   tr("one"), tr("two"),   tr("three"), tr("four"),
                                  tr("five"), tr("six"), tr("seven"), tr("eight"), tr("nine")};
  return count >= 0 && count < kWords.size() ? kWords[count] : QString::number(count);
}

/// Largest amplitude over all directions at a speed.
double strongestAt(const Tuning& tuning, double speed) {
  const int row = tuning.speedAt(speed);
  double most = 0;
  for (int direction = 0; row >= 0 && direction < tuning.spec.directions; ++direction)
    most = std::max(most, tuning.amplitude(row, direction));
  return most;
}

/// Whether every speed gives the same answers, to a hundredth of the largest.
bool sameAtEverySpeed(const Tuning& tuning) {
  const double most = tuning.largest();
  for (int speed = 1; speed < static_cast<int>(tuning.spec.speeds.size()); ++speed) {
    for (int direction = 0; direction < tuning.spec.directions; ++direction) {
      if (std::abs(tuning.amplitude(speed, direction) - tuning.amplitude(0, direction)) > .01 * most)
        return false;
    }
  }
  return true;
}

/// Of what the gratings were shown to.
int framesOf(const CompareColumn& column) {
  if (column.tuned) return column.tuned->frames;
  return column.result ? column.result->field[0].size : 0;
}

/// Gratings were shown to a filter of one frame, but the network has kernels over time behind it, as in
/// (2+1)D: of directions the measurement says nothing.
bool seesTimeLater(const CompareColumn& column) {
  const auto result = column.own();
  if (!column.tuned || column.tuned->frames > 1 || !result || !result->network) return false;
  return std::ranges::any_of(result->network->layers.table.rows,
                             [](const LayerRow& row) { return row.layer.kernel.t > 1; });
}

CompareSentence tuningSentence(const CompareColumn& column, const QString& letter) {
  const Tuning& tuning = *column.tuning;
  if (tuning.largest() < 1e-6)
    return {tr("%1 is silent.").arg(letter), tr("It answers none of these gratings.")};
  double degrees = 0;
  const double ratio = directionRatio(tuning, 1, &degrees);
  const QString along = directionWord(degrees), against = directionWord(degrees + 180);
  if (std::isinf(ratio))
    return {
        tr("%1 answers one direction alone.").arg(letter),
        tr("It answers a grating that drifts %1, and one that drifts %2 not at all.").arg(along, against)};
  if (ratio >= kPrefers)
    return {tr("%1 prefers one direction.").arg(letter),
            tr("It answers a grating that drifts %1 %2 times as strongly as one that drifts %3.")
                .arg(along, timesText(ratio), against)};
  if (seesTimeLater(column))
    return {tr("%1 sees one frame.").arg(letter),
            tr("Direction is for the kernels over time that come after it; it alone knows none.")};
  if (sameAtEverySpeed(tuning)) {
    return {tr("%1 knows no direction.").arg(letter),
            framesOf(column) == 1
                ? tr("One frame holds none: its plot is the same at every speed.")
                : tr("Its plot is the same at every speed, though it sees %1 frames.").arg(framesOf(column))};
  }
  const double still = strongestAt(tuning, 0);
  const double moving = strongestAt(tuning, 1);
  if (still >= kPrefers * moving)
    return {
        tr("%1 prefers what stands still.").arg(letter),
        moving > kSilent * still
            ? tr("It answers a still grating %1 times as strongly as one at 1 pixel a frame, whatever its "
                 "direction.")
                  .arg(timesText(still / moving))
            : tr("One that drifts at 1 pixel a frame it does not answer at all.")};
  if (moving >= kPrefers * still)
    return {
        tr("%1 prefers what moves.").arg(letter),
        still > kSilent * moving
            ? tr("It answers a grating at 1 pixel a frame %1 times as strongly as a still one, but right and "
                 "left alike.")
                  .arg(timesText(moving / still))
            : tr("A still grating it does not answer at all; right and left it cannot tell apart.")};
  return {tr("%1 hardly cares.").arg(letter),
          tr("Opposite directions differ by %1 : 1, still and moving by %2 : 1.")
              .arg(timesText(ratio), timesText(std::max(still, moving) / std::min(still, moving)))};
}

QString percent(double share) {
  return QStringLiteral("%1 %").arg(std::lround(100 * share));
}

/// Numbers of the first two columns against each other.
QString besideText(double a, double b) {
  if (!(a > 0) || !(b > 0)) return {};
  const auto number = [](double value) {
    return std::abs(value - std::round(value)) < .005 ? QString::number(std::lround(value))
                                                      : QString::number(value, 'f', value < 10 ? 2 : 0);
  };
  if (a == b) return {};
  return a > b ? tr("%1 : 1").arg(number(a / b)) : tr("1 : %1").arg(number(b / a));
}

/// A row of which each computed column gives a number and its text.
template <class Number, class Text>
CompareRow numberRow(const CompareView& view, const QString& name, Number number, Text text,
                     bool withRatio = true) {
  CompareRow row{name, {}, {}};
  std::vector<double> numbers;
  for (const CompareColumn& column : view.columns) {
    const auto result = column.own();
    if (!result) {
      row.cells << QStringLiteral("–");
      numbers.push_back(0);
      continue;
    }
    numbers.push_back(number(*result));
    row.cells << text(*result);
  }
  if (withRatio && numbers.size() > 1) row.beside = besideText(numbers[0], numbers[1]);
  return row;
}

double secondsOf(const ColumnResult& result) {
  const double rate = result.clip->framesPerSecond;
  return fieldSeconds(result.field[0].size, 1, rate);
}

/// Field in frames over its mean extent in space.
QString aspectText(const ColumnResult& result) {
  const Triple field = result.ownField();
  const double ratio = (field.y + field.x) / 2.0 / field.t;
  return ratio < 1 ? tr("%1 : 1").arg(1 / ratio, 0, 'g', 3) : tr("1 : %1").arg(ratio, 0, 'g', 3);
}

CompareRow tuningRow(const CompareView& view) {
  CompareRow row{tr("right : left at 1 px/frame"), {}, {}};
  for (const CompareColumn& column : view.columns)
    row.cells << (column.tuning && seesTimeLater(column) ? QStringLiteral("–")
                  : column.tuning                        ? ratioText(column.tuning->rightOverLeft(1))
                  : column.tuningProblem.isEmpty()       ? QStringLiteral("…")
                                                         : QStringLiteral("–"));
  return row;
}

/// A row of what the readouts of kernels say.
template <class Text>
CompareRow readoutRow(const CompareView& view, const QString& name, Text text) {
  CompareRow row{name, {}, {}, true};
  for (const CompareColumn& column : view.columns) {
    const bool waits = column.readoutProblem.isEmpty() && std::holds_alternative<KernelStudy>(column.spec) &&
                       column.problem.isEmpty();
    row.cells << (column.readout ? text(*column.readout) : waits ? QStringLiteral("…") : QStringLiteral("–"));
  }
  return row;
}

/// Its readout or network was taught nothing like this clip.
bool guesses(const CompareColumn& column) {
  const auto result = column.own();
  const bool network = result && result->network && result->network->unlike();
  return network || (column.readout && column.readout->unlike());
}

/// "A", "A and B", "A, B and C".
QString listed(const QStringList& letters) {
  if (letters.size() < 2) return letters.join(QString());
  return tr("%1 and %2").arg(letters.mid(0, letters.size() - 1).join(tr(", ")), letters.back());
}

/// Letters of the columns that guess.
QStringList guessingColumns(const CompareView& view) {
  QStringList letters;
  for (int i = 0; i < view.count(); ++i) {
    if (guesses(view.column(i))) letters << columnLetter(i);
  }
  return letters;
}

QString saysText(const ReadoutResult& readout) {
  if (readout.scores.empty()) return tr("no motion to name");
  const auto best = std::ranges::max_element(readout.scores);
  const QString name = className(static_cast<int>(best - readout.scores.begin()));
  // a guess has no right to a percentage
  return readout.unlike() ? tr("a guess: %1").arg(name) : QStringLiteral("%1 %2").arg(name, percent(*best));
}

QString confusedText(const ReadoutResult& readout) {
  const auto groups = confusedGroups(readout.readout->test);
  if (groups.empty()) return tr("none of the seven");
  QStringList texts;
  for (const auto& group : groups) {
    QStringList names;
    for (const MotionClass label : group) names << className(static_cast<int>(label));
    texts << names.join(QStringLiteral(", "));
  }
  return texts.join(QStringLiteral("; "));
}

/// On what networks were trained, those of the same set in one sentence.
QStringList trainingNotes(const CompareView& view) {
  QStringList notes;
  std::vector<std::pair<QString, QStringList>> sets;  // words, letters of the columns
  for (int i = 0; i < view.count(); ++i) {
    const auto result = view.column(i).own();
    if (!result || !result->network || !result->network->preprocess.trained) continue;
    const TrainingNote& trained = *result->network->preprocess.trained;
    const QString words = tr("%1 %2").arg(trained.clips).arg(QString::fromStdString(trained.on));
    const auto known = std::ranges::find(sets, words, &std::pair<QString, QStringList>::first);
    if (known == sets.end())
      sets.push_back({words, {columnLetter(i)}});
    else
      known->second << columnLetter(i);
  }
  for (const auto& [words, letters] : sets) {
    notes << tr("%1 %2 trained on %3 and nothing else.")
                 .arg(listed(letters), letters.size() > 1 ? tr("were") : tr("was"), words);
  }
  return notes;
}

/// Networks say what they were trained to; what held-out clips say of them stands beside the model.
void takeNetworks(const CompareView& view, CompareRow& accuracy, CompareRow& says) {
  for (int i = 0; i < view.count(); ++i) {
    const auto result = view.column(i).own();
    if (!result || !result->network) continue;
    accuracy.name = tr("held-out accuracy");
    says.name = tr("says of this clip");
    accuracy.beside.clear();  // each of its own classes
    const NetworkResult& network = *result->network;
    if (const auto& trained = network.preprocess.trained)
      accuracy.cells[i] = QString::number(trained->accuracy, 'f', 2);
    const auto classes = likeliestClasses(network.scores);
    if (classes.empty()) continue;
    const QString name = QString::fromStdString(network.labelOf(classes.front().index));
    says.cells[i] = network.unlike()
                        ? tr("a guess: %1").arg(name)
                        : QStringLiteral("%1 %2").arg(name, percent(classes.front().probability));
  }
}

}  // namespace

QString ratioText(double ratio) {
  if (std::isinf(ratio)) return QStringLiteral("∞ : 1");
  if (ratio == 0) return QStringLiteral("0 : 1");
  if (ratio < .995) return tr("1 : %1").arg(1 / ratio, 0, 'f', 1);
  return tr("%1 : 1").arg(ratio, 0, 'f', 1);
}

QString directionWord(double degrees) {
  static const QStringList kWords{tr("right"), tr("down and right"), tr("down"), tr("down and left"),
                                  tr("left"),  tr("up and left"),    tr("up"),   tr("up and right")};
  const auto sector = static_cast<int>(std::lround(degrees / 45)) % 8;
  return kWords[(sector + 8) % 8];
}

std::vector<CompareSentence> tuningSentences(const CompareView& view) {
  std::vector<CompareSentence> sentences;
  for (int i = 0; i < view.count(); ++i) {
    const CompareColumn& column = view.column(i);
    if (column.tuning)
      sentences.push_back(tuningSentence(column, tunedName(column, i)));
    else if (!column.tuningProblem.isEmpty())
      sentences.push_back({tr("%1 is not measured.").arg(columnLetter(i)), column.tuningProblem});
  }
  return sentences;
}

std::vector<CompareSentence> tempoSentences(const CompareView& view) {
  std::vector<CompareSentence> sentences;
  for (int i = 0; i < view.count(); ++i) {
    const CompareColumn& column = view.column(i);
    const auto slow = column.strengthLeft(.5), fast = column.strengthLeft(2);
    if (!slow && !fast) continue;
    QStringList parts;
    if (slow) parts << tr("%1 at half the speed").arg(percent(*slow));
    if (fast) parts << tr("%1 at twice the speed").arg(percent(*fast));
    constexpr double kLeft = .8;
    const double s = slow.value_or(1), f = fast.value_or(1);
    const QString lead = s >= kLeft && f >= kLeft ? tr("%1 survives.")
                         : s >= kLeft             ? tr("%1 wants it slow.")
                         : f >= kLeft && f > 1.1  ? tr("%1 lives on speed.")
                         : f >= kLeft             ? tr("%1 needs the speed.")
                                                  : tr("%1 fades.");
    sentences.push_back(
        {lead.arg(columnLetter(i)),
         tr("Its response is %1 of that to the clip as it is.").arg(parts.join(tr(" and ")))});
  }
  return sentences;
}

QString tunedName(const CompareColumn& column, int index) {
  if (!column.tuned) return columnLetter(index);
  return tr("%1’s filter %2").arg(columnLetter(index)).arg(column.tuned->filter + 1);
}

SeesText seesText(const CompareView& view, int i) {
  const CompareColumn& column = view.column(i);
  if (!column.result) return {};
  const int frames = column.result->field[0].size;
  SeesText text;
  text.frames = frames == 1 ? tr("sees one frame") : tr("sees %1 frames").arg(countWord(frames));
  if (column.result->network) {
    const NetworkResult& network = *column.result->network;
    const int group = network.groupOf(column.result->row);
    text.motion =
        tr("in %1").arg(QString::fromStdString(network.groups[static_cast<std::size_t>(group)].name));
    return text;
  }
  if (!column.tuning) return text;
  const Tuning& tuning = *column.tuning;
  const double still = strongestAt(tuning, 0), moving = strongestAt(tuning, 1);
  if (directionRatio(tuning, 1) >= kPrefers)
    text.motion = tr("so it sees motion");
  else if (frames == 1 && sameAtEverySpeed(tuning))
    text.motion = tr("and no motion");
  else if (moving >= kPrefers * still)
    text.motion = tr("sees change, no direction");
  else if (still >= kPrefers * moving)
    text.motion = tr("blurs what moves");
  else
    text.motion = tr("but no direction");
  return text;
}

std::vector<CompareRow> compareRows(const CompareView& view) {
  const auto count = [](std::int64_t number) { return countText(static_cast<double>(number)); };
  std::vector<CompareRow> rows;
  rows.push_back(numberRow(
      view, tr("weights"), [](const ColumnResult& r) { return static_cast<double>(r.weights); },
      [&](const ColumnResult& r) { return count(r.weights); }));
  rows.back().minor = kWeightsMinor;
  rows.push_back(numberRow(
      view, tr("multiply-adds on this clip"),
      [](const ColumnResult& r) { return static_cast<double>(r.multiplyAdds); },
      [&](const ColumnResult& r) { return count(r.multiplyAdds); }));
  rows.push_back(numberRow(
      view, tr("non-linearities"), [](const ColumnResult& r) { return r.bends; },
      [](const ColumnResult& r) { return QString::number(r.bends); }, false));
  rows.back().minor = kBendsMinor;
  rows.push_back(numberRow(
      view, tr("field, frames × px"), [](const ColumnResult&) { return 0; },
      [](const ColumnResult& r) { return QString::fromStdString(toText(r.ownField())); }, false));
  rows.push_back(numberRow(
      view, tr("frames : pixels of the field"), [](const ColumnResult&) { return 0; }, aspectText, false));
  rows.back().minor = kAspectMinor;
  const bool timed = view.count() > 0 && view.column(0).result && secondsOf(*view.column(0).result) > 0;
  if (timed) {
    const double rate = view.column(0).result->clip->framesPerSecond;
    rows.push_back(numberRow(view, tr("field in time at %1 fps").arg(rate, 0, 'g', 4), secondsOf,
                             [](const ColumnResult& r) { return tr("%1 s").arg(secondsOf(r), 0, 'f', 3); }));
    rows.back().minor = kSecondsMinor;
  }
  if (view.state.compare.tempo != 1 || view.state.compare.zoom != 1) {
    CompareRow left{tr("response, of that to the clip as it is"), {}, {}, true};
    for (const CompareColumn& column : view.columns) {
      const auto share = column.strengthLeft(view.state.compare.tempo);
      left.cells << (share ? percent(*share) : QStringLiteral("…"));
    }
    rows.push_back(left);
  }
  rows.push_back(numberRow(
      view, tr("looks at, frames × px"), [](const ColumnResult&) { return 0; },
      [](const ColumnResult& r) {
        const Clip& clip = r.network ? *r.network->clip : *r.clip;
        return QString::fromStdString(toText(clip.pixels.shape().extent()));
      },
      false));
  rows.back().minor = kClipMinor;
  rows.push_back(tuningRow(view));
  rows.back().minor = kTuningMinor;
  CompareRow accuracy = readoutRow(view, tr("readout, held-out accuracy"),
                                   [](const ReadoutResult& r) { return accuracyText(r.readout->test); });
  accuracy.beside = tr("7 classes");
  CompareRow says = readoutRow(view, tr("readout says of this clip"), saysText);
  takeNetworks(view, accuracy, says);
  rows.push_back(accuracy);
  says.minor = kSaysMinor;
  for (const CompareColumn& column : view.columns) says.guesses.push_back(guesses(column));
  rows.push_back(says);
  CompareRow confused = readoutRow(view, tr("cannot tell apart"), confusedText);
  confused.strong = false;
  rows.push_back(confused);
  return rows;
}

QString clipNotice(const CompareView& view) {
  for (const CompareColumn& column : view.columns) {
    if (!column.result || column.stale) continue;
    const QString notice = QString::fromStdString(column.result->clip->source.notice);
    return isShortFile(notice, view.state.kernel().clip.range) ? QString() : notice;
  }
  return {};
}

QString compareNote(const CompareView& view) {
  QStringList notes;
  if (const QString notice = clipNotice(view); !notice.isEmpty()) notes << notice;
  bool told = false;
  for (const CompareColumn& column : view.columns) {
    if (!column.readout || told) continue;
    told = true;
    const Readout& readout = *column.readout->readout;
    notes
        << tr("Readouts: up to %1 filters of each shape, trained on %2 synthetic clips, tested on %3 others.")
               .arg(std::max<std::size_t>(readout.bank.size(), 1))
               .arg(kTrainingClips)
               .arg(readout.test.clips());
    if (!std::holds_alternative<LabSpec>(view.state.kernel().clip.source))
      notes << tr("None has seen a real clip.");
  }
  if (const QStringList guessing = guessingColumns(view); !guessing.isEmpty())
    notes << tr("This clip looks unlike anything %1 %2 taught: do not trust what is said of it.")
                 .arg(listed(guessing), guessing.size() > 1 ? tr("were") : tr("was"));
  notes << trainingNotes(view);
  if (std::ranges::any_of(view.columns, [](const CompareColumn& column) { return column.tuned.has_value(); }))
    notes << tr("Of a network one filter of its first convolution is shown gratings.");
  return notes.join(QLatin1Char(' '));
}

}  // namespace convscope
