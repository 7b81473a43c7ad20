#pragma once

#include "widgets/state/state_describe.h"

#include <random>
#include <string>

namespace convscope {

/// Fills any described value with random content: every field, every alternative, from one seed. Uses the
/// same lists of fields as the JSON, so a field added there is tested without a line here.
class RandomFiller {
 public:
  explicit RandomFiller(unsigned seed) : m_random(seed) {}

  template <class T>
  void fill(T& value) {
    using namespace json_detail;
    if constexpr (std::is_same_v<T, bool>) {
      value = whole(0, 1) == 1;
    } else if constexpr (std::is_enum_v<T>) {
      value = static_cast<T>(whole(0, static_cast<int>(enumNames(T{}).size()) - 1));
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<T>(whole(0, 1000));
    } else if constexpr (std::is_floating_point_v<T>) {
      value = static_cast<T>(std::uniform_real_distribution<double>(0.001, 1000)(m_random));
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = "text “" + std::to_string(whole(0, 99999)) + "” \\ / \n ü";
    } else if constexpr (IsOptional<T>::value) {
      value.reset();
      if (whole(0, 2) > 0) fill(value.emplace());
    } else if constexpr (IsVector<T>::value) {
      value.resize(static_cast<std::size_t>(whole(1, 4)));
      for (auto& item : value) fill(item);
    } else if constexpr (IsArray<T>::value) {
      for (auto& item : value) fill(item);
    } else if constexpr (IsVariant<T>::value) {
      fillVariant(value, std::make_index_sequence<std::variant_size_v<T>>());
    } else {
      describe(value, [this](const char*, auto& field) { fill(field); });
    }
  }

  int whole(int low, int high) { return std::uniform_int_distribution<int>(low, high)(m_random); }

 private:
  template <class T, std::size_t... I>
  void fillVariant(T& value, std::index_sequence<I...>) {
    const auto chosen = static_cast<std::size_t>(whole(0, sizeof...(I) - 1));
    const auto take = [&]<std::size_t Index>() {
      if (Index == chosen) fill(value.template emplace<Index>());
    };
    (take.template operator()<I>(), ...);
  }

  std::mt19937 m_random;
};

}  // namespace convscope
