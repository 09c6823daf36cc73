#include "scan/advisory/csaf_remarks.h"

#include "core/base/text.h"
#include "scan/advisory/advisory_id.h"

namespace seaworthy {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

FixState state_of_words(std::string_view category, std::string_view details) {
  constexpr std::size_t kEnough = 200;
  const std::string words = lower_case(details.substr(0, kEnough));
  if (contains(words, "out of support")) return FixState::kEndOfLife;
  if (contains(words, "will not fix")) return FixState::kWontFix;
  if (contains(words, "defer")) return FixState::kDeferred;
  return category == "no_fix_planned" ? FixState::kWontFix : FixState::kNotFixed;
}

std::string_view last_part(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  return url.substr(url.rfind('/') + 1);
}

// The ids that an entry of a list is about, those of its groups among them.
template <class Each>
void for_ids(const JsonValue& entry, const CsafProducts& products, Each&& each) {
  for (const JsonValue& id : entry["product_ids"].elements()) each(id.text());
  for (const JsonValue& group : entry["group_ids"].elements()) {
    for (const std::string_view id : products.group(group.text())) each(id);
  }
}

void read_remediation(const JsonValue& entry, const CsafProducts& products,
                      CsafRemarksById& remarks) {
  const std::string_view category = entry["category"].text();
  const std::string_view details = entry["details"].text();
  if (category == "vendor_fix") {
    const std::string_view advisory = last_part(entry["url"].text());
    if (!is_advisory_id(advisory)) return;
    for_ids(entry, products, [&](std::string_view id) { remarks[id].advisory = advisory; });
  } else if (category == "no_fix_planned" || category == "none_available") {
    const FixState state = state_of_words(category, details);
    for_ids(entry, products, [&](std::string_view id) {
      remarks[id].state = state;
      remarks[id].reason = details;
    });
  } else if ((category == "workaround" || category == "mitigation") &&
             !details.starts_with("Mitigation for this issue is either not available")) {
    for_ids(entry, products, [&](std::string_view id) { remarks[id].workaround = details; });
  }
}

}  // namespace

CsafRemarksById read_csaf_remarks(const JsonValue& vulnerability, const CsafProducts& products) {
  CsafRemarksById remarks;
  for (const JsonValue& entry : vulnerability["remediations"].elements()) {
    read_remediation(entry, products, remarks);
  }
  for (const JsonValue& threat : vulnerability["threats"].elements()) {
    if (threat["category"].text() != "impact") continue;
    const Severity severity = parse_severity(threat["details"].text()).value_or(Severity::kUnknown);
    for_ids(threat, products, [&](std::string_view id) { remarks[id].severity = severity; });
  }
  for (const JsonValue& flag : vulnerability["flags"].elements()) {
    const std::string_view label = flag["label"].text();
    for_ids(flag, products, [&](std::string_view id) { remarks[id].justification = label; });
  }
  return remarks;
}

}  // namespace seaworthy
