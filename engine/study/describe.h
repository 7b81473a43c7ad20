#pragma once

#include "engine/core/result.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

/// One list of fields per value type serves writing JSON, reading it and generating random values in tests,
/// so that none of the three can miss a field. A type takes part by two lines found by argument-dependent
/// lookup:
///
///   template <Of<Playback> T, class Visit> void describe(T& value, Visit&& visit) {
///     visit("playing", value.playing); …
///   }
///
/// an enumeration by `enumNames(E)`, the words of its values in order; a variant by
/// `kindNames(std::variant<…>)`.
namespace convscope {

template <class T, class Value>
concept Of = std::same_as<std::remove_const_t<T>, Value>;

struct AnyVisit {
  template <class T>
  void operator()(const char*, T&) const {}
};
template <class T>
concept Described = requires(T& value) {
  describe(value, AnyVisit{});
};

namespace json_detail {

[[noreturn]] inline void refuse(const std::string& path, const std::string& what) {
  throw std::invalid_argument("“" + path + "” " + what);
}

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsArray : std::false_type {};
template <class T, std::size_t N>
struct IsArray<std::array<T, N>> : std::true_type {};
template <class T>
struct IsVariant : std::false_type {};
template <class... T>
struct IsVariant<std::variant<T...>> : std::true_type {};

}  // namespace json_detail

template <class T>
nlohmann::json jsonOf(const T& value) {
  using namespace json_detail;
  using nlohmann::json;
  if constexpr (std::is_enum_v<T>) {
    return enumNames(T{})[static_cast<std::size_t>(value)];
  } else if constexpr (IsOptional<T>::value) {
    return value ? jsonOf(*value) : json();
  } else if constexpr (IsVector<T>::value || IsArray<T>::value) {
    json list = json::array();
    for (const auto& item : value) list.push_back(jsonOf(item));
    return list;
  } else if constexpr (IsVariant<T>::value) {
    json object = std::visit([](const auto& alternative) { return jsonOf(alternative); }, value);
    object["kind"] = kindNames(T{})[value.index()];
    return object;
  } else if constexpr (Described<const T>) {
    json object = json::object();
    describe(value, [&](const char* name, const auto& field) { object[name] = jsonOf(field); });
    return object;
  } else {
    return json(value);
  }
}

/// Fills `value` from JSON. Missing keys keep what `value` holds. Throws std::invalid_argument with a phrase
/// that names the key and what is wrong: unknown key, wrong type, number out of range.
template <class T>
void fromJson(const nlohmann::json& json, T& value, const std::string& path);

namespace json_detail {

template <class T>
void numberFromJson(const nlohmann::json& json, T& value, const std::string& path) {
  if constexpr (std::is_same_v<T, bool>) {
    if (!json.is_boolean()) refuse(path, "must be true or false");
    value = json.get<bool>();
  } else if constexpr (std::is_integral_v<T>) {
    if (!json.is_number_integer()) refuse(path, "must be a whole number");
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (json.is_number_unsigned() && json.get<std::uint64_t>() > most) refuse(path, "is out of range");
    const auto number = json.get<std::int64_t>();
    if (number < std::int64_t{std::numeric_limits<T>::min()} ||
        number > std::int64_t{std::numeric_limits<T>::max()}) {
      refuse(path, "is out of range");
    }
    value = static_cast<T>(number);
  } else {
    if (!json.is_number()) refuse(path, "must be a number");
    const double number = json.get<double>();
    if (!(std::abs(number) <= static_cast<double>(std::numeric_limits<T>::max())))
      refuse(path, "is out of range");
    value = static_cast<T>(number);
  }
}

template <class T>
void enumFromJson(const nlohmann::json& json, T& value, const std::string& path) {
  const auto& names = enumNames(T{});
  std::string choices;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (json.is_string() && json.get<std::string>() == names[i]) {
      value = static_cast<T>(i);
      return;
    }
    choices += (i == 0 ? "" : ", ") + std::string(names[i]);
  }
  refuse(path, "must be one of " + choices);
}

template <class T, std::size_t... I>
void variantFromJson(nlohmann::json json, T& value, const std::string& path, std::index_sequence<I...>) {
  if (!json.is_object() || !json.contains("kind")) refuse(path, "must be an object with a “kind”");
  const auto& names = kindNames(T{});
  const nlohmann::json kind = json["kind"];
  json.erase("kind");
  bool found = false;
  const auto tryKind = [&]<std::size_t Index>() {
    if (found || !kind.is_string() || kind.get<std::string>() != names[Index]) return;
    found = true;
    std::variant_alternative_t<Index, T> alternative{};
    fromJson(json, alternative, path);
    value = std::move(alternative);
  };
  (tryKind.template operator()<I>(), ...);
  if (!found) refuse(path + ".kind", "is not known");
}

template <class T>
void objectFromJson(const nlohmann::json& json, T& value, const std::string& path) {
  if (!json.is_object()) refuse(path, "must be an object");
  std::set<std::string> known;
  describe(value, [&](const char* name, auto& field) {
    known.insert(name);
    if (const auto found = json.find(name); found != json.end()) {
      fromJson(*found, field, path.empty() ? name : path + "." + name);
    }
  });
  for (const auto& [key, unused] : json.items()) {
    if (!known.contains(key)) refuse(path.empty() ? key : path + "." + key, "is not a known key");
  }
}

template <class T>
void listFromJson(const nlohmann::json& json, T& value, const std::string& path) {
  if (!json.is_array()) refuse(path, "must be a list");
  if constexpr (IsVector<T>::value) {
    value.clear();
    value.resize(json.size());
  } else if (json.size() != value.size()) {
    refuse(path, "must hold " + std::to_string(value.size()) + " values");
  }
  for (std::size_t i = 0; i < value.size(); ++i)
    fromJson(json[i], value[i], path + "[" + std::to_string(i) + "]");
}

}  // namespace json_detail

template <class T>
void fromJson(const nlohmann::json& json, T& value, const std::string& path) {
  using namespace json_detail;
  if constexpr (std::is_enum_v<T>) {
    enumFromJson(json, value, path);
  } else if constexpr (IsOptional<T>::value) {
    if (json.is_null()) {
      value.reset();
    } else {
      fromJson(json, value.emplace(), path);
    }
  } else if constexpr (IsVector<T>::value || IsArray<T>::value) {
    listFromJson(json, value, path);
  } else if constexpr (IsVariant<T>::value) {
    variantFromJson(json, value, path, std::make_index_sequence<std::variant_size_v<T>>());
  } else if constexpr (Described<T>) {
    objectFromJson(json, value, path);
  } else if constexpr (std::is_arithmetic_v<T>) {
    numberFromJson(json, value, path);
  } else {
    if (!json.is_string()) refuse(path, "must be a text");
    value = json.get<std::string>();
  }
}

}  // namespace convscope
