// What holds for every form of a bill of materials, and the other tools' XML and SPDX.
#include "scan/sbom/sbom.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/codec/json.h"
#include "scan/sbom/sbom_test_reports.h"
#include "scan/sbom/spdx_license.h"
#include "scan/sbom/xml_writer.h"

namespace seaworthy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Form {
  const char* name;
  std::string (*write)(const Report&);
};
constexpr Form kForms[]{{"CycloneDX JSON", write_cyclonedx},
                        {"CycloneDX XML", write_cyclonedx_xml},
                        {"SPDX JSON", write_spdx},
                        {"SPDX tag-value", write_spdx_tag}};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  std::size_t found = 0;
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
    ++found;
  }
  EXPECT_GT(found, 0U) << from;
  return text;
}

TEST(Sbom, OwnDocumentsReadBackExactlyInEveryForm) {
  for (const Form& form : kForms) {
    for (const ReportCase& row : kReports) {
      SCOPED_TRACE(std::string(form.name) + ", " + row.name);
      const Report report = row.make();
      const std::string document = form.write(report);
      EXPECT_EQ(document, form.write(report)) << "the same bytes";
      const Result<Report> again = parse_sbom(document, Limits{});
      ASSERT_TRUE(again.ok()) << again.error().message;
      EXPECT_EQ(again->inventory.packages, report.inventory.packages);
      EXPECT_EQ(again->inventory.distro, report.inventory.distro);
      EXPECT_EQ(again->inventory.databases, report.inventory.databases);
      EXPECT_EQ(again->inventory.problems, report.inventory.problems);
      EXPECT_EQ(again->target.digest, report.target.digest);
      EXPECT_EQ(again->target.layers.size(), report.target.layers.size());
    }
  }
}

TEST(Sbom, EveryVersionThatIsReadGivesTheSamePackages) {
  struct Version {
    const char* name;
    std::string (*write)(const Report&);
    const char *from, *to;
  };
  const char* json = R"("specVersion": "1.6")";
  const char* xml = "schema/bom/1.6";
  const Version versions[]{
      {"JSON 1.2", write_cyclonedx, json, R"("specVersion": "1.2")"},
      {"JSON 1.3", write_cyclonedx, json, R"("specVersion": "1.3")"},
      {"JSON 1.4", write_cyclonedx, json, R"("specVersion": "1.4")"},
      {"JSON 1.5", write_cyclonedx, json, R"("specVersion": "1.5")"},
      {"XML 1.2", write_cyclonedx_xml, xml, "schema/bom/1.2"},
      {"XML 1.3", write_cyclonedx_xml, xml, "schema/bom/1.3"},
      {"XML 1.4", write_cyclonedx_xml, xml, "schema/bom/1.4"},
      {"XML 1.5", write_cyclonedx_xml, xml, "schema/bom/1.5"},
      {"SPDX JSON 2.2", write_spdx, "SPDX-2.3", "SPDX-2.2"},
      {"SPDX tag 2.2", write_spdx_tag, "SPDX-2.3", "SPDX-2.2"},
  };
  for (const Version& row : versions) {
    const std::string document = replaced(row.write(debian_report()), row.from, row.to);
    const Result<Report> report = parse_sbom(document, Limits{});
    ASSERT_TRUE(report.ok()) << row.name << ": " << report.error().message;
    EXPECT_EQ(report->inventory.packages, debian_report().inventory.packages) << row.name;
    EXPECT_EQ(report->inventory.distro, debian_report().inventory.distro) << row.name;
  }
}

TEST(Sbom, HostileNamesStayInTheirFields) {
  Report report = debian_report();
  Package& package = report.inventory.packages[0];
  package.name = "a\nPackageName: evil\r<x>&\"]]></component>";
  package.version = " 1\t";
  package.licenses = {"</text>\nMIT", "GPL-2.0-only AND (MIT"};
  for (const Form& form : kForms) {
    SCOPED_TRACE(form.name);
    const Result<Report> again = parse_sbom(form.write(report), Limits{});
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(again->inventory.packages.size(), report.inventory.packages.size());
    EXPECT_EQ(again->inventory.distro, report.inventory.distro);
    for (const Package& read : again->inventory.packages) EXPECT_NE(read.name, "evil");
  }
  for (const auto write : {write_spdx, write_spdx_tag, write_cyclonedx}) {
    const Result<Report> again = parse_sbom(write(report), Limits{});
    ASSERT_TRUE(again.ok());
    EXPECT_THAT(again->inventory.packages, testing::Contains(package));
  }
  package.name = "<text>";
  package.version = "NOASSERTION";
  for (const Form& form : kForms) {
    const Result<Report> again = parse_sbom(form.write(report), Limits{});
    ASSERT_TRUE(again.ok()) << form.name << again.error().message;
    EXPECT_THAT(again->inventory.packages,
                testing::Contains(testing::Field(&Package::version, "NOASSERTION")))
        << form.name;
    EXPECT_THAT(again->inventory.packages,
                testing::Contains(testing::Field(&Package::name, "<text>")))
        << form.name;
  }
  package.name = std::string("\x01\xff\x7f\0x", 5);
  for (const Form& form : kForms) {
    EXPECT_TRUE(parse_sbom(form.write(report), Limits{}).ok()) << form.name;
  }
}

TEST(Sbom, WhatWentWrongIsInEveryForm) {
  for (const Form& form : kForms) {
    EXPECT_THAT(form.write(debian_report()), HasSubstr("unreadable-record")) << form.name;
    EXPECT_THAT(form.write(apk_report()), HasSubstr("coverage:unassessed")) << form.name;
  }
}

TEST(Sbom, CutDocumentsAreRefusedOrSaidToBeCut) {
  for (const Form& form : kForms) {
    const std::string document = form.write(debian_report());
    for (const std::size_t size : {std::size_t{1}, std::size_t{40}, document.size() / 2}) {
      const Result<Report> report = parse_sbom(document.substr(0, size), Limits{});
      EXPECT_TRUE(!report.ok() || !report->problems.empty()) << form.name << " " << size;
    }
  }
}

// --- CycloneDX XML of others ---

std::string xml_document(const std::string& body, const char* version = "1.4") {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<bom "
         "xmlns=\"http://cyclonedx.org/schema/bom/" +
         std::string(version) + "\" version=\"1\">\n" + body + "</bom>\n";
}

TEST(CycloneDxXml, PackagesOfOtherTools) {
  const std::string body =
      R"(<metadata><tools><tool><vendor>anchore</vendor><name>syft</name></tool>
</tools><component type="container"><name>debian:12</name></component></metadata><components>
  <component type="operating-system"><name>debian</name><version>12</version></component>
  <component bom-ref="a" type="library"><publisher>Some &lt;a@lists.debian.org&gt;</publisher>
    <name>libc6</name><version>2.36</version>
    <licenses><license><id>MIT</id></license><license><name>own</name></license>
      <expression>A OR B</expression></licenses>
    <purl>pkg:deb/debian/libc6@2.36?arch=amd64&amp;upstream=glibc</purl>
    <properties><property name="syft:location:0:path">/var/lib/dpkg/status</property></properties>
    <components><component type="library"><name>inner</name>
      <purl>pkg:deb/debian/inner@1</purl></component></components>
  </component></components>
<dependencies><dependency ref="a"/></dependencies>)";
  const Result<Report> report = parse_sbom(xml_document(body), Limits{});
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->target.reference, "debian:12");
  EXPECT_EQ(report->inventory.distro->version, "12");
  ASSERT_EQ(report->inventory.packages.size(), 2U);
  const Package& inner = report->inventory.packages[0];
  EXPECT_EQ(inner.name, "inner");
  EXPECT_EQ(inner.property(kSourceUnknown), "") << "Syft leaves the source out where it is equal";
  const Package& libc = report->inventory.packages[1];
  EXPECT_EQ(libc.source_name, "glibc");
  EXPECT_EQ(libc.path, "var/lib/dpkg/status");
  EXPECT_EQ(libc.property(kMaintainer), "Some <a@lists.debian.org>");
  EXPECT_THAT(libc.licenses, ElementsAre("MIT", "own", "A OR B"));
  EXPECT_TRUE(report->problems.empty());
}

TEST(CycloneDxXml, Refused) {
  struct Case {
    const char* name;
    std::string document;
    const char* message;
  };
  const Case cases[]{
      {"another root", "<html/>", "its root is 'html'"},
      {"SPDX RDF", "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"/>", "SPDX"},
      {"version", xml_document("", "1.1"), "1.2 to 1.6"},
      {"not closed", xml_document("<components><component>"), ""},
      {"entities", "<!DOCTYPE bom [<!ENTITY a \"b\">]>" + xml_document("<x>&a;</x>"), ""},
  };
  for (const Case& row : cases) {
    const Result<Report> report = parse_sbom(row.document, Limits{});
    ASSERT_FALSE(report.ok()) << row.name;
    EXPECT_THAT(report.error().message, HasSubstr(row.message)) << row.name;
  }
}

TEST(CycloneDxXml, MetadataBehindComponentsIsAProblem) {
  const Result<Report> report =
      parse_sbom(xml_document("<components/><metadata><component type=\"container\"><name>x</name>"
                              "</component></metadata>"),
                 Limits{});
  ASSERT_TRUE(report.ok());
  ASSERT_EQ(report->problems.size(), 1U);
  EXPECT_THAT(report->problems[0].message, HasSubstr("metadata behind components"));
}

// --- SPDX of others ---

std::string spdx_json(const std::string& packages, const std::string& tool,
                      const std::string& more = "") {
  return R"({"spdxVersion":"SPDX-2.3","name":"doc","creationInfo":{"creators":[")" + tool +
         R"("]},"packages":[)" + packages + "]" + more + "}";
}

std::string spdx_package(const std::string& purl, const std::string& more = "") {
  return R"({"SPDXID":"SPDXRef-Package-1","name":"","versionInfo":"",)"
         R"("externalRefs":[{"referenceCategory":"PACKAGE_MANAGER","referenceType":"purl",)"
         R"("referenceLocator":")" +
         purl + "\"}]" + more + "}";
}

TEST(Spdx, PackagesOfOtherTools) {
  struct Case {
    const char* name;
    std::string tool, package;
    const char *binary, *version, *source_name, *source_version, *maintainer;
    bool unknown;
  };
  const Case cases[]{
      {"Syft", "Tool: syft-1.4.0",
       spdx_package("pkg:deb/debian/libc6@2.36?arch=amd64&distro=debian-12&upstream=glibc",
                    R"x(,"supplier":"Person: Some One (a@lists.debian.org)")x"),
       "libc6", "2.36", "glibc", "", "Some One <a@lists.debian.org>", false},
      {"Syft, own source", "Tool: syft-1.4.0",
       spdx_package("pkg:deb/debian/bash@5?distro=debian-12"), "bash", "5", "", "", "", false},
      {"Trivy", "Tool: trivy-0.50.0",
       spdx_package("pkg:deb/debian/zlib1g@1.2.13?arch=amd64&distro=debian-12&epoch=1",
                    R"(,"sourceInfo":"built package from: zlib 1:1.2.13-1",)"
                    R"("supplier":"Organization: Debian X")"),
       "zlib1g", "1:1.2.13", "zlib", "1:1.2.13-1", "Debian X", false},
      {"another", "Tool: example-1", spdx_package("pkg:deb/debian/bash@5?distro=debian-12"), "bash",
       "5", "", "", "", true},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.name);
    const Result<Report> report = parse_sbom(spdx_json(row.package, row.tool), Limits{});
    ASSERT_TRUE(report.ok()) << report.error().message;
    ASSERT_EQ(report->inventory.packages.size(), 1U);
    const Package& package = report->inventory.packages[0];
    EXPECT_EQ(package.name, row.binary);
    EXPECT_EQ(package.version, row.version);
    EXPECT_EQ(package.source_name, row.source_name);
    EXPECT_EQ(package.source_version, row.source_version);
    EXPECT_EQ(package.property(kMaintainer), row.maintainer);
    EXPECT_EQ(!package.property(kSourceUnknown).empty(), row.unknown);
    EXPECT_EQ(report->inventory.distro->id, "debian");
    EXPECT_EQ(report->inventory.databases.at(0).extractor, "sbom/spdx");
  }
}

TEST(Spdx, ImageDistributionLayersAndSourcesOfTrivy) {
  const auto note = [](const char* text) {
    return std::string(R"({"annotationType":"OTHER","comment":")") + text + "\"}";
  };
  const std::string packages =
      R"({"SPDXID":"SPDXRef-ContainerImage-1","name":"debian:12",)"
      R"("primaryPackagePurpose":"CONTAINER","annotations":[)" +
      note("DiffID: sha256:one") + "," + note("DiffID: sha256:two") + "]}," +
      R"({"SPDXID":"SPDXRef-OperatingSystem-1","name":"debian","versionInfo":"12.5"},)" +
      R"({"SPDXID":"SPDXRef-Application-1","name":"package-lock.json"},)" +
      R"({"SPDXID":"SPDXRef-Source","name":"glibc","primaryPackagePurpose":"SOURCE"},)" +
      spdx_package("pkg:deb/debian/src@1?arch=source") + "," +
      spdx_package(
          "pkg:deb/debian/libc6@2.36",
          ",\"licenseDeclared\":\"LicenseRef-1\",\"attributionTexts\":[\"PkgType: debian\","
          "\"LayerDiffID: sha256:two\"]");
  const Result<Report> report =
      parse_sbom(spdx_json(packages, "Tool: trivy-0.40.0",
                           R"(,"relationships":[{"spdxElementId":"SPDXRef-DOCUMENT",)"
                           R"("relationshipType":"DESCRIBES",)"
                           R"("relatedSpdxElement":"SPDXRef-ContainerImage-1"}],)"
                           R"("hasExtractedLicensingInfos":[{"licenseId":"LicenseRef-1",)"
                           R"("extractedText":"own words"}])"),
                 Limits{});
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->target.reference, "debian:12");
  EXPECT_EQ(report->target.layers.size(), 2U);
  EXPECT_EQ(report->inventory.distro->version, "12.5");
  ASSERT_EQ(report->inventory.packages.size(), 1U);
  EXPECT_EQ(report->inventory.packages[0].layer, 1);
  EXPECT_THAT(report->inventory.packages[0].licenses, ElementsAre("own words"));
  EXPECT_TRUE(report->problems.empty());
}

TEST(SpdxTag, ReadsTextsOverLinesAndReportsWhatIsNoTag) {
  const std::string document =
      "# a comment\nSPDXVersion: SPDX-2.2\r\nDocumentName: doc\nCreator: Tool: trivy-0.30\n"
      "DocumentComment: <text>two\nPackageName: not one\nlines</text>\n"
      "PackageName: zlib1g\nSPDXID: SPDXRef-1\nPackageVersion: 1.2\nrubbish\n"
      "PackageSourceInfo: <text>built package from: zlib 1.2</text>\n"
      "ExternalRef: PACKAGE-MANAGER purl pkg:deb/debian/zlib1g@1.2?distro=debian-12\n"
      "Relationship: nothing\n"
      "Annotator: Tool: x\nSPDXREF: SPDXRef-1\nAnnotationComment: <text>FilePath: a/b</text>\n"
      "FileName: ./x\nSPDXID: SPDXRef-File\n"
      "Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-1\n";
  const Result<Report> report = parse_sbom(document, Limits{});
  ASSERT_TRUE(report.ok()) << report.error().message;
  ASSERT_EQ(report->inventory.packages.size(), 1U);
  EXPECT_EQ(report->inventory.packages[0].source_name, "zlib");
  EXPECT_EQ(report->inventory.packages[0].path, "a/b");
  ASSERT_EQ(report->problems.size(), 2U);
  EXPECT_THAT(report->problems[0].message, HasSubstr("line 11: not a tag"));
  EXPECT_THAT(report->problems[1].message, HasSubstr("line 14: a relationship"));
  const Result<Report> open = parse_sbom("SPDXVersion: SPDX-2.3\nA: <text>b\n", Limits{});
  ASSERT_FALSE(open.ok());
  EXPECT_THAT(open.error().message, HasSubstr("line 2: <text> without"));
  std::string many = "SPDXVersion: SPDX-2.3\n";
  for (int i = 0; i < 1000; ++i) many += "rubbish\n";
  const Result<Report> cut = parse_sbom(many, Limits{});
  ASSERT_TRUE(cut.ok());
  EXPECT_EQ(cut->problems.size(), 102U);
}

TEST(SpdxLicense, Expressions) {
  struct Case {
    const char* text;
    bool is_expression;
  };
  const Case cases[]{{"MIT", true},
                     {"GPL-2.0-only AND (MIT OR BSD-3-Clause)", true},
                     {"GPL-2.0-or-later WITH Classpath-exception-2.0", true},
                     {"", false},
                     {"GPLv2+ and BSD", false},
                     {"MIT AND", false},
                     {"MIT MIT", false},
                     {"(MIT", false},
                     {"MIT)", false},
                     {"()", false},
                     {"MIT WITH MIT", false},
                     {"(MIT) WITH LLVM-exception", false},
                     {"MIT WITH (LLVM-exception)", false},
                     {"LLVM-exception", false}};
  for (const Case& row : cases) {
    EXPECT_EQ(is_spdx_expression(row.text), row.is_expression) << row.text;
  }
  std::map<std::string, std::string> own;
  EXPECT_EQ(spdx_expression({}, own), "NOASSERTION");
  EXPECT_EQ(spdx_expression({"MIT", "ISC OR Zlib"}, own), "MIT AND (ISC OR Zlib)");
  EXPECT_TRUE(own.empty());
  const std::string named = spdx_expression({"Public Domain"}, own);
  EXPECT_THAT(named, testing::StartsWith("LicenseRef-"));
  EXPECT_EQ(own.at(named), "Public Domain");
}

TEST(XmlWriter, EscapesAndReplaces) {
  XmlWriter out;
  out.begin("a", {{"b", "<&\"\n"}});
  out.element("c", "x\r>\x02\xff\xef\xbf\xbf");
  out.end();
  EXPECT_EQ(out.take(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"&lt;&amp;&quot;&#10;\">\n"
            "  <c>x&#13;&gt;\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd</c>\n</a>\n");
}

// --- attestations ---

std::string statement_of(const std::string& predicate, const std::string& type) {
  return R"({"_type":"https://in-toto.io/Statement/v0.1","subject":[{"name":"x","digest":{"sha256":")" +
         std::string(64, 'a') + R"("}}],"predicateType":")" + type + R"(","predicate":)" +
         predicate + "}";
}

std::string base64(std::string_view text) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    unsigned bits = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      bits = bits << 8 | (i + j < text.size() ? static_cast<unsigned char>(text[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      out += i + j > text.size() ? '=' : kDigits[bits >> (18 - 6 * j) & 63];
    }
  }
  return out;
}

std::string envelope_of(const std::string& payload) {
  return R"({"payloadType":"application/vnd.in-toto+json","payload":")" + base64(payload) +
         R"(","signatures":[{"sig":"AA=="}]})";
}

TEST(Attestation, CarriesADocumentOfAnyForm) {
  const std::string cyclonedx = "https://cyclonedx.org/bom", spdx = "https://spdx.dev/Document";
  const std::string json = write_cyclonedx(debian_report());
  JsonWriter quoted(false);
  quoted.value(write_spdx_tag(debian_report()));
  const std::string tag = quoted.take();
  struct Case {
    const char* name;
    std::string document;
    const char* said;
  };
  const Case cases[]{
      {"bare", statement_of(json, cyclonedx), "without a signature"},
      {"envelope", envelope_of(statement_of(json, cyclonedx)), "not verified"},
      {"bundle", R"({"dsseEnvelope":)" + envelope_of(statement_of(json, cyclonedx)) + "}",
       "not verified"},
      {"cosign's Data", envelope_of(statement_of(R"({"Data":)" + json + "}", cyclonedx)),
       "not verified"},
      {"SPDX", envelope_of(statement_of(write_spdx(debian_report()), spdx)), "not verified"},
      {"text", envelope_of(statement_of(tag, spdx)), "not verified"},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.name);
    const Result<Report> report = parse_sbom(row.document, Limits{});
    ASSERT_TRUE(report.ok()) << report.error().message;
    EXPECT_EQ(report->inventory.packages, debian_report().inventory.packages);
    EXPECT_THAT(report->problems,
                testing::Contains(testing::Field(&Problem::message, HasSubstr(row.said))));
    EXPECT_EQ(report->target.digest, debian_report().target.digest) << "the document's own";
  }
  const Result<Report> other = parse_sbom(
      statement_of(R"({"bomFormat":"CycloneDX","specVersion":"1.5"})", cyclonedx), Limits{});
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(other->target.digest, "sha256:" + std::string(64, 'a')) << "what is attested";
}

TEST(Attestation, Refused) {
  const std::string cyclonedx = "https://cyclonedx.org/bom";
  struct Case {
    const char* name;
    std::string document;
    const char* message;
  };
  const Case cases[]{
      {"provenance", statement_of("{}", "https://slsa.dev/provenance/v1"), "no bill of materials"},
      {"no predicate", R"({"_type":"https://in-toto.io/Statement/v1","predicateType":"cyclonedx"})",
       "no predicate"},
      {"another statement", R"({"_type":"x","predicateType":"cyclonedx"})", "no in-toto statement"},
      {"another payload", R"({"payloadType":"text/plain","payload":""})", "text/plain"},
      {"no base64", R"({"payloadType":"application/vnd.in-toto+json","payload":"???"})", "payload"},
      {"no JSON", R"({"payloadType":"application/vnd.in-toto+json","payload":"AAAA"})", "payload"},
      {"in itself", statement_of(statement_of("{}", cyclonedx), cyclonedx),
       "inside an attestation"},
      {"of nothing", statement_of("{}", cyclonedx), "neither bomFormat nor spdxVersion"},
  };
  for (const Case& row : cases) {
    const Result<Report> report = parse_sbom(row.document, Limits{});
    ASSERT_FALSE(report.ok()) << row.name;
    EXPECT_THAT(report.error().message, HasSubstr(row.message)) << row.name;
  }
}

}  // namespace
}  // namespace seaworthy
