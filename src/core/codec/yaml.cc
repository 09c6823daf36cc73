#include "core/codec/yaml.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <charconv>
#include <exception>
#include <sstream>
#include <streambuf>
#include <utility>
#include <vector>

#include "core/codec/json.h"

namespace seaworthy {
namespace {

// YAML 1.2 to JSON in one pass over yaml-cpp's parse events; no node tree is built, so memory is
// the output's and not a multiple of it.
//
//  - An anchored node is a stretch of the JSON that was already written; an alias appends a copy of
//    that stretch. Every append is checked against the size limit first, so "a billion laughs"
//    costs at most that limit, and an alias inside its own anchor is refused because that stretch
//    has no end yet.
//  - Plain scalars follow the core schema of YAML 1.2 chapter 10.3.2: `yes`, `on` and dates stay
//    text. Numbers keep their digits where these are JSON digits, so "1.10" is not changed here.
//  - Only scalars can be keys, because JSON has no other keys. A key that comes twice is kept
//    twice; readers take the first.
//
// The parser's own recursion ends at 500 levels in the library; `limits.nesting` is lower and is
// enforced here, at the first event of a level.

// yaml-cpp reports failure by exceptions only; this one carries ours through its frames.
struct Refused : std::exception {
  explicit Refused(Error why) : error(std::move(why)) {}
  Error error;
};

// The library's scanner needs some time per byte; a document of this size is no advisory.
constexpr std::uint64_t kMaxYamlBytes = 64 * kMiB;

bool only(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

// The JSON form of a plain scalar that the core schema reads as an integer in another base.
std::string based_integer(std::string_view text) {
  if (text.size() < 3 || text[0] != '0') return {};
  const int base = text[1] == 'x' ? 16 : text[1] == 'o' ? 8 : 0;
  if (base == 0) return {};
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data() + 2, end, value, base);
  return failure == std::errc{} && stop == end ? std::to_string(value) : std::string{};
}

// The JSON form of a decimal number of the core schema, "" where the text is none.
std::string decimal_number(std::string_view text) {
  std::string out;
  if (text.starts_with('-') || text.starts_with('+')) {
    if (text[0] == '-') out = "-";
    text.remove_prefix(1);
  }
  const std::size_t exponent_at = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, exponent_at);
  const std::size_t dot = mantissa.find('.');
  std::string_view whole = mantissa.substr(0, dot);
  const std::string_view fraction =
      dot == std::string_view::npos ? std::string_view{} : mantissa.substr(dot + 1);
  constexpr std::string_view kDigits = "0123456789";
  if (whole.empty() && fraction.empty()) return {};
  if (!whole.empty() && !only(whole, kDigits)) return {};
  if (!fraction.empty() && !only(fraction, kDigits)) return {};
  while (whole.size() > 1 && whole.front() == '0') whole.remove_prefix(1);
  out += whole.empty() ? "0" : whole;
  if (!fraction.empty()) out.append(".").append(fraction);
  if (exponent_at == std::string_view::npos) return out;
  std::string_view exponent = text.substr(exponent_at + 1);
  out += 'e';
  if (exponent.starts_with('-') || exponent.starts_with('+')) {
    out += exponent[0];
    exponent.remove_prefix(1);
  }
  // Four digits already leave the range of a double.
  if (!only(exponent, kDigits) || exponent.size() > 3) return {};
  return out += exponent;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text == word) return true;
  }
  return false;
}

std::string quoted(std::string_view text) {
  JsonWriter writer(false);
  writer.value(text);
  return writer.take();
}

std::string plain_scalar(std::string_view text) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return "null";
  if (is_one_of(text, {"true", "True", "TRUE"})) return "true";
  if (is_one_of(text, {"false", "False", "FALSE"})) return "false";
  // Longer digit strings are hashes and serial numbers, and no JSON reader keeps their value.
  const std::string_view digits = text.substr(text.starts_with('-') || text.starts_with('+'));
  if (!digits.empty() && digits.size() <= 18 &&
      (digits[0] == '.' || only(digits.substr(0, 1), "0123456789"))) {
    std::string number = based_integer(text);
    if (number.empty()) number = decimal_number(text);
    if (!number.empty()) return number;
  }
  return quoted(text);
}

class JsonEmitter : public YAML::EventHandler {
 public:
  explicit JsonEmitter(const Limits& limits) : limits_(limits) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    scalar(mark, anchor, at_key() ? "\"\"" : "null");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    // "?" is the library's tag of an untagged plain scalar; "!" of a quoted one.
    const bool plain = tag == "?" || tag.empty();
    scalar(mark, anchor, plain && !at_key() ? plain_scalar(value) : quoted(value));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (anchor >= anchors_.size() || anchors_[anchor].end == 0) {
      refuse(mark, ErrorCode::kInvalidInput, "alias of a node that is not complete");
    }
    const Stretch& stretch = anchors_[anchor];
    if (at_key() && out_[stretch.begin] != '"') {
      refuse(mark, ErrorCode::kInvalidInput, "a mapping key that is no scalar");
    }
    room(mark, stretch.end - stretch.begin);
    separate(mark);
    out_.append(out_, stretch.begin, stretch.end - stretch.begin);
    value_done();
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor, '[', false);
  }
  void OnSequenceEnd() override { close(']'); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor, '{', true);
  }
  void OnMapEnd() override { close('}'); }

  std::string take() { return std::move(out_); }

 private:
  struct Level {
    bool map = false, key_next = false, used = false;
    YAML::anchor_t anchor = 0;
    std::size_t begin = 0;
  };
  struct Stretch {
    std::size_t begin = 0, end = 0;
  };

  [[noreturn]] static void refuse(const YAML::Mark& mark, ErrorCode code, const std::string& why) {
    throw Refused(Error{code, "YAML line " + std::to_string(mark.line + 1) + ": " + why});
  }
  bool at_key() const { return !levels_.empty() && levels_.back().map && levels_.back().key_next; }
  void room(const YAML::Mark& mark, std::size_t more) const {
    if (more + out_.size() > limits_.document_bytes) {
      refuse(mark, ErrorCode::kLimitExceeded,
             over_limit(limits_, &Limits::document_bytes, "expanding").message);
    }
  }
  // Puts the comma or colon in front of the next value.
  void separate(const YAML::Mark& mark) {
    if (levels_.empty()) return;
    Level& level = levels_.back();
    room(mark, 1);
    if (level.map && !level.key_next) {
      out_ += ':';
    } else if (level.used) {
      out_ += ',';
    }
    level.used = true;
  }
  void value_done() {
    if (!levels_.empty() && levels_.back().map) levels_.back().key_next = !levels_.back().key_next;
  }
  void remember(YAML::anchor_t anchor, std::size_t begin, std::size_t end) {
    if (anchor == 0) return;
    if (anchor >= anchors_.size()) anchors_.resize(anchor + 1);
    anchors_[anchor] = Stretch{begin, end};
  }
  void scalar(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& json) {
    room(mark, json.size());
    separate(mark);
    const std::size_t begin = out_.size();
    out_ += json;
    remember(anchor, begin, out_.size());
    value_done();
  }
  void open(const YAML::Mark& mark, YAML::anchor_t anchor, char bracket, bool map) {
    if (at_key()) refuse(mark, ErrorCode::kInvalidInput, "a mapping key that is no scalar");
    if (levels_.size() >= limits_.nesting) {
      refuse(mark, ErrorCode::kLimitExceeded,
             over_limit(limits_, &Limits::nesting, "nesting").message);
    }
    room(mark, 1);
    separate(mark);
    levels_.push_back(Level{map, map, false, anchor, out_.size()});
    out_ += bracket;
  }
  void close(char bracket) {
    const Level level = levels_.back();
    levels_.pop_back();
    out_ += bracket;
    remember(level.anchor, level.begin, out_.size());
    value_done();
  }

  const Limits limits_;
  std::string out_;
  std::vector<Level> levels_;
  std::vector<Stretch> anchors_;  // by anchor number; the library counts from 1
};

// Lets the library read the caller's bytes in place.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view bytes) {
    char* begin = const_cast<char*>(bytes.data());  // never written: the area is get-only
    setg(begin, begin, begin + bytes.size());
  }
};

}  // namespace

Result<std::string> yaml_to_json(std::string_view yaml, const Limits& limits) {
  if (yaml.size() > limits.document_bytes) {
    return over_limit(limits, &Limits::document_bytes, "YAML");
  }
  if (yaml.size() > kMaxYamlBytes) {
    return Error{ErrorCode::kLimitExceeded,
                 "YAML larger than " + std::to_string(kMaxYamlBytes) + " bytes"};
  }
  try {
    ViewBuffer buffer(yaml);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    JsonEmitter emitter(limits);
    if (!parser.HandleNextDocument(emitter)) return std::string("null");
    std::string json = emitter.take();
    if (json.empty()) json = "null";
    return json;
  } catch (const Refused& refused) {
    return refused.error;
  } catch (const YAML::DeepRecursion& deep) {
    return Error{ErrorCode::kLimitExceeded,
                 "YAML line " + std::to_string(deep.mark.line + 1) + ": nested too deep"};
  } catch (const YAML::Exception& failure) {
    return Error{ErrorCode::kInvalidInput,
                 "not YAML: line " + std::to_string(failure.mark.line + 1) + ": " + failure.msg};
  }
}

}  // namespace seaworthy
