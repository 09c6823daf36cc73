// The walk over one layer's tar. The layer format is the OCI image specification's ("Image Layer
// Filesystem Changeset"): a tar of what was added or changed, and whiteouts for what was removed.
// A later entry at a path replaces an earlier one, as it does where a container runtime unpacks.
#include "scan/worker/layer_walk.h"

#include <algorithm>
#include <utility>

#include "core/codec/digest.h"
#include "scan/worker/assemble.h"

namespace seaworthy {

namespace {

constexpr std::string_view kWhiteout = ".wh.";
constexpr std::string_view kOpaque = ".wh..wh..opq";
constexpr std::string_view kWhiteoutMeta = ".wh..wh.";  // aufs keeps its own data under such names
constexpr std::size_t kMaxProblems = 1000;
constexpr std::size_t kBlockBytes = 256 * kKiB;

const char* code_of(ErrorCode code) {
  if (code == ErrorCode::kLimitExceeded) return problem::kLimit;
  return problem::kLayerUnreadable;
}

bool is_read_by_content(const Evidence& evidence) {
  const Extractor* extractor = find_extractor(evidence.extractor);
  return extractor != nullptr && extractor->wants_content != nullptr;
}

}  // namespace

bool LayerWalk::is_earlier(const SeenPath& a, const SeenPath& b) {
  return a.hash != b.hash ? a.hash < b.hash : a.order_and_kind < b.order_and_kind;
}

LayerWalk::LayerWalk(const Limits& limits, ReportStep report_step, LayerForm form)
    : limits_(limits),
      report_step_(std::move(report_step)),
      form_(form),
      held_(limits),
      block_(std::make_unique_for_overwrite<char[]>(kBlockBytes)) {
  for (const Extractor* extractor : all_extractors()) {
    for (std::string_view anchor : extractor->anchors) {
      if (!anchor.ends_with('/')) files_.insert(anchor);
      if (anchor.ends_with('/')) anchor.remove_suffix(1);
      for (std::size_t end = anchor.size(); end != std::string_view::npos && end > 0;
           end = anchor.rfind('/', end - 1)) {
        anchors_.emplace(anchor.substr(0, end));
      }
    }
  }
}

void LayerWalk::walk(TarReader& tar) {
  TarEntry entry;
  while (true) {
    const auto more = tar.next(entry);
    if (!more) {
      failed_ = true;
      add_problem("", "read tar", more.error());
      break;
    }
    if (!*more) break;
    if (form_ == LayerForm::kWindowsTar && !enter_windows_root(entry)) continue;
    if (entry.complaint.empty()) {
      visit(tar, entry);
    } else {
      add_problem("", "read tar", Error{entry.complaint_code, entry.complaint});
    }
  }
  inventory_.entries = tar.entries();
}

void LayerWalk::visit(TarReader& tar, TarEntry& entry) {
  symlinks_.follow(entry);
  if (visit_whiteout(entry)) return;
  const bool directory = entry.kind == TarKind::kDirectory;
  paths_.push_back({path_hash(entry.path), tar.entries() << 1 | (directory ? 1 : 0)});
  forget(entry);
  const bool symlink = entry.kind == TarKind::kSymlink;
  if (!symlink || charge(entry.path.size() + entry.link_target.size())) symlinks_.place(entry);
  if (entry.kind == TarKind::kFile) {
    const Extractor* extractor = extractor_for({entry.path, entry.size_bytes});
    if (extractor != nullptr) {
      visit_file(tar, entry, *extractor);
    } else {
      visit_content(tar, entry);
    }
  } else if (directory) {
    visit_directory(entry);
  } else if (entry.kind == TarKind::kHardLink || entry.kind == TarKind::kSymlink) {
    visit_link(entry, tar.entries());
  } else {
    visit_irregular(entry, "is no regular file but a device, a FIFO or a socket");
  }
}

// True where the entry is a whiteout, or aufs's own data, and no path of the layer.
bool LayerWalk::visit_whiteout(const TarEntry& entry) {
  const std::string_view path = entry.path;
  if (path.find(kWhiteout) == std::string_view::npos) return false;
  const std::size_t slash = path.rfind('/');
  const std::string_view directory = slash == std::string_view::npos ? "" : path.substr(0, slash);
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  if (name == kOpaque) {
    keep_text(inventory_.opaques, std::string(directory));
    return true;
  }
  if (path.starts_with(kWhiteoutMeta) || name.starts_with(kWhiteoutMeta)) return true;
  if (!name.starts_with(kWhiteout)) return false;
  if (name == kWhiteout) {
    add_problem(std::string(path), "read tar",
                Error{ErrorCode::kInvalidInput, "a whiteout that names no file"});
    return true;
  }
  std::string hidden(directory);
  if (!hidden.empty()) hidden += '/';
  hidden += name.substr(kWhiteout.size());
  keep_text(inventory_.whiteouts, std::move(hidden));
  return true;
}

// An entry takes the place of an earlier one at its path; one that is no directory also of
// everything that was below.
void LayerWalk::forget(const TarEntry& entry) {
  if (!links_.empty()) links_.erase(entry.path);
  if (!evidence_.empty()) evidence_.erase(entry.path);
  held_.remove(entry.path);
  if (entry.kind == TarKind::kDirectory) return;
  erase_below(links_, entry.path);
  erase_below(evidence_, entry.path);
  held_.remove_tree(entry.path);
}

bool LayerWalk::concerns_evidence(const std::string& path) const {
  return anchors_.contains(path) || extractor_for({path, 0}) != nullptr;
}

void LayerWalk::visit_link(const TarEntry& entry, std::uint64_t order) {
  // A second name of a file that was read by its content; the first may be removed by a higher
  // layer.
  if (const auto first = evidence_.find(entry.link_target); entry.kind == TarKind::kHardLink &&
                                                            first != evidence_.end() &&
                                                            is_read_by_content(first->second)) {
    if (!charge(kept_bytes(first->second))) return;
    Evidence second = first->second;
    second.path = entry.path;
    for (Package& package : second.packages) package.path = entry.path;
    for (Problem& problem : second.problems) problem.path = entry.path;
    evidence_.insert_or_assign(entry.path, std::move(second));
    return;
  }
  if (!concerns_evidence(entry.path) && !concerns_evidence(target_in_tar(entry))) return;
  if (!charge(entry.path.size() * 2 + entry.link_target.size())) return;
  links_[entry.path] = {.path = entry.path,
                        .target = entry.link_target,
                        .hard = entry.kind == TarKind::kHardLink,
                        .order = entry.kind == TarKind::kHardLink ? order : 0};
}

// What stands where an extractor reads a file, and is none: whatever the file would have said is
// not known.
void LayerWalk::visit_irregular(const TarEntry& entry, const char* what) {
  const Extractor* extractor = extractor_for({entry.path, 0});
  if (extractor == nullptr || !charge(entry.path.size())) return;
  evidence_[entry.path] =
      failed_evidence(*extractor, entry.path, Error{ErrorCode::kInvalidInput, what});
}

// A package may have a directory of any name; a package database has none of its files' names.
bool LayerWalk::expects_file(const std::string& path) const {
  if (files_.contains(path)) return true;
  const Extractor* extractor = extractor_for({path, 0});
  return extractor != nullptr && extractor->is_database;
}

void LayerWalk::visit_directory(const TarEntry& entry) {
  const Extractor* extractor = extractor_for_directory(entry.path);
  if (extractor == nullptr && expects_file(entry.path)) {
    return visit_irregular(entry, "is a directory, where a file is expected");
  }
  if (extractor == nullptr || !charge(entry.path.size())) return;
  const FileView view{entry.path, {}};
  evidence_[entry.path] = run_extractor(*extractor, {&view, 1}, limits_);
}

void LayerWalk::visit_file(TarReader& tar, const TarEntry& entry, const Extractor& extractor) {
  const auto fail = [&](const Error& error) {
    evidence_[entry.path] = failed_evidence(extractor, entry.path, error);
  };
  const std::uint64_t max_bytes = file_limit(limits_, extractor.max_file_bytes);
  if (!charge(entry.path.size())) return;
  if (entry.size_bytes > max_bytes) {
    return fail(file_too_large(max_bytes, entry.size_bytes));
  }
  if (!held_.fits(entry.size_bytes)) {
    return fail(
        over_limit(limits_, &Limits::memory_bytes,
                   "hold a file of " + std::to_string(entry.size_bytes) + " bytes beside others"));
  }
  auto bytes = tar.content(max_bytes);
  if (!bytes) return fail(bytes.error());
  if (extractor.companions == nullptr) {
    report_step_("extract " + std::string(extractor.name) + " " + entry.path);
    const FileView view{entry.path, *bytes};
    keep_evidence(entry.path, extractor, run_extractor(extractor, {&view, 1}, limits_));
    report_step_("read tar");
  } else if (const auto added = held_.add(extractor, entry.path, *std::move(bytes)); !added) {
    fail(added.error());
  }
}

// The file itself is gone by now, however large it was: what counts is what it leaves.
void LayerWalk::keep_evidence(const std::string& path, const Extractor& extractor,
                              Evidence evidence) {
  if (!charge(kept_bytes(evidence))) {
    evidence = failed_evidence(extractor, path,
                               over_limit(limits_, &Limits::memory_bytes,
                                          "what was read of it, beside what other files hold"));
  }
  evidence_[path] = std::move(evidence);
}

void LayerWalk::visit_content(TarReader& tar, const TarEntry& entry) {
  const std::uint64_t wanted = std::min<std::uint64_t>(kHeadBytes, entry.size_bytes);
  std::size_t have = 0;
  while (have < wanted) {
    const auto got = tar.read({block_.get() + have, wanted - have});
    // A stream that ends here ends the walk at the next entry, which reports it; a sparse map that
    // lies is this file's alone.
    if (!got && entry.sparse) add_problem(entry.path, "read tar", got.error());
    if (!got || *got == 0) return;
    have += *got;
  }
  const std::string_view head(block_.get(), have);
  ContentReading reading({entry.path, entry.size_bytes}, head, limits_);
  if (!reading.wanted()) return;
  report_step_("extract " + entry.path);
  reading.feed(0, head);
  if (const Status fed = feed_content(tar, have, reading); !fed && entry.sparse) {
    add_problem(entry.path, "read tar", fed.error());
  }
  keep_content(entry, reading);
  report_step_("read tar");
}

Status LayerWalk::feed_content(TarReader& tar, std::uint64_t at, ContentReading& reading) {
  while (true) {
    const std::uint64_t needs = reading.needs();
    if (needs == kNeedsNoMore) return ok_status();
    if (needs > at) {
      RETURN_IF_ERROR(tar.skip(needs - at));
      at = needs;
    }
    ASSIGN_OR_RETURN(const std::size_t got, tar.read({block_.get(), kBlockBytes}));
    if (got == 0) return ok_status();
    reading.feed(at, {block_.get(), got});
    at += got;
  }
}

// What several extractors found in one file is one evidence; a file in which none found anything
// leaves none.
void LayerWalk::keep_content(const TarEntry& entry, ContentReading& reading) {
  Evidence together;
  for (ContentReading::Outcome& outcome : reading.finish()) {
    Evidence one = complete_evidence(*outcome.extractor, entry.path, std::move(outcome.evidence));
    if (one.packages.empty() && one.problems.empty() && one.functions.empty()) continue;
    join_evidence(together, std::move(one));
  }
  if (together.extractor.empty()) return;
  const Extractor& extractor = *find_extractor(together.extractor);
  keep_evidence(entry.path, extractor, std::move(together));
}

bool LayerWalk::charge(std::uint64_t bytes) {
  constexpr std::uint64_t kPerItem = 128;
  if (text_bytes_ + bytes + kPerItem <= limits_.memory_bytes) {
    text_bytes_ += bytes + kPerItem;
    return true;
  }
  if (!std::exchange(text_limit_reported_, true)) {
    add_problem("", "read tar",
                over_limit(limits_, &Limits::memory_bytes,
                           "whiteouts, links and what wanted files of the layer hold"));
  }
  return false;
}

void LayerWalk::keep_text(std::vector<std::string>& list, std::string text) {
  if (charge(text.size())) list.push_back(std::move(text));
}

void LayerWalk::add_problem(std::string path, std::string step, const Error& error) {
  if (inventory_.problems.size() >= kMaxProblems) {
    ++dropped_problems_;
    return;
  }
  inventory_.problems.push_back({.path = std::move(path),
                                 .step = std::move(step),
                                 .code = code_of(error.code),
                                 .message = error.message});
}

// Whether a file was the last thing to arrive at a path before this entry. `paths_` is sorted.
bool LayerWalk::stood_before(std::string_view path, std::uint64_t order) const {
  const SeenPath now{path_hash(path), order << 1};
  const auto next = std::lower_bound(paths_.begin(), paths_.end(), now, is_earlier);
  if (next == paths_.begin()) return false;
  const SeenPath& last = *std::prev(next);
  return last.hash == now.hash && (last.order_and_kind & 1) == 0;
}

// Every link that may lead to a directory stays: names of higher layers may run through it. One to
// a file of this layer does not. Call when `inventory_.files` is made.
void LayerWalk::keep_links() {
  const auto is_file = [&](const std::string& path) {
    const auto& files = inventory_.files;
    return !symlinks_.all().contains(path) &&
           std::binary_search(files.begin(), files.end(), path_hash(path));
  };
  for (const auto& [path, target] : symlinks_.all()) {
    const auto leads_to = symlinks_.resolve(path);
    if (!leads_to || !is_file(*leads_to)) links_.try_emplace(path, Link{path, target});
  }
  for (auto& [path, link] : links_) inventory_.links.push_back(std::move(link));
}

// Sorted by path and then arrival, the last of each path is what the layer leaves there.
void LayerWalk::split_paths() {
  std::sort(paths_.begin(), paths_.end(), is_earlier);
  for (auto& [path, link] : links_) {
    link.same_layer = link.hard && stood_before(link.target, link.order);
  }
  const auto is_last = [&](std::size_t i) {
    return i + 1 == paths_.size() || paths_[i + 1].hash != paths_[i].hash;
  };
  std::size_t directories = 0;
  std::size_t files = 0;
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    if (is_last(i)) ++((paths_[i].order_and_kind & 1) != 0 ? directories : files);
  }
  inventory_.directories.reserve(directories);
  inventory_.files.reserve(files);
  bool was_file = false;  // what the current path was before: it hid what lower layers have below
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    const bool directory = (paths_[i].order_and_kind & 1) != 0;
    was_file = was_file || !directory;
    if (!is_last(i)) continue;
    if (directory) inventory_.directories.push_back(paths_[i].hash);
    if (was_file) inventory_.files.push_back(paths_[i].hash);
    was_file = false;
  }
  paths_ = {};
}

LayerInventory LayerWalk::finish() {
  for (Evidence& evidence : held_.extract_all(report_step_)) {
    std::string path = evidence.path;
    evidence_.insert_or_assign(std::move(path), std::move(evidence));
  }
  for (auto& [path, evidence] : evidence_) inventory_.evidence.push_back(std::move(evidence));
  for (std::vector<std::string>* list : {&inventory_.whiteouts, &inventory_.opaques}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  split_paths();
  keep_links();
  if (dropped_problems_ > 0) {
    inventory_.problems.push_back({.path = "",
                                   .step = "read tar",
                                   .code = problem::kLayerUnreadable,
                                   .message = std::to_string(dropped_problems_) +
                                              " more problems of this layer are not listed"});
  }
  return std::move(inventory_);
}

}  // namespace seaworthy
