// Runs a fuzz target over its corpus: every file of the directories and files named on the command
// line, plus each of them cut short and with single bits flipped, in a fixed order. Ordinary test
// runs thereby replay every input that ever broke a parser, without a fuzzing engine.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void run(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

// A small fixed generator: the mutations are the same in every run.
std::uint32_t next_random(std::uint32_t& state) {
  state = state * 1664525U + 1013904223U;
  return state >> 8;
}

std::size_t replay(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  run(bytes);
  std::size_t runs = 1;
  std::uint32_t state = 1;
  for (int i = 0; i < 64 && !bytes.empty(); ++i, runs += 2) {
    run(bytes.substr(0, next_random(state) % bytes.size()));
    std::string flipped = bytes;
    for (int flips = 0; flips <= i % 4; ++flips) {
      flipped[next_random(state) % flipped.size()] ^=
          static_cast<char>(1U << (next_random(state) % 8));
    }
    run(flipped);
  }
  return runs;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) {
      files.emplace_back(argv[i]);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::size_t runs = 0;
  for (const auto& file : files) runs += replay(file);
  std::printf("%zu inputs, %zu runs\n", files.size(), runs);
  return files.empty() ? 1 : 0;  // a corpus that is not there would test nothing
}
