#include "scan/advisory/database_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/file.h"

namespace seaworthy {
namespace {

// The on-disk form of LMDB 0.9 (lmdb's mdb.c: MDB_page, MDB_node, MDB_meta, MDB_db), little-endian
// with 64-bit words. A page has a 16-byte header: number (8), padding (2), flags (2), then lower
// and upper bound of the free space (2 + 2), or the number of pages of an overflow run (4). Offsets
// of nodes follow, 2 bytes each, sorted by key; nodes grow down from the page's end. A node has an
// 8-byte header: two words of size (low word first), flags, key size; then key and data. A branch
// node keeps its child's number in size and flags; a leaf node keeps its data, or the 8-byte number
// of an overflow run (flag 1), or a 48-byte sub-database (flag 2).

constexpr std::uint32_t kMagic = 0xBEEFC0DE;
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kPageHeader = 16, kNodeHeader = 8, kTreeSize = 48, kMaxKey = 511;
constexpr std::uint16_t kBranch = 1, kLeaf = 2, kOverflow = 4, kMeta = 8;
constexpr std::uint16_t kNodeBig = 1, kNodeTree = 2;
constexpr int kMaxDepth = 32;  // LMDB's cursors end there
constexpr std::uint64_t kNoPage = ~std::uint64_t{0};

template <class T>
T load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

struct Mapped {
  const char* data = nullptr;
  std::size_t size = 0;
  ~Mapped() {
    if (data != nullptr) ::munmap(const_cast<char*>(data), size);
  }
};

struct Tree {
  std::uint16_t flags = 0, depth = 0;
  std::uint64_t root = kNoPage;
};
Tree tree_at(const char* at) {
  return Tree{load<std::uint16_t>(at + 4), load<std::uint16_t>(at + 6),
              load<std::uint64_t>(at + 40)};
}

struct Meta {
  std::uint32_t page_size = 0;
  Tree free_pages, main;
  std::uint64_t last_page = 0, transaction = 0;
};

std::optional<Meta> meta_at(std::string_view file, std::size_t at) {
  if (file.size() < at + 152) return {};
  const char* page = file.data() + at;
  const char* body = page + kPageHeader;
  if ((load<std::uint16_t>(page + 10) & kMeta) == 0) return {};
  if (load<std::uint32_t>(body) != kMagic || load<std::uint32_t>(body + 4) != kVersion) return {};
  Meta meta;
  meta.page_size = load<std::uint32_t>(body + 24);
  meta.free_pages = tree_at(body + 24);
  meta.main = tree_at(body + 72);
  meta.last_page = load<std::uint64_t>(body + 120);
  meta.transaction = load<std::uint64_t>(body + 128);
  return meta;
}

class Checker {
 public:
  Checker(std::string_view file, const Meta& meta)
      : file_(file), meta_(meta), seen_(meta.last_page + 1) {}

  Status check() {
    RETURN_IF_ERROR(tree(meta_.free_pages, "free list"));
    return tree(meta_.main, "main tree");
  }

 private:
  struct Step {
    std::uint64_t page;
    int depth;
    bool main;
  };

  static Status damaged(std::uint64_t page, std::string_view why) {
    return Error{ErrorCode::kInvalidInput, "advisory database is damaged: page " +
                                               std::to_string(page) + ": " + std::string(why)};
  }
  const char* at(std::uint64_t page) const { return file_.data() + page * meta_.page_size; }

  Status take(std::uint64_t page, std::uint64_t count, std::uint64_t from) {
    if (page < 2 || count == 0 || page > meta_.last_page || count > meta_.last_page - page + 1) {
      return damaged(from, "names page " + std::to_string(page) + ", which is not in the file");
    }
    for (std::uint64_t i = page; i < page + count; ++i) {
      if (seen_[i]) return damaged(i, "is used twice");
      seen_[i] = true;
    }
    return ok_status();
  }

  // Walks a tree and the trees inside it without recursion.
  Status tree(const Tree& root, std::string_view name) {
    std::vector<Step> steps;
    RETURN_IF_ERROR(push_tree(root, 0, name == "main tree", steps));
    while (!steps.empty()) {
      const Step step = steps.back();
      steps.pop_back();
      RETURN_IF_ERROR(page(step, steps));
    }
    return ok_status();
  }

  Status push_tree(const Tree& root, std::uint64_t from, bool main, std::vector<Step>& steps) {
    if (root.root == kNoPage) return ok_status();
    if (root.depth == 0 || root.depth > kMaxDepth) return damaged(from, "a tree's depth is wrong");
    // Sorted duplicates are a second page form, which this database never uses.
    if ((root.flags & ~0x8) != 0 || (root.flags != 0 && from != 0)) {
      return damaged(from, "a tree of a kind that is not used here");
    }
    RETURN_IF_ERROR(take(root.root, 1, from));
    steps.push_back(Step{root.root, root.depth, main});
    return ok_status();
  }

  Status page(const Step& step, std::vector<Step>& steps) {
    const char* page = at(step.page);
    const auto flags = static_cast<std::uint16_t>(load<std::uint16_t>(page + 10) & 0xff);
    const std::size_t lower = load<std::uint16_t>(page + 12);
    const std::size_t upper = load<std::uint16_t>(page + 14);
    if (load<std::uint64_t>(page) != step.page) return damaged(step.page, "has another number");
    if (flags != (step.depth == 1 ? kLeaf : kBranch))
      return damaged(step.page, "is of a wrong kind");
    if (lower < kPageHeader || lower > upper || upper > meta_.page_size || lower % 2 != 0) {
      return damaged(step.page, "bounds are wrong");
    }
    const std::size_t nodes = (lower - kPageHeader) / 2;
    if (nodes == 0 || (flags == kBranch && nodes < 2)) return damaged(step.page, "has no entries");
    for (std::size_t i = 0; i < nodes; ++i) {
      const std::size_t offset = load<std::uint16_t>(page + kPageHeader + 2 * i);
      if (offset < upper || offset % 2 != 0 || offset + kNodeHeader > meta_.page_size) {
        return damaged(step.page, "an entry is outside");
      }
      RETURN_IF_ERROR(node(step, page + offset, meta_.page_size - offset, i, steps));
    }
    return ok_status();
  }

  Status node(const Step& step, const char* node, std::size_t room, std::size_t index,
              std::vector<Step>& steps) {
    const std::uint64_t low = load<std::uint16_t>(node);
    const std::uint64_t high = load<std::uint16_t>(node + 2);
    const auto flags = load<std::uint16_t>(node + 4);
    const std::size_t key = load<std::uint16_t>(node + 6);
    if (key > kMaxKey || kNodeHeader + key > room) return damaged(step.page, "a key is too long");
    if (step.depth > 1) {
      const std::uint64_t child = low | high << 16 | static_cast<std::uint64_t>(flags) << 32;
      if (index > 0 && key == 0) return damaged(step.page, "a branch has no key");
      RETURN_IF_ERROR(take(child, 1, step.page));
      steps.push_back(Step{child, step.depth - 1, step.main});
      return ok_status();
    }
    const std::uint64_t size = low | high << 16;
    const std::size_t stored = (flags & kNodeBig) != 0 ? 8 : size;
    if (key == 0 || stored > room - kNodeHeader - key) {
      return damaged(step.page, "a value is outside");
    }
    const char* data = node + kNodeHeader + key;
    if (flags == kNodeBig) return overflow(step.page, load<std::uint64_t>(data), size);
    if (flags == kNodeTree && step.main && size == kTreeSize) {
      return push_tree(tree_at(data), step.page, false, steps);
    }
    return flags == 0 ? ok_status() : damaged(step.page, "an entry of a wrong kind");
  }

  Status overflow(std::uint64_t from, std::uint64_t first, std::uint64_t size) {
    const std::uint64_t pages = (kPageHeader + size + meta_.page_size - 1) / meta_.page_size;
    RETURN_IF_ERROR(take(first, pages, from));
    const char* page = at(first);
    if (load<std::uint64_t>(page) != first || (load<std::uint16_t>(page + 10) & kOverflow) == 0 ||
        load<std::uint32_t>(page + 12) != pages) {
      return damaged(first, "is no overflow page");
    }
    return ok_status();
  }

  std::string_view file_;
  const Meta meta_;
  std::vector<bool> seen_;
};

// A writer may commit while this reads, and the second commit behind the state that was chosen may
// use its pages again. What looks damaged in a state that is no longer the newest is looked at
// anew.
constexpr int kTries = 5;

Status check_once(std::string_view file, std::uint64_t& transaction) {
  const Error none{ErrorCode::kInvalidInput, "is no advisory database or is damaged"};
  const auto first = meta_at(file, 0);
  if (!first) return none;
  if (first->page_size != static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))) {
    return Error{ErrorCode::kUnsupported, "advisory database was written with pages of " +
                                              std::to_string(first->page_size) + " bytes"};
  }
  const auto second = meta_at(file, first->page_size);
  if (!second || second->page_size != first->page_size) return none;
  const Meta& newest = second->transaction > first->transaction ? *second : *first;
  transaction = newest.transaction;
  const std::uint64_t pages = file.size() / newest.page_size;
  if (newest.last_page >= pages || newest.last_page < 1) {
    return Error{ErrorCode::kInvalidInput,
                 "advisory database is cut short: it holds " + std::to_string(pages) + " pages"};
  }
  return Checker(file, newest).check();
}

Status check_mapped(std::string_view file) {
  std::uint64_t before = 0;
  for (int i = 1;; ++i) {
    std::uint64_t transaction = 0;
    auto status = check_once(file, transaction);
    if (status || transaction == before || i == kTries) return status;
    before = transaction;
  }
}

}  // namespace

Status check_database_file(const std::string& path) {
  ASSIGN_OR_RETURN(const Fd fd, open_for_reading(path));
  ASSIGN_OR_RETURN(const std::uint64_t size, file_size(fd.get()));
  Mapped map;
  if (size == 0) {
    return Error{ErrorCode::kInvalidInput, path + ": advisory database is empty"};
  }
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.get(), 0);
  if (data == MAP_FAILED) return errno_error(errno, "map", path);
  map.data = static_cast<const char*>(data);
  map.size = size;
  auto status = check_mapped(std::string_view(map.data, map.size));
  if (!status) return std::move(status).error().during(path);
  return status;
}

}  // namespace seaworthy
