#include "scan/sbom/xml_writer.h"

#include "core/codec/json.h"

namespace seaworthy {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// U+FFFE and U+FFFF are no characters of XML though UTF-8 can write them.
bool is_no_character(std::string_view text) {
  return text.starts_with("\xef\xbf\xbe") || text.starts_with("\xef\xbf\xbf");
}

}  // namespace

XmlWriter::XmlWriter() : out_("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") {}

void XmlWriter::escape(std::string_view text) {
  const std::string valid = valid_utf8(text);
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const char c = valid[i];
    if (c == '&') {
      out_ += "&amp;";
    } else if (c == '<') {
      out_ += "&lt;";
    } else if (c == '>') {
      out_ += "&gt;";
    } else if (c == '"') {
      out_ += "&quot;";
    } else if (c == '\r' || c == '\n' || c == '\t') {
      // A parser turns them into blanks in attributes, and CR into LF everywhere.
      out_ += c == '\r' ? "&#13;" : c == '\n' ? "&#10;" : "&#9;";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out_ += kReplacement;
    } else if (is_no_character(std::string_view(valid).substr(i))) {
      out_ += kReplacement;
      i += 2;
    } else {
      out_ += c;
    }
  }
}

void XmlWriter::open_tag(std::string_view name, const Attributes& attributes) {
  out_.append(2 * open_.size(), ' ');
  out_ += '<';
  out_ += name;
  for (const auto& [key, value] : attributes) {
    out_ += ' ';
    out_ += key;
    out_ += "=\"";
    escape(value);
    out_ += '"';
  }
  out_ += '>';
}

void XmlWriter::begin(std::string_view name, const Attributes& attributes) {
  open_tag(name, attributes);
  out_ += '\n';
  open_.emplace_back(name);
}

void XmlWriter::end() {
  const std::string name = std::move(open_.back());
  open_.pop_back();
  out_.append(2 * open_.size(), ' ');
  out_ += "</" + name + ">\n";
}

void XmlWriter::element(std::string_view name, std::string_view text,
                        const Attributes& attributes) {
  open_tag(name, attributes);
  escape(text);
  out_ += "</";
  out_ += name;
  out_ += ">\n";
}

std::string XmlWriter::take() {
  return std::move(out_);
}

}  // namespace seaworthy
