// Advisories of the Go vulnerability database name the vulnerable functions of a module, and the
// linker leaves out of a program what nothing in it calls. So a program that holds a vulnerable
// module, lists its functions and has none of the named ones cannot run the vulnerable code
// (https://go.dev/doc/security/vuln/database; govulncheck judges binaries likewise).
//
// Every program that holds the module at this version must say so: one that does not list its
// functions (packed, built before Go 1.16), a module known from go.mod or a bill of materials only,
// and a feed that names no functions leave the finding as the version made it.
#include "scan/match/linked_symbols.h"

#include "core/model/functions.h"

namespace seaworthy {
namespace {

struct Names {
  std::size_t count = 0;
  std::string first;  // for people

  void add(const AffectedImport& import) {
    if (first.empty()) {
      first = import.symbols.empty() ? "package " + import.path
                                     : import.path + "." + import.symbols.front();
    }
    count += import.symbols.empty() ? 1 : import.symbols.size();
  }
};

struct Answer {
  ImportEvidence evidence{FunctionEvidence::kAbsent, "", ""};
  Names names;
  std::string advisory;  // the first that names functions; "" none does
};

Answer ask(const Decision& decision, const Inventory& inventory, const Package& package) {
  Answer answer;
  for (const RowJudgement& judgement : decision.judgements) {
    const AdvisoryRow& row = *judgement.row;
    if (row.imports.empty()) continue;
    if (answer.advisory.empty()) {
      answer.advisory = row.advisory_id.empty() ? row.vulnerability : row.advisory_id;
    }
    for (const AffectedImport& import : row.imports) {
      answer.names.add(import);
      ImportEvidence evidence = import_evidence(inventory, package, import);
      if (evidence.evidence == FunctionEvidence::kAbsent) continue;
      answer.evidence = std::move(evidence);
      if (answer.evidence.evidence == FunctionEvidence::kPresent) return answer;
    }
  }
  return answer;
}

std::string why_unknown(const Answer& answer) {
  const std::string& program = answer.evidence.program;
  return program.empty() ? "it was not read from a program"
                         : program + " does not tell its functions";
}

}  // namespace

void judge_linked_symbols(Finding& finding, const Decision& decision, const Inventory& inventory,
                          const Package& package) {
  if (finding.kind == FindingKind::kMalicious) return;
  const Answer answer = ask(decision, inventory, package);
  if (answer.advisory.empty()) return;
  switch (answer.evidence.evidence) {
    case FunctionEvidence::kPresent:
      finding.rule += "; " + answer.evidence.function + " is in " + answer.evidence.program;
      break;
    case FunctionEvidence::kUnknown:
      finding.rule += "; judged by the module's version alone: " + why_unknown(answer);
      break;
    case FunctionEvidence::kAbsent:
      finding.status = FindingStatus::kNotAffected;
      finding.justification = kCodeNotPresent;
      finding.status_reason =
          "the vulnerable code is not in the programs that hold the module: " +
          (answer.names.count == 1
               ? answer.names.first + ", which " + answer.advisory + " names, is not linked"
               : "none of the " + std::to_string(answer.names.count) + " functions that " +
                     answer.advisory + " names (" + answer.names.first + ", ...) is linked");
      break;
  }
}

}  // namespace seaworthy
