#pragma once

#include <span>
#include <string_view>

namespace seaworthy {

// How a program that no package manager knows tells its version: one row.
struct Classifier {
  std::string_view name;        // of the package: pkg:generic/NAME@VERSION
  std::string_view cpe;         // vendor:product
  std::string_view files;       // names, separated by spaces; "*" stands for any run of letters
  std::string_view before;      // stands right in front of the version
  std::string_view after = "";  // stands right behind it; "": anything that is no part of a version
  std::string_view begins = "";  // the version begins like this; "" any
  unsigned parts = 3;            // at least so many numbers
  bool letters = false;          // letters behind the last number belong to it: 1.1.1w, 3.13.0rc1
  bool by_name = false;  // the version begins like the numbers in the file's name: python3.11
  bool highest = false;  // of several such texts, of just so many parts, the highest is its own
  std::string_view near = "";  // stands within 48 bytes behind the version's beginning
};

std::span<const Classifier> all_classifiers();

}  // namespace seaworthy
