#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/base/file.h"
#include "scan/update/parts_header.h"

namespace seaworthy {

// Where the stored bytes of a part can be read.
struct StoredPart {
  std::shared_ptr<Fd> file;  // shared: all parts of one file
  std::uint64_t offset = 0, size = 0;
};
using StoredParts = std::map<std::string, StoredPart>;  // by the part's name

// A database file, opened: its header as it was signed, not yet verified, not yet parsed.
struct DatabaseFile {
  std::string path;
  std::shared_ptr<Fd> file;
  std::string header;
  std::uint64_t parts_begin = 0;
};

// True where the file begins like a published database.
bool is_database_file(const std::string& path);
// kInvalidInput: no database file, or cut short inside the header.
Result<DatabaseFile> open_database_file(const std::string& path);
// Where each part lies that the header has in the file. kInvalidInput: the file is shorter, or
// longer, than its header says.
Result<StoredParts> locate_parts(const DatabaseFile& file, const DatabaseHeader& header);

// kInvalidInput where the stored bytes are not those that the header names.
Status verify_part(const PartEntry& part, const StoredPart& stored);

}  // namespace seaworthy
