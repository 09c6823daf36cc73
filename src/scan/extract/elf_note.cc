// What an ELF file says of the package that it was built for: the note that distributions of
// systemd's specification "Package Metadata for Executable Files" put into their programs. Owner
// "FDO", type 0xcafe1a7e, and JSON: {"type": "rpm", "os": "fedora", "name": ..., "version": ...,
// "architecture": ..., "osCpe": ...}. A program that a package manager's database accounts for says
// nothing new by it (kUnlessOwned); one that was copied out of its package does.
#include "core/codec/json.h"
#include "core/model/ownership_rule.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/executable_reader.h"
#include "scan/extract/language_package.h"
#include "scan/extract/other_package.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kMaxNoteBytes = 1 * kMiB;
constexpr std::uint32_t kPackageMetadata = 0xcafe1a7e;
constexpr std::size_t kMaxNotes = 64;

std::uint64_t padded(std::uint64_t size) {
  return (size + 3) / 4 * 4;
}

class ElfNotes final : public ExecutableReader {
 public:
  ElfNotes(const FileInfo& file, const Limits& limits)
      : ExecutableReader(file.size_bytes), path_(file.path), limits_(limits) {}

  Result<Evidence> finish() override {
    EvidenceBuilder evidence("bin/elf-note", path_);
    for (const Gathered& note : notes_) read_notes(note.bytes, evidence);
    return evidence.take();
  }

 private:
  void plan(const Executable& executable) override {
    for (const FileRange& range : executable.notes) {
      if (range.size > kMaxNoteBytes || notes_.size() == kMaxNotes) continue;
      notes_.push_back({range, {}});
      want(range);
    }
  }
  void take(std::uint64_t offset, std::string_view bytes) override {
    for (Gathered& note : notes_) note.feed(offset, bytes);
  }
  void read_notes(std::string_view bytes, EvidenceBuilder& evidence) const;
  void read_metadata(std::string_view text, EvidenceBuilder& evidence) const;

  const std::string path_;
  const Limits limits_;
  std::vector<Gathered> notes_;
};

// namesz, descsz, type, name and descriptor, each padded to four bytes.
void ElfNotes::read_notes(std::string_view bytes, EvidenceBuilder& evidence) const {
  const ByteView view(bytes, executable()->order);
  for (std::uint64_t at = 0; view.has(at, 12);) {
    const std::uint64_t name_bytes = view.u32(at);
    const std::uint64_t text_bytes = view.u32(at + 4);
    const std::uint64_t name_at = at + 12;
    const std::uint64_t text_at = name_at + padded(name_bytes);
    if (!view.has(text_at, text_bytes)) return;
    const bool is_metadata = view.u32(at + 8) == kPackageMetadata &&
                             view.slice(name_at, name_bytes) == std::string_view("FDO\0", 4);
    if (is_metadata) read_metadata(view.slice(text_at, text_bytes), evidence);
    at = text_at + padded(text_bytes);
  }
}

void ElfNotes::read_metadata(std::string_view text, EvidenceBuilder& evidence) const {
  text = text.substr(0, text.find('\0'));
  JsonDocument document;
  if (const Status parsed = document.parse(text, limits_); !parsed) {
    evidence.problem(problem::kOpaqueFile, "its package note: " + parsed.error().message);
    return;
  }
  const JsonValue root = document.root();
  Purl purl;
  purl.type = root["type"].text();
  purl.name_space = root["os"].text();
  purl.name = root["name"].text();
  purl.version = root["version"].text();
  if (!root["architecture"].text().empty()) {
    purl.qualifiers.emplace_back("arch", root["architecture"].text());
  }
  if (purl.type.empty()) purl.type = "generic";
  Package package = other_package(purl);
  package.set_property(kUnlessOwned, "yes");
  add_language_package(evidence, std::move(package), "its package note");
}

bool wants_notes(const FileInfo&, std::string_view head) {
  return is_executable(head) && head.starts_with(
                                    "\x7f"
                                    "ELF");
}

}  // namespace

extern const Extractor kElfNote;
const Extractor kElfNote = executable_extractor(
    "bin/elf-note", "Package metadata in ELF notes, where no package owns the file", wants_notes,
    open_reader<ElfNotes>);

}  // namespace seaworthy
