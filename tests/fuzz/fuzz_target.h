#pragma once

#include <string>
#include <vector>

/// What a fuzz target gives to the driver (fuzz_driver.cpp). One program for each target.
namespace convscope::fuzz {

/// Inputs that are as they should be; the driver damages copies of them.
[[nodiscard]] std::vector<std::string> seeds();

/// Feeds one input to the code under test. Any failure that is no crash, leak or assertion is fine.
void tryInput(const std::string& input);

}  // namespace convscope::fuzz
