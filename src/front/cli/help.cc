#include <algorithm>

#include "core/base/limits.h"
#include "front/cli/command.h"
#include "scan/report/text.h"

namespace seaworthy {
namespace {

constexpr std::size_t kPageColumns = 100;

// "  NAME      what it is", going on below the text where a line is full; a name that is too long
// for its column has a line of its own.
void append_row(std::string& out, std::string_view name, std::size_t name_columns,
                std::string_view text) {
  const std::string indent(2 + name_columns, ' ');
  out += "  " + std::string(name);
  bool on_name_line = name.size() < name_columns;
  if (on_name_line) out.append(name_columns - name.size(), ' ');
  for (const std::string& line : wrap(text, kPageColumns - indent.size())) {
    out += (on_name_line ? "" : "\n" + indent) + line;
    on_name_line = false;
  }
  out += "\n";
}

std::string spelled(const Flag& flag) {
  return "--" + std::string(flag.name) + (flag.value.empty() ? "" : " " + std::string(flag.value));
}

constexpr std::string_view kTargets =
    "Targets\n"
    "  [REGISTRY/]REPO[:TAG][@DIGEST]  an image in a registry\n"
    "  oci:DIR[:REF]        OCI image layout\n"
    "  oci-archive:FILE     the same in a tar\n"
    "  docker-archive:FILE  what `docker save` writes\n"
    "  docker:NAME          an image of the Docker engine, through its socket\n"
    "  podman:NAME          the same of Podman\n"
    "  containerd:NAME[@NS] an image in containerd's content store\n"
    "  sif:FILE             a Singularity or Apptainer file, or a squashfs image\n"
    "  dir:ROOTFS           a root file-system directory\n"
    "  sbom:FILE            CycloneDX or SPDX, of any tool, plain or compressed\n"
    "  sbom:-               the same on standard input\n"
    "  PATH                 any of these, recognized by content\n"
    "  -                    an image archive on standard input\n";

constexpr std::string_view kExitCodes =
    "Exit codes\n"
    "  0   done, no threshold crossed\n"
    "  1   could not scan, or no database\n"
    "  2   a threshold was crossed: unseaworthy\n"
    "  3   verdict unknown while a threshold or --require-complete was given\n"
    "  64  wrong usage, or a configuration, policy, VEX or ignore file that does not parse\n";

bool takes_target(const Command& command) {
  return command.arguments.starts_with("TARGET");
}

}  // namespace

std::vector<std::string_view> flags_of(const Command& command) {
  std::vector<std::string_view> flags(command.flags.begin(), command.flags.end());
  if (!flags.empty()) flags.push_back("config");
  return flags;
}

int exit_code_of(ErrorCode code) {
  return code == ErrorCode::kUsage ? kExitUsage : kExitFailed;
}

std::string help_text() {
  std::string out =
      "seaworthy: is this container image fit to run, and if not, what is the next thing to do?\n\n"
      "Usage: seaworthy COMMAND [FLAGS] [ARGUMENTS]\n\nCommands\n";
  for (const Command* command : all_commands()) {
    append_row(out, std::string(command->name) + " " + std::string(command->arguments), 30,
               command->summary);
  }
  out +=
      "\n" + std::string(kTargets) + "\n" + std::string(kExitCodes) +
      "\nExamples\n"
      "  seaworthy db import feeds/              fill the advisory database from files\n"
      "  seaworthy scan oci:image                what is wrong with this image\n"
      "  docker save app | seaworthy scan -      the same, through a pipe\n"
      "  seaworthy scan --fail-on high app.tar   exit 2 where something high or critical is open\n"
      "\n`seaworthy COMMAND --help` says more.\n";
  return out;
}

std::string group_help_text(std::string_view group) {
  std::string out;
  for (const Command* command : all_commands()) {
    if (!command->name.starts_with(std::string(group) + " ")) continue;
    append_row(out, std::string(command->name) + " " + std::string(command->arguments), 30,
               command->summary);
  }
  if (out.empty()) return out;
  const std::string name = "seaworthy " + std::string(group);
  return "Usage: " + name + " COMMAND [FLAGS] [ARGUMENTS]\n\nCommands\n" + out + "\n`" + name +
         " COMMAND --help` says more.\n";
}

std::string help_text(const Command& command) {
  std::string out = "seaworthy " + std::string(command.name) + ": " + std::string(command.summary) +
                    "\n\nUsage: seaworthy " + std::string(command.name) +
                    (command.flags.empty() ? "" : " [FLAGS]") +
                    (command.arguments.empty() ? "" : " " + std::string(command.arguments)) + "\n";
  if (!command.description.empty()) out += "\n" + std::string(command.description) + "\n";
  if (takes_target(command)) out += "\n" + std::string(kTargets);
  if (!command.flags.empty()) out += "\nFlags\n";
  for (const std::string_view name : flags_of(command)) {
    const Flag& flag = *find_flag(name);
    append_row(out, spelled(flag), 34,
               std::string(flag.help) + (flag.repeatable ? " (repeatable)" : ""));
  }
  if (!command.examples.empty()) out += "\nExamples\n";
  for (const Example& example : command.examples) {
    out += "  " + std::string(example.line) + "\n      " + std::string(example.what) + "\n";
  }
  if (takes_target(command)) out += "\n" + std::string(kExitCodes);
  return out;
}

std::string reference_page() {
  std::string out =
      "# Command line\n\n"
      "Printed from the command table by `seaworthy help --markdown`; a test compares the two.\n"
      "Every flag is also the environment variable `SEAWORTHY_NAME` and a key of the "
      "configuration\n"
      "file (`--config`, else `$SEAWORTHY_CONFIG`, else `/etc/seaworthy/seaworthy.yaml`), a YAML\n"
      "mapping in which a repeatable flag may have a list; the command line wins over the\n"
      "environment, and the environment over the file.\n\n";
  for (const Command* command : all_commands()) {
    out += "## seaworthy " + std::string(command->name) + "\n\n```\n" + help_text(*command) +
           "```\n\n";
  }
  out += "## Targets and exit codes\n\n```\n" + std::string(kTargets) + "\n" +
         std::string(kExitCodes) +
         "```\n\n## Limits\n\n| name | default | unit | what |\n|---|---|---|---|\n";
  const Limits defaults;
  for (const LimitRow& row : limit_rows()) {
    out += "| " + std::string(row.name) + " | " + std::to_string(defaults.*row.field) + " | " +
           std::string(row.unit) + " | " + std::string(row.help) + " |\n";
  }
  return out;
}

}  // namespace seaworthy
