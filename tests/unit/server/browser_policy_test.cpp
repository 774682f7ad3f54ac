// The rule that keeps web pages out: contract.md "HTTP", decisions.md 15.
#include "server/browser_policy.h"

#include <gtest/gtest.h>

#include "server/host_name.h"

namespace slipway::server {
namespace {

bool passes(const BrowserHeaders& headers, const BrowserPolicy& policy = {}) {
  return !refuse_browser(policy, headers);
}

bool host_passes(std::string_view host, const BrowserPolicy& policy = {}) {
  return passes({.method = "POST", .host = host, .origin = "", .sec_fetch_site = "", .request_method = ""},
                policy);
}

bool origin_passes(std::string_view origin, const BrowserPolicy& policy = {},
                   std::string_view host = "127.0.0.1:4566") {
  return passes({.method = "POST",
                 .host = host,
                 .origin = origin,
                 .sec_fetch_site = "cross-site",
                 .request_method = ""},
                policy);
}

TEST(BrowserPolicy, lets_names_of_this_machine_and_of_aws_pass) {
  for (const char* host : {"localhost",
                           "localhost:4566",
                           "LOCALHOST:4566",
                           "localhost.",
                           "127.0.0.1",
                           "127.0.0.1:4566",
                           "192.168.1.7:80",
                           "[::1]",
                           "[::1]:4566",
                           "[FE80::1%25eth0]:4566",
                           "[::ffff:127.0.0.1]:1",
                           "slipway",
                           "slipway:4566",
                           "my_box",
                           "ecs.localhost:4566",
                           "a.b.localhost.",
                           "box.local",
                           "aws.ecs.internal:4566",
                           "host.docker.internal:4566",
                           "ecs.us-east-1.amazonaws.com",
                           "ECS.us-east-1.AMAZONAWS.com:443",
                           "ecs.cn-north-1.amazonaws.com.cn",
                           "ecs.us-east-1.api.aws",
                           "localhost.localstack.cloud:4566",
                           "ecs.localhost.localstack.cloud",
                           ""}) {
    EXPECT_TRUE(host_passes(host)) << host;
  }
}

TEST(BrowserPolicy, refuses_names_that_somebody_else_can_point_at_this_machine) {
  for (const char* host : {"evil.test",
                           "evil.test:4566",
                           "EVIL.test.",
                           "localhost.evil.test",
                           "127.0.0.1.evil.test",
                           "127.0.0.1.nip.io:4566",
                           "amazonaws.com.evil.test",
                           "evilamazonaws.com",
                           "amazonaws.com",
                           "xlocalhost.localstack.cloud",
                           "localstack.cloud",
                           "127.1",
                           "0x7f.0.0.1",
                           "[::1]evil.test",
                           "[::1",
                           "[evil.test]",
                           "a@localhost",
                           "local host",
                           "localhost:4566:1",
                           "localhost:x",
                           ".localhost",
                           "a..localhost",
                           ".",
                           "evil.test/localhost",
                           "evil.test#.localhost"}) {
    EXPECT_FALSE(host_passes(host)) << host;
  }
}

TEST(BrowserPolicy, lets_hosts_pass_that_the_user_gave) {
  const BrowserPolicy policy{{"dev.example.test", "*.lab.example.test", "box.example.test:4566"}, {}};
  EXPECT_TRUE(host_passes("dev.example.test:4566", policy));
  EXPECT_TRUE(host_passes("DEV.example.test.", policy));
  EXPECT_TRUE(host_passes("a.lab.example.test", policy));
  EXPECT_TRUE(host_passes("box.example.test", policy));
  EXPECT_FALSE(host_passes("lab.example.test", policy));
  EXPECT_FALSE(host_passes("x.dev.example.test", policy));
  EXPECT_FALSE(host_passes("evil-dev.example.test", policy));
  EXPECT_TRUE(host_passes("anything.test", {{"*"}, {}}));
}

TEST(BrowserPolicy, names_the_option_in_every_refusal) {
  const BrowserPolicy policy;
  const auto text = [&](const BrowserHeaders& headers) {
    return refuse_browser(policy, headers).value_or("");
  };
  EXPECT_NE(text({"GET", "evil.test:4566", "", "", ""}).find("--allow-host evil.test "), std::string::npos);
  EXPECT_NE(
      text({"POST", "localhost", "https://evil.test", "", ""}).find("--allow-origin https://evil.test "),
      std::string::npos);
  EXPECT_NE(text({"GET", "localhost", "", "cross-site", ""}).find("--allow-origin"), std::string::npos);
}

TEST(BrowserPolicy, lets_pages_of_this_machine_and_of_the_same_address_pass) {
  for (const char* origin :
       {"http://localhost:3000", "https://localhost", "http://LOCALHOST:1", "http://app.localhost:3000",
        "http://127.0.0.1:8080", "http://127.9.9.9", "http://[::1]:3000", "tauri://localhost"}) {
    EXPECT_TRUE(origin_passes(origin)) << origin;
  }
  EXPECT_TRUE(origin_passes("http://192.168.1.7:4566", {}, "192.168.1.7:4566"));
  EXPECT_TRUE(origin_passes("http://slipway:4566", {}, "slipway:4566"));
}

TEST(BrowserPolicy, refuses_pages_of_other_sites_even_when_their_name_could_stand_in_host) {
  for (const char* origin :
       {"https://evil.test", "null", "http://evil.test:4566", "https://bucket.s3.amazonaws.com",
        "http://192.168.1.9", "http://localhost.evil.test", "http://127.0.0.1.nip.io", "http://evil.local",
        "localhost", "http://", "file://", "http://[::2]", "http://router"}) {
    EXPECT_FALSE(origin_passes(origin)) << origin;
  }
  EXPECT_FALSE(origin_passes("http://192.168.1.7:8080", {}, "192.168.1.7:4566"));
  // A rebound name is refused for its Host, although Origin and Host agree.
  EXPECT_FALSE(origin_passes("http://evil.test:4566", {}, "evil.test:4566"));
}

TEST(BrowserPolicy, lets_origins_pass_that_the_user_gave) {
  const BrowserPolicy policy{{"dev.example.test"}, {"https://app.example.test/", "null"}};
  EXPECT_TRUE(origin_passes("https://app.example.test", policy));
  EXPECT_TRUE(origin_passes("HTTPS://app.example.test", policy));
  EXPECT_TRUE(origin_passes("null", policy));
  EXPECT_TRUE(origin_passes("http://dev.example.test:3000", policy));
  EXPECT_FALSE(origin_passes("http://app.example.test", policy));
  EXPECT_FALSE(origin_passes("https://app.example.test:444", policy));
  EXPECT_TRUE(origin_passes("https://anything.test", {{}, {"*"}}));
}

TEST(BrowserPolicy, refuses_requests_of_other_sites_that_say_no_origin) {
  const auto site_passes = [](std::string_view site) {
    return passes(
        {.method = "GET", .host = "localhost", .origin = "", .sec_fetch_site = site, .request_method = ""});
  };
  EXPECT_TRUE(site_passes(""));
  EXPECT_TRUE(site_passes("none"));
  EXPECT_TRUE(site_passes("same-origin"));
  EXPECT_FALSE(site_passes("same-site"));
  EXPECT_FALSE(site_passes("cross-site"));
  EXPECT_FALSE(site_passes("something-new"));
}

TEST(BrowserPolicy, answers_a_preflight_with_what_was_asked) {
  const auto answer = preflight_answer("x-amz-target,content-type");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.headers.back(), (std::pair<std::string, std::string>{"Access-Control-Allow-Headers",
                                                                        "x-amz-target,content-type"}));
  EXPECT_TRUE(is_preflight({"OPTIONS", "localhost", "http://localhost:3000", "", "POST"}));
  EXPECT_FALSE(is_preflight({"OPTIONS", "localhost", "", "", "POST"}));
  EXPECT_FALSE(is_preflight({"POST", "localhost", "http://localhost:3000", "", "POST"}));
  EXPECT_TRUE(cors_headers("").empty());
}

}  // namespace
}  // namespace slipway::server
