#include "scan/update/update_state.h"

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/codec/json.h"
#include "scan/advisory/environment.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kMaxStateBytes = 16 * kMiB;

SourceState read_source(const JsonValue& value) {
  SourceState state;
  state.address = value["address"].text();
  state.checked_at = value["checked_at"].integer();
  state.changed_at = value["changed_at"].integer();
  state.failed_at = value["failed_at"].integer();
  state.error = value["error"].text();
  state.wait_host = value["wait_host"].text();
  state.wait_until = value["wait_until"].integer();
  state.archive = value["archive"].text();
  state.archive_at = value["archive_at"].integer();
  state.changes_to = value["changes_to"].integer();
  for (const JsonValue& path : value["owed"].elements()) state.owed.emplace(path.text());
  for (const auto& [name, file] : value["files"].members()) {
    state.files[std::string(name)] =
        Validators{std::string(file["etag"].text()), std::string(file["last_modified"].text())};
  }
  return state;
}

void write_source(JsonWriter& out, const SourceState& state) {
  out.begin_object();
  out.member("address", state.address);
  out.member("checked_at", state.checked_at);
  out.member("changed_at", state.changed_at);
  out.member("failed_at", state.failed_at);
  out.member("error", state.error);
  out.member("wait_host", state.wait_host);
  out.member("wait_until", state.wait_until);
  out.member("archive", state.archive);
  out.member("archive_at", state.archive_at);
  out.member("changes_to", state.changes_to);
  out.key("owed");
  out.begin_array();
  for (const std::string& path : state.owed) out.value(path);
  out.end_array();
  out.key("files");
  out.begin_object();
  for (const auto& [name, validators] : state.files) {
    out.key(name);
    out.begin_object();
    out.member("etag", validators.etag);
    out.member("last_modified", validators.last_modified);
    out.end_object();
  }
  out.end_object();
  out.end_object();
}

}  // namespace

UpdateState read_update_state(const std::string& path) {
  UpdateState state;
  const auto text = read_file(path, kMaxStateBytes);
  JsonDocument json;
  if (!text || !json.parse(*text, Limits{})) return state;
  for (const auto& [name, value] : json.root()["sources"].members()) {
    state[std::string(name)] = read_source(value);
  }
  return state;
}

namespace {

Status write_update_state(const std::string& path, const UpdateState& state) {
  JsonWriter out;
  out.begin_object();
  out.key("sources");
  out.begin_object();
  for (const auto& [name, source] : state) {
    out.key(name);
    write_source(out, source);
  }
  out.end_object();
  out.end_object();
  return write_file_atomically(path, out.take());
}

}  // namespace

Status keep_source_state(const std::string& directory, const std::string& source,
                         const SourceState& state) {
  ASSIGN_OR_RETURN(const Fd lock, lock_for_writing(directory, kWaitForWriter));
  const std::string path = update_state_path(directory);
  UpdateState states = read_update_state(path);
  states[source] = state;
  return write_update_state(path, states);
}

std::string update_directory(const std::string& database_directory) {
  return database_directory + "/feeds";
}

std::string update_state_path(const std::string& directory) {
  return directory + "/state.json";
}

}  // namespace seaworthy
