#include "scan/update/fetch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <vector>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/codec/digest.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kMaxChecksumBytes = 4 * kKiB;
constexpr std::uint64_t kMaxEtagBytes = 1 * kKiB;

// "Mon, 23 Nov 2026 08:00:00 GMT" (RFC 9110, 5.6.7); 0 where it is no such date.
UnixSeconds parse_http_date(std::string_view text) {
  std::tm fields{};
  const std::string copy(text);
  const char* end = ::strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &fields);
  return end != nullptr && *end == '\0' ? ::timegm(&fields) : 0;
}

Validators validators_of(const HttpResponse& response) {
  return {std::string(response.header("ETag")), std::string(response.header("Last-Modified"))};
}

void ask_if_newer(HttpRequest& request, const Validators& known) {
  if (!known.etag.empty()) request.headers.push_back({"If-None-Match", known.etag});
  if (!known.last_modified.empty()) {
    request.headers.push_back({"If-Modified-Since", known.last_modified});
  }
}

Result<HttpRequest> request_for(const std::string& url, std::uint64_t max_bytes) {
  HttpRequest request;
  ASSIGN_OR_RETURN(request.url, parse_url(url));
  request.max_body_bytes = max_bytes;
  return request;
}

// 2xx and 304 are answers; everything else is why there is none.
Status check_status(const HttpResponse& response) {
  if (response.ok() || response.status == 304) return ok_status();
  std::string why =
      response.url.shown() + ": the server answered " + std::to_string(response.status);
  if (response.retry_after) {
    why += ", to be asked again in " + std::to_string(response.retry_after->count()) + " s";
  }
  const int status = response.status;
  return Error{status == 404 || status == 410   ? ErrorCode::kNotFound
               : status == 401 || status == 403 ? ErrorCode::kPermissionDenied
                                                : ErrorCode::kUnavailable,
               std::move(why)};
}

Result<Fd> open_part(const std::string& part, bool truncate) {
  Fd fd(
      ::open(part.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (truncate ? O_TRUNC : O_APPEND), 0644));
  if (!fd.valid()) return errno_error(errno, "open", part);
  return fd;
}

void discard(const std::string& part) {
  ::unlink(part.c_str());
  ::unlink((part + ".etag").c_str());
}

bool is_strong(std::string_view etag) {
  return etag.starts_with('"');
}

// Of the part that an interrupted download left; "" where there is none.
std::string kept_etag(const std::string& path) {
  auto kept = read_file(path, kMaxEtagBytes);
  return kept && is_strong(*kept) ? *std::move(kept) : "";
}

std::uint64_t size_of(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

Status put_in_place(const std::string& part, const std::string& path, UnixSeconds modified) {
  {
    ASSIGN_OR_RETURN(const Fd fd, open_for_reading(part));
    if (::fsync(fd.get()) != 0) return errno_error(errno, "sync", part);
    if (modified > 0) {
      const timespec times[2]{{modified, 0}, {modified, 0}};
      (void)::futimens(fd.get(), times);
    }
  }
  if (std::rename(part.c_str(), path.c_str()) != 0) return errno_error(errno, "rename", part);
  ::unlink((part + ".etag").c_str());
  return ok_status();
}

}  // namespace

Result<std::string> digest_of_file(const std::string& path, Hasher::Algorithm algorithm) {
  ASSIGN_OR_RETURN(const Fd fd, open_for_reading(path));
  Hasher hasher(algorithm);
  std::vector<char> chunk(1 * kMiB);
  for (;;) {
    const ssize_t got = ::read(fd.get(), chunk.data(), chunk.size());
    if (got == 0) return hasher.finish();
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error(errno, "read", path);
    hasher.update(std::string_view(chunk.data(), static_cast<std::size_t>(got)));
  }
}

Result<HttpResponse> Fetcher::append(const HttpRequest& request, int fd, std::uint64_t offset,
                                     std::uint64_t total) const {
  std::uint64_t done = offset;
  return http_.download(request, [&](std::string_view block) -> Status {
    RETURN_IF_ERROR(write_all(fd, block));
    done += block.size();
    if (progress_) progress_(done, total);
    return ok_status();
  });
}

Result<HttpResponse> Fetcher::whole(const HttpRequest& request, const std::string& part) const {
  discard(part);
  ASSIGN_OR_RETURN(const Fd fd, open_part(part, true));
  return append(request, fd.get(), 0, 0);
}

// One piece after the other. The response is that of the last piece.
Result<HttpResponse> Fetcher::in_pieces(const HttpRequest& request, const std::string& part,
                                        std::uint64_t piece_bytes) const {
  const std::string etag_path = part + ".etag";
  std::string etag = kept_etag(etag_path);
  std::uint64_t offset = etag.empty() ? 0 : size_of(part);
  if (offset == 0) discard(part);
  std::uint64_t total = 0;
  const std::uint64_t most = request.max_body_bytes.value_or(0);
  for (;;) {
    HttpRequest piece = request;
    piece.range = ByteRange{offset, offset + piece_bytes - 1};
    if (offset > 0) {
      piece.headers.clear();
      piece.headers.push_back({"If-Range", etag});
    }
    ASSIGN_OR_RETURN(const Fd fd, open_part(part, offset == 0));
    ASSIGN_OR_RETURN(const HttpResponse response, append(piece, fd.get(), offset, total));
    const std::string now_etag(response.header("ETag"));
    const auto range = parse_content_range(response.header("Content-Range"));
    const bool goes_on = response.status == 206 && range && range->total && is_strong(now_etag) &&
                         (offset == 0 || now_etag == etag);
    if (offset > 0 && !goes_on && (response.status == 416 || response.ok())) {
      return whole(request, part);  // another version, or a server that forgot what ranges are
    }
    if (!response.ok()) return response;
    const std::uint64_t size = size_of(part);
    if (!goes_on) {
      // All of it, unless the answer was cut at the piece's end.
      if (response.status == 200 && size < piece_bytes) return response;
      return whole(request, part);
    }
    if (*range->total > most) {
      return Error{ErrorCode::kLimitExceeded, "has " + std::to_string(*range->total) +
                                                  " bytes, more than " + std::to_string(most)};
    }
    total = *range->total;
    if (size >= total) return response;
    if (size <= offset) return Error{ErrorCode::kUnavailable, "the server sends empty pieces"};
    etag = now_etag;
    offset = size;
    RETURN_IF_ERROR(write_file_atomically(etag_path, etag));
  }
}

// A server that cannot continue what broke off, or has something new now (kConflict), is asked for
// all of it again.
Result<HttpResponse> Fetcher::with_attempts(const HttpRequest& request, const std::string& part,
                                            std::uint64_t piece_bytes) const {
  constexpr int kMaxAttempts = 3;
  auto answer = piece_bytes == 0 ? whole(request, part) : in_pieces(request, part, piece_bytes);
  for (int attempt = 1; !answer && answer.error().code == ErrorCode::kConflict; ++attempt) {
    if (attempt == kMaxAttempts) {
      return Error{ErrorCode::kConflict,
                   answer.error().message + ", or the server cannot continue what broke off; it " +
                       "was begun " + std::to_string(kMaxAttempts) + " times"};
    }
    answer = whole(request, part);
  }
  return answer;
}

// "" where there is none.
Result<std::string> Fetcher::published_digest(const FetchOptions& options) const {
  if (options.checksum_url.empty()) return options.digest;
  ASSIGN_OR_RETURN(const HttpRequest request, request_for(options.checksum_url, kMaxChecksumBytes));
  ASSIGN_OR_RETURN(const HttpResponse response, http_.send(request));
  if (response.status == 404 && options.checksum_optional) return options.digest;
  RETURN_IF_ERROR(check_status(response));
  const std::string_view text = trim(response.body);
  const std::string wanted = lower_case(text.substr(0, text.find_first_of(" \t\r\n")));
  std::string digest = (wanted.size() == 128 ? "sha512:" : "sha256:") + wanted;
  if (is_digest(digest)) return digest;
  return Error{ErrorCode::kInvalidInput, request.url.shown() + ": is no checksum"};
}

Status Fetcher::verify(const std::string& part, const FetchOptions& options) const {
  ASSIGN_OR_RETURN(const std::string digest, published_digest(options));
  if (digest.empty()) return ok_status();
  const bool sha512 = digest.starts_with("sha512:");
  ASSIGN_OR_RETURN(
      const std::string found,
      digest_of_file(part, sha512 ? Hasher::Algorithm::kSha512 : Hasher::Algorithm::kSha256));
  if (found == digest) return ok_status();
  return Error{ErrorCode::kInvalidInput,
               "wrong checksum: published " + digest + ", received " + found};
}

Result<FetchedFile> Fetcher::to_file(const std::string& url, const std::string& path,
                                     const Validators& known, const FetchOptions& options) const {
  const std::string part = path + ".part";
  ASSIGN_OR_RETURN(HttpRequest request, request_for(url, options.max_bytes));
  ask_if_newer(request, known);
  auto answer = with_attempts(request, part, options.piece_bytes);
  if (!answer) {
    // Nothing goes on behind bytes that are too many already, for the limit or for the disk.
    const ErrorCode code = answer.error().code;
    if (code == ErrorCode::kLimitExceeded || code == ErrorCode::kInternal) discard(part);
    return std::move(answer).error();
  }
  const HttpResponse response = *std::move(answer);
  FetchedFile fetched;
  fetched.validators = validators_of(response);
  fetched.modified = parse_http_date(fetched.validators.last_modified);
  if (response.status == 304) {
    discard(part);
    if (known == Validators{}) {
      return Error{ErrorCode::kInvalidInput,
                   request.url.shown() +
                       ": the server says that nothing changed (304), but was not "
                       "asked so: no copy is held"};
    }
    fetched.validators = known;
    return fetched;
  }
  if (auto status = check_status(response); !status) {
    discard(part);
    return std::move(status).error();
  }
  fetched.changed = true;
  fetched.bytes = size_of(part);
  Status sound = ok_status();
  if (fetched.bytes == 0) {
    sound = Error{ErrorCode::kInvalidInput, request.url.shown() + ": the answer is empty"};
  } else {
    sound = verify(part, options);
  }
  if (!sound) {
    discard(part);
    return std::move(sound).error();
  }
  RETURN_IF_ERROR(put_in_place(part, path, fetched.modified));
  return fetched;
}

Result<std::optional<std::string>> Fetcher::to_text(const std::string& url, Validators& known,
                                                    std::uint64_t max_bytes) const {
  ASSIGN_OR_RETURN(HttpRequest request, request_for(url, max_bytes));
  ask_if_newer(request, known);
  ASSIGN_OR_RETURN(HttpResponse response, http_.send(request));
  RETURN_IF_ERROR(check_status(response));
  if (response.status == 304) return std::optional<std::string>{};
  known = validators_of(response);
  return std::optional<std::string>(std::move(response.body));
}

}  // namespace seaworthy
