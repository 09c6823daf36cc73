#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/package.h"
#include "core/model/problem.h"

namespace seaworthy {

class Packer;
class Unpacker;

// The files that one package owns, as path hashes (core/codec/digest.h: path_hash), so that a file
// found later can be attributed to the package that put it there.
struct OwnedFiles {
  std::string package;  // binary package name, without architecture
  std::vector<std::uint64_t> path_hashes;
  bool below_opt = false;  // some of them are below /opt, where a distribution may put none
  bool operator==(const OwnedFiles&) const = default;
};

// What one extractor read from one file (with its companions) of one layer.
struct Evidence {
  std::string extractor;  // Extractor::name
  std::string path;       // the file, no leading slash
  std::vector<Package> packages;
  std::optional<Distro> distro;
  std::vector<OwnedFiles> owned;
  std::vector<Problem> problems;
  // linked_function_hash (core/model/functions.h) of each function that the program holds, sorted;
  // empty where none is known.
  std::vector<std::uint32_t> functions;
  bool operator==(const Evidence&) const = default;
};

// A link at a path where an extractor expects a file, or one that may lead to a directory.
struct Link {
  std::string path;
  std::string target;  // symlink: as written; hard link: path from the root
  bool hard = false;
  std::uint64_t order = 0;  // hard link: the number of its entry in the layer's archive, from 1
  // Hard link: an entry of this layer stood at the target then. The link has the content of that
  // entry, whatever came to stand there later; otherwise it has that of a lower layer.
  bool same_layer = false;
  bool operator==(const Link&) const = default;
};

// What became of the table of contents that an image names for a layer.
struct TableUse {
  std::string form;    // "eStargz", "zstd:chunked", "SOCI"; "" where none was asked
  std::string digest;  // of the table
  // Why the layer was read as a whole all the same, and so is verified; "" where the files that
  // were wanted were fetched by the table: then the layer's digest and diff id were not.
  std::string refused;
  std::uint64_t fetched_bytes = 0;  // by the table, of the layer and of the table

  bool read_by_it() const { return !form.empty() && refused.empty(); }
  bool operator==(const TableUse&) const = default;
};

// Behind every Link::order.
inline constexpr std::uint64_t kLayerEnd = UINT64_MAX;

// Everything one layer says, independent of the layers around it: cached by the verified pair
// (digest, diff id) and folded with others (scan/overlay). Paths have no leading slash.
struct LayerInventory {
  std::string digest;   // of the stored bytes; verified, but where it was read by a table
  std::string diff_id;  // of the inflated tar; verified; "" where it was read by a table
  TableUse table;
  std::uint64_t stored_bytes = 0;
  std::uint64_t inflated_bytes = 0;
  std::uint64_t entries = 0;
  std::vector<Evidence> evidence;
  std::vector<Link> links;
  std::vector<std::string> whiteouts;  // paths that this layer removes from the layers below
  std::vector<std::string> opaques;    // directories whose lower content it hides; "" is the root
  // path_hash of every path that is no directory, and of every directory entry; each sorted. One
  // that is in both became a directory after it had been something else in this layer.
  std::vector<std::uint64_t> files;
  std::vector<std::uint64_t> directories;
  std::vector<Problem> problems;

  bool operator==(const LayerInventory&) const = default;
};

// The packed form (core/codec/pack.h) used on the worker pipe and in the layer cache. Its version
// is part of every cache key.
inline constexpr int kLayerInventoryVersion = 6;
std::string pack(const LayerInventory& layer);
// kInvalidInput where the bytes are no such record.
Result<LayerInventory> unpack_layer(std::string_view bytes);
// One evidence inside a larger record; the caller checks `in.ok()` at the record's end.
void pack_evidence(Packer& out, const Evidence& evidence);
Evidence unpack_evidence(Unpacker& in);

// What an image holds: the fold of its layers. Immutable; says nothing about vulnerabilities.
struct Inventory {
  std::optional<Distro> distro;
  std::vector<Package> packages;  // sorted by package_before, no repeats
  std::vector<OwnedFiles> owned;  // sorted by package
  std::vector<Problem> problems;  // sorted
  // Package databases that were found, one line each: path and number of packages. Where there is
  // none the image has no operating-system packages to judge, which must never look like "clean".
  struct Database {
    std::string path;
    std::string extractor;
    int layer = -1;
    std::size_t packages = 0;
    bool operator==(const Database&) const = default;
  };
  std::vector<Database> databases;
  // See core/model/functions.h. The functions of programs that list theirs, by path; and by package
  // URL the paths of all programs that hold the package, whether they list functions or not.
  std::map<std::string, std::vector<std::uint32_t>, std::less<>> functions;
  std::map<std::string, std::vector<std::string>, std::less<>> holders;

  bool operator==(const Inventory&) const = default;
};

}  // namespace seaworthy
