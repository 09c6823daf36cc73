// SPDX 2.2 and 2.3 as tag-value, both directions.
//
// A line is "Tag: value"; a value that begins with <text> goes on to </text>, over lines. A
// PackageName begins a package, a FileName or SnippetSPDXID ends it; an annotation belongs to the
// element that its SPDXREF names, and may stand anywhere behind. A line that is neither a tag nor a
// comment is a problem, because what it was meant to say is lost.
#include <algorithm>
#include <unordered_map>

#include "core/base/text.h"
#include "core/codec/json.h"
#include "scan/sbom/document.h"
#include "scan/sbom/sbom.h"
#include "scan/sbom/sbom_parsers.h"
#include "scan/sbom/spdx.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxProblems = 100;  // of lines; what follows is counted in the last one

struct PackageTag {
  std::string_view tag;
  std::string SpdxPackage::*field;
};
constexpr std::array kPackageTags{
    PackageTag{"SPDXID", &SpdxPackage::id},
    PackageTag{"PackageVersion", &SpdxPackage::version},
    PackageTag{"PackageDescription", &SpdxPackage::description},
    PackageTag{"PrimaryPackagePurpose", &SpdxPackage::purpose},
    PackageTag{"PackageSupplier", &SpdxPackage::supplier},
    PackageTag{"PackageLicenseDeclared", &SpdxPackage::license_declared},
    PackageTag{"PackageLicenseConcluded", &SpdxPackage::license_concluded},
    PackageTag{"PackageSourceInfo", &SpdxPackage::source_info},
};

struct Annotation {
  std::string element, comment;
};

class TagReader {
 public:
  explicit TagReader(std::string_view bytes) : bytes_(bytes) {}

  // kInvalidInput: a <text> that does not end.
  Status run() {
    std::string_view tag, value;
    for (;;) {
      ASSIGN_OR_RETURN(const bool more, next(tag, value));
      if (!more) break;
      take(tag, valid_utf8(value));  // the specification's encoding; JSON and XML see to it
    }
    settle_annotations();
    return ok_status();
  }

  SpdxDocument document;
  std::vector<std::pair<std::string, std::string>> problems;

 private:
  Result<bool> next(std::string_view& tag, std::string_view& value);
  void take(std::string_view tag, std::string value);
  void take_of_package(std::string_view tag, std::string value);
  void take_of_document(std::string_view tag, std::string value);
  void add_relation(std::string_view value);
  void settle_annotations();
  void add_problem(std::string what);

  const std::string_view bytes_;
  std::size_t at_ = 0, line_ = 0;
  bool in_package_ = false;
  std::string license_;
  std::vector<Annotation> annotations_;
};

void TagReader::add_problem(std::string what) {
  if (problems.size() > kMaxProblems) return;
  const std::string where = "line " + std::to_string(line_);
  const bool is_last = problems.size() == kMaxProblems;
  problems.emplace_back(where, is_last ? "and more lines that cannot be read" : std::move(what));
}

Result<bool> TagReader::next(std::string_view& tag, std::string_view& value) {
  constexpr std::string_view kOpen = "<text>", kClose = "</text>";
  while (at_ < bytes_.size()) {
    const std::size_t begin = at_, end = std::min(bytes_.find('\n', at_), bytes_.size());
    at_ = end + 1;
    ++line_;
    const std::string_view line = trim(bytes_.substr(begin, end - begin));
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t colon = line.find(':');
    tag = line.substr(0, colon);
    if (colon == std::string_view::npos || tag.find_first_of(" \t<") != std::string_view::npos) {
      add_problem("not a tag and its value");
      continue;
    }
    value = trim(line.substr(colon + 1));
    if (!value.starts_with(kOpen)) return true;
    // From behind <text> to </text>, which may stand lines below.
    const std::size_t from = bytes_.find(kOpen, begin) + kOpen.size();
    const std::size_t close = bytes_.find(kClose, from);
    if (close == std::string_view::npos) {
      return Error{ErrorCode::kInvalidInput,
                   "line " + std::to_string(line_) + ": <text> without its </text>"};
    }
    value = bytes_.substr(from, close - from);
    line_ += static_cast<std::size_t>(std::count(value.begin(), value.end(), '\n'));
    at_ = std::min(bytes_.find('\n', close), bytes_.size()) + 1;
    return true;
  }
  return false;
}

void TagReader::take(std::string_view tag, std::string value) {
  if (tag == "PackageName") {
    document.packages.emplace_back().name = std::move(value);
    in_package_ = true;
  } else if (tag == "Annotator") {
    annotations_.emplace_back();
  } else if (tag == "SPDXREF" || tag == "AnnotationComment") {
    if (annotations_.empty()) return add_problem("a part of an annotation without its Annotator");
    Annotation& annotation = annotations_.back();
    (tag == "SPDXREF" ? annotation.element : annotation.comment) = std::move(value);
  } else if (tag == "FileName" || tag == "SnippetSPDXID") {
    in_package_ = false;
  } else if (tag == "LicenseID") {
    in_package_ = false;
    license_ = std::move(value);
  } else if (tag == "Relationship") {
    add_relation(value);
  } else if (in_package_) {
    take_of_package(tag, std::move(value));
  } else {
    take_of_document(tag, std::move(value));
  }
}

void TagReader::take_of_package(std::string_view tag, std::string value) {
  SpdxPackage& package = document.packages.back();
  if (tag == "PackageAttributionText") {
    package.notes.push_back(std::move(value));
  } else if (tag == "ExternalRef") {
    // "PACKAGE-MANAGER purl pkg:..."
    const std::size_t locator = value.rfind(' ');
    if (locator == std::string::npos) return add_problem("an external reference of one word");
    if (trim(std::string_view(value).substr(0, locator)).ends_with("purl")) {
      package.purls.push_back(value.substr(locator + 1));
    }
  } else {
    for (const PackageTag& known : kPackageTags) {
      if (tag != known.tag) continue;
      package.*known.field = std::move(value);
      return;
    }
  }
}

void TagReader::take_of_document(std::string_view tag, std::string value) {
  if (tag == "SPDXVersion") {
    document.version = std::move(value);
  } else if (tag == "DocumentName") {
    document.name = std::move(value);
  } else if (tag == "Creator") {
    document.creators.push_back(std::move(value));
  } else if (tag == "ExtractedText") {
    document.licenses.emplace(license_, std::move(value));
  } else if (tag == "LicenseName" && value != "NOASSERTION") {
    document.licenses.insert_or_assign(license_, std::move(value));
  }
}

void TagReader::add_relation(std::string_view value) {
  const std::size_t first = value.find(' '), last = value.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return add_problem("a relationship that is not of three words");
  }
  if (trim(value.substr(first, last - first)) != "DESCRIBES") return;
  document.relations.push_back(
      {std::string(value.substr(0, first)), "DESCRIBES", std::string(value.substr(last + 1))});
}

void TagReader::settle_annotations() {
  std::unordered_map<std::string_view, SpdxPackage*> by_id;
  for (SpdxPackage& package : document.packages) by_id.emplace(package.id, &package);
  for (Annotation& annotation : annotations_) {
    const auto package = by_id.find(annotation.element);
    if (package != by_id.end()) {
      package->second->notes.push_back(std::move(annotation.comment));
    } else if (annotation.element == kSpdxDocumentId) {
      document.notes.push_back(std::move(annotation.comment));
    }
  }
}

class TagWriter {
 public:
  void tag(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out_ += name;
    out_ += ": ";
    out_ += value;
    out_ += '\n';
  }
  // Free text; what would end it early is broken up.
  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    std::string safe = valid_utf8(value);
    for (std::size_t at = safe.find("</text>"); at != std::string::npos;
         at = safe.find("</text>", at)) {
      safe.insert(at + 1, " ");
    }
    tag(name, "<text>" + safe + "</text>");
  }
  void title(std::string_view name) {
    out_ += "\n##### ";
    out_ += name;
    out_ += "\n\n";
  }
  void blank() { out_ += '\n'; }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void write_annotation(TagWriter& out, const SpdxDocument& document, std::string_view element,
                      const std::string& note) {
  out.tag("Annotator", document.creators.front());
  out.tag("AnnotationDate", document.created);
  out.tag("AnnotationType", "OTHER");
  out.tag("SPDXREF", element);
  out.text("AnnotationComment", note);
  out.blank();
}

void write_package(TagWriter& out, const SpdxPackage& package) {
  out.title("Package: " + package.name);
  out.tag("PackageName", package.name);
  out.tag("SPDXID", package.id);
  out.tag("PackageVersion", package.version);
  out.tag("PrimaryPackagePurpose", package.purpose);
  out.tag("PackageDownloadLocation", "NOASSERTION");
  out.tag("FilesAnalyzed", "false");
  if (!package.sha256.empty()) out.tag("PackageChecksum", "SHA256: " + package.sha256);
  out.text("PackageSourceInfo", package.source_info);
  out.tag("PackageLicenseConcluded", package.license_concluded);
  out.tag("PackageLicenseDeclared", package.license_declared);
  out.tag("PackageCopyrightText", "NOASSERTION");
  out.text("PackageDescription", package.description);
  for (const std::string& purl : package.purls) {
    out.tag("ExternalRef", "PACKAGE-MANAGER purl " + purl);
  }
}

}  // namespace

Result<Report> read_spdx_tag(std::string_view bytes, const Limits& limits) {
  TagReader reader(bytes);
  RETURN_IF_ERROR(reader.run());
  // Every document says what it describes, most at the end: nothing else shows a lost rest.
  if (reader.document.relations.empty()) {
    reader.problems.emplace_back("end", "no DESCRIBES relationship: it may have been cut short");
  }
  return inventory_of(reader.document, reader.problems, limits);
}

std::string write_spdx_tag(const Report& report) {
  const SpdxDocument document = spdx_of(report);
  TagWriter out;
  out.tag("SPDXVersion", document.version);
  out.tag("DataLicense", "CC0-1.0");
  out.tag("SPDXID", kSpdxDocumentId);
  out.tag("DocumentNamespace", document.name_space);
  out.tag("DocumentName", document.name);
  out.text("DocumentComment", document.comment);
  out.tag("Creator", document.creators.front());
  out.tag("Created", document.created);
  for (const SpdxPackage& package : document.packages) write_package(out, package);
  if (!document.licenses.empty()) out.title("Licences");
  for (const auto& [id, text] : document.licenses) {
    out.tag("LicenseID", id);
    out.text("ExtractedText", text);
    if (text.find('\n') == std::string::npos) out.tag("LicenseName", text);
    out.blank();
  }
  out.title("Relationships");
  for (const SpdxRelation& relation : document.relations) {
    out.tag("Relationship", relation.from + " " + relation.type + " " + relation.to);
  }
  out.title("Annotations");
  for (const std::string& note : document.notes) {
    write_annotation(out, document, kSpdxDocumentId, note);
  }
  for (const SpdxPackage& package : document.packages) {
    for (const std::string& note : package.notes) {
      write_annotation(out, document, package.id, note);
    }
  }
  return with_serial(out.take());
}

}  // namespace seaworthy
