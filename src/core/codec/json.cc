#include "core/codec/json.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>

#include <simdjson.h>

namespace seaworthy {

namespace dom = simdjson::dom;

struct JsonDocument::State {
  dom::parser parser;
  dom::element root;
  bool parsed = false;
};

namespace {

// simdjson's element is a document pointer and a tape index; JsonValue carries the same two words,
// which keeps the large simdjson header out of every file that reads JSON.
struct Words {
  const void* document;
  std::uint64_t index;
};
static_assert(sizeof(Words) == sizeof(dom::element));

dom::element element_of(const Words& words) {
  return std::bit_cast<dom::element>(words);
}

}  // namespace

#define ELEMENT element_of(Words{document_, index_})

bool JsonValue::is_object() const {
  return exists() && ELEMENT.is_object();
}
bool JsonValue::is_array() const {
  return exists() && ELEMENT.is_array();
}
bool JsonValue::is_string() const {
  return exists() && ELEMENT.is_string();
}
bool JsonValue::is_number() const {
  return exists() && ELEMENT.is_number();
}
bool JsonValue::is_null() const {
  return exists() && ELEMENT.is_null();
}

JsonValue JsonValue::operator[](std::string_view key) const {
  JsonValue found;
  if (!is_object()) return found;
  dom::element value;
  if (ELEMENT.get_object().value_unsafe().at_key(key).get(value) != simdjson::SUCCESS) return found;
  const auto words = std::bit_cast<Words>(value);
  found.document_ = words.document;
  found.index_ = words.index;
  return found;
}

std::string_view JsonValue::text() const {
  if (!is_string()) return {};
  return ELEMENT.get_string().value_unsafe();
}

std::int64_t JsonValue::integer() const {
  std::int64_t value = 0;
  if (!exists() || ELEMENT.get_int64().get(value) != simdjson::SUCCESS) return 0;
  return value;
}

double JsonValue::real() const {
  double value = 0;
  if (!exists() || ELEMENT.get_double().get(value) != simdjson::SUCCESS) return 0;
  return value;
}

bool JsonValue::boolean() const {
  bool value = false;
  return exists() && ELEMENT.get_bool().get(value) == simdjson::SUCCESS && value;
}

std::vector<JsonValue> JsonValue::elements() const {
  std::vector<JsonValue> found;
  if (!is_array()) return found;
  const dom::array array = ELEMENT.get_array().value_unsafe();
  for (const dom::element value : array) {
    const auto words = std::bit_cast<Words>(value);
    found.emplace_back();
    found.back().document_ = words.document;
    found.back().index_ = words.index;
  }
  return found;
}

std::vector<JsonValue::Member> JsonValue::members() const {
  std::vector<Member> found;
  if (!is_object()) return found;
  const dom::object object = ELEMENT.get_object().value_unsafe();
  for (const dom::key_value_pair pair : object) {
    const auto words = std::bit_cast<Words>(pair.value);
    Member member;
    member.key = pair.key;
    member.value.document_ = words.document;
    member.value.index_ = words.index;
    found.push_back(member);
  }
  return found;
}

std::string JsonValue::raw() const {
  return exists() ? simdjson::minify(ELEMENT) : std::string{};
}

#undef ELEMENT

JsonDocument::JsonDocument() : state_(std::make_unique<State>()) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

Status JsonDocument::parse(std::string_view bytes, const Limits& limits) {
  state_->parsed = false;
  if (bytes.empty()) return Error{ErrorCode::kInvalidInput, "not JSON: nothing in it"};
  if (bytes.size() > limits.document_bytes) {
    return over_limit(limits, &Limits::document_bytes,
                      "JSON of " + std::to_string(bytes.size()) + " bytes");
  }
  if (state_->parser.max_depth() != limits.nesting &&
      state_->parser.allocate(state_->parser.capacity(), limits.nesting) != simdjson::SUCCESS) {
    return Error{ErrorCode::kInternal, "no memory for a JSON document"};
  }
  const auto failure = state_->parser.parse(bytes.data(), bytes.size(), true).get(state_->root);
  if (failure == simdjson::DEPTH_ERROR) {
    return over_limit(limits, &Limits::nesting, "nested JSON");
  }
  if (failure != simdjson::SUCCESS) {
    return Error{ErrorCode::kInvalidInput,
                 std::string("not JSON: ") + simdjson::error_message(failure)};
  }
  state_->parsed = true;
  return ok_status();
}

JsonValue JsonDocument::root() const {
  JsonValue value;
  if (!state_->parsed) return value;
  const auto words = std::bit_cast<Words>(state_->root);
  value.document_ = words.document;
  value.index_ = words.index;
  return value;
}

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (has_members_.empty()) return;
  if (has_members_.back()) out_ += ',';
  has_members_.back() = true;
  indent();
}

void JsonWriter::indent() {
  if (!pretty_) return;
  out_ += '\n';
  out_.append(2 * has_members_.size(), ' ');
}

void JsonWriter::begin_object() {
  separate();
  out_ += '{';
  has_members_.push_back(false);
}

void JsonWriter::end_object() {
  const bool had = has_members_.back();
  has_members_.pop_back();
  if (had) indent();
  out_ += '}';
}

void JsonWriter::begin_array() {
  separate();
  out_ += '[';
  has_members_.push_back(false);
}

void JsonWriter::end_array() {
  const bool had = has_members_.back();
  has_members_.pop_back();
  if (had) indent();
  out_ += ']';
}

void JsonWriter::key(std::string_view name) {
  separate();
  quote(name);
  out_ += pretty_ ? ": " : ":";
  after_key_ = true;
}

void JsonWriter::value(std::string_view text) {
  separate();
  quote(text);
}

void JsonWriter::value(std::int64_t number) {
  separate();
  out_ += std::to_string(number);
}

void JsonWriter::value(std::uint64_t number) {
  separate();
  out_ += std::to_string(number);
}

void JsonWriter::value(double number) {
  separate();
  if (!std::isfinite(number)) {
    out_ += "null";
    return;
  }
  std::array<char, 32> text{};
  const auto [end, failure] = std::to_chars(text.data(), text.data() + text.size(), number);
  out_.append(text.data(), failure == std::errc{} ? end : text.data());
}

void JsonWriter::value(bool flag) {
  separate();
  out_ += flag ? "true" : "false";
}

void JsonWriter::null() {
  separate();
  out_ += "null";
}

void JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
}

void JsonWriter::texts(std::string_view name, const std::vector<std::string>& values) {
  key(name);
  begin_array();
  for (const std::string& text : values) value(text);
  end_array();
}

// Bytes that are not UTF-8 become U+FFFD, so that the output is always JSON, whatever an image's
// file names hold.
std::string valid_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text.front());
    std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0x80 ? 2 : 1;
    if (size <= text.size() && simdjson::validate_utf8(text.data(), size)) {
      out += text.substr(0, size);
    } else {
      out += "\xef\xbf\xbd";
      size = 1;
    }
    text.remove_prefix(size);
  }
  return out;
}

void JsonWriter::quote(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string repaired;
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    repaired = valid_utf8(text);
    text = repaired;
  }
  out_ += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += c;
    } else if (c == '\n') {
      out_ += "\\n";
    } else if (c == '\t') {
      out_ += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out_ += "\\u00";
      out_ += kHex[byte >> 4];
      out_ += kHex[byte & 15];
    } else {
      out_ += c;
    }
  }
  out_ += '"';
}

std::string JsonWriter::take() {
  if (pretty_) out_ += '\n';
  return std::exchange(out_, {});
}

}  // namespace seaworthy
