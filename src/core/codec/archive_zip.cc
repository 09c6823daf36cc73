#include "core/codec/archive_zip.h"

#include <sys/stat.h>
#include <zip.h>

#include <array>
#include <ctime>
#include <memory>
#include <utility>

namespace seaworthy {
namespace {

// Zip (PKWARE APPNOTE) through libzip. Sizes in a zip are claims: the content is read in pieces and
// counted, so a member that inflates to more than it says, or to more than the limits allow, is
// refused when it does so and not when it has filled the memory. Members are independent, so one
// damaged or encrypted member is a problem and the next one is read.

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseMember {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

constexpr std::uint64_t kFreeRatioBytes = 64 * kMiB;  // Limits::ratio counts behind these

Result<std::string> read_member(zip_t* archive, zip_uint64_t index, const zip_stat_t& info,
                                const Limits& limits) {
  const Error too_large = over_limit(limits, &Limits::document_bytes, "zip: one document");
  if ((info.valid & ZIP_STAT_SIZE) != 0 && info.size > limits.document_bytes) {
    return too_large;
  }
  if ((info.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && info.encryption_method != ZIP_EM_NONE) {
    return Error{ErrorCode::kUnsupported, "encrypted zip member"};
  }
  const std::unique_ptr<zip_file_t, CloseMember> file(zip_fopen_index(archive, index, 0));
  if (!file) return Error{ErrorCode::kInvalidInput, std::string("zip: ") + zip_strerror(archive)};
  std::string bytes;
  std::array<char, 64 * kKiB> chunk{};
  for (;;) {
    const zip_int64_t got = zip_fread(file.get(), chunk.data(), chunk.size());
    if (got < 0) {
      return Error{ErrorCode::kInvalidInput,
                   std::string("zip: ") + zip_error_strerror(zip_file_get_error(file.get()))};
    }
    if (got == 0) return bytes;
    bytes.append(chunk.data(), static_cast<std::size_t>(got));
    if (bytes.size() > limits.document_bytes) return too_large;
    if ((info.valid & ZIP_STAT_COMP_SIZE) != 0 && bytes.size() > kFreeRatioBytes &&
        bytes.size() / limits.ratio > info.comp_size) {
      return over_limit(limits, &Limits::ratio, "zip: inflating a member");
    }
  }
}

// A zip holds a time of day without a zone, which libzip takes for one of this machine's. Its
// fields are read as UTC instead: the same archive has the same times everywhere.
UnixSeconds modified_of(const zip_stat_t& info) {
  std::tm fields{};
  if ((info.valid & ZIP_STAT_MTIME) == 0 || ::localtime_r(&info.mtime, &fields) == nullptr)
    return 0;
  return ::timegm(&fields);
}

}  // namespace

Status walk_zip(const std::string& path, const Limits& limits,
                const std::function<Status(ArchiveMember)>& visit,
                const std::function<void(const std::string& member, const Error&)>& problem) {
  int code = 0;
  const std::unique_ptr<zip_t, CloseArchive> archive(zip_open(path.c_str(), ZIP_RDONLY, &code));
  if (!archive) {
    zip_error_t why;
    zip_error_init_with_code(&why, code);
    Error error{ErrorCode::kInvalidInput, std::string("zip: ") + zip_error_strerror(&why)};
    zip_error_fini(&why);
    return error;
  }
  const auto members = static_cast<std::uint64_t>(zip_get_num_entries(archive.get(), 0));
  if (members > limits.entries) {
    return over_limit(limits, &Limits::entries, "zip: members");
  }
  std::uint64_t total = 0;
  for (std::uint64_t i = 0; i < members; ++i) {
    zip_stat_t info;
    zip_stat_init(&info);
    if (zip_stat_index(archive.get(), i, 0, &info) != 0 || (info.valid & ZIP_STAT_NAME) == 0) {
      problem("member " + std::to_string(i),
              Error{ErrorCode::kInvalidInput, std::string("zip: ") + zip_strerror(archive.get())});
      continue;
    }
    const std::string name = info.name;
    if (name.ends_with('/')) continue;
    auto bytes = read_member(archive.get(), i, info, limits);
    if (!bytes) {
      problem(name, bytes.error());
      continue;
    }
    total += bytes->size();
    if (total > limits.layer_bytes) {
      return over_limit(limits, &Limits::layer_bytes, "zip: inflating the archive");
    }
    RETURN_IF_ERROR(visit(ArchiveMember{name, *std::move(bytes), modified_of(info)}));
  }
  return ok_status();
}

}  // namespace seaworthy
