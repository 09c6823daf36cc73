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
#include <utility>

#include "core/base/path.h"
#include "core/codec/squashfs.h"
#include "core/codec/tar.h"
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

// What is wanted from one input. A path that ends in "/" stands for all below it.
struct Wanted {
  std::string path;
  std::string as_path;
};

// The paths under which an entry is wanted: links may give one file several names.
std::vector<std::string> wanted_as(const std::vector<Wanted>& wanted, const std::string& path) {
  std::vector<std::string> names;
  for (const Wanted& one : wanted) {
    if (one.path == path) names.push_back(one.as_path);
    if (one.path.ends_with('/') && path.starts_with(one.path)) {
      names.push_back(one.as_path + (one.as_path.ends_with('/') ? "" : "/") +
                      path.substr(one.path.size()));
    }
  }
  return names;
}

class Assembly {
 public:
  Assembly(const WorkerRequest& request, const ReportStep& report_step)
      : request_(request), report_step_(report_step), held_(request.limits) {}

  Result<Assembled> run() {
    for (std::size_t i = 0; i < request_.inputs.size(); ++i) {
      std::vector<Wanted> wanted;
      for (const AssembleFile& file : request_.files) {
        if (file.input == i) wanted.push_back({file.path, file.as_path});
      }
      if (!wanted.empty()) RETURN_IF_ERROR(read_input(i, wanted));
    }
    note_missing();
    Assembled assembled{held_.extract_all(report_step_), {}};
    std::move(failed_.begin(), failed_.end(), std::back_inserter(assembled.evidence));
    for (auto& [path, found] : links_) assembled.links.push_back(std::move(found));
    return assembled;
  }

 private:
  Status read_input(std::size_t index, const std::vector<Wanted>& wanted) {
    const WorkerInput& input = request_.inputs[index];
    report_step_("read tar again");
    const auto is_wanted = [&wanted](std::string_view path, std::uint64_t) {
      return !wanted_as(wanted, std::string(path)).empty();
    };
    ASSIGN_OR_RETURN(const auto source,
                     inflated_source_of(input, request_.limits, {is_wanted}, nullptr));
    TarReader tar(*source, request_.limits);
    TarEntry entry;
    while (true) {
      ASSIGN_OR_RETURN(const bool more, tar.next(entry));
      if (!more) return ok_status();
      if (!entry.complaint.empty() || entry.kind == TarKind::kDirectory) continue;
      if (input.form == LayerForm::kWindowsTar && !enter_windows_root(entry)) continue;
      std::optional<Result<std::string>> content;  // can be read once
      for (const std::string& as_path : wanted_as(wanted, entry.path)) {
        links_.erase(as_path);
        if (entry.kind == TarKind::kFile) {
          take(tar, entry, as_path, content);
        } else if (entry.kind == TarKind::kOther) {
          irregular_.insert(as_path);
        } else {
          const bool hard = entry.kind == TarKind::kHardLink;
          links_[as_path] = {index, {as_path, target_in_tar(entry), hard}};
        }
      }
    }
  }

  void take(TarReader& tar, const TarEntry& entry, const std::string& as_path,
            std::optional<Result<std::string>>& content) {
    const Extractor* extractor = extractor_for({as_path, entry.size_bytes});
    found_.insert(as_path);
    if (extractor == nullptr) return;
    const std::uint64_t max_bytes = file_limit(request_.limits, extractor->max_file_bytes);
    if (entry.size_bytes > max_bytes) {
      failed_.push_back(
          failed_evidence(*extractor, as_path, file_too_large(max_bytes, entry.size_bytes)));
      return;
    }
    if (!held_.fits(entry.size_bytes)) {
      failed_.push_back(failed_evidence(
          *extractor, as_path, over_limit(request_.limits, &Limits::memory_bytes, "the file")));
      return;
    }
    if (!content) content = tar.content(max_bytes);
    if (!*content) {
      failed_.push_back(failed_evidence(*extractor, as_path, content->error()));
    } else if (const auto added = held_.add(*extractor, as_path, **content); !added) {
      failed_.push_back(failed_evidence(*extractor, as_path, added.error()));
    }
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
      failed_.push_back(std::move(evidence));
    }
  }

  const WorkerRequest& request_;
  const ReportStep& report_step_;
  HeldFiles held_;
  std::set<std::string> found_;
  std::set<std::string> irregular_;
  std::map<std::string, FoundLink> links_;
  std::vector<Evidence> failed_;
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
