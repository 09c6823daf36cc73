#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scan/image/image.h"

namespace seaworthy {

// The files an image is stored in: a directory, or the members of an archive. Paths are relative,
// without leading slash. Thread safe after construction.
class FileTree {
 public:
  virtual ~FileTree() = default;

  // kNotFound: there is no such file; kInvalidInput: what stands there cannot be read as one.
  virtual Result<LayerBytes> open(std::string_view path) const = 0;
  bool has(std::string_view path) const { return open(path).ok(); }

  // What error messages call the whole: the path the user gave.
  const std::string& name() const { return name_; }

 protected:
  explicit FileTree(std::string name) : name_(std::move(name)) {}

 private:
  std::string name_;
};

// Files below `directory`. A symbolic link in place of a file is refused, so a layout from someone
// else cannot name files outside itself; directories on the way may be links, because whoever
// chose the target may have built it from parts.
Result<std::unique_ptr<FileTree>> directory_tree(const std::string& directory);

// Members of a listed archive. Links between members are followed, 32 at most. Of several members
// with one path the last is the one that counts, as it is for tar.
Result<std::unique_ptr<FileTree>> archive_tree(std::string name, ArchiveIndex index);

// The whole content. kLimitExceeded past `max_bytes`.
Result<std::string> read_content(const LayerBytes& bytes, std::uint64_t max_bytes);

}  // namespace seaworthy
