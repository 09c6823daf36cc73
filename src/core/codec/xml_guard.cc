// What libxml2 2.9 does not bound by itself: it compares every attribute of an element with every
// other, looks names up in a list of all namespaces in scope, expands what an internal DTD subset
// declares, in its push mode reads an unfinished tag again for every piece, and copies the rest of
// a comment for every "--" in it. Each of these is more than linear in the input, so an input of a
// few megabytes could keep it busy for hours.
#include "core/codec/xml_guard.h"

#include <cstring>
#include <string>

namespace seaworthy {

Error XmlGuard::refused(ErrorCode code, std::string_view what) const {
  return Error{code, "line " + std::to_string(line_) + ": " + std::string(what)};
}

bool XmlGuard::ends_with(std::string_view mark) const {
  return std::string_view(last_, sizeof last_).ends_with(mark);
}

Status XmlGuard::watch(std::string_view piece) {
  while (!piece.empty()) {
    if (at_ == At::kText) {
      const std::size_t markup = piece.find('<');
      for (const char c : piece.substr(0, markup)) line_ += c == '\n' ? 1 : 0;
      if (markup == std::string_view::npos) return ok_status();
      piece.remove_prefix(markup + 1);
      at_ = At::kMarkup;
      markup_bytes_ = 0;
      std::memset(last_, 0, sizeof last_);
      continue;
    }
    const char c = piece.front();
    piece.remove_prefix(1);
    std::memmove(last_, last_ + 1, sizeof last_ - 1);
    last_[sizeof last_ - 1] = c;
    ++markup_bytes_;
    if (c == '\n') ++line_;
    RETURN_IF_ERROR(step(c));
  }
  return ok_status();
}

Status XmlGuard::step(char c) {
  switch (at_) {
    case At::kText:
      break;
    case At::kMarkup:
      return begin_markup(c);
    case At::kTag:
    case At::kQuoted:
      return in_tag(c);
    case At::kDoctype:
      return in_doctype(c);
    case At::kComment:
      if (markup_bytes_ < 6 || std::string_view(last_ + 5, 2) != "--") break;
      if (c != '>') return refused(ErrorCode::kInvalidInput, "'--' inside a comment");
      at_ = At::kText;
      break;
    case At::kCdata:
      if (ends_with("]]>")) at_ = At::kText;
      break;
    case At::kInstruction:
      if (ends_with("?>")) at_ = At::kText;
      break;
  }
  return ok_status();
}

Status XmlGuard::begin_markup(char c) {
  if (markup_bytes_ == 1) {
    if (c == '!') return ok_status();
    attributes_ = declared_ = 0;
    closing_ = c == '/';
    at_ = c == '?' ? At::kInstruction : At::kTag;
    return ok_status();
  }
  if (ends_with("!--")) {
    at_ = At::kComment;
  } else if (ends_with("![CDATA[")) {
    at_ = At::kCdata;
  } else if (ends_with("!DOCTYPE")) {
    at_ = At::kDoctype;
    quote_ = 0;
  } else if (markup_bytes_ >= sizeof last_) {
    return refused(ErrorCode::kInvalidInput, "markup that XML does not have");
  }
  return ok_status();
}

Status XmlGuard::in_doctype(char c) {
  if (quote_ != 0) {
    if (c == quote_) quote_ = 0;
  } else if (c == '"' || c == '\'') {
    quote_ = c;
  } else if (c == '[') {
    return refused(ErrorCode::kInvalidInput,
                   "a document type with declarations of its own is not read");
  } else if (c == '>') {
    at_ = At::kText;
  }
  if (markup_bytes_ > kMaxTagBytes) {
    return refused(ErrorCode::kLimitExceeded, "a document type that is too long");
  }
  return ok_status();
}

Status XmlGuard::in_tag(char c) {
  if (markup_bytes_ > kMaxTagBytes) {
    return refused(ErrorCode::kLimitExceeded,
                   "a tag of more than " + std::to_string(kMaxTagBytes) + " bytes");
  }
  if (at_ == At::kQuoted) {
    if (c == quote_) at_ = At::kTag;
    return ok_status();
  }
  if (c == '"' || c == '\'') {
    at_ = At::kQuoted;
    quote_ = c;
  } else if (c == '=') {
    if (++attributes_ > kMaxAttributes) {
      return refused(ErrorCode::kLimitExceeded,
                     "an element with more than " + std::to_string(kMaxAttributes) + " attributes");
    }
  } else if (c == 's' && ends_with("xmlns")) {
    ++declared_;
  } else if (c == '>') {
    return end_tag();
  }
  return ok_status();
}

Status XmlGuard::end_tag() {
  at_ = At::kText;
  if (closing_) {
    if (!open_.empty()) {
      namespaces_ -= open_.back();
      open_.pop_back();
    }
    return ok_status();
  }
  if (open_.size() >= nesting_) {
    return refused(ErrorCode::kLimitExceeded,
                   "elements nested deeper than " + std::to_string(nesting_));
  }
  if (namespaces_ + declared_ > kMaxNamespaces) {
    return refused(ErrorCode::kLimitExceeded,
                   "more than " + std::to_string(kMaxNamespaces) + " namespaces at one place");
  }
  if (ends_with("/>")) return ok_status();
  open_.push_back(declared_);
  namespaces_ += declared_;
  return ok_status();
}

}  // namespace seaworthy
