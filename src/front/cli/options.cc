#include "front/cli/options.h"

#include <array>
#include <charconv>

#include "core/base/text.h"
#include "scan/advisory/database.h"
#include "scan/pipeline/scan.h"

namespace seaworthy {
namespace {

Error usage(std::string message) {
  return {ErrorCode::kUsage, std::move(message)};
}

Status set_format(Options& options, std::string_view value) {
  const std::size_t equals = value.find('=');
  const std::string_view name = value.substr(0, equals);
  const Format* format = find_format(name);
  if (format == nullptr) {
    std::string known;
    for (const Format* each : all_formats()) {
      known += (known.empty() ? "" : ", ") + std::string(each->name);
    }
    return usage("--format: '" + std::string(name) + "' is no format; there are " + known);
  }
  options.formats.push_back(
      {format, equals == std::string_view::npos ? "" : std::string(value.substr(equals + 1))});
  return ok_status();
}

Status set_platform(Options& options, std::string_view value) {
  if (value == "all") {
    options.all_platforms = true;
    return ok_status();
  }
  ASSIGN_OR_RETURN(Platform platform, parse_platform(value));
  options.platforms.push_back(std::move(platform));
  return ok_status();
}

Status set_severities(Options& options, std::string_view value) {
  while (!value.empty()) {
    const std::size_t comma = value.find(',');
    const auto severity = parse_severity(value.substr(0, comma));
    if (!severity) {
      return usage("--severity: '" + std::string(value.substr(0, comma)) +
                   "' is none of critical, high, medium, low, negligible, unknown");
    }
    options.show.severities.push_back(*severity);
    value = comma == std::string_view::npos ? std::string_view{} : value.substr(comma + 1);
  }
  return ok_status();
}

Status set_jobs(Options& options, std::string_view value) {
  const auto [end, failure] =
      std::from_chars(value.data(), value.data() + value.size(), options.jobs);
  if (failure != std::errc{} || end != value.data() + value.size() || options.jobs < 1 ||
      options.jobs > 1024) {
    return usage("--jobs: '" + std::string(value) + "' is not a number from 1 to 1024");
  }
  return ok_status();
}

Status set_as_of(Options& options, std::string_view value) {
  const auto time = parse_time(value);
  if (!time || *time <= 0) {
    return usage("--as-of: '" + std::string(value) + "' is no date such as 2026-11-20");
  }
  options.as_of = *time;
  return ok_status();
}

Status add_source(Options& options, std::string_view value) {
  const std::size_t equals = value.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == value.size()) {
    return usage("--source: '" + std::string(value) + "' is no NAME=URL");
  }
  options.sources.emplace_back(value.substr(0, equals), value.substr(equals + 1));
  return ok_status();
}

Status set_sandbox(Options& options, std::string_view value) {
  if (value != "auto" && value != "off") {
    return usage("--sandbox: '" + std::string(value) + "' is neither auto nor off");
  }
  options.sandbox = value == "off" ? Sandbox::kOff : Sandbox::kAuto;
  return ok_status();
}

Status set_reason(Options& options, std::string_view value) {
  if (value.empty()) return usage("--allow-incomplete: give the reason");
  options.thresholds.allow_incomplete = value;
  return ok_status();
}

Status set_insecure_registry(Options& options, std::string_view value) {
  if (value.empty() || value.find('/') != std::string_view::npos) {
    return usage("--insecure-registry: '" + std::string(value) + "' is no HOST[:PORT]");
  }
  options.registry.insecure.push_back(lower_case(value));
  return ok_status();
}

Status set_mirror(Options& options, std::string_view value) {
  const std::size_t equals = value.find('=');
  if (equals == 0 || equals == std::string_view::npos || equals + 1 == value.size()) {
    return usage("--registry-mirror: '" + std::string(value) + "' is not REGISTRY=MIRROR");
  }
  options.registry.mirrors.push_back(
      {lower_case(value.substr(0, equals)), std::string(value.substr(equals + 1))});
  return ok_status();
}

template <auto Member>
Status set_tls(Options& options, std::string_view value) {
  options.registry.tls.*Member = std::string(value);
  return ok_status();
}

template <auto Member>
Status set_text(Options& options, std::string_view value) {
  options.*Member = std::string(value);
  return ok_status();
}

template <auto Member>
Status add_text(Options& options, std::string_view value) {
  (options.*Member).emplace_back(value);
  return ok_status();
}

template <auto Member>
Status set_switch(Options& options, std::string_view) {
  options.*Member = true;
  return ok_status();
}

template <auto Member>
Status set_show(Options& options, std::string_view) {
  options.show.*Member = true;
  return ok_status();
}

constexpr std::array kFlags{
    Flag{"format", "NAME[=FILE]", "write the report in this format; `list formats` names them",
         true, set_format},
    Flag{"output", "FILE", "write the report here instead of to standard output", false,
         set_text<&Options::output>},
    Flag{"platform", "OS/ARCH[/VARIANT]|all", "which image of an index; default: this machine's",
         true, set_platform},
    Flag{"db", "DIR", "advisory database; default $XDG_DATA_HOME/seaworthy/db", false,
         set_text<&Options::database_directory>},
    Flag{"cache", "DIR|none", "layer cache; default $XDG_CACHE_HOME/seaworthy", false,
         set_text<&Options::cache_directory>},
    Flag{"containerd-root", "DIR", "where containerd keeps its data; default /var/lib/containerd",
         false, set_text<&Options::containerd_root>},
    Flag{"offline", "", "never use the network; an image in a registry is refused", false,
         [](Options& o, std::string_view) {
           o.registry.offline = true;
           return ok_status();
         }},
    Flag{"insecure-registry", "HOST[:PORT]",
         "do not verify this registry's certificate, and talk plain http where it has no https",
         true, set_insecure_registry},
    Flag{"registry-mirror", "REGISTRY=MIRROR",
         "ask HOST[:PORT][/PREFIX] or http://HOST... before this registry", true, set_mirror},
    Flag{"registry-auth", "FILE", "docker's config.json or podman's auth.json, instead of theirs",
         false,
         [](Options& o, std::string_view v) {
           o.registry.auth_file = std::string(v);
           return ok_status();
         }},
    Flag{"registry-ca", "FILE",
         "PEM certificates that vouch for registries, instead of the system's", false,
         set_tls<&HttpTls::ca_file>},
    Flag{"registry-cert", "FILE", "client certificate for registries, PEM", false,
         set_tls<&HttpTls::certificate_file>},
    Flag{"registry-key", "FILE", "its key, where it is not in the same file", false,
         set_tls<&HttpTls::key_file>},
    Flag{"severity", "LIST", "list only these severities, comma separated", true, set_severities},
    Flag{"only-fixed", "", "list only findings that have a fix", false,
         set_show<&FormatOptions::only_fixed>},
    Flag{"show-suppressed", "", "list suppressed and not-affected findings too", false,
         set_show<&FormatOptions::show_suppressed>},
    Flag{"packages", "", "list every package with its coverage", false,
         set_show<&FormatOptions::show_packages>},
    Flag{"fail-on", "LEVEL",
         "exit 2 at critical, high, medium, low, kev, exploit, malicious, eol or score=N", true,
         [](Options& o, std::string_view v) { return add_threshold(o.thresholds, v); }},
    Flag{"require-complete", "", "exit 3 where a whole class of packages could not be judged",
         false,
         [](Options& o, std::string_view) {
           o.thresholds.require_complete = true;
           return ok_status();
         }},
    Flag{"allow-incomplete", "REASON", "turn exit 3 into 0; the reason is printed with the verdict",
         false, set_reason},
    Flag{"jobs", "N", "layers at a time; default: one per core, six from a registry", false,
         set_jobs},
    Flag{"full-layers", "",
         "fetch and verify whole layers, also where an image names a table of contents for one",
         false, set_switch<&Options::full_layers>},
    Flag{
        "attached-soci", "",
        "believe SOCI indexes, too, that are attached to an image: whoever may push can attach one",
        false, set_switch<&Options::attached_soci>},
    Flag{"limit", "NAME=VALUE", "change one limit; `list limits` names them", true,
         [](Options& o, std::string_view v) { return set_limit(o.limits, v); }},
    Flag{"sandbox", "auto|off", "off where the kernel has no seccomp", false, set_sandbox},
    Flag{"package", "NAME", "explain only findings on this package", false,
         set_text<&Options::package>},
    Flag{"report", "FILE", "a JSON report, instead of the last scan", false,
         set_text<&Options::report_file>},
    Flag{"feed", "NAME", "the feed's name, instead of the file's", false,
         set_text<&Options::feed_name>},
    Flag{"only", "NAME", "update this source only; docs/reference/sources.md lists them", true,
         add_text<&Options::only>},
    Flag{"source", "NAME=URL", "fetch a source from here instead of its official address", true,
         add_source},
    Flag{"mirror", "URL|DIR", "fetch from what `db mirror` laid out", false,
         set_text<&Options::mirror>},
    Flag{"feed-ca", "FILE", "certificates that sources may be signed by, PEM", false,
         set_text<&Options::feed_ca>},
    Flag{"force", "", "ask although the interval of a source has not passed", false,
         set_switch<&Options::force>},
    Flag{"allow-loss", "", "take a feed over that lost most or all of its records", false,
         set_switch<&Options::allow_loss>},
    Flag{"dry-run", "", "say what would be asked for, and ask for nothing", false,
         set_switch<&Options::dry_run>},
    Flag{"as-of", "DATE", "when the imported copies were made, where the data does not say", false,
         set_as_of},
    Flag{"complete", "", "what is imported is all that its publishers have: no package lacks one",
         false, set_switch<&Options::complete>},
    Flag{"config", "FILE", "settings; default $SEAWORTHY_CONFIG or /etc/seaworthy/seaworthy.yaml",
         false, [](Options&, std::string_view) { return ok_status(); }},  // read before the others
    Flag{"for", "TARGET", "pull what this image, directory or SBOM needs", true,
         add_text<&Options::pull_for>},
    Flag{"part", "NAME", "pull this part: debian:12, npm; `db status --verbose` lists them", true,
         add_text<&Options::pull_parts>},
    Flag{"all", "", "pull every part", false, set_switch<&Options::pull_all>},
    Flag{"key", "FILE", "private key that signs", true, add_text<&Options::keys>},
    Flag{"trusted-key", "FILE", "public key whose signature is believed", true,
         add_text<&Options::trusted_keys>},
    Flag{"keys", "FILE", "chain of key sets to publish beside the database (db keys)", false,
         set_text<&Options::key_chain>},
    Flag{"add-key", "FILE[=DATE]", "public key that may sign, until a date", true,
         add_text<&Options::added_keys>},
    Flag{"retire-key", "FILE", "public key that may no longer sign", true,
         add_text<&Options::retired_keys>},
    Flag{"base", "FILE", "write only what changed since this export", false,
         set_text<&Options::base_file>},
    Flag{"allow-unsigned", "", "take a database that nobody signed", false,
         set_switch<&Options::allow_unsigned>},
    Flag{"allow-rollback", "", "take a database that is older than the one in place", false,
         set_switch<&Options::allow_rollback>},
    Flag{"quiet", "", "no progress, no notes and no summaries", false, set_switch<&Options::quiet>},
    Flag{"verbose", "", "more notes on standard error, and every finding in the table", false,
         set_switch<&Options::verbose>},
};

}  // namespace

std::span<const Flag> all_flags() {
  return kFlags;
}

const Flag* find_flag(std::string_view name) {
  for (const Flag& flag : kFlags) {
    if (flag.name == name) return &flag;
  }
  return nullptr;
}

Options default_options() {
  Options options;
  options.database_directory = default_database_directory();
  options.cache_directory = default_cache_directory();
  return options;
}

}  // namespace seaworthy
