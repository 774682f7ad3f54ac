// The decoders of the engine's streams, fed in pieces of every size.
#include "runtime/docker/streams.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace slipway::runtime::docker {
namespace {

std::string golden(const std::string& name) {
  std::ifstream in(std::string(SLIPWAY_SOURCE_DIR "/tests/golden/docker/") + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Feeds `bytes` in pieces of `size`.
template <class Decoder>
std::vector<std::string> feed_in_pieces(Decoder& decoder, std::string_view bytes, std::size_t size) {
  std::vector<std::string> out;
  while (!bytes.empty()) {
    for (std::string& line : decoder.feed(bytes.substr(0, size))) out.push_back(std::move(line));
    bytes.remove_prefix(std::min(size, bytes.size()));
  }
  return out;
}

TEST(LineSplitter, gives_the_same_lines_whatever_the_pieces) {
  const std::string bytes = "one\r\n\n\r\ntwo\nthree, not ended";
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    LineSplitter splitter;
    EXPECT_EQ(feed_in_pieces(splitter, bytes, size), (std::vector<std::string>{"one", "two"})) << size;
    EXPECT_EQ(splitter.feed("\n"), std::vector<std::string>{"three, not ended"});
  }
}

TEST(LineSplitter, drops_a_line_without_end) {
  LineSplitter splitter;
  const std::string much(700'000, 'x');
  EXPECT_TRUE(splitter.feed(much).empty());
  EXPECT_TRUE(splitter.feed(much).empty());
  EXPECT_EQ(splitter.feed("\nnext\n"), std::vector<std::string>{"next"});
}

TEST(PullDecoder, reports_each_stage_of_a_layer_once) {
  const std::vector<std::string> expected{
      "7: Pulling from library/redis",
      "a2abf6c4d29d: Pulling fs layer",
      "a2abf6c4d29d: Downloading",
      "a2abf6c4d29d: Pull complete",
      "Digest: sha256:ec153840d1e635ac434fab5e377081f17e0e15afab27beb3f726c3265039cfff",
      "Status: Downloaded newer image for redis:7"};
  for (const std::size_t size : {1u, 7u, 4096u}) {
    PullDecoder decoder;
    EXPECT_EQ(feed_in_pieces(decoder, golden("pull-ok.jsonl"), size), expected) << size;
    EXPECT_FALSE(decoder.error());
  }
}

TEST(PullDecoder, finds_the_failure_inside_the_stream) {
  PullDecoder decoder;
  decoder.feed(golden("pull-missing.jsonl"));
  ASSERT_TRUE(decoder.error());
  EXPECT_EQ(decoder.error()->kind, EngineErrorKind::NotFound);
  EXPECT_EQ(decoder.error()->message,
            "manifest for redis:nope not found: manifest unknown: manifest unknown");
}

TEST(PullDecoder, kinds_of_failures_are_told_by_their_text) {
  const auto kind = [](const char* text) { return classify_pull_error(text, EngineErrorKind::Failed); };
  EXPECT_EQ(kind("pull access denied for x, repository does not exist or may require 'docker login'"),
            EngineErrorKind::Denied);
  EXPECT_EQ(kind("unauthorized: authentication required"), EngineErrorKind::Denied);
  EXPECT_EQ(kind("no basic auth credentials"), EngineErrorKind::Denied);
  EXPECT_EQ(kind("manifest for x:y not found"), EngineErrorKind::NotFound);
  EXPECT_EQ(kind("no matching manifest for linux/arm64 in the manifest list entries"),
            EngineErrorKind::NotFound);
  EXPECT_EQ(kind("dial tcp 127.0.0.1:1: connect: connection refused"), EngineErrorKind::Failed);
}

TEST(Events, only_those_of_containers_count) {
  LineSplitter lines;
  std::vector<ContainerEvent> events;
  for (const std::string& line : lines.feed(golden("events.jsonl"))) {
    if (auto event = decode_event(line)) events.push_back(*event);
  }
  ASSERT_EQ(events.size(), 3u);
  for (const ContainerEvent& event : events) {
    EXPECT_EQ(event.id, "aa86");
    EXPECT_EQ(event.labels.at("dev.slipway.server"), "s1");
  }
}

TEST(Events, a_line_that_is_no_event_is_none) {
  for (const char* line : {"", "{", "7", "[]", "{}", R"({"Type":"container"})",
                           R"({"Type":"container","Actor":7})", R"({"Type":"container","Actor":{"ID":7}})"}) {
    EXPECT_FALSE(decode_event(line)) << line;
  }
  EXPECT_TRUE(decode_event(R"({"Type":"container","Actor":{"ID":"x","Attributes":null}})"));
}

}  // namespace
}  // namespace slipway::runtime::docker
