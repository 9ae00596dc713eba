#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

// Golden tests: a case is a file in testdata/, its expectation stands beside it with another
// ending. BLESS=1 in the environment rewrites the expectations.
namespace weir::wit {

inline std::string slurp(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// The cases (`*.wit` and folders) in a folder, sorted.
inline std::vector<std::filesystem::path> golden_cases(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> cases;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_directory() || entry.path().extension() == ".wit") cases.push_back(entry.path());
  }
  std::ranges::sort(cases);
  return cases;
}

// Compares with what stands beside the case, or rewrites that.
inline void expect_golden(std::filesystem::path path, const std::string& ending,
                          const std::string& actual) {
  path.replace_extension(ending);
  if (std::getenv("BLESS")) {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  EXPECT_EQ(slurp(path), actual) << path << "; BLESS=1 rewrites it";
}

}  // namespace weir::wit
