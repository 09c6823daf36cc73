#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/inventory.h"

namespace seaworthy {

// What the fold has to know of the extractors (scan/extract), as plain values.
struct FoldRules {
  // Well-known paths that extractors read; a directory ends in "/".
  std::vector<std::string_view> anchors;
  // Paths that must be read together with this one; null: none.
  std::function<std::vector<std::string>(std::string_view extractor, std::string_view path)>
      companions;
  // Whether an extractor reads package databases; null: none does.
  std::function<bool(std::string_view extractor)> is_database;
  // Whether what it reads is a program, found by its content; null: none is.
  std::function<bool(std::string_view extractor)> is_program;
  // Whether an extractor reads the file at this path; null: those at `anchors` are read.
  std::function<bool(std::string_view path)> wants;
};

// Files that must be read again together, because a link, or a companion in another layer, stands
// where an extractor expects plain files of one layer.
struct SecondPass {
  struct File {
    std::size_t layer = 0;             // the layer that holds the content
    std::string path;                  // there; ending in "/" it stands for everything below
    std::string as_path;               // where the extractor expects it
    std::uint64_t before = kLayerEnd;  // what stood there before this entry of its layer
    // Where a container has it, if not at `path`: the second name that a hard link gives it.
    std::string at = {};
    bool operator==(const File&) const = default;
  };
  std::vector<File> files;
  std::size_t layer = 0;  // the layer that the result is attributed to
  bool operator==(const SecondPass&) const = default;
};

struct SecondPassResult {
  std::size_t layer = 0;
  std::vector<Evidence> evidence;  // with the paths of `as_path`
  std::vector<Problem> problems;
};

struct Fold {
  Inventory inventory;
  std::vector<SecondPass> second_pass;
};

// Folds layer inventories, lowest first, into what a container would see: whiteouts and opaque
// directories hide lower layers only, whatever is no directory hides all that was below it, links
// are followed. Pure. Where the result's `second_pass` is not empty, read those files (scan/worker:
// assemble) and fold again with what they gave; that fold asks for nothing more.
Fold fold_layers(std::span<const LayerInventory> layers, const FoldRules& rules,
                 std::span<const SecondPassResult> second_pass = {});

// A file of a second pass that turned out to be a link: names of links are kept only where they
// concern a well-known path, so the next one of a chain shows when it is read.
struct ChainedLink {
  std::size_t layer = 0;  // the one that has the link
  Link link;              // `path`: SecondPass::File::as_path
  std::string at = {};    // its own path there
};

// The request with files in the place of such links. What leads to no file stays as it was and is
// added to `lost`; the same request comes back where nothing could be followed. Pure.
SecondPass follow_chains(std::span<const LayerInventory> layers, SecondPass request,
                         std::span<const ChainedLink> links, std::vector<ChainedLink>& lost);

}  // namespace seaworthy
