// What is read from the docker CLI's configuration and command lines: addresses, credentials, image
// references; and tar.
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>

#include "runtime/docker/credentials.h"
#include "runtime/reference.h"
#include "runtime/sha256.h"
#include "slipway/async/system_clock.h"
#include "slipway/runtime/docker_engine.h"
#include "slipway/runtime/tar.h"

namespace slipway::runtime {
namespace {

namespace fs = std::filesystem;

// A directory that goes with the test.
struct TemporaryDirectory {
  TemporaryDirectory() {
    std::string pattern = (fs::temp_directory_path() / "slipway-runtime-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() { fs::remove_all(path); }
  void write(const fs::path& file, const std::string& text) const {
    fs::create_directories((path / file).parent_path());
    std::ofstream(path / file) << text;
  }
  fs::path path;
};

TEST(ImageReference, docker_hub_is_filled_in) {
  const auto redis = parse_image_reference("redis");
  ASSERT_TRUE(redis);
  EXPECT_EQ(redis->registry, "docker.io");
  EXPECT_EQ(redis->repository, "library/redis");
  EXPECT_EQ(redis->tag, "latest");
  EXPECT_EQ(redis->familiar(), "redis:latest");
  EXPECT_EQ(parse_image_reference("index.docker.io/library/redis:7")->familiar(), "redis:7");
  EXPECT_EQ(parse_image_reference("grafana/loki:3.0")->familiar(), "grafana/loki:3.0");
}

TEST(ImageReference, a_registry_is_told_by_its_look) {
  const auto local = parse_image_reference("localhost:5000/team/app:v1");
  EXPECT_EQ(local->registry, "localhost:5000");
  EXPECT_EQ(local->repository, "team/app");
  EXPECT_EQ(local->tag, "v1");
  EXPECT_EQ(parse_image_reference("localhost/app")->registry, "localhost");
  EXPECT_EQ(parse_image_reference("[::1]:5000/app")->registry, "[::1]:5000");
  const auto ecr = parse_image_reference("000000000000.dkr.ecr.us-east-1.amazonaws.com/app");
  EXPECT_EQ(ecr->registry, "000000000000.dkr.ecr.us-east-1.amazonaws.com");
  EXPECT_EQ(ecr->familiar(), "000000000000.dkr.ecr.us-east-1.amazonaws.com/app:latest");
}

TEST(ImageReference, a_digest_counts_instead_of_the_tag) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  const auto pinned = parse_image_reference("redis:7@" + digest);
  ASSERT_TRUE(pinned);
  EXPECT_EQ(pinned->tag, "7");
  EXPECT_EQ(pinned->familiar(), "redis@" + digest);
  EXPECT_EQ(parse_image_reference("redis@" + digest)->tag, "");
}

TEST(ImageReference, what_docker_refuses_is_none) {
  for (const std::string text :
       {"", ":", "Redis", "a//b", "/a", "a/", "a:", "a:b:c", "a b", "-a", "a-", "a..b", "a___b",
        "a@sha256:12", "a:-x", "exa mple.com/a", "host:port/a", "..com/a"}) {
    EXPECT_FALSE(parse_image_reference(text)) << text;
  }
  EXPECT_FALSE(parse_image_reference("a:" + std::string(129, 't')));
  EXPECT_TRUE(parse_image_reference("a:" + std::string(128, 't')));
  EXPECT_TRUE(parse_image_reference("d/a__b.c--d/e"));
}

TEST(Tar, has_headers_contents_and_an_end) {
  TarEntry directory;
  directory.path = "bin";
  directory.kind = TarEntry::Kind::Directory;
  directory.mode = 0755;
  TarEntry file;
  file.path = "bin/hello";
  file.contents = "hello";
  TarEntry link;
  link.path = "hi";
  link.contents = "bin/hello";
  link.kind = TarEntry::Kind::Symlink;
  const std::string tar = make_tar({directory, file, link});
  EXPECT_EQ(tar.size(), 6u * 512);
  EXPECT_EQ(tar.substr(0, 5), std::string("bin/\0", 5));
  EXPECT_EQ(tar[156], '5');
  EXPECT_EQ(tar.substr(512 + 124, 11), "00000000005");
  EXPECT_EQ(tar.substr(512 + 257, 5), "ustar");
  EXPECT_EQ(tar.substr(1024, 5), "hello");
  EXPECT_EQ(tar.substr(1536 + 157, 9), "bin/hello");
  EXPECT_EQ(tar, make_tar({directory, file, link}));
}

TEST(Tar, long_paths_are_split_and_longer_ones_refused) {
  TarEntry entry;
  entry.path = std::string(120, 'd') + "/" + std::string(90, 'f');
  const std::string tar = make_tar({entry});
  EXPECT_EQ(tar.substr(345, 120), std::string(120, 'd'));
  EXPECT_EQ(tar.substr(0, 90), std::string(90, 'f'));
  entry.path = std::string(101, 'f');
  EXPECT_THROW(make_tar({entry}), std::length_error);
}

TEST(Endpoint, the_flag_wins_then_the_environment_then_the_context) {
  const TemporaryDirectory home;
  const std::string id = sha256_hex("remote");
  home.write(".docker/config.json", R"({"currentContext": "remote"})");
  home.write(
      ".docker/contexts/meta/" + id + "/meta.json",
      R"({"Name": "remote", "Endpoints": {"docker": {"Host": "tcp://10.0.0.1:2376", "SkipTLSVerify": true}}})");
  home.write(".docker/contexts/tls/" + id + "/docker/ca.pem", "x");

  DockerEnvironment environment;
  environment.home = home.path.string();
  DockerEndpoint found = resolve_docker_endpoint(environment);
  EXPECT_EQ(found.url, "tcp://10.0.0.1:2376");
  EXPECT_EQ(found.source, "context remote");
  EXPECT_TRUE(found.tls);
  EXPECT_FALSE(found.verify);
  EXPECT_EQ(found.ca_file, (home.path / ".docker/contexts/tls" / id / "docker/ca.pem").string());
  EXPECT_EQ(found.key_file, "");

  environment.docker_context = "default";
  EXPECT_EQ(resolve_docker_endpoint(environment).url, "unix:///var/run/docker.sock");
  environment.docker_host = "unix:///tmp/other.sock";
  EXPECT_EQ(resolve_docker_endpoint(environment).source, "DOCKER_HOST");
  environment.docker_host_flag = "10.1.1.1:2375";
  found = resolve_docker_endpoint(environment);
  EXPECT_EQ(found.url, "tcp://10.1.1.1:2375");
  EXPECT_EQ(found.source, "--docker-host");
  EXPECT_FALSE(found.tls);
}

TEST(Endpoint, tls_is_verified_with_the_certificates_given) {
  const TemporaryDirectory certificates;
  for (const char* name : {"ca.pem", "cert.pem", "key.pem"}) certificates.write(name, "x");
  DockerEnvironment environment;
  environment.docker_host = "tcp://example.test:2376";
  environment.docker_tls_verify = "1";
  environment.docker_cert_path = certificates.path.string();
  const DockerEndpoint found = resolve_docker_endpoint(environment);
  EXPECT_TRUE(found.tls);
  EXPECT_TRUE(found.verify);
  EXPECT_EQ(found.key_file, (certificates.path / "key.pem").string());
}

TEST(Endpoint, what_cannot_be_used_says_what_to_do) {
  DockerEnvironment environment;
  environment.docker_host = "ssh://user@host";
  try {
    resolve_docker_endpoint(environment);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("--docker-host unix:///tmp/docker.sock"), std::string::npos);
  }
  environment.docker_host.clear();
  environment.docker_context_flag = "nope";
  EXPECT_THROW(resolve_docker_endpoint(environment), std::runtime_error);
}

TEST(Credentials, are_found_by_the_registry) {
  // "dXNlcjpwYTpzcw==" is user:pa:ss
  const std::string config = R"({"auths": {
      "https://index.docker.io/v1/": {"auth": "dXNlcjpwYTpzcw=="},
      "registry.test:5000": {"identitytoken": "tok"}, "https://old.test/v1/": {"username": "u", "password": "p"},
      "empty.test": {}}})";
  EXPECT_EQ(docker::find_credentials(config, "docker.io").auth,
            R"({"password":"pa:ss","serveraddress":"https://index.docker.io/v1/","username":"user"})");
  EXPECT_EQ(docker::find_credentials(config, "registry.test:5000").auth,
            R"({"identitytoken":"tok","serveraddress":"registry.test:5000"})");
  EXPECT_EQ(docker::find_credentials(config, "old.test").auth,
            R"({"password":"p","serveraddress":"old.test","username":"u"})");
  EXPECT_EQ(docker::find_credentials(config, "empty.test").auth, "");
  EXPECT_EQ(docker::find_credentials(config, "other.test").auth, "");
  EXPECT_EQ(docker::find_credentials("not json", "docker.io").auth, "");
}

TEST(Credentials, a_registrys_helper_goes_before_the_store) {
  const std::string config = R"({"credsStore": "desktop", "credHelpers": {"ecr.test": "ecr-login"}})";
  EXPECT_EQ(docker::find_credentials(config, "ecr.test").helper, "ecr-login");
  EXPECT_EQ(docker::find_credentials(config, "docker.io").helper, "desktop");
  EXPECT_EQ(docker::find_credentials(config, "docker.io").server, "https://index.docker.io/v1/");
}

TEST(Credentials, a_helpers_answer_may_be_a_token) {
  EXPECT_EQ(docker::decode_helper_answer(R"({"ServerURL":"s","Username":"u","Secret":"p"})", "s"),
            R"({"password":"p","serveraddress":"s","username":"u"})");
  EXPECT_EQ(docker::decode_helper_answer(R"({"Username":"<token>","Secret":"t"})", "s"),
            R"({"identitytoken":"t","serveraddress":"s"})");
  EXPECT_EQ(docker::decode_helper_answer("credentials not found in native keychain", "s"), std::nullopt);
}

TEST(Credentials, base64url_has_its_own_alphabet) {
  EXPECT_EQ(docker::base64url(""), "");
  EXPECT_EQ(docker::base64url("a"), "YQ==");
  EXPECT_EQ(docker::base64url("ab"), "YWI=");
  EXPECT_EQ(docker::base64url("\xff\xfe\xfd"), "__79");
}

struct HelperTest : testing::Test {
  std::optional<std::string> run(const std::string& script, Millis limit) {
    directory.write("helper", "#!/bin/sh\n" + script);
    fs::permissions(directory.path / "helper", fs::perms::owner_all);
    std::optional<std::string> answer;
    boost::asio::co_spawn(io, keep(limit, answer), boost::asio::detached);
    io.restart();
    io.run();
    return answer;
  }
  async::Awaitable<void> keep(Millis limit, std::optional<std::string>& answer) {
    auto running =
        docker::run_helper(io.get_executor(), clock, (directory.path / "helper").string(), "input", limit);
    answer = co_await std::move(running);
  }

  TemporaryDirectory directory;
  boost::asio::io_context io;
  async::ClockAnchor anchor{async::SystemClock::wall_now(), async::SystemClock::wall_now()};
  async::SystemClock clock{io.get_executor(), anchor, 1, TimePoint{}};
};

TEST_F(HelperTest, reads_its_input_and_its_answer_counts) {
  EXPECT_EQ(run("echo \"$1:$(cat)\"", Seconds{20}), "get:input\n");
}

TEST_F(HelperTest, an_exit_code_or_a_helper_that_is_not_there_means_none) {
  EXPECT_EQ(run("echo nothing; exit 1", Seconds{20}), std::nullopt);
  EXPECT_EQ(run("exit 0 # reads nothing", Seconds{20}), "");
  fs::remove(directory.path / "helper");
  std::optional<std::string> answer;
  boost::asio::co_spawn(io, keep(Seconds{20}, answer), boost::asio::detached);
  io.restart();
  io.run();
  EXPECT_EQ(answer, std::nullopt);
}

TEST_F(HelperTest, one_that_hangs_is_ended) { EXPECT_EQ(run("exec sleep 600", Millis{50}), std::nullopt); }

}  // namespace
}  // namespace slipway::runtime
