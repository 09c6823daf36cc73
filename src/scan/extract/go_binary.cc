// Go programs. The toolchain puts the record of what a program is made of in front of its data, at
// a multiple of 16 bytes (debug/buildinfo):
//
//   "\xff Go buildinf:"  pointer size  flags  ...  at 32: the texts
//
// Since Go 1.18 (flag 2) two texts follow, each behind its length as a varint: the version of the
// toolchain and the list of modules. Before that there are two pointers instead, to the headers of
// two Go strings in the program's data (flag 1: in big-endian order), and those point to texts that
// stand in front of all of it, in the read-only data. A file is passed over once, so texts that can
// be such ones are noted on the way: "go1." and the mark with which every list of modules begins.
//
// Programs that look for such records hold the mark as well, Go's own tools among them. So it
// counts only where a linker puts the record: at the beginning of a section of its own
// (".go.buildinfo", whose name is not needed then), in Mach-O in the one of that name; where there
// are no such sections, in data that the program may write to, as debug/buildinfo does it.
//
// The list of functions (go_functions.h) is found by its magic, at a multiple of 4.
#include <algorithm>
#include <map>
#include <optional>

#include "core/model/functions.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/executable_reader.h"
#include "scan/extract/go_build_info.h"
#include "scan/extract/go_functions.h"

namespace seaworthy {
namespace {

constexpr std::string_view kBuildInfo = "\xff Go buildinf:";
constexpr std::string_view kListBegins(
    "\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6", 16);
constexpr std::size_t kMarkBytes = 16;  // the list ends in another mark of so many
constexpr std::uint64_t kAlignment = 16;
// Of the list of functions: 32 until Go 1.25, since then that of a pointer.
constexpr std::uint64_t kTableAlignment = 4;
constexpr std::size_t kInfoHeader = 32;
constexpr std::uint64_t kMaxListBytes = 4 * kMiB;
constexpr std::size_t kMaxToolchainBytes = 1024;
constexpr std::size_t kMaxNotes = 4096;  // of texts that may be a toolchain's version
constexpr std::size_t kNoteBytes = 48;
constexpr std::size_t kReach = 128;

// A text behind its length; empty where it is not all there. `at` moves behind it.
std::optional<std::string_view> varint_text(std::string_view bytes, std::size_t& at,
                                            std::uint64_t& needed) {
  std::uint64_t size = 0;
  for (unsigned shift = 0; shift < 32; shift += 7) {
    if (at >= bytes.size()) {
      needed = at + 16;
      return std::nullopt;
    }
    const auto byte = static_cast<unsigned char>(bytes[at++]);
    size |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  needed = at + size;
  if (needed > bytes.size()) return std::nullopt;
  const std::string_view text = bytes.substr(at, size);
  at += size;
  return text;
}

// Whether the package that the linker calls "main" is known by its path: a program that was built
// from files ("command-line-arguments") may hold any package of its module under that name.
bool names_main_package(const GoBuildInfo& info) {
  const std::string_view main = info.main_package, module = info.main.path;
  return module.empty() || main == module ||
         (main.starts_with(module) && main.substr(module.size()).starts_with('/'));
}

class GoBinary final : public ExecutableReader {
 public:
  GoBinary(const FileInfo& file, const Limits& limits)
      : ExecutableReader(file.size_bytes),
        path_(file.path),
        limits_(limits),
        search_({{'\xff', ' '}, {'o', '1'}, {'\x30', '\x77'}}) {}

  Result<Evidence> finish() override;

 private:
  struct TextPointer {
    std::uint64_t offset = 0, size = 0;
  };

  void plan(const Executable& executable) override;
  void take(std::uint64_t offset, std::string_view bytes) override;
  void look(std::uint64_t offset, std::string_view view, std::size_t begins);
  void look_at_table(std::uint64_t offset, std::string_view view, std::size_t begins);
  void gather(std::uint64_t offset, std::string_view bytes);
  void found_info(std::uint64_t offset, std::string_view header);
  bool in_writable_part(std::uint64_t offset) const;
  bool is_placed(std::uint64_t offset) const;
  void read_inline();
  void read_pointers();
  void note_text(std::uint64_t offset, std::string_view bytes);
  std::optional<TextPointer> string_at(const Gathered& header) const;
  std::uint64_t pointer(std::string_view bytes, std::uint64_t at) const;
  void resolve_pointers();
  std::vector<std::uint32_t> functions_of(const GoBuildInfo& info);

  const std::string path_;
  const Limits limits_;
  const PairSearch search_;
  Lookahead lookahead_{kReach};
  Gathered sections_;  // ELF: their table
  std::optional<Gathered> info_;
  bool by_pointers_ = false;
  bool too_long_ = false;
  Gathered toolchain_header_, list_header_;
  std::map<std::uint64_t, std::string> notes_;  // file offset → text from there on
  std::vector<Gathered> lists_;                 // behind their first mark
  std::string toolchain_, list_;
  bool known_ = false;  // toolchain_ and list_ are what the program says
  std::optional<GoFunctions> functions_;
};

void GoBinary::plan(const Executable& executable) {
  std::uint64_t end = 0;
  for (const ExecutablePart& part : data_parts(executable)) {
    want(part.file);
    end = std::max(end, part.file.end());
  }
  constexpr std::uint64_t kMaxTableBytes = 1 * kMiB;
  if (executable.sections.size <= kMaxTableBytes) sections_.range = executable.sections;
  // Where it stands behind the data there is time to ask for it until a record is found.
  if (sections_.range.offset < end) want(sections_.range);
}

bool GoBinary::in_writable_part(std::uint64_t offset) const {
  const std::vector<ExecutablePart>& parts = executable()->parts;
  return std::any_of(parts.begin(), parts.end(), [&](const ExecutablePart& part) {
    return part.writable && offset >= part.file.offset && offset < part.file.end();
  });
}

// Whether a linker puts records there, as far as the file has told until now.
bool GoBinary::is_placed(std::uint64_t offset) const {
  if (sections_.range.size > 0 && sections_.complete()) {
    return elf_section_begins(*executable(), sections_.bytes, offset);
  }
  bool has_own_part = false;
  for (const ExecutablePart& part : executable()->parts) {
    if (!part.name.ends_with(",__go_buildinfo")) continue;
    if (part.file.offset == offset) return true;
    has_own_part = true;
  }
  return !has_own_part && in_writable_part(offset);
}

void GoBinary::take(std::uint64_t offset, std::string_view bytes) {
  gather(offset, bytes);
  lookahead_.feed(offset, bytes,
                  [this](std::uint64_t at, std::string_view view, std::size_t begins) {
                    look(at, view, begins);
                    gather(at, view);  // what was found in it begins in it
                  });
  if (known_ && functions_ && functions_->complete() && sections_.complete() &&
      is_placed(info_->range.offset)) {
    want_no_more();
  }
}

void GoBinary::gather(std::uint64_t offset, std::string_view bytes) {
  sections_.feed(offset, bytes);
  if (functions_) functions_->feed(offset, bytes);
  for (Gathered& list : lists_) list.feed(offset, bytes);
  if (!info_) return;
  std::uint64_t size = 0;
  do {  // the record says itself how long it is
    size = info_->range.size;
    info_->feed(offset, bytes);
    if (!known_ && !by_pointers_) read_inline();
  } while (info_->range.size != size);
  if (by_pointers_) read_pointers();
  for (Gathered* each : {&toolchain_header_, &list_header_}) each->feed(offset, bytes);
}

void GoBinary::look(std::uint64_t offset, std::string_view view, std::size_t begins) {
  if (!functions_ || !functions_->why_not().empty()) look_at_table(offset, view, begins);
  for (std::size_t at = search_.find(view, 0); at < begins; at = search_.find(view, at + 1)) {
    const std::string_view here = view.substr(at);
    if (here.starts_with(kBuildInfo)) {
      if ((offset + at) % kAlignment == 0) found_info(offset + at, here);
    } else if (at > 0 && view.substr(at - 1).starts_with("go1.")) {
      note_text(offset + at - 1, view.substr(at - 1));
    } else if (here.starts_with(kListBegins)) {
      constexpr std::size_t kMaxLists = 8;  // the go tool itself holds the mark
      const FileRange range{offset + at, std::min(kMaxListBytes, file_size() - offset - at)};
      if (lists_.size() < kMaxLists) lists_.push_back({range, {}});
    }
  }
}

void GoBinary::look_at_table(std::uint64_t offset, std::string_view view, std::size_t begins) {
  std::size_t at =
      static_cast<std::size_t>((kTableAlignment - offset % kTableAlignment) % kTableAlignment);
  for (; at < begins; at += kTableAlignment) {
    const char* here = view.data() + at;
    // 0xff in the middle of the magic whichever the order, and two zeroes: rare enough.
    if (here[1] != '\xff' || here[2] != '\xff' || here[4] != 0 || here[5] != 0) continue;
    auto table = GoFunctions::open(offset + at, view.substr(at, GoFunctions::kHeaderBytes));
    if (!table) continue;
    functions_ = std::move(table);
    if (functions_->why_not().empty()) return;
  }
}

void GoBinary::note_text(std::uint64_t offset, std::string_view bytes) {
  if (notes_.size() < kMaxNotes) notes_.emplace(offset, bytes.substr(0, kNoteBytes));
}

// A mark elsewhere is most likely a text of the program's; the next may be the record.
void GoBinary::found_info(std::uint64_t offset, std::string_view header) {
  if (info_ && (is_placed(info_->range.offset) || !is_placed(offset))) return;
  const bool is_cut = header.size() < kMarkBytes;
  const bool is_header = is_cut || ((header[14] == 4 || header[14] == 8) && (header[15] & ~3) == 0);
  if (!is_header) return;
  by_pointers_ = too_long_ = known_ = false;
  toolchain_header_ = list_header_ = {};
  want(sections_.range);
  info_ = Gathered{{offset, std::min<std::uint64_t>(kInfoHeader + 16, file_size() - offset)}, {}};
}

void GoBinary::read_inline() {
  const std::string_view bytes = info_->bytes;
  if (!info_->complete() || bytes.size() < kInfoHeader) return;
  if ((bytes[15] & 2) == 0) {
    by_pointers_ = true;
    return;
  }
  std::size_t at = kInfoHeader;
  std::uint64_t needed = 0;
  const auto toolchain = varint_text(bytes, at, needed);
  const auto list = toolchain ? varint_text(bytes, at, needed) : std::nullopt;
  if (list) {
    toolchain_ = *toolchain;
    list_ = *list;
    known_ = true;
    return;
  }
  too_long_ = needed > kMaxListBytes;
  if (!too_long_ && info_->range.offset + needed <= file_size()) info_->range.size = needed;
}

std::uint64_t GoBinary::pointer(std::string_view bytes, std::uint64_t at) const {
  const bool big = (info_->bytes[15] & 1) != 0;
  const ByteView view(bytes, big ? ByteOrder::kBig : ByteOrder::kLittle);
  return info_->bytes[14] == 8 ? view.u64(at) : view.u32(at);
}

// The headers of the two strings stand behind the record in most programs; both are gathered as
// soon as it is known where they are.
void GoBinary::read_pointers() {
  if (toolchain_header_.range.size > 0) return;
  const std::uint64_t word = info_->bytes[14] == 8 ? 8 : 4;
  Gathered* const headers[] = {&toolchain_header_, &list_header_};
  for (std::uint64_t i = 0; i < 2; ++i) {
    const auto offset = executable()->offset_of(pointer(info_->bytes, 16 + i * word));
    headers[i]->range = {offset.value_or(0), 2 * word};
    if (offset) want(headers[i]->range);
  }
}

std::optional<GoBinary::TextPointer> GoBinary::string_at(const Gathered& header) const {
  if (header.range.size == 0 || !header.complete()) return std::nullopt;
  const auto offset = executable()->offset_of(pointer(header.bytes, 0));
  if (!offset) return std::nullopt;
  return TextPointer{*offset, pointer(header.bytes, header.range.size / 2)};
}

void GoBinary::resolve_pointers() {
  if (const auto text = string_at(toolchain_header_)) {
    const auto note = notes_.find(text->offset);
    if (note != notes_.end() && text->size <= note->second.size()) {
      toolchain_ = note->second.substr(0, text->size);
    }
  }
  const auto text = string_at(list_header_);
  for (const Gathered& list : lists_) {
    const bool only = !text && lists_.size() == 1;
    if (!only && (!text || text->offset != list.range.offset)) continue;
    // Where relocations fill in the pointers, the list still ends in its mark.
    const std::string_view bytes = list.bytes;
    const std::size_t end = text ? text->size : bytes.find("\xf9\x32\x43\x31");
    if (end > bytes.size() || end < 2 * kMarkBytes) continue;
    list_ = bytes.substr(0, text ? end : end + kMarkBytes);
  }
  known_ = !toolchain_.empty() || !list_.empty();
}

Result<Evidence> GoBinary::finish() {
  RETURN_IF_ERROR(headers());
  lookahead_.end([this](std::uint64_t at, std::string_view view, std::size_t begins) {
    look(at, view, begins);
    gather(at, view);
  });
  if (by_pointers_) resolve_pointers();
  EvidenceBuilder evidence("bin/go", path_);
  const bool has_functions = functions_ && functions_->complete();
  if (!info_ || !is_placed(info_->range.offset)) {
    if (executable()->packed) {
      evidence.problem(problem::kOpaqueFile,
                       "packed by UPX: what it is made of is compressed and was not read");
    } else if (has_functions) {
      evidence.problem(problem::kOpaqueFile,
                       "a Go program without its record of modules: what it is made of is not "
                       "known");
    }
    return evidence.take();
  }
  if (!known_) {
    evidence.problem(problem::kOpaqueFile,
                     too_long_ ? "the record of its Go modules is longer than is read"
                               : "the record of its Go modules is cut or damaged");
    return evidence.take();
  }
  std::string_view list = list_;
  if (list.size() >= 2 * kMarkBytes && !list.starts_with("path\t")) {
    list = list.substr(kMarkBytes, list.size() - 2 * kMarkBytes);
  }
  const GoBuildInfo info = parse_go_build_info(toolchain_, list);
  // The toolchain's own commands are made of the standard library.
  const bool is_toolchain = info.main_package.starts_with("cmd/");
  if (info.main.path.empty() && info.modules.empty() && !is_toolchain) {
    evidence.problem(problem::kOpaqueFile,
                     "a Go program that does not list its modules: only its standard library is "
                     "known");
  }
  add_go_packages(info, evidence);
  Evidence out = evidence.take();
  if (has_functions && names_main_package(info)) out.functions = functions_of(info);
  return out;
}

std::vector<std::uint32_t> GoBinary::functions_of(const GoBuildInfo& info) {
  std::vector<std::uint32_t> functions = functions_->take(info.main_package);
  for (const auto& [setting, value] : info.settings) {
    if ((setting != "GOOS" && setting != "GOARCH") || value.empty()) continue;
    functions.push_back(build_setting_hash(setting, ""));
    functions.push_back(build_setting_hash(setting, value));
  }
  for (const GoModule& module : info.modules) {
    if (!module.replaces.empty()) functions.push_back(renamed_module_hash(module.path));
  }
  std::sort(functions.begin(), functions.end());
  functions.erase(std::unique(functions.begin(), functions.end()), functions.end());
  return functions;
}

}  // namespace

extern const Extractor kGoBinary;
const Extractor kGoBinary =
    executable_extractor("bin/go", "Go programs: their modules, standard library and functions",
                         wants_executable, open_reader<GoBinary>);

}  // namespace seaworthy
