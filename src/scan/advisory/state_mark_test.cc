#include "scan/advisory/state_mark.h"

#include <gtest/gtest.h>

#include "scan/advisory/recording_sink.h"

namespace seaworthy {
namespace {

constexpr AdvisoryState kActive = AdvisoryState::kActive;
constexpr AdvisoryState kRejected = AdvisoryState::kRejected;
constexpr AdvisoryState kDisputed = AdvisoryState::kDisputed;

struct MarkRow {
  const char* name;
  std::string text;
  AdvisoryState state;
};

class StateMark : public ::testing::TestWithParam<MarkRow> {};

TEST_P(StateMark, IsReadFromTheFront) {
  EXPECT_EQ(state_marked_in(GetParam().text), GetParam().state);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, StateMark,
    ::testing::Values(
        MarkRow{"Empty", "", kActive}, MarkRow{"Plain", "A flaw in the parser.", kActive},
        MarkRow{"Reject", "** REJECT ** DO NOT USE THIS CANDIDATE NUMBER.", kRejected},
        MarkRow{"RejectWithoutSpaces", "**REJECT**", kRejected},
        MarkRow{"RejectBehindSpace", " \n ** REJECT **  x", kRejected},
        MarkRow{"Reason", "Rejected reason: a duplicate", kRejected},
        MarkRow{"BracketedReason", "(Rejected reason: a duplicate)", kRejected},
        MarkRow{"Brackets", "[REJECT] not used", kRejected},
        MarkRow{"BracketsSmall", "[Rejected] not used", kRejected},
        MarkRow{"Colon", "REJECTED: not used", kRejected},
        MarkRow{"RejectWithWords", "** REJECTED BY THE VENDOR ** x", kRejected},
        MarkRow{"Disputed", "** DISPUTED ** An issue", kDisputed},
        MarkRow{"DisputedOfDebian", "(** DISPUTED ** An issue ...)", kDisputed},
        MarkRow{"DisputedWithoutSpaces", "**DISPUTED** An issue", kDisputed},
        MarkRow{"DisputedInBrackets", "[Disputed] An issue", kDisputed},
        MarkRow{"SecondMark", "** UNSUPPORTED WHEN ASSIGNED ** ** DISPUTED ** x", kDisputed},
        MarkRow{"OtherMark", "** UNSUPPORTED WHEN ASSIGNED ** x", kActive},
        MarkRow{"AWordOfTheText", "Rejected packets crash the daemon: always", kActive},
        MarkRow{"Markdown", "**Rejected** packets crash the daemon", kActive},
        MarkRow{"BracketsOfTheText", "[Rejected packets] crash", kActive},
        MarkRow{"AnotherWord", "** REJECTING ** x", kActive},
        MarkRow{"Behind", "A flaw. ** REJECT ** is what the vendor wants.", kActive},
        MarkRow{"Unclosed", "** REJECT", kActive}, MarkRow{"OnlyStars", "****", kActive},
        MarkRow{"ManyStars", std::string(100'000, '*'), kActive},
        MarkRow{"ManyMarks", std::string(100'000, '['), kActive}),
    [](const auto& row) { return row.param.name; });

struct FeedRow {
  const char* name;
  const char* feed;  // recognized
  const char* path;
  const char* before;  // the description
  const char* after;
};

class StateMarkOfFeed : public ::testing::TestWithParam<FeedRow> {};

// What a feed says of the weakness and what it says of packages have the state alike.
TEST_P(StateMarkOfFeed, IsTakenOver) {
  for (const auto& [mark, state] :
       {std::pair{"** REJECT ** Unused", kRejected}, std::pair{"** DISPUTED ** A flaw", kDisputed},
        std::pair{"A flaw", kActive}}) {
    RecordingSink sink;
    const std::string text = std::string(GetParam().before) + mark + GetParam().after;
    ASSERT_EQ(parse_document(GetParam().path, text, sink), GetParam().feed);
    ASSERT_FALSE(sink.all_details.empty());
    EXPECT_EQ(sink.all_details[0].state, state) << mark;
    if (std::string(GetParam().feed) == "nvd" && state == kRejected) continue;  // makes no rows
    ASSERT_FALSE(sink.rows.empty());
    EXPECT_EQ(sink.rows[0].row.state, state) << mark;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Feeds, StateMarkOfFeed,
    ::testing::Values(
        FeedRow{"UbuntuLines", "ubuntu-cve", "cves.jsonl",
                R"({"id":"CVE-2023-1000","state":"active","priority":"low","description":")",
                R"(","packages":[{"release":"jammy","package":"a","status":"needed"}]})"
                "\n"},
        FeedRow{"UbuntuUct", "ubuntu-uct", "active/CVE-2023-1000",
                "Candidate: CVE-2023-1000\nDescription:\n ", "\njammy_a: needed\n"},
        FeedRow{"OsvDetails", "osv", "CVE-2023-1000.json",
                R"({"id":"CVE-2023-1000","modified":"2023-01-02T00:00:00Z","details":")",
                R"(","affected":[{"package":{"ecosystem":"npm","name":"a"},"versions":["1"]}]})"},
        FeedRow{"OsvDetailsBehindASummary", "osv", "GHSA-1.json",
                R"({"id":"GHSA-aaaa-bbbb-cccc","summary":"A title","details":")",
                R"(","affected":[{"package":{"ecosystem":"npm","name":"a"},"versions":["1"]}]})"},
        FeedRow{"OsvSummary", "osv", "CVE-2023-1000.json",
                R"({"id":"CVE-2023-1000","details":"Words","summary":")",
                R"(","affected":[{"package":{"ecosystem":"npm","name":"a"},"versions":["1"]}]})"},
        FeedRow{"Nvd", "nvd", "nvd.json",
                R"({"vulnerabilities":[{"cve":{"id":"CVE-2023-1000","vulnStatus":"Modified",)"
                R"("descriptions":[{"lang":"en","value":")",
                R"("}],"configurations":[{"nodes":[{"cpeMatch":[{"vulnerable":true,"criteria":)"
                R"("cpe:2.3:a:v:p:1:*:*:*:*:*:*:*"}]}]}]}}]})"},
        FeedRow{
            "DebianTracker", "debian-tracker", "tracker.json",
            R"({"a":{"CVE-2023-1000":{"description":")",
            R"(","releases":{"bookworm":{"status":"open","repositories":{"bookworm":"1"}}}}}})"},
        FeedRow{"DebianLists", "debian-lists", "data/CVE/list", "CVE-2023-1000 (",
                ")\n\t- a <unfixed>\n"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace seaworthy
