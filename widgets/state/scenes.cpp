#include "widgets/state/scenes.h"

#include "widgets/state/compare_choices.h"

#include <nlohmann/json.hpp>

#include <QDir>
#include <QFile>

#include <algorithm>

namespace convscope {

namespace {

Result<Scene> readScene(const QString& path, const std::string& id) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly))
    return fail(ErrorCode::BadInput, "The scene " + id + " cannot be opened.");
  const QByteArray text = file.readAll();
  const auto json = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  if (!json.is_object() || !json.contains("state")) {
    return fail(ErrorCode::BadInput, "The scene " + id + " is not a JSON object with a “state”.");
  }
  auto state = stateFromJson(json["state"]);
  if (!state) return fail(state.error().code, "Scene " + id + ": " + state.error().message);
  if (const std::string wanted = json.value("comparison", ""); !wanted.empty()) {
    const auto& all = comparisons();
    const auto found = std::ranges::find(all, QString::fromStdString(wanted), &Comparison::id);
    if (found == all.end())
      return fail(ErrorCode::BadInput, "Scene " + id + ": there is no comparison “" + wanted + "”.");
    applyComparison(*state, *found);
  }
  return Scene{id, json.value("title", id), json.value("says", ""), reconciled(*state, *state)};
}

/// Figures before the table before takeaways before what has no number, fig-2 before fig-10.
bool before(const QString& left, const QString& right) {
  const auto kind = [](const QString& name) {
    const QString word = name.section(QLatin1Char('-'), 0, 0);
    return word == QLatin1String("fig")        ? 0
           : word == QLatin1String("table")    ? 1
           : word == QLatin1String("takeaway") ? 2
                                               : 3;
  };
  if (kind(left) != kind(right)) return kind(left) < kind(right);
  const auto number = [](const QString& name) { return name.section(QLatin1Char('-'), 1, 1).toInt(); };
  return number(left) != number(right) ? number(left) < number(right) : left < right;
}

QStringList sceneIds() {
  QStringList ids;
  for (const QString& name : QDir(QStringLiteral(":/scenes")).entryList({QStringLiteral("*.json")})) {
    ids << name.chopped(5);
  }
  std::ranges::sort(ids, before);
  return ids;
}

}  // namespace

Result<std::vector<Scene>> scenes() {
  std::vector<Scene> all;
  for (const QString& id : sceneIds()) {
    auto one = scene(id.toStdString());
    if (!one) return tl::unexpected(one.error());
    all.push_back(std::move(*one));
  }
  return all;
}

Result<Scene> scene(const std::string& id) {
  const QStringList ids = sceneIds();
  const QString name = QString::fromStdString(id);
  if (!ids.contains(name)) {
    return fail(ErrorCode::BadUsage, "There is no scene “" + id + "”; there are " +
                                         ids.join(QStringLiteral(", ")).toStdString() + ".");
  }
  return readScene(QStringLiteral(":/scenes/%1.json").arg(name), id);
}

Result<AppState> sceneState(const std::string& id) {
  auto found = scene(id);
  if (!found) return tl::unexpected(found.error());
  return found->state;
}

}  // namespace convscope
