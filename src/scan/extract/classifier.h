#pragma once

#include <span>
#include <string>
#include <string_view>

namespace seaworthy {

// How a program that no package manager knows tells its version: one row. Several rows of one name
// are several ways of telling; the first that finds something speaks.
struct Classifier {
  std::string_view name;        // of the package: pkg:generic/NAME@VERSION
  std::string_view cpe;         // vendor:product; several are separated by spaces
  std::string_view files;       // names, separated by spaces; "*" stands for any run of letters
  std::string_view before;      // stands right in front of the version
  std::string_view after = "";  // stands right behind it; "": anything that is no part of a version
  std::string_view begins = "";  // the version begins like this, "#" any digit; "" any
  unsigned parts = 3;            // at least so many numbers
  bool letters = false;          // letters behind the last number belong to it: 1.1.1w, 3.13.0rc1
  bool by_name = false;  // the version begins like the numbers in the file's name: python3.11
  bool highest = false;  // of several such texts, of just so many parts, the highest is its own
  std::string_view near = "";  // stands behind the version's beginning, in so many bytes:
  unsigned within = 48;
  std::string_view instead_of = "";  // found, it is no program of that name, which it is made from
  bool whole_file = false;  // the text stands in what is not loaded: debug information, comments
  bool script = false;      // a script or a PHP archive, not an executable
};

std::span<const Classifier> all_classifiers();
// Their parts, each in a file of that name.
std::span<const Classifier> server_classifiers();
std::span<const Classifier> tool_classifiers();
std::span<const Classifier> language_classifiers();

// The most bytes behind a version's beginning that a row looks at.
inline constexpr unsigned kClassifierReach = 1024;

// True where the row is about files of that name.
bool applies(const Classifier& row, std::string_view file_name);
// "3.11" of python3.11 and libpython3.11.so.1.0.
std::string_view numbers_in(std::string_view file_name);
// The version at the front of `text`; "" where none stands there as the row wants it. `numbers` are
// those in the file's name.
std::string_view version_at(const Classifier& row, std::string_view numbers, std::string_view text);
// True where the version `a` is older than `b`, number by number.
bool is_lower(std::string_view a, std::string_view b);

}  // namespace seaworthy
