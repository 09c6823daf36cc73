// Rust programs built with cargo-auditable (its PARSING.md): a section .dep-v0 holds a zlib stream
// of JSON,
//
//   {"packages": [{"name", "version", "source", "kind": "build", "dependencies": [...],
//                  "root": true}]}
//
// where "kind" is left out for what is part of the program: only that is listed here. The section's
// name stands in a table at the end of an ELF file, too late for one pass; but the section is part
// of the read-only data, and hardly anything else there is a zlib stream that begins like this.
#include <algorithm>
#include <optional>

#include "core/codec/json.h"
#include "core/codec/zlib_stream.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/executable_reader.h"
#include "scan/extract/language_package.h"

namespace seaworthy {
namespace {

constexpr std::string_view kBegins = "{\"packages\":[";
constexpr std::uint64_t kMaxStoredBytes = 4 * kMiB;
constexpr std::uint64_t kMaxTextBytes = 16 * kMiB;
constexpr std::size_t kReach = 128;

class RustBinary final : public ExecutableReader {
 public:
  RustBinary(const FileInfo& file, const Limits& limits)
      : ExecutableReader(file.size_bytes),
        path_(file.path),
        limits_(limits),
        search_({{'\x78', '\x01'}, {'\x78', '\x5e'}, {'\x78', '\x9c'}, {'\x78', '\xda'}}) {}

  Result<Evidence> finish() override;

 private:
  void plan(const Executable& executable) override {
    for (const ExecutablePart& part : data_parts(executable)) want(part.file);
  }
  void take(std::uint64_t offset, std::string_view bytes) override;
  void look(std::uint64_t offset, std::string_view view, std::size_t begins);

  const std::string path_;
  const Limits limits_;
  const PairSearch search_;
  Lookahead lookahead_{kReach};
  std::optional<Gathered> list_;
};

void RustBinary::take(std::uint64_t offset, std::string_view bytes) {
  if (list_) list_->feed(offset, bytes);
  if (!list_) {
    lookahead_.feed(offset, bytes,
                    [this](std::uint64_t at, std::string_view view, std::size_t begins) {
                      look(at, view, begins);
                      if (list_) list_->feed(at, view);
                    });
    if (list_) want(list_->range);
  }
  if (list_ && list_->complete()) want_no_more();
}

void RustBinary::look(std::uint64_t offset, std::string_view view, std::size_t begins) {
  if (list_) return;
  for (std::size_t at = search_.find(view, 0); at < begins; at = search_.find(view, at + 1)) {
    const ZlibText text = inflate_zlib_front(view.substr(at, kReach), kBegins.size());
    if (text.text != kBegins) continue;
    list_ = Gathered{clipped(offset + at, kMaxStoredBytes, file_size()), {}};
    return;
  }
}

Result<Evidence> RustBinary::finish() {
  lookahead_.end([this](std::uint64_t at, std::string_view view, std::size_t begins) {
    look(at, view, begins);
    if (list_) list_->feed(at, view);
  });
  EvidenceBuilder evidence("bin/rust", path_);
  if (!list_) return evidence.take();
  const ZlibText text = inflate_zlib_front(list_->bytes, kMaxTextBytes);
  if (!text.ended) {
    return Error{ErrorCode::kInvalidInput,
                 "its list of crates (.dep-v0) is damaged, or larger than is read"};
  }
  JsonDocument document;
  RETURN_IF_ERROR(document.parse(text.text, limits_));
  for (const JsonValue& crate : document.root()["packages"].elements()) {
    const JsonValue kind = crate["kind"];
    if (kind.exists() && kind.text() != "runtime") continue;
    Package package = language_package("cargo", crate["name"].text(), 0, crate["version"].text());
    package.set_property("cargo-source", std::string(crate["source"].text()));
    if (crate["root"].boolean()) package.set_property("cargo-root", "yes");
    if (!add_language_package(evidence, std::move(package), crate["name"].text())) break;
  }
  return evidence.take();
}

}  // namespace

extern const Extractor kRustBinary;
const Extractor kRustBinary =
    executable_extractor("bin/rust", "Rust programs built with cargo-auditable: their crates",
                         wants_executable, open_reader<RustBinary>);

}  // namespace seaworthy
