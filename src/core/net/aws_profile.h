#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/base/environment.h"
#include "core/base/result.h"

namespace seaworthy {

// The settings of one profile, from ~/.aws/config and over them ~/.aws/credentials
// (AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name other files). Empty where neither has it.
// Values may be secrets.
using AwsProfile = std::map<std::string, std::string>;
Result<AwsProfile> read_aws_profile(std::string_view name, const Environment& environment);

// Adds the settings of `[section]` to `profile`: "key = value" lines, '#' and ';' comments;
// indented lines belong to the setting above and are passed over.
void read_ini_section(std::string_view text, std::string_view section, AwsProfile& profile);

}  // namespace seaworthy
