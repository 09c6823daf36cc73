#pragma once

#include <string>
#include <string_view>

#include "core/base/limits.h"
#include "core/base/result.h"

namespace seaworthy {

// Maven's coordinates of a library; what is not known is empty.
struct JarIdentity {
  std::string group, artifact, version;
  bool is_whole() const { return !group.empty() && !artifact.empty() && !version.empty(); }
};

// The main section of META-INF/MANIFEST.MF, as far as it tells what a jar is.
struct JarManifest {
  std::string title, version, vendor_id;             // Implementation-
  std::string bundle, bundle_version;                // Bundle-SymbolicName without its directives
  std::string license;                               // Bundle-License
  std::string plugin, plugin_group, plugin_version;  // of Jenkins plugins
  bool weaves = false;  // an agent's description of a library that it changes (rule 48)
};

// META-INF/maven/GROUP/ARTIFACT/pom.properties.
JarIdentity read_pom_properties(std::string_view bytes);
// pom.xml beside it: what its parent or a property defines elsewhere stays empty.
Result<JarIdentity> read_pom_xml(std::string_view bytes, const Limits& limits);
JarManifest read_manifest(std::string_view bytes);

// "log4j-1.2-api-2.17.1.jar" is log4j-1.2-api 2.17.1; without a version the name is all of it. What
// stands behind a version without belonging to it ("-linux-x86_64") is left out.
JarIdentity split_jar_name(std::string_view file_name);

// What a jar is that has no pom of its own: the name from its file, else from the manifest; the
// version from either; the group where it is certain, else empty.
JarIdentity identity_without_pom(std::string_view file_name, const JarManifest& manifest);

// The group that alone publishes this artifact; "" where that is not known. `artifact` may be
// corrected: Tomcat's catalina.jar is tomcat-catalina.
std::string group_of_artifact(std::string& artifact, std::string_view version,
                              const JarManifest& manifest);

}  // namespace seaworthy
