#include "scan/advisory/environment.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "core/base/file.h"
#include "core/base/guarded.h"
#include "core/base/limits.h"
#include "core/codec/pack.h"
#include "scan/advisory/database_file.h"

namespace seaworthy {
namespace {

constexpr std::array<const char*, static_cast<unsigned>(Table::kCount)> kTableNames{
    "rows",  "details", "aliases",    "epss", "kev",      "exploit", "eol",
    "feeds", "changes", "repository", "vex",  "archives", "meta"};
constexpr unsigned kMaxReaders = 1022;

Error lmdb_error(int code, std::string_view step) {
  const ErrorCode kind = code == ENOENT || code == MDB_NOTFOUND ? ErrorCode::kNotFound
                         : code == EACCES                       ? ErrorCode::kPermissionDenied
                         : code == MDB_CORRUPTED || code == MDB_INVALID ||
                                 code == MDB_VERSION_MISMATCH || code == MDB_PAGE_NOTFOUND
                             ? ErrorCode::kInvalidInput
                             : ErrorCode::kInternal;
  return Error{kind, "advisory database: " + std::string(step) + ": " + mdb_strerror(code)};
}

MDB_val value_of(std::string_view text) {
  return MDB_val{text.size(), const_cast<char*>(text.data())};
}
std::string_view text_of(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

// Opens with the largest address range that the system gives: 64 GiB, less where the process is
// limited (RLIMIT_AS, 32-bit).
int open_mapped(MDB_env*& env, const std::string& directory, unsigned flags) {
  int code = ENOMEM;
  for (std::size_t size = sizeof(void*) > 4 ? std::size_t{1} << 36 : std::size_t{1} << 30;
       code == ENOMEM && size >= (std::size_t{1} << 28); size >>= 2) {
    if ((code = mdb_env_create(&env)) != 0) return code;
    mdb_env_set_mapsize(env, size);
    mdb_env_set_maxreaders(env, kMaxReaders);
    mdb_env_set_maxdbs(env, static_cast<MDB_dbi>(Table::kCount));
    // No thread-local readers: a transaction belongs to a call, not to a thread.
    code = mdb_env_open(env, directory.c_str(), MDB_NOTLS | MDB_NORDAHEAD | flags, 0644);
    if (code != 0) {
      mdb_env_close(env);
      env = nullptr;
    }
  }
  return code;
}

using DirectoryId = std::pair<dev_t, ino_t>;
Guarded<std::map<DirectoryId, std::weak_ptr<DatabaseEnvironment>>>& open_environments() {
  static Guarded<std::map<DirectoryId, std::weak_ptr<DatabaseEnvironment>>> environments;
  return environments;
}

// LMDB takes a write that the file system cut short for an I/O error, and its map grows with the
// file: what is short is the disk.
Error write_failure(const DatabaseEnvironment& environment, int code) {
  const char* path = nullptr;
  if (mdb_env_get_path(environment.handle(), &path) != 0) path = "";
  struct statvfs disk {};
  constexpr std::uint64_t kNearlyNothing = 4 * kMiB;
  const bool full =
      code == EIO && ::statvfs(path, &disk) == 0 && disk.f_bavail * disk.f_frsize < kNearlyNothing;
  return lmdb_error(full ? ENOSPC : code, "write '" + std::string(path) + "'");
}

}  // namespace

DatabaseEnvironment::~DatabaseEnvironment() {
  if (env_ != nullptr) mdb_env_close(env_);
}

Status DatabaseEnvironment::open_tables(bool create) {
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(env_, nullptr, create ? 0 : MDB_RDONLY, &txn); code != 0) {
    return lmdb_error(code, "begin");
  }
  const auto open = [&](unsigned i) -> Status {
    const int code = mdb_dbi_open(txn, kTableNames[i], create ? MDB_CREATE : 0, &tables_[i]);
    if (code == 0) return ok_status();
    mdb_txn_abort(txn);
    return lmdb_error(code, std::string("table '") + kTableNames[i] + "'");
  };
  // The schema first: another one may have other tables.
  RETURN_IF_ERROR(open(static_cast<unsigned>(Table::kMeta)));
  MDB_val key = value_of("schema");
  MDB_val value{};
  const MDB_dbi meta = table(Table::kMeta);
  const int found = mdb_get(txn, meta, &key, &value);
  Packer version;
  version.number(kSchemaVersion);
  if (found == 0 && text_of(value) != version.bytes()) {
    const std::uint64_t other = Unpacker(text_of(value)).number();
    mdb_txn_abort(txn);
    return Error{ErrorCode::kUnsupported, "advisory database has schema " + std::to_string(other) +
                                              ", this program reads " +
                                              std::to_string(kSchemaVersion)};
  }
  for (unsigned i = 0; i < kTableNames.size(); ++i) RETURN_IF_ERROR(open(i));
  if (found != 0 && create) {
    value = value_of(version.bytes());
    if (const int code = mdb_put(txn, meta, &key, &value, 0); code != 0) {
      mdb_txn_abort(txn);
      return lmdb_error(code, "write schema");
    }
  }
  if (found != 0 && !create) {
    mdb_txn_abort(txn);
    return Error{ErrorCode::kInvalidInput, "advisory database has no schema version"};
  }
  if (const int code = mdb_txn_commit(txn); code != 0) return write_failure(*this, code);
  return ok_status();
}

namespace {

// The walk through every page reads the whole file, which would be most of a scan's time. So the
// state of the file that is known to be sound is kept beside it: size and time of the last change.
// An import notes it after each commit: the state it began with was checked when it opened the
// database, and what came since was written by itself or by its like. Readers write nothing; where
// the note is missing or the file is another one, they walk. Who can write here can write the
// database as well.
std::string note_path(const std::string& directory) {
  return directory + "/checked";
}

Result<std::string> state_of_file(const std::string& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return errno_error(errno, "stat", file);
  return std::to_string(info.st_size) + " " + std::to_string(info.st_mtim.tv_sec) + "." +
         std::to_string(info.st_mtim.tv_nsec) + "\n";
}

Status check_unless_checked(const std::string& directory, const std::string& file) {
  ASSIGN_OR_RETURN(const std::string state, state_of_file(file));
  const auto noted = read_file(note_path(directory), kKiB);
  return noted && *noted == state ? ok_status() : check_database_file(file);
}

}  // namespace

void note_checked(const std::string& directory) {
  // Without the note the next open walks.
  if (const auto state = state_of_file(directory + "/data.mdb")) {
    (void)write_file_atomically(note_path(directory), *state);
  }
}

Result<std::shared_ptr<DatabaseEnvironment>> open_environment(const std::string& directory,
                                                              bool create) {
  const std::string file = directory + "/data.mdb";
  std::error_code failure;
  if (create) std::filesystem::create_directories(directory, failure);
  struct stat info {};
  if (::stat(directory.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return Error{create ? ErrorCode::kPermissionDenied : ErrorCode::kNotFound,
                 "no advisory database in '" + directory +
                     "'; `seaworthy db update`, or "
                     "`seaworthy db import PATH...`, makes one"};
  }
  // The registry's lock is held while opening, so that two threads cannot open one directory.
  using Opened = Result<std::shared_ptr<DatabaseEnvironment>>;
  return open_environments().with([&](auto& environments) -> Opened {
    auto& known = environments[DirectoryId{info.st_dev, info.st_ino}];
    if (auto environment = known.lock()) return environment;
    const bool exists = ::access(file.c_str(), F_OK) == 0;
    if (!exists && !create) {
      return Error{ErrorCode::kNotFound, "no advisory database in '" + directory +
                                             "'; `seaworthy db update`, or "
                                             "`seaworthy db import PATH...`, makes one"};
    }
    if (exists) RETURN_IF_ERROR(check_unless_checked(directory, file));
    std::shared_ptr<DatabaseEnvironment> environment(new DatabaseEnvironment);
    environment->writable_ =
        ::access(directory.c_str(), W_OK) == 0 && (!exists || ::access(file.c_str(), W_OK) == 0);
    const unsigned flags = environment->writable_ ? 0U : MDB_RDONLY | MDB_NOLOCK;
    if (const int code = open_mapped(environment->env_, directory, flags); code != 0) {
      return lmdb_error(code, "open '" + directory + "'");
    }
    auto tables = environment->open_tables(false);
    if (!tables && tables.error().code == ErrorCode::kNotFound && create &&
        environment->writable_) {
      tables = environment->open_tables(true);
    }
    if (!tables) return std::move(tables).error();
    known = environment;
    return environment;
  });
}

Result<Fd> lock_for_writing(const std::string& directory, std::chrono::seconds wait) {
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  const std::string path = directory + "/write.lock";
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!fd.valid()) return errno_error(errno, "open", path);
  const auto until = std::chrono::steady_clock::now() + wait;
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return errno_error(errno, "lock", path);
    if (std::chrono::steady_clock::now() >= until) {
      return Error{ErrorCode::kConflict, "another process is writing in '" + directory + "'"};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return fd;
}

Result<Transaction> Transaction::begin(const DatabaseEnvironment& environment, bool write) {
  MDB_txn* txn = nullptr;
  const int code = mdb_txn_begin(environment.handle(), nullptr, write ? 0 : MDB_RDONLY, &txn);
  if (code != 0) return lmdb_error(code, "begin");
  return Transaction(&environment, txn);
}

Transaction::~Transaction() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
}

std::string_view Transaction::get(Table table, std::string_view key) const {
  MDB_val wanted = value_of(key);
  MDB_val value{};
  if (key.empty() || mdb_get(txn_, environment_->table(table), &wanted, &value) != 0) return {};
  return text_of(value);
}

Status Transaction::put(Table table, std::string_view key, std::string_view value) {
  MDB_val wanted = value_of(key);
  MDB_val stored = value_of(value);
  const int code = mdb_put(txn_, environment_->table(table), &wanted, &stored, 0);
  return code == 0 ? ok_status() : Status(write_failure(*environment_, code));
}

Status Transaction::remove(Table table, std::string_view key) {
  MDB_val wanted = value_of(key);
  const int code = mdb_del(txn_, environment_->table(table), &wanted, nullptr);
  return code == 0 || code == MDB_NOTFOUND ? ok_status() : Status(lmdb_error(code, "delete"));
}

Status Transaction::commit() {
  const int code = mdb_txn_commit(std::exchange(txn_, nullptr));
  return code == 0 ? ok_status() : Status(write_failure(*environment_, code));
}

void Transaction::walk(Table table, std::string_view from,
                       const std::function<bool(std::string_view, std::string_view)>& each) const {
  MDB_cursor* cursor = nullptr;
  if (mdb_cursor_open(txn_, environment_->table(table), &cursor) != 0) return;
  MDB_val key = value_of(from);
  MDB_val value{};
  int code = mdb_cursor_get(cursor, &key, &value, from.empty() ? MDB_FIRST : MDB_SET_RANGE);
  while (code == 0 && each(text_of(key), text_of(value))) {
    code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
  }
  mdb_cursor_close(cursor);
}

std::string Transaction::last_key_up_to(Table table, std::string_view key) const {
  MDB_cursor* cursor = nullptr;
  if (mdb_cursor_open(txn_, environment_->table(table), &cursor) != 0) return {};
  MDB_val at = value_of(key);
  MDB_val value{};
  int code = mdb_cursor_get(cursor, &at, &value, MDB_SET_RANGE);
  if (code == MDB_NOTFOUND) {
    code = mdb_cursor_get(cursor, &at, &value, MDB_LAST);
  } else if (code == 0 && text_of(at) != key) {
    code = mdb_cursor_get(cursor, &at, &value, MDB_PREV);
  }
  std::string found = code == 0 ? std::string(text_of(at)) : std::string{};
  mdb_cursor_close(cursor);
  return found;
}

}  // namespace seaworthy
