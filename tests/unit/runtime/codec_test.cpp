// The Docker codec on golden answers of several API versions (tests/golden/docker/README.md names their
// sources).
#include "runtime/docker/codec.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace slipway::runtime::docker {
namespace {

using nlohmann::json;

std::string golden(const std::string& name) {
  std::ifstream in(std::string(SLIPWAY_SOURCE_DIR "/tests/golden/docker/") + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TimePoint at(std::int64_t millis) { return TimePoint{Millis{millis}}; }

TEST(DockerCodec, reads_a_container_of_api_1_41) {
  const auto status = decode_container(golden("inspect-1.41.json"));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->id, "e9f4b4cc2538cf2b6b853c23ddafde27810aaacd31c5a3fb0772aaf350b22b6d");
  EXPECT_EQ(status->name, "slipway-rec");
  EXPECT_EQ(status->image_id, "sha256:d72e7b0b14444b14182ee8bc935647657b745e311175261d9759b33d2b91167c");
  EXPECT_EQ(status->labels, (Labels{{"dev.slipway.server", "s1"}}));
  EXPECT_EQ(status->state, RunState::Running);
  EXPECT_EQ(status->health, Health::None);
  EXPECT_EQ(status->created_at, at(1795357408236));
  EXPECT_EQ(status->started_at, at(1795357408511));
  EXPECT_EQ(status->finished_at, std::nullopt);
  const PublishedPort port{
      .container_port = 80, .protocol = "tcp", .host_ip = "127.0.0.1", .host_port = 32770};
  EXPECT_EQ(status->ports, std::vector<PublishedPort>{port});
  EXPECT_EQ(status->addresses.at("bridge"), "172.17.0.2");
  EXPECT_EQ(status->mac_addresses.at("bridge"), "02:42:ac:11:00:02");
}

TEST(DockerCodec, reads_a_container_with_several_endpoints_of_api_1_44) {
  const auto status = decode_container(golden("inspect-1.44.json"));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->state, RunState::Running);
  EXPECT_EQ(status->health, Health::Healthy);
  EXPECT_EQ(status->started_at, at(1771350220999)) << "an offset from UTC counts";
  EXPECT_EQ(status->addresses.at("vpc"), "10.0.1.25");
  EXPECT_EQ(status->addresses.at("compose_default"), "172.18.0.3");
  ASSERT_EQ(status->ports.size(), 2u);
  EXPECT_EQ(status->ports[1].host_ip, "::1");
  EXPECT_EQ(status->ports[1].host_port, 49154);
}

TEST(DockerCodec, reads_an_ended_container_of_the_containerd_image_store_in_api_1_47) {
  const auto status = decode_container(golden("inspect-1.47.json"));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->state, RunState::Exited);
  EXPECT_EQ(status->exit_code, 137);
  EXPECT_TRUE(status->oom_killed);
  EXPECT_EQ(status->image_id, "sha256:ec153840d1e635ac434fab5e377081f17e0e15afab27beb3f726c3265039cfff");
  EXPECT_TRUE(status->labels.empty());
  EXPECT_TRUE(status->addresses.empty());
  EXPECT_EQ(*status->finished_at - *status->started_at, Millis{1250});
}

TEST(DockerCodec, reads_lists_infos_images_and_networks_of_api_1_47) {
  const auto list = decode_containers(golden("list-1.47.json"));
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ((*list)[0].name, "ecs-web-1-app-0123456789abcdef0123");
  EXPECT_EQ((*list)[0].state, RunState::Running);
  EXPECT_EQ((*list)[1].state, RunState::Exited);

  const auto info = decode_info(golden("info-1.47.json"));
  ASSERT_TRUE(info);
  EXPECT_EQ(info->version, "27.3.1");
  EXPECT_EQ(info->architecture, "aarch64");
  EXPECT_EQ(info->cpus, 8);
  EXPECT_EQ(info->memory_bytes, 16777216000);
  EXPECT_EQ(info->cgroup_driver, "systemd");
  EXPECT_EQ(info->kernel_version, "6.8.0-31-generic");

  const auto image = decode_image(golden("image-1.47.json"));
  ASSERT_TRUE(image);
  EXPECT_EQ(image->repo_digests.at(0),
            "redis@sha256:ec153840d1e635ac434fab5e377081f17e0e15afab27beb3f726c3265039cfff");

  const auto network = decode_network(golden("network-1.47.json"));
  ASSERT_TRUE(network);
  EXPECT_EQ(network->subnet, "10.0.0.0/16") << "the IPv4 range, not the IPv6 one";
  EXPECT_EQ(network->gateway, "10.0.0.1");
  EXPECT_EQ(network->containers, 1u);
}

TEST(DockerCodec, an_answer_that_is_not_what_it_should_be_is_a_failure) {
  for (const char* body : {"", "{", "[]", "null", "7", "\"x\"", "<html>"}) {
    EXPECT_FALSE(decode_container(body)) << body;
    EXPECT_FALSE(decode_id(body)) << body;
    EXPECT_FALSE(decode_volumes(body)) << body;
  }
  EXPECT_FALSE(decode_containers("{}"));
  EXPECT_FALSE(decode_id("{}"));
  EXPECT_TRUE(decode_volumes("{\"Volumes\":null}"));
  EXPECT_TRUE(decode_container("{\"State\":7,\"Config\":[],\"NetworkSettings\":\"x\",\"Created\":null}"));
}

TEST(DockerCodec, errors_keep_the_text_of_the_engine) {
  const EngineError error = decode_error(404, "{\"message\":\"No such container: x\"}\n");
  EXPECT_EQ(error.kind, EngineErrorKind::NotFound);
  EXPECT_EQ(error.message, "No such container: x");
  EXPECT_EQ(decode_error(409, "{}").kind, EngineErrorKind::Conflict);
  EXPECT_EQ(decode_error(403, "{}").kind, EngineErrorKind::Denied);
  EXPECT_EQ(decode_error(400, "bad").kind, EngineErrorKind::Invalid);
  EXPECT_EQ(decode_error(400, "bad").message, "bad");
  EXPECT_EQ(decode_error(500, "").kind, EngineErrorKind::Failed);
  EXPECT_EQ(decode_error(500, "").message, "the engine answered HTTP 500");
}

TEST(DockerCodec, times_are_read_to_the_millisecond) {
  EXPECT_EQ(parse_time("1970-01-01T00:00:01Z"), at(1000));
  EXPECT_EQ(parse_time("1970-01-01T00:00:01.5Z"), at(1500));
  EXPECT_EQ(parse_time("1970-01-01T01:00:01.123456789+01:00"), at(1123));
  EXPECT_EQ(parse_time("0001-01-01T00:00:00Z"), std::nullopt);
  for (const char* text : {"", "1970", "1970-13-01T00:00:00Z", "1970-01-01T00:00:00", "1970-01-01T00:00:00.x",
                           "1970-01-01T00:00:00+1:00", "abcd-01-01T00:00:00Z"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
}

TEST(DockerCodec, api_versions_are_one_dot_something) {
  EXPECT_EQ(decode_api_version("1.41"), 41);
  EXPECT_EQ(decode_api_version("1.5"), 5);
  for (const char* text : {"", "1", "1.", "2.0", "1.x", "1.41-beta"})
    EXPECT_EQ(decode_api_version(text), std::nullopt);
}

ContainerSpec full_spec() {
  ContainerSpec spec;
  spec.name = "n";
  spec.image = "app:1";
  spec.entry_point = {{"/entry"}};
  spec.command = {{"serve", "--port=80"}};
  spec.environment = {{"A", "1"}, {"B", "x=y"}};
  spec.labels = {{"k", "v"}};
  spec.hostname = "h";
  spec.networks = {{.network = "vpc", .address = "10.0.1.25", .aliases = {"app"}},
                   {.network = "compose", .address = "", .aliases = {}}};
  spec.ports = {{.container_port = 80, .protocol = "tcp", .host_ip = "127.0.0.1", .host_port = 8080},
                {.container_port = 80, .protocol = "tcp", .host_ip = "127.0.0.2", .host_port = 0}};
  spec.mounts = {{.source = "data", .target = "/data", .read_only = true},
                 {.source = "/a:b", .target = "/c", .read_only = false},
                 {.source = "", .target = "/scratch", .read_only = false}};
  spec.cpu_shares = 256;
  spec.memory_swappiness = 0;
  spec.init = true;
  spec.ulimits = {{.name = "nofile", .soft = 1024, .hard = 4096}};
  spec.health_check = HealthCheck{.test = {"CMD-SHELL", "true"}};
  spec.log_driver = "json-file";
  spec.log_options = {{"max-size", "10m"}};
  return spec;
}

TEST(DockerCodec, a_container_is_created_with_all_that_it_was_asked_for) {
  const json body = json::parse(encode_container(full_spec(), 44));
  EXPECT_EQ(body, json::parse(R"({
    "Image": "app:1", "Entrypoint": ["/entry"], "Cmd": ["serve", "--port=80"], "Env": ["A=1", "B=x=y"],
    "Labels": {"k": "v"}, "Hostname": "h", "ExposedPorts": {"80/tcp": {}}, "Volumes": {"/scratch": {}},
    "Healthcheck": {"Test": ["CMD-SHELL", "true"], "Interval": 30000000000, "Timeout": 5000000000, "Retries": 3,
                    "StartPeriod": 0},
    "HostConfig": {
      "NetworkMode": "vpc", "CpuShares": 256, "MemorySwappiness": 0, "Init": true,
      "PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}, {"HostIp": "127.0.0.2", "HostPort": ""}]},
      "Binds": ["data:/data:ro"],
      "Mounts": [{"Type": "bind", "Source": "/a:b", "Target": "/c", "ReadOnly": false}],
      "Ulimits": [{"Name": "nofile", "Soft": 1024, "Hard": 4096}],
      "LogConfig": {"Type": "json-file", "Config": {"max-size": "10m"}}
    },
    "NetworkingConfig": {"EndpointsConfig": {
      "vpc": {"IPAMConfig": {"IPv4Address": "10.0.1.25"}, "Aliases": ["app"]}, "compose": {}
    }}
  })"));
  EXPECT_TRUE(encode_connects(full_spec(), "id", 44).empty());
}

TEST(DockerCodec, before_api_1_44_further_networks_are_connected_after_the_creation) {
  const json body = json::parse(encode_container(full_spec(), 43));
  EXPECT_EQ(body["NetworkingConfig"]["EndpointsConfig"].size(), 1u);
  const auto connects = encode_connects(full_spec(), "id", 43);
  ASSERT_EQ(connects.size(), 1u);
  EXPECT_EQ(connects[0].first, "compose");
  EXPECT_EQ(json::parse(connects[0].second), json::parse(R"({"Container": "id", "EndpointConfig": {}})"));
}

TEST(DockerCodec, an_empty_spec_leaves_all_to_the_image) {
  ContainerSpec spec;
  spec.image = "app";
  EXPECT_EQ(encode_container(spec, 41), R"({"HostConfig":{},"Image":"app"})");
}

TEST(DockerCodec, filters_ask_for_values_or_for_presence) {
  EXPECT_EQ(encode_label_filter({{"a", "1"}, {"b", ""}}), R"({"label":["a=1","b"]})");
  const json events = json::parse(encode_event_filter({{"a", "1"}}));
  EXPECT_EQ(events["type"], json::array({"container"}));
  EXPECT_EQ(events["label"], json::array({"a=1"}));
  EXPECT_TRUE(events["event"].is_array());
}

TEST(DockerCodec, networks_and_volumes_are_asked_for) {
  NetworkSpec network;
  network.name = "vpc";
  network.subnet = "10.0.0.0/16";
  network.internal = true;
  EXPECT_EQ(json::parse(encode_network(network)), json::parse(R"({"Name": "vpc", "CheckDuplicate": true,
    "Driver": "bridge", "Internal": true, "IPAM": {"Driver": "default", "Config": [{"Subnet": "10.0.0.0/16"}]}})"));
  VolumeSpec volume;
  volume.name = "v";
  volume.options = {{"type", "nfs"}};
  EXPECT_EQ(json::parse(encode_volume(volume)),
            json::parse(R"({"Name": "v", "DriverOpts": {"type": "nfs"}})"));
}

TEST(DockerCodec, urls_are_percent_encoded) {
  EXPECT_EQ(url_encode("a b/ä~"), "a%20b%2F%C3%A4~");
  EXPECT_EQ(url_encode("localhost:5000/x@sha256:1", "/:@"), "localhost:5000/x@sha256:1");
}

TEST(DecodeContainer, tells_the_network_mode) {
  EXPECT_EQ(decode_container(R"({"Id": "a", "HostConfig": {"NetworkMode": "container:b"}})")->network_mode,
            "container:b");
  EXPECT_EQ(decode_container(R"({"Id": "a"})")->network_mode, "");
}

}  // namespace
}  // namespace slipway::runtime::docker
