// Groups of artifacts that are published without a pom inside, most of them by Gradle or Ant. A row
// stands here only where no other group publishes an artifact of that name which anybody uses;
// names that several groups share, such as jstl, do not.
#include <array>
#include <charconv>
#include <string_view>

#include "scan/extract/jar_identity.h"

namespace seaworthy {
namespace {

struct ArtifactGroup {
  std::string_view artifact;  // whole, or a prefix where it ends in "*"
  std::string_view group;
  int from = 0, below = 0;  // major versions; 0: no bound
};

constexpr auto kGroups = std::to_array<ArtifactGroup>({
    {"spring-boot*", "org.springframework.boot"},
    {"spring-security-*", "org.springframework.security"},
    {"spring-data-*", "org.springframework.data"},
    {"spring-cloud-*", "org.springframework.cloud"},
    {"spring-session-*", "org.springframework.session"},
    {"spring-integration-*", "org.springframework.integration"},
    {"spring-batch-*", "org.springframework.batch"},
    {"spring-kafka", "org.springframework.kafka"},
    {"spring-amqp", "org.springframework.amqp"},
    {"spring-rabbit", "org.springframework.amqp"},
    {"spring-retry", "org.springframework.retry"},
    {"spring-hateoas", "org.springframework.hateoas"},
    {"spring-ldap-*", "org.springframework.ldap"},
    {"spring-ws-*", "org.springframework.ws"},
    {"spring-plugin-*", "org.springframework.plugin"},
    {"spring-aop", "org.springframework"},
    {"spring-aspects", "org.springframework"},
    {"spring-beans", "org.springframework"},
    {"spring-context*", "org.springframework"},
    {"spring-core*", "org.springframework"},
    {"spring-expression", "org.springframework"},
    {"spring-instrument", "org.springframework"},
    {"spring-jcl", "org.springframework"},
    {"spring-jdbc", "org.springframework"},
    {"spring-jms", "org.springframework"},
    {"spring-messaging", "org.springframework"},
    {"spring-orm", "org.springframework"},
    {"spring-oxm", "org.springframework"},
    {"spring-r2dbc", "org.springframework"},
    {"spring-tx", "org.springframework"},
    {"spring-web", "org.springframework"},
    {"spring-webflux", "org.springframework"},
    {"spring-webmvc*", "org.springframework"},
    {"spring-websocket", "org.springframework"},
    {"tomcat-embed-*", "org.apache.tomcat.embed"},
    {"tomcat-*", "org.apache.tomcat"},
    {"bcprov-*", "org.bouncycastle"},
    {"bcpkix-*", "org.bouncycastle"},
    {"bcutil-*", "org.bouncycastle"},
    {"bcpg-*", "org.bouncycastle"},
    {"bcmail-*", "org.bouncycastle"},
    {"bctls-*", "org.bouncycastle"},
    {"hibernate-core", "org.hibernate", 0, 6},
    {"hibernate-core", "org.hibernate.orm", 6, 0},
    {"hibernate-entitymanager", "org.hibernate"},
    {"groovy", "org.codehaus.groovy", 0, 4},
    {"groovy", "org.apache.groovy", 4, 0},
    {"kotlin-stdlib*", "org.jetbrains.kotlin"},
    {"kotlin-reflect", "org.jetbrains.kotlin"},
    {"kotlinx-coroutines-*", "org.jetbrains.kotlinx"},
    {"ktor-*", "io.ktor"},
    {"okhttp", "com.squareup.okhttp3", 3, 0},
    {"okio*", "com.squareup.okio"},
    {"retrofit", "com.squareup.retrofit2", 2, 0},
    {"micrometer-*", "io.micrometer"},
    {"reactor-core", "io.projectreactor"},
    {"reactor-netty*", "io.projectreactor.netty"},
    {"grpc-netty*", "io.grpc"},
    {"grpc-core", "io.grpc"},
    {"grpc-protobuf*", "io.grpc"},
    {"opentelemetry-*", "io.opentelemetry"},
    {"lombok", "org.projectlombok"},
    {"h2", "com.h2database"},
    {"mysql-connector-java", "mysql"},
    {"mysql-connector-j", "com.mysql"},
    {"mssql-jdbc", "com.microsoft.sqlserver"},
    {"hsqldb", "org.hsqldb"},
    {"snappy-java", "org.xerial.snappy"},
    {"lucene-*", "org.apache.lucene"},
    {"solr-core", "org.apache.solr"},
    {"solr-solrj", "org.apache.solr"},
    {"kafka-clients", "org.apache.kafka"},
    {"kafka_2*", "org.apache.kafka"},
    {"elasticsearch", "org.elasticsearch"},
    {"opensearch", "org.opensearch"},
    {"ivy", "org.apache.ivy"},
    {"shiro-*", "org.apache.shiro"},
    {"netty", "io.netty", 3, 4},
    {"xercesImpl", "xerces"},
    {"xalan", "xalan"},
    {"dom4j", "dom4j", 0, 2},
    {"dom4j", "org.dom4j", 2, 0},
    {"antlr4-runtime", "org.antlr"},
    {"micronaut-*", "io.micronaut"},
    {"commons-beanutils", "commons-beanutils"},
    {"commons-chain", "commons-chain"},
    {"commons-cli", "commons-cli"},
    {"commons-codec", "commons-codec"},
    {"commons-collections", "commons-collections"},
    {"commons-configuration", "commons-configuration"},
    {"commons-dbcp", "commons-dbcp"},
    {"commons-digester", "commons-digester"},
    {"commons-discovery", "commons-discovery"},
    {"commons-el", "commons-el"},
    {"commons-fileupload", "commons-fileupload"},
    {"commons-httpclient", "commons-httpclient"},
    {"commons-io", "commons-io"},
    {"commons-jexl", "commons-jexl"},
    {"commons-jxpath", "commons-jxpath"},
    {"commons-lang", "commons-lang"},
    {"commons-logging", "commons-logging"},
    {"commons-net", "commons-net"},
    {"commons-pool", "commons-pool"},
    {"commons-validator", "commons-validator"},
    {"asm", "asm", 0, 4},
    {"asm", "org.ow2.asm", 4, 0},
    {"asm-analysis", "org.ow2.asm", 4, 0},
    {"asm-commons", "org.ow2.asm", 4, 0},
    {"asm-tree", "org.ow2.asm", 4, 0},
    {"asm-util", "org.ow2.asm", 4, 0},
    {"checker-compat-qual", "org.checkerframework"},
    {"checker-qual", "org.checkerframework"},
    {"classworlds", "classworlds", 0, 2},
    {"javax.inject", "javax.inject"},
    {"junit", "junit", 0, 5},
    {"xml-apis", "xml-apis"},
    {"jsr250-api", "javax.annotation"},
    {"org.eclipse.sisu.*", "org.eclipse.sisu"},
    {"oro", "oro"},
    {"velocity", "org.apache.velocity"},
    {"velocity-tools", "org.apache.velocity"},
    {"velocity-engine-core", "org.apache.velocity"},
    {"xz", "org.tukaani"},
});

// Tomcat's own installation names its libraries without the prefix that they are published with.
constexpr std::array<std::string_view, 4> kTomcatNames{"catalina", "jasper", "jasper-el",
                                                       "catalina-ha"};

bool is_named(std::string_view artifact, std::string_view pattern) {
  if (!pattern.ends_with('*')) return artifact == pattern;
  pattern.remove_suffix(1);
  return artifact.starts_with(pattern);
}

}  // namespace

std::string group_of_artifact(std::string& artifact, std::string_view version,
                              const JarManifest& manifest) {
  if (manifest.title == "Apache Tomcat") {
    for (const std::string_view name : kTomcatNames) {
      if (artifact == name) artifact = "tomcat-" + std::string(name);
    }
  }
  int major = 0;
  std::from_chars(version.data(), version.data() + version.size(), major);
  for (const ArtifactGroup& row : kGroups) {
    if (!is_named(artifact, row.artifact) || major < row.from) continue;
    if (row.below == 0 || major < row.below) return std::string(row.group);
  }
  return {};
}

}  // namespace seaworthy
