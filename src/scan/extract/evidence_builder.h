#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/inventory.h"
#include "core/model/package.h"

namespace seaworthy {

// Longest path that is hashed for ownership: PATH_MAX of Linux. Paths put together from a
// directory and a name could otherwise make a small file cost unbounded work.
inline constexpr std::size_t kMaxOwnedPath = 4096;

// Collects what one extractor reads from one file, and bounds it: a package takes some hundred
// bytes of memory, its record in a hostile file only a dozen.
class EvidenceBuilder {
 public:
  EvidenceBuilder(std::string_view extractor, std::string_view path);

  // Takes the package; its path, where it has one, is inside the file. False, once with a problem,
  // where the file already gave as many packages as are taken from one file.
  bool add(Package package);
  void own(OwnedFiles owned);
  // Of one code the first problems are kept in full, the rest as one line with their number.
  void problem(const char* code, std::string message);
  // For a database whose package manager ends every line: one that ends inside a line was cut
  // short, and what that line said, or what stood behind it, is not known (package-db-corrupt).
  void expect_whole_lines(std::string_view text);

  std::size_t packages() const { return evidence_.packages.size(); }
  std::size_t problems() const { return problems_; }

  Evidence take();
  // Like take(), but kInvalidInput with the first problem's message where there were problems and
  // nothing else: such a file is no database of this kind at all.
  Result<Evidence> take_database();

 private:
  Evidence evidence_;
  std::map<std::string, std::size_t, std::less<>> problems_by_code_;
  std::size_t problems_ = 0;
  bool full_ = false;
};

}  // namespace seaworthy
