#pragma once

// Names of the properties (SPDX: in annotations) that this program writes, shared by writers and
// readers. What the
// formats' fields and the purl cannot carry exactly goes into them, so that an own document reads
// back as the inventory it was written from.
namespace seaworthy::property_name {

inline constexpr const char* kType = "seaworthy:type";  // its presence marks an own component
inline constexpr const char* kArch = "seaworthy:arch";
inline constexpr const char* kSourceName = "seaworthy:source:name";
inline constexpr const char* kSourceVersion = "seaworthy:source:version";
inline constexpr const char* kPath = "seaworthy:path";
inline constexpr const char* kLayer = "seaworthy:layer";  // index into the target's layers
// SPDX: what a field of one line could not carry, and the licences as they were.
inline constexpr const char* kName = "seaworthy:name";
inline constexpr const char* kVersion = "seaworthy:version";
inline constexpr const char* kDescription = "seaworthy:description";
inline constexpr const char* kLicense = "seaworthy:license";  // once per licence
inline constexpr const char* kFiles = "seaworthy:files";
inline constexpr const char* kProperty =
    "seaworthy:property:";  // key of Package::properties behind

inline constexpr const char* kDistroCodename = "seaworthy:distro:codename";
inline constexpr const char* kDistroLike = "seaworthy:distro:like";  // once per id
inline constexpr const char* kDistroVariant = "seaworthy:distro:variant";
inline constexpr const char* kDistroBranch = "seaworthy:distro:repository_branch";
inline constexpr const char* kDistroOtherRepositories = "seaworthy:distro:other_repositories";
inline constexpr const char* kDistroContentSet = "seaworthy:distro:content_set";  // once for each
inline constexpr const char* kDistroCpe = "seaworthy:distro:cpe";                 // once for each

inline constexpr const char* kReference = "seaworthy:target:reference";
inline constexpr const char* kDigest = "seaworthy:target:digest";
inline constexpr const char* kPlatform = "seaworthy:target:platform";
inline constexpr const char* kCreated = "seaworthy:target:created";
inline constexpr const char* kTargetLayer = "seaworthy:target:layer";  // JSON, once per layer

inline constexpr const char* kDatabase = "seaworthy:database";  // JSON, once per package database
inline constexpr const char* kProblem = "seaworthy:problem";    // JSON, once per problem
inline constexpr const char* kCoverage =
    "seaworthy:coverage:";  // packages, matched, clean, unassessed
inline constexpr const char* kUnassessed = "seaworthy:coverage:reason";  // JSON, once per reason

}  // namespace seaworthy::property_name
