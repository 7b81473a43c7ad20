// Usage: fuzz_<target> SECONDS [SEED]     damages the target's seeds for so long
//        fuzz_<target> --replay FILE      feeds one input again
//
// A small mutation fuzzer that needs no particular compiler: built with the sanitizers it finds what they can
// see. An input that ends the program is written to fuzz-crash-<target> in the current folder first.
#include "tests/fuzz/fuzz_target.h"

#include <unistd.h>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>

extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

std::string currentInput;
std::string crashFile;

void keepInput() {
  std::ofstream(crashFile, std::ios::binary) << currentInput;
  std::cerr << "The input that did it is in " << crashFile << '\n';
}

extern "C" void onSignal(int number) {
  keepInput();
  std::signal(number, SIG_DFL);
  std::raise(number);
}

class Damager {
 public:
  explicit Damager(unsigned seed) : m_random(seed) {}

  std::string damaged(const std::vector<std::string>& seeds) {
    std::string input = seeds[below(seeds.size())];
    for (std::size_t change = 1 + below(6); change > 0; --change) damage(input, seeds);
    return input;
  }

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : m_random() % limit; }

  void damage(std::string& input, const std::vector<std::string>& seeds) {
    const std::size_t at = below(input.size());
    switch (below(8)) {
      case 0:  // one bit
        if (!input.empty()) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
        break;
      case 1:  // one byte, extreme values more often
        if (!input.empty()) {
          const char extremes[] = {0, 1, -1, 127, -128, '-', '9', ','};
          input[at] = below(2) == 0 ? extremes[below(sizeof extremes)] : static_cast<char>(below(256));
        }
        break;
      case 2:
        input.resize(at);
        break;  // truncated
      case 3:
        input.erase(at, 1 + below(8));
        break;
      case 4:
        input.insert(at, 1 + below(16), static_cast<char>(below(256)));
        break;
      case 5:  // a piece doubled
        input.insert(at, input.substr(below(input.size()), 1 + below(32)));
        break;
      case 6: {  // the head of this one, the tail of another
        const std::string& other = seeds[below(seeds.size())];
        input = input.substr(0, at) + other.substr(below(other.size()));
        break;
      }
      default:  // a number of four bytes, as sizes in headers are
        for (std::size_t i = at; i < std::min(at + 4, input.size()); ++i)
          input[i] = static_cast<char>(below(3) - 1);
    }
  }

  std::mt19937 m_random;
};

int replay(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::cerr << path << " cannot be opened.\n";
    return 1;
  }
  convscope::fuzz::tryInput({std::istreambuf_iterator<char>(file), {}});
  std::cout << path << " does no harm.\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "--replay") return replay(argv[2]);
  const std::string name = std::string(argv[0]).substr(std::string(argv[0]).rfind('/') + 1);
  const int seconds = argc > 1 ? std::atoi(argv[1]) : 10;
  const unsigned seed = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : std::random_device()();
  if (seconds < 1) {
    std::cerr << "Usage: " << name << " SECONDS [SEED], or " << name << " --replay FILE\n";
    return 2;
  }
  crashFile = "fuzz-crash-" + name;
  std::cout << name << ": " << seconds << " s from seed " << seed << std::endl;
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(keepInput);
  std::signal(SIGABRT, onSignal);
  if (__sanitizer_set_death_callback == nullptr) std::signal(SIGSEGV, onSignal);

  const auto seeds = convscope::fuzz::seeds();
  for (const std::string& input : seeds) convscope::fuzz::tryInput(currentInput = input);
  Damager damager(seed);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  long inputs = 0;
  while (std::chrono::steady_clock::now() < end) {
    currentInput = damager.damaged(seeds);
    convscope::fuzz::tryInput(currentInput);
    ++inputs;
  }
  std::cout << name << ": " << inputs << " damaged inputs did no harm.\n";
}
