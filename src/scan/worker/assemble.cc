// The second pass: files that the first pass could not read where they stand, because they are
// links or belong to another layer's database, are fetched by name and shown to the extractors as
// one tree. A wanted path may be a link in turn: that is told, and the overlay says which file of
// which layer it leads to (scan/overlay).
#include "scan/worker/assemble.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <unordered_set>
#include <utility>

#include "core/base/path.h"
#include "core/codec/digest.h"
#include "core/codec/squashfs.h"
#include "core/codec/tar.h"
#include "scan/worker/layer_links.h"
#include "scan/worker/table_tar.h"

namespace seaworthy {

namespace {

// Gives a source's first bytes back in front of the rest.
class PrefixedSource final : public ByteSource {
 public:
  PrefixedSource(std::string prefix, std::unique_ptr<ByteSource> rest)
      : prefix_(std::move(prefix)), rest_(std::move(rest)) {}

  Result<std::size_t> read(std::span<char> out) override {
    if (given_ == prefix_.size()) return rest_->read(out);
    const std::size_t size = std::min(out.size(), prefix_.size() - given_);
    std::copy_n(prefix_.data() + given_, size, out.data());
    given_ += size;
    return size;
  }

 private:
  std::string prefix_;
  std::size_t given_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

// The files that are wanted from one input, by their paths there.
class WantedFiles {
 public:
  void add(const AssembleFile& file) {
    if (file.path.ends_with('/')) {
      directories_.push_back(file);
    } else {
      files_[file.path].push_back(file);
    }
  }
  bool empty() const { return files_.empty() && directories_.empty(); }

  // Under which names a path is wanted: links may give one file several. `path` of each is the
  // given one, `as_path` that for the extractor.
  std::vector<AssembleFile> at(std::string_view path) const {
    std::vector<AssembleFile> names;
    if (const auto found = files_.find(path); found != files_.end()) names = found->second;
    for (const AssembleFile& directory : directories_) {
      if (!path.starts_with(directory.path)) continue;
      AssembleFile file = directory;
      file.path = path;
      file.as_path += directory.as_path.ends_with('/') ? "" : "/";
      file.as_path += path.substr(directory.path.size());
      names.push_back(std::move(file));
    }
    return names;
  }

 private:
  std::map<std::string, std::vector<AssembleFile>, std::less<>> files_;
  std::vector<AssembleFile> directories_;
};

class Assembly {
 public:
  Assembly(const WorkerRequest& request, const ReportStep& report_step)
      : request_(request), report_step_(report_step), held_(request.limits) {}

  Result<Assembled> run() {
    for (std::size_t i = 0; i < request_.inputs.size(); ++i) {
      WantedFiles wanted;
      for (const AssembleFile& file : request_.files) {
        if (file.input == i) wanted.add(file);
      }
      if (!wanted.empty()) RETURN_IF_ERROR(read_input(i, wanted));
    }
    note_missing();
    Assembled assembled{held_.extract_all(report_step_), {}};
    for (auto& [path, evidence] : failed_) assembled.evidence.push_back(std::move(evidence));
    for (auto& [path, found] : links_) assembled.links.push_back(std::move(found));
    return assembled;
  }

 private:
  // What was met of one input.
  struct Walk {
    std::size_t input;
    const WantedFiles& wanted;
    LayerLinks symlinks = {};
    std::unordered_set<std::uint64_t> passed = {};  // path hashes of what is no directory
    // What of this input stands under its wanted names now, by path.
    std::map<std::string, std::vector<AssembleFile>> taken = {};
  };

  Status read_input(std::size_t index, const WantedFiles& wanted) {
    const WorkerInput& input = request_.inputs[index];
    report_step_("read tar again");
    const auto is_wanted = [&wanted](std::string_view path, std::uint64_t) {
      return !wanted.at(path).empty();
    };
    ASSIGN_OR_RETURN(const auto source,
                     inflated_source_of(input, request_.limits, {is_wanted}, nullptr));
    TarReader tar(*source, request_.limits);
    TarEntry entry;
    Walk walk{index, wanted};
    while (true) {
      ASSIGN_OR_RETURN(const bool more, tar.next(entry));
      if (!more) return ok_status();
      if (!entry.complaint.empty()) continue;
      if (input.form == LayerForm::kWindowsTar && !enter_windows_root(entry)) continue;
      walk.symlinks.follow(entry);
      replace(walk, entry, tar.entries());
      walk.symlinks.place(entry);
      if (entry.kind == TarKind::kDirectory) continue;
      visit(walk, tar, entry);
      walk.passed.insert(path_hash(entry.path));
    }
  }

  void visit(Walk& walk, TarReader& tar, const TarEntry& entry) {
    std::optional<Result<std::string>> content;  // can be read once
    for (const AssembleFile& file : walk.wanted.at(entry.path)) {
      if (tar.entries() >= file.before) continue;
      forget(file.as_path);
      walk.taken[entry.path].push_back(file);
      if (entry.kind == TarKind::kFile) {
        take(tar, entry, file.as_path, content);
      } else if (entry.kind == TarKind::kOther) {
        irregular_.insert(file.as_path);
      } else {
        Link link{file.as_path, entry.link_target, entry.kind == TarKind::kHardLink};
        if (link.hard) link.order = tar.entries();
        link.same_layer = link.hard && walk.passed.contains(path_hash(link.target));
        links_[file.as_path] = {walk.input, std::move(link), entry.path};
      }
    }
  }

  // An entry takes the place of what stood at its path, and one that is no directory also of all
  // that was below; not for those who ask for an earlier time.
  void replace(Walk& walk, const TarEntry& entry, std::uint64_t order) {
    const auto drop = [&](std::vector<AssembleFile>& files) {
      std::erase_if(files, [&](const AssembleFile& file) {
        if (order < file.before) forget(file.as_path);
        return order < file.before;
      });
    };
    if (const auto at = walk.taken.find(entry.path); at != walk.taken.end()) drop(at->second);
    if (entry.kind == TarKind::kDirectory) return;
    const std::string below = entry.path + "/";
    for (auto at = walk.taken.lower_bound(below);
         at != walk.taken.end() && at->first.starts_with(below); ++at) {
      drop(at->second);
    }
  }

  void forget(const std::string& as_path) {
    found_.erase(as_path);
    irregular_.erase(as_path);
    links_.erase(as_path);
    failed_.erase(as_path);
    held_.remove(as_path);
  }

  void take(TarReader& tar, const TarEntry& entry, const std::string& as_path,
            std::optional<Result<std::string>>& content) {
    const Extractor* extractor = extractor_for({as_path, entry.size_bytes});
    found_.insert(as_path);
    if (extractor == nullptr) return;
    const auto fail = [&](const Error& error) {
      failed_[as_path] = failed_evidence(*extractor, as_path, error);
    };
    const std::uint64_t max_bytes = file_limit(request_.limits, extractor->max_file_bytes);
    if (entry.size_bytes > max_bytes) return fail(file_too_large(max_bytes, entry.size_bytes));
    if (!held_.fits(entry.size_bytes)) {
      return fail(over_limit(request_.limits, &Limits::memory_bytes, "the file"));
    }
    if (!content) content = tar.content(max_bytes);
    if (!*content) return fail(content->error());
    if (const auto added = held_.add(*extractor, as_path, **content); !added) fail(added.error());
  }

  std::string absence(const AssembleFile& file) const {
    const bool irregular = irregular_.contains(file.as_path);
    const std::string what =
        irregular ? "no regular file but a device, a FIFO or a socket" : "no file there";
    if (file.path == file.as_path) return "is " + what;
    return "points to '" + file.path + "', which is " + what;
  }

  // A wanted file that is in no input: what it stands for could not be judged.
  void note_missing() {
    for (const AssembleFile& file : request_.files) {
      if (file.path.ends_with('/') || found_.contains(file.as_path) ||
          links_.contains(file.as_path)) {
        continue;
      }
      const Extractor* extractor = extractor_for({file.as_path, 0});
      if (extractor == nullptr) continue;
      Evidence evidence =
          failed_evidence(*extractor, file.as_path, Error{ErrorCode::kNotFound, absence(file)});
      evidence.problems.front().code = problem::kUnresolvedLink;
      failed_[file.as_path] = std::move(evidence);
    }
  }

  const WorkerRequest& request_;
  const ReportStep& report_step_;
  HeldFiles held_;
  std::set<std::string> found_;
  std::set<std::string> irregular_;
  std::map<std::string, FoundLink> links_;
  std::map<std::string, Evidence> failed_;
};

}  // namespace

std::string target_in_tar(const TarEntry& entry) {
  if (entry.kind == TarKind::kHardLink) return entry.link_target;
  return join_path(parent_path(entry.path), entry.link_target).path;
}

bool enter_windows_root(TarEntry& entry) {
  constexpr std::string_view kRoot = "Files";
  const auto cut = [&](std::string& path) {
    if (path == kRoot) {
      path.clear();
      return true;
    }
    if (!path.starts_with(kRoot) || path[kRoot.size()] != '/') return false;
    path.erase(0, kRoot.size() + 1);
    return true;
  };
  if (!entry.complaint.empty()) return true;
  if (entry.kind == TarKind::kHardLink && !cut(entry.link_target)) return false;
  return cut(entry.path);
}

std::unique_ptr<ByteSource> source_of(const WorkerInput& input, const Limits& limits,
                                      const ContentChoice& wanted) {
  if (input.form == LayerForm::kSquashfs) {
    return tar_of_squashfs(ranges_of_file(input.fd, input.offset, input.size), limits, wanted);
  }
  if (input.table) return tar_by_table(input, limits, wanted.by_path);
  if (input.is_stream) return source_of_stream(input.fd);
  return source_of_file(input.fd, input.offset, input.size);
}

Result<std::unique_ptr<ByteSource>> inflated_source_of(const WorkerInput& input,
                                                       const Limits& limits,
                                                       const ContentChoice& wanted,
                                                       Compression* compression) {
  constexpr std::size_t kMagicBytes = 6;
  std::unique_ptr<ByteSource> source = source_of(input, limits, wanted);
  std::string magic(kMagicBytes, '\0');
  std::size_t size = 0;
  while (size < kMagicBytes) {
    ASSIGN_OR_RETURN(const std::size_t got, source->read(std::span(magic).subspan(size)));
    if (got == 0) break;
    size += got;
  }
  magic.resize(size);
  const Compression found = sniff_compression(magic);
  if (compression != nullptr) *compression = found;
  // A file is simply opened again: unlike the prefixed source it can skip without reading.
  source = input.is_stream ? std::make_unique<PrefixedSource>(std::move(magic), std::move(source))
                           : source_of(input, limits, wanted);
  return inflate(std::move(source), found, limits);
}

Result<Assembled> assemble_files(const WorkerRequest& request, const ReportStep& report_step) {
  return Assembly(request, report_step).run();
}

}  // namespace seaworthy
