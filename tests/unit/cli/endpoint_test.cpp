#include <gtest/gtest.h>

#include "cli/http_client.h"
#include "cli/options.h"

namespace slipway::cli {
namespace {

TEST(Endpoint, has_a_host_and_a_port) {
  EXPECT_EQ(parse_endpoint("http://127.0.0.1:4566"), (ServerAddress{"127.0.0.1", "4566"}));
  EXPECT_EQ(parse_endpoint("http://localhost:4566/"), (ServerAddress{"localhost", "4566"}));
  EXPECT_EQ(parse_endpoint("http://slipway/some/path:1"), (ServerAddress{"slipway", "80"}));
}

TEST(Endpoint, may_be_an_ipv6_address) {
  EXPECT_EQ(parse_endpoint("http://[::1]:4566"), (ServerAddress{"::1", "4566"}));
  EXPECT_EQ(parse_endpoint("http://[::1]"), (ServerAddress{"::1", "80"}));
}

TEST(Endpoint, that_is_none_is_refused_with_the_form_that_it_should_have) {
  for (const char* text : {"", "127.0.0.1:4566", "https://127.0.0.1:4566", "http://", "http://:4566",
                           "http://host:", "http://host:port", "http://host:70000"}) {
    try {
      parse_endpoint(text);
      ADD_FAILURE() << "'" << text << "' was accepted";
    } catch (const CommandError& error) {
      EXPECT_NE(std::string(error.what()).find("http://host:port"), std::string::npos) << error.what();
    }
  }
}

TEST(ClientOptions, take_a_cluster_by_name_or_by_arn) {
  ClientOptions options;
  EXPECT_EQ(options.cluster_name(), "");
  options.cluster = "web";
  EXPECT_EQ(options.cluster_name(), "web");
  options.cluster = "arn:aws:ecs:us-east-1:000000000000:cluster/web";
  EXPECT_EQ(options.cluster_name(), "web");
}

}  // namespace
}  // namespace slipway::cli
