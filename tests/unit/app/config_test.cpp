#include "slipway/app/config.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>

namespace slipway::app {
namespace {

// A variable of the process for the length of a test.
class Variable final {
 public:
  Variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

Config parse(std::vector<std::string> arguments) {
  CLI::App command;
  Config config;
  add_serve_options(command, config);
  std::ranges::reverse(arguments);  // CLI11 takes a vector from its end
  command.parse(arguments);
  return config;
}

// What the user reads when the options are refused; empty when they are not.
std::string refusal(const std::vector<std::string>& arguments) {
  try {
    parse(arguments);
    return "";
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
}

using Addresses = std::vector<std::pair<std::string, std::uint16_t>>;

TEST(Config, without_options_is_the_documented_default) {
  const Config config = parse({});
  EXPECT_EQ(listen_addresses(config), (Addresses{{"127.0.0.1", 4566}}));
  EXPECT_EQ(config.engine, EngineKind::Docker);
  EXPECT_EQ(config.pull, PullPolicy::Missing);
  EXPECT_EQ(config.publish_address, "127.0.0.1");
  EXPECT_EQ(config.region, "us-east-1");
  EXPECT_EQ(config.account_id, "000000000000");
  EXPECT_EQ(config.time_scale, 1);
  EXPECT_FALSE(config.strict || config.ephemeral);
}

TEST(Config, a_flag_wins_over_its_variable) {
  const Variable engine("SLIPWAY_ENGINE", "simulated");
  const Variable region("SLIPWAY_REGION", "eu-west-1");
  EXPECT_EQ(parse({}).region, "eu-west-1");
  EXPECT_EQ(parse({}).engine, EngineKind::Simulated);
  EXPECT_EQ(parse({"--region", "eu-north-1"}).region, "eu-north-1");
  EXPECT_EQ(parse({"--engine=docker"}).engine, EngineKind::Docker);
}

TEST(Config, lists_are_repeated_or_separated_by_commas) {
  const Variable hosts("SLIPWAY_ALLOW_HOST", "a.example,b.example");
  const std::vector<std::string> two{"a.example", "b.example"};
  EXPECT_EQ(parse({}).allow_hosts, two);
  EXPECT_EQ(parse({"--network", "a.example,b.example"}).networks, two);
  EXPECT_EQ(parse({"--network", "a.example", "--network", "b.example"}).networks, two);
  EXPECT_EQ(listen_addresses(parse({"--listen", "127.0.0.1:1,[::1]:2"})),
            (Addresses{{"127.0.0.1", 1}, {"::1", 2}}));
}

TEST(Config, booleans_are_1_and_0_in_variables) {
  const Variable on("SLIPWAY_STRICT", "1");
  const Variable off("SLIPWAY_EPHEMERAL", "0");
  const Config config = parse({});
  EXPECT_TRUE(config.strict);
  EXPECT_FALSE(config.ephemeral);
  EXPECT_FALSE(parse({"--strict=0"}).strict);
}

TEST(Config, an_empty_variable_is_none) {
  const Variable listen("SLIPWAY_LISTEN", "");
  const Variable strict("SLIPWAY_STRICT", "");
  EXPECT_EQ(listen_addresses(parse({})), (Addresses{{"127.0.0.1", 4566}}));
  EXPECT_FALSE(parse({}).strict);
}

TEST(Config, honours_the_listen_variable_of_localstack_after_its_own) {
  const Variable gateway("GATEWAY_LISTEN", "0.0.0.0:4566,:4510");
  EXPECT_EQ(listen_addresses(parse({})), (Addresses{{"0.0.0.0", 4566}, {"127.0.0.1", 4510}}));
  EXPECT_EQ(listen_addresses(parse({"--listen", "127.0.0.1:1"})), (Addresses{{"127.0.0.1", 1}}));
}

TEST(Config, says_which_variable_is_wrong) {
  const Variable gateway("GATEWAY_LISTEN", "everywhere");
  try {
    listen_addresses(parse({}));
    ADD_FAILURE() << "accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "GATEWAY_LISTEN: 'everywhere' is not HOST:PORT");
  }
}

TEST(Config, listens_on_any_form_of_host_and_port) {
  using Address = std::pair<std::string, std::uint16_t>;
  EXPECT_EQ(parse_listen("10.0.0.1:80"), (Address{"10.0.0.1", 80}));
  EXPECT_EQ(parse_listen("localhost:4566"), (Address{"127.0.0.1", 4566}));
  EXPECT_EQ(parse_listen("[::]:4566"), (Address{"::", 4566}));
  EXPECT_EQ(parse_listen(":4566"), (Address{"127.0.0.1", 4566}));
  EXPECT_EQ(parse_listen("4566"), (Address{"127.0.0.1", 4566}));
  EXPECT_EQ(parse_listen("127.0.0.1:0"), (Address{"127.0.0.1", 0}));
  for (const char* text : {"", "host", "host:", "host:x", "host:-1", "host:65536", "host:80x"}) {
    EXPECT_THROW(parse_listen(text), std::runtime_error) << text;
  }
}

TEST(Config, the_local_instance_has_a_cpu_a_memory_or_both) {
  EXPECT_EQ(parse_local_instance("cpu=2048,memory=4096").cpu_units, 2048);
  EXPECT_EQ(parse_local_instance("cpu=2048,memory=4096").memory_mib, 4096);
  EXPECT_EQ(parse_local_instance("memory=512").cpu_units, std::nullopt);
  EXPECT_EQ(parse_local_instance("").memory_mib, std::nullopt);
  for (const char* text :
       {"2048", "cpu", "cpu=", "cpu=x", "cpu=-1", "disk=5", "cpu=1,,memory=2", "cpu=9999999999"}) {
    EXPECT_THROW(parse_local_instance(text), std::runtime_error) << text;
  }
}

TEST(Config, refuses_bad_values_and_says_what_it_takes) {
  EXPECT_EQ(refusal({"--engine", "podman"}), "--engine: podman not in {docker,simulated}");
  EXPECT_EQ(refusal({"--pull", "sometimes"}), "--pull: sometimes not in {always,missing,never}");
  EXPECT_EQ(refusal({"--listen", "there"}), "--listen: 'there' is not HOST:PORT");
  EXPECT_EQ(refusal({"--account-id", "12"}), "--account-id: '12' is not an account id: 12 digits");
  EXPECT_EQ(refusal({"--publish-address", "lo"}), "--publish-address: 'lo' is not an IPv4 address");
  EXPECT_EQ(refusal({"--local-instance", "big"}), "--local-instance: 'big' is not cpu=N,memory=M");
  EXPECT_EQ(refusal({"--local-instance", "memory=8000000000"}),
            "--local-instance: the memory of 'memory=8000000000' is too large: at most 9 digits (in MiB)");
  EXPECT_EQ(refusal({"--local-instance", "cpu=1234567890"}),
            "--local-instance: the cpu of 'cpu=1234567890' is too large: at most 9 digits (1024 units are "
            "one CPU)");
  for (const char* scale : {"0", "-1", "nan", "inf", "1e9", "fast", ""}) {
    EXPECT_NE(refusal({std::string("--time-scale=") + scale}), "") << scale;
  }
  EXPECT_EQ(refusal({"--time-scale", "0.5"}), "");
}

TEST(Config, keeps_its_state_where_the_user_keeps_data) {
  Config config;
  const Variable base("XDG_DATA_HOME", "/data/of/user");
  EXPECT_EQ(data_directory(config), "/data/of/user/slipway");
  config.data_dir = "/somewhere/./else/../here";
  EXPECT_EQ(data_directory(config), "/somewhere/here");
}

}  // namespace
}  // namespace slipway::app
