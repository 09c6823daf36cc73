#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/base/result.h"
#include "core/model/advisory.h"

namespace seaworthy {

class Packer;
class Unpacker;

// How the rows of one package are stored: one value per key, with one table of the strings that its
// rows use (versions, notes, document paths repeat a lot: the kernel of one Ubuntu release has
// thousands of rows and a few dozen fixed versions), and rows that name strings by their number.
// A CVE id is two small numbers. A typical row takes 8 to 14 bytes; a table of rows in a relational
// form needed 60 to 100.

// Gives every string a number, in order of first use; 0 is "".
class StringNumbers {
 public:
  StringNumbers() { number(""); }
  StringNumbers(StringNumbers&&) = default;
  StringNumbers& operator=(StringNumbers&&) = default;
  std::uint32_t number(std::string_view text);
  std::string_view text(std::uint32_t number) const { return texts_[number]; }
  std::size_t size() const { return texts_.size(); }

 private:
  std::deque<std::string> texts_;  // a deque: the map's keys point into it
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

// Collects the rows of one package while a feed is read, in a form that is already small: a feed
// has a million rows and more. Strings are numbered over the whole feed.
void append_row(std::string& collected, const AdvisoryRow& row, StringNumbers& strings);

// Turns collected rows into stored values; one object serves a whole feed.
class RowPacker {
 public:
  explicit RowPacker(const StringNumbers& strings)
      : strings_(strings), local_(strings.size()), stamp_(strings.size()) {}
  // `repeats`: how many equal rows were dropped, added up.
  std::string pack(std::string_view collected, std::uint64_t& repeats);

 private:
  std::uint32_t local(std::uint32_t global);
  const StringNumbers& strings_;
  std::vector<std::uint32_t> local_, stamp_, used_;
  std::uint32_t round_ = 0;
};

// Bytes that occur in every stored value with a row that names this id.
std::string stored_form_of_id(std::string_view id);

// kInvalidInput where the bytes are no such value.
Result<std::vector<AdvisoryRow>> unpack_rows(std::string_view stored);

}  // namespace seaworthy
