// bbolt (go.etcd.io/bbolt), the store of containerd's metadata: a copy-on-write B+ tree of pages in
// the writer's byte order, which is little-endian on every machine that containerd runs on.
//
//   page     id 8 | flags 2 | count 2 | overflow 4 | elements, then keys and values
//   meta     magic 4 | version 4 | page size 4 | flags 4 | root bucket 16 | freelist 8 |
//            pages 8 | transaction 8 | FNV-1a of the 56 bytes before 8
//   branch   position 4 | key size 4 | page 8, the position counted from the element
//   leaf     flags 4 | position 4 | key size 4 | value size 4; flag 1: the value is a bucket
//   bucket   root page 8 | sequence 8, and for root 0 the bucket's only page behind them
//
// A commit writes new pages, then one of the two meta pages. The pages that a meta page reaches are
// overwritten only by the second commit after it. So what was read is sound where the newest
// transaction is still the same at the end, and nobody's lock is needed.
#include "core/codec/bolt.h"

#include <algorithm>

#include "core/base/byte_view.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kPageHeader = 16;
constexpr std::uint64_t kElement = 16;  // of branches and leaves
constexpr std::uint32_t kMagic = 0xED0CDAED;
constexpr std::uint32_t kVersion = 2;
constexpr std::uint64_t kMetaBytes = 64;
constexpr std::uint16_t kBranchPage = 1;
constexpr std::uint16_t kLeafPage = 2;
constexpr std::uint32_t kMaxPageBytes = 1U << 20U;
constexpr std::uint64_t kMaxRunBytes = 64ULL << 20U;  // a page with its overflow
constexpr std::size_t kMaxDepth = 64;

Error damaged(const std::string& what, std::uint64_t page) {
  return {ErrorCode::kInvalidInput, "bbolt: " + what + " in page " + std::to_string(page)};
}

std::uint64_t fnv1a(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : bytes) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  return hash;
}

// One element of a branch or leaf page. Everything was checked to lie inside the page.
struct Element {
  std::string_view key, value;
  std::uint64_t child = 0;
  bool is_bucket = false;
};

class Page {
 public:
  explicit Page(std::string_view bytes) : view_(bytes, ByteOrder::kLittle) {}
  std::uint64_t id() const { return view_.u64(0); }
  bool is_branch() const { return view_.u16(8) == kBranchPage; }
  bool is_leaf() const { return view_.u16(8) == kLeafPage; }
  std::size_t count() const { return view_.u16(10); }

  Result<Element> element(std::size_t i) const {
    const std::uint64_t at = kPageHeader + i * kElement;
    Element found;
    std::uint64_t begin = at;
    std::uint64_t key_size = 0;
    std::uint64_t value_size = 0;
    if (is_branch()) {
      begin += view_.u32(at);
      key_size = view_.u32(at + 4);
      found.child = view_.u64(at + 8);
    } else {
      found.is_bucket = (view_.u32(at) & 1U) != 0;
      begin += view_.u32(at + 4);
      key_size = view_.u32(at + 8);
      value_size = view_.u32(at + 12);
    }
    if (!view_.has(at, kElement) || !view_.has(begin, key_size + value_size)) {
      return damaged("an element outside", id());
    }
    found.key = view_.slice(begin, key_size);
    found.value = view_.slice(begin + key_size, value_size);
    return found;
  }

 private:
  ByteView view_;
};

}  // namespace

// What a walk over a bucket's pages has found, and the pages it has still to visit, the next one
// last.
struct BoltDatabase::Listing {
  explicit Listing(std::uint64_t most) : max_bytes(most) {}

  Status add(std::string_view bytes, std::uint64_t id) {
    const Page page(bytes);
    if (!page.is_branch() && !page.is_leaf()) return damaged("neither branch nor leaf", id);
    for (std::size_t i = 0; i < page.count(); ++i) {
      ASSIGN_OR_RETURN(const Element element,
                       page.element(page.is_branch() ? page.count() - 1 - i : i));
      if (page.is_branch()) {
        waiting.push_back(element.child);
        continue;
      }
      held += element.key.size() + element.value.size() + sizeof(Entry);
      if (held > max_bytes) {
        return Error{ErrorCode::kLimitExceeded,
                     "bbolt: a bucket of more than " + std::to_string(max_bytes) + " bytes"};
      }
      entries.push_back({std::string(element.key), std::string(element.value), element.is_bucket});
    }
    return ok_status();
  }

  const std::uint64_t max_bytes;
  std::vector<Entry> entries;
  std::vector<std::uint64_t> waiting;
  std::uint64_t held = 0;
};

std::optional<BoltDatabase::Meta> BoltDatabase::parse_meta(std::string_view page) {
  if (page.size() < kPageHeader + kMetaBytes) return std::nullopt;
  const std::string_view bytes = page.substr(kPageHeader, kMetaBytes);
  const ByteView view(bytes, ByteOrder::kLittle);
  if (view.u32(0) != kMagic || view.u32(4) != kVersion) return std::nullopt;
  if (view.u64(56) != fnv1a(bytes.substr(0, 56))) return std::nullopt;
  Meta meta{view.u64(16), view.u64(48), view.u32(8)};
  const bool power_of_two = (meta.page_bytes & (meta.page_bytes - 1)) == 0;
  if (meta.page_bytes < 512 || meta.page_bytes > kMaxPageBytes || !power_of_two) {
    return std::nullopt;
  }
  return meta;
}

// The newer of the two that is whole. The second stands one page behind, whose size only the first
// one tells, or every possible place has to be tried.
Result<BoltDatabase::Meta> BoltDatabase::read_meta(RangeReader& file) {
  std::optional<Meta> best;
  const auto consider = [&](std::uint64_t offset) -> Status {
    if (file.size() < offset + kPageHeader + kMetaBytes) return ok_status();
    ASSIGN_OR_RETURN(const std::string bytes, file.read(offset, kPageHeader + kMetaBytes));
    const std::optional<Meta> meta = parse_meta(bytes);
    if (meta && (offset == 0 || meta->page_bytes == offset) &&
        (!best || meta->transaction > best->transaction)) {
      best = meta;
    }
    return ok_status();
  };
  RETURN_IF_ERROR(consider(0));
  for (std::uint64_t size = 512; size <= kMaxPageBytes; size *= 2) RETURN_IF_ERROR(consider(size));
  if (!best) return Error{ErrorCode::kInvalidInput, "bbolt: no meta page is whole"};
  return *best;
}

Result<BoltDatabase> BoltDatabase::open(RangeReader& file) {
  ASSIGN_OR_RETURN(const Meta meta, read_meta(file));
  return BoltDatabase(file, meta);
}

Result<std::string> BoltDatabase::read_page(std::uint64_t id) const {
  const std::uint64_t pages = file_->size() / meta_.page_bytes;
  if (id < 2 || id >= pages) return damaged("a reference to a page that is none", id);
  const std::uint64_t offset = id * meta_.page_bytes;
  ASSIGN_OR_RETURN(const std::string header, file_->read(offset, kPageHeader));
  const ByteView view(header, ByteOrder::kLittle);
  if (view.u64(0) != id) return damaged("another page's number", id);
  const std::uint64_t size = (std::uint64_t{view.u32(12)} + 1) * meta_.page_bytes;
  if (size > kMaxRunBytes || size > file_->size() - offset) return damaged("too long a run", id);
  return file_->read(offset, size);
}

BoltDatabase::Bucket BoltDatabase::bucket_of(std::string_view value) {
  const ByteView view(value, ByteOrder::kLittle);
  Bucket bucket{view.u64(0), {}};
  if (bucket.root == 0) bucket.inline_page = view.slice(16, value.size());
  return bucket;
}

// The entry of one key, down one branch.
Result<std::optional<BoltDatabase::Entry>> BoltDatabase::find(const Bucket& bucket,
                                                              std::string_view key) const {
  std::string bytes = bucket.inline_page;
  std::uint64_t id = bucket.root;
  for (std::size_t depth = 0; depth < kMaxDepth; ++depth) {
    if (id != 0) {
      ASSIGN_OR_RETURN(bytes, read_page(id));
    }
    const Page page(bytes);
    if (!page.is_branch() && !page.is_leaf()) return damaged("neither branch nor leaf", id);
    std::uint64_t child = 0;
    for (std::size_t i = 0; i < page.count(); ++i) {
      ASSIGN_OR_RETURN(const Element element, page.element(i));
      if (page.is_leaf() && element.key == key) {
        return std::optional<Entry>(
            Entry{std::string(key), std::string(element.value), element.is_bucket});
      }
      if (page.is_branch() && (i == 0 || element.key <= key)) child = element.child;
    }
    if (child == 0) return std::optional<Entry>();
    id = child;
  }
  return damaged("a tree that is too deep", id);
}

Result<BoltDatabase::Bucket> BoltDatabase::bucket_at(const std::vector<std::string>& path) const {
  Bucket bucket{meta_.root, {}};
  for (const std::string& part : path) {
    ASSIGN_OR_RETURN(const std::optional<Entry> entry, find(bucket, part));
    if (!entry || !entry->is_bucket) {
      return Error{ErrorCode::kNotFound, "bbolt: there is no bucket '" + part + "'"};
    }
    bucket = bucket_of(entry->value);
  }
  return bucket;
}

Result<std::vector<BoltDatabase::Entry>> BoltDatabase::list(const std::vector<std::string>& path,
                                                            std::uint64_t max_bytes) {
  ASSIGN_OR_RETURN(const Bucket bucket, bucket_at(path));
  Listing listing(max_bytes);
  if (bucket.root == 0) {
    RETURN_IF_ERROR(listing.add(bucket.inline_page, 0));
    listing.waiting.clear();  // a page inside a value has no children
  } else {
    listing.waiting.push_back(bucket.root);
  }
  std::uint64_t read = 0;
  while (!listing.waiting.empty()) {
    const std::uint64_t id = listing.waiting.back();
    listing.waiting.pop_back();
    ASSIGN_OR_RETURN(const std::string bytes, read_page(id));
    read += bytes.size();
    if (read > file_->size()) return damaged("pages that are reached twice, again", id);
    RETURN_IF_ERROR(listing.add(bytes, id));
  }
  ASSIGN_OR_RETURN(const Meta now, read_meta(*file_));
  if (now.transaction != meta_.transaction) {
    return Error{ErrorCode::kConflict, "bbolt: the database was written to while it was read"};
  }
  return std::move(listing.entries);
}

}  // namespace seaworthy
