#pragma once

// For this module's tests: running one extractor by path, and reading test data.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/codec/source.h"
#include "scan/extract/extractor.h"

namespace seaworthy::test {

// Runs the extractor that wants `path`; `companions` are (path, bytes) behind it.
inline Result<Evidence> run_extractor(
    std::string_view path, std::string_view bytes,
    const std::vector<std::pair<std::string, std::string>>& companions = {}) {
  const Extractor* extractor = extractor_for({path, bytes.size()});
  if (extractor == nullptr) {
    return Error{ErrorCode::kNotFound, "no extractor wants " + std::string(path)};
  }
  std::vector<FileView> files{{path, bytes}};
  for (const auto& [name, content] : companions) files.push_back({name, content});
  return extractor->extract(files, Limits{});
}

// The evidence, or a failed expectation and nothing.
inline Evidence read_evidence(
    std::string_view path, std::string_view bytes,
    const std::vector<std::pair<std::string, std::string>>& companions = {}) {
  Result<Evidence> result = run_extractor(path, bytes, companions);
  EXPECT_TRUE(result.ok()) << result.error().message;
  return result.ok() ? *std::move(result) : Evidence{};
}

// Runs the extractor that wants the directory.
inline Result<Evidence> read_directory(std::string_view path) {
  const Extractor* extractor = extractor_for_directory(path);
  if (extractor == nullptr) {
    return Error{ErrorCode::kNotFound, "no extractor wants " + std::string(path)};
  }
  const FileView view{path, {}};
  return extractor->extract({&view, 1}, Limits{});
}

// "name version arch" of each package.
inline std::vector<std::string> names_of(const Evidence& evidence) {
  std::vector<std::string> out;
  for (const Package& package : evidence.packages) {
    out.push_back(package.name + " " + package.version + " " + package.arch);
  }
  return out;
}

// The package URL of each package.
inline std::vector<std::string> purls_of(const Evidence& evidence) {
  std::vector<std::string> out;
  for (const Package& package : evidence.packages) out.push_back(purl_of(package, nullptr));
  return out;
}

inline std::vector<std::string> codes_of(const Evidence& evidence) {
  std::vector<std::string> out;
  for (const Problem& problem : evidence.problems) out.push_back(problem.code);
  return out;
}

inline std::string file_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

inline std::string test_data(const std::string& name) {
  return file_bytes(std::string(TESTDATA) + "/" + name);
}

inline std::string unzstd(std::string_view compressed) {
  const auto source = inflate(source_of_memory(compressed), Compression::kZstd, Limits{});
  Result<std::string> bytes = read_all(*source, 64 * kMiB);
  EXPECT_TRUE(bytes.ok()) << bytes.error().message;
  return bytes.ok() ? *std::move(bytes) : std::string();
}

}  // namespace seaworthy::test

// The path of a shared data file, or a skipped test.
#define SHARED_FILE_OR_SKIP(variable, name)                             \
  const std::string variable = std::string(SHARED_DATA) + "/" + (name); \
  if (!std::filesystem::exists(variable)) GTEST_SKIP() << variable << " is not here"
