// XML 1.0 with namespaces, by libxml2's xmlTextReader: a pull parser that keeps one node at a time.
//
// What it may do is cut down to what advisories need: no network, no DTD, no entities but the five
// of XML itself, and no recovery (a damaged document would come out as a shorter one). UTF-8, ASCII
// and Latin-1 only: advisories are UTF-8, and the guard in front of the parser reads bytes, which
// must mean the same to both. Prefixes are dropped: which prefix a document binds is its own
// affair, and no two namespaces of the forms we read share a local name with another meaning.
#include "core/codec/xml.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlreader.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/base/text.h"
#include "core/codec/xml_guard.h"

namespace seaworthy {
namespace {

constexpr std::uint64_t kMaxElementBytes = 64 * kMiB;
constexpr int kOptions = XML_PARSE_NONET | XML_PARSE_BIG_LINES;

std::string_view view_of(const xmlChar* text) {
  return text == nullptr ? std::string_view{} : reinterpret_cast<const char*>(text);
}

// A document in another encoding begins with its mark, with a NUL, or says so in its declaration.
Status check_encoding(std::string_view bytes) {
  const Error other{ErrorCode::kInvalidInput, "line 1: an encoding other than UTF-8"};
  const std::string_view front = bytes.substr(0, 4);
  if (front.starts_with("\xff\xfe") || front.starts_with("\xfe\xff") ||
      front.find('\0') != std::string_view::npos || front.starts_with("\x4c\x6f")) {
    return other;
  }
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  if (!bytes.starts_with("<?xml")) return ok_status();
  const std::string head =
      lower_case(bytes.substr(0, std::min(bytes.find("?>"), std::size_t{1024})));
  const std::size_t at = head.find("encoding");
  if (at == std::string::npos) return ok_status();
  const std::size_t begin = head.find_first_of("\"'", at);
  if (begin == std::string::npos) return ok_status();  // the parser will say what is wrong
  const std::string name = head.substr(begin + 1, head.find(head[begin], begin + 1) - begin - 1);
  for (const std::string_view known : {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1"}) {
    if (name == known) return ok_status();
  }
  return Error{ErrorCode::kInvalidInput, "line 1: the encoding '" + name + "' is not read"};
}

std::uint64_t cost_of(const XmlElement& element) {
  std::uint64_t cost = sizeof(XmlElement) * 2 + element.name.size();
  for (const auto& [name, value] : element.attributes) {
    cost += sizeof(std::pair<std::string, std::string>) + name.size() + value.size();
  }
  return cost;
}

}  // namespace

std::string_view XmlElement::attribute(std::string_view wanted) const {
  for (const auto& [key, value] : attributes) {
    if (key == wanted) return value;
  }
  return {};
}

const XmlElement& XmlElement::operator[](std::string_view child) const {
  static const XmlElement kNone;
  for (const XmlElement& one : children) {
    if (one.name == child) return one;
  }
  return kNone;
}

std::string_view XmlElement::trimmed() const {
  return trim(text);
}

struct XmlReader::State {
  State(std::string_view document, const Limits& limits) : rest(document), guard(limits) {}
  ~State() { xmlFreeTextReader(reader); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  static int read_bytes(void* self, char* buffer, int size);
  static void on_error(void* self, xmlErrorPtr error);

  Result<bool> advance();  // to the next node of any kind
  XmlElement start() const;
  void add_text(XmlElement& to, std::uint64_t& cost) const;

  std::string_view rest;
  XmlGuard guard;
  std::optional<Error> failure;
  xmlTextReaderPtr reader = nullptr;
};

int XmlReader::State::read_bytes(void* self, char* buffer, int size) {
  State& state = *static_cast<State*>(self);
  const std::size_t count =
      std::min(state.rest.size(), static_cast<std::size_t>(std::max(size, 0)));
  if (auto status = state.guard.watch(state.rest.substr(0, count)); !status) {
    state.failure = std::move(status).error();
    return -1;
  }
  std::copy_n(state.rest.data(), count, buffer);
  state.rest.remove_prefix(count);
  return static_cast<int>(count);
}

// The first error counts: what follows it is its consequence. A reference to an entity that nobody
// declared is only a warning to the parser, and would be dropped from the text.
void XmlReader::State::on_error(void* self, xmlErrorPtr error) {
  State& state = *static_cast<State*>(self);
  if (state.failure || error == nullptr) return;
  if (error->level < XML_ERR_ERROR && error->code != XML_WAR_UNDECLARED_ENTITY) return;
  std::string message = "line " + std::to_string(std::max(error->line, 0)) + ": ";
  message += trim(error->message == nullptr ? "not well-formed" : error->message);
  state.failure = Error{ErrorCode::kInvalidInput, std::move(message)};
}

Result<bool> XmlReader::State::advance() {
  const int got = failure ? -1 : xmlTextReaderRead(reader);
  if (failure) return *failure;
  if (got < 0) return Error{ErrorCode::kInvalidInput, "not well-formed XML"};
  if (got > 0 && xmlTextReaderNodeType(reader) == XML_READER_TYPE_ENTITY_REFERENCE) {
    failure = Error{ErrorCode::kInvalidInput,
                    "line " + std::to_string(xmlTextReaderGetParserLineNumber(reader)) +
                        ": an entity that is not XML's own"};
    return *failure;
  }
  return got > 0;
}

XmlElement XmlReader::State::start() const {
  XmlElement element;
  element.name = view_of(xmlTextReaderConstLocalName(reader));
  element.line = static_cast<std::uint64_t>(std::max(xmlTextReaderGetParserLineNumber(reader), 0));
  while (xmlTextReaderMoveToNextAttribute(reader) == 1) {
    if (xmlTextReaderIsNamespaceDecl(reader) == 1) continue;
    element.attributes.emplace_back(view_of(xmlTextReaderConstLocalName(reader)),
                                    view_of(xmlTextReaderConstValue(reader)));
  }
  xmlTextReaderMoveToElement(reader);
  return element;
}

void XmlReader::State::add_text(XmlElement& to, std::uint64_t& cost) const {
  const std::string_view text = view_of(xmlTextReaderConstValue(reader));
  cost += text.size();
  if (cost <= kMaxElementBytes) to.text += text;
}

XmlReader::XmlReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
XmlReader::XmlReader(XmlReader&&) noexcept = default;
XmlReader& XmlReader::operator=(XmlReader&&) noexcept = default;
XmlReader::~XmlReader() = default;

Result<XmlReader> XmlReader::open(std::string_view bytes, const Limits& limits) {
  if (bytes.size() > limits.document_bytes) {
    return over_limit(limits, &Limits::document_bytes, "XML");
  }
  RETURN_IF_ERROR(check_encoding(bytes));
  static const bool kReady = (xmlInitParser(), true);
  auto state = std::make_unique<State>(bytes, limits);
  if (kReady) {
    state->reader =
        xmlReaderForIO(State::read_bytes, nullptr, state.get(), nullptr, nullptr, kOptions);
  }
  if (state->reader == nullptr) return Error{ErrorCode::kInternal, "the XML reader did not start"};
  xmlTextReaderSetStructuredErrorHandler(state->reader, State::on_error, state.get());
  return XmlReader(std::move(state));
}

Result<bool> XmlReader::next() {
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, state_->advance());
    if (!more) return false;
    if (xmlTextReaderNodeType(state_->reader) == XML_READER_TYPE_ELEMENT) return true;
  }
}

std::string_view XmlReader::name() const {
  return view_of(xmlTextReaderConstLocalName(state_->reader));
}

std::string XmlReader::attribute(std::string_view name) const {
  return std::string(state_->start().attribute(name));
}

std::uint64_t XmlReader::depth() const {
  return static_cast<std::uint64_t>(std::max(xmlTextReaderDepth(state_->reader), 0));
}

std::uint64_t XmlReader::line() const {
  return static_cast<std::uint64_t>(std::max(xmlTextReaderGetParserLineNumber(state_->reader), 0));
}

Result<XmlElement> XmlReader::element() {
  std::vector<XmlElement> open;  // from the wanted element down to the one being read
  open.push_back(state_->start());
  std::uint64_t cost = cost_of(open.back());
  bool empty = xmlTextReaderIsEmptyElement(state_->reader) == 1;
  for (;;) {
    // An empty element has no end tag.
    if (empty) {
      if (open.size() == 1) return std::move(open.back());
      XmlElement done = std::move(open.back());
      open.pop_back();
      open.back().children.push_back(std::move(done));
      empty = false;
    }
    ASSIGN_OR_RETURN(const bool more, state_->advance());
    if (!more) return Error{ErrorCode::kInvalidInput, "the document ends inside an element"};
    switch (xmlTextReaderNodeType(state_->reader)) {
      case XML_READER_TYPE_ELEMENT:
        open.push_back(state_->start());
        cost += cost_of(open.back());
        empty = xmlTextReaderIsEmptyElement(state_->reader) == 1;
        break;
      case XML_READER_TYPE_END_ELEMENT:
        empty = true;
        break;
      case XML_READER_TYPE_TEXT:
      case XML_READER_TYPE_CDATA:
      case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        state_->add_text(open.back(), cost);
        break;
      default:
        break;
    }
    if (cost > kMaxElementBytes) {
      return Error{ErrorCode::kLimitExceeded, "line " + std::to_string(open.front().line) +
                                                  ": the element '" + open.front().name +
                                                  "' is larger than " +
                                                  std::to_string(kMaxElementBytes) + " bytes"};
    }
  }
}

}  // namespace seaworthy
