#include "cli/shell_environment.h"

#include <gtest/gtest.h>

namespace slipway::cli {
namespace {

const Variables kTwo{{"AWS_REGION", "eu-west-1"}, {"AWS_PAGER", ""}};

TEST(ShellEnvironment, names_the_endpoint_the_region_and_dummy_keys) {
  const Variables expected{{"AWS_ENDPOINT_URL", "http://127.0.0.1:4566"},
                           {"AWS_REGION", "us-east-1"},
                           {"AWS_DEFAULT_REGION", "us-east-1"},
                           {"AWS_ACCESS_KEY_ID", "test"},
                           {"AWS_SECRET_ACCESS_KEY", "test"},
                           {"AWS_PAGER", ""},
                           {"AWS_EC2_METADATA_DISABLED", "true"}};
  EXPECT_EQ(client_variables({.endpoint = "http://127.0.0.1:4566", .region = "", .access_key = ""}),
            expected);
}

TEST(ShellEnvironment, keeps_a_key_that_is_an_account_and_no_other) {
  const auto key = [](const std::string& given) {
    return client_variables({.endpoint = "e", .region = "r", .access_key = given})[3].second;
  };
  EXPECT_EQ(key("111122223333"), "111122223333");
  EXPECT_EQ(key("AKIAIOSFODNN7EXAMPLE"), "test");
  EXPECT_EQ(key("11112222333"), "test");
}

TEST(ShellEnvironment, speaks_the_language_of_each_shell) {
  EXPECT_EQ(set_text("sh", kTwo),
            "export AWS_REGION='eu-west-1'\nexport AWS_PAGER=''\n"
            "unset AWS_PROFILE\nunset AWS_SESSION_TOKEN\n");
  EXPECT_EQ(set_text("fish", kTwo),
            "set -gx AWS_REGION 'eu-west-1'\nset -gx AWS_PAGER ''\n"
            "set -e AWS_PROFILE\nset -e AWS_SESSION_TOKEN\n");
  EXPECT_EQ(set_text("powershell", kTwo),
            "$env:AWS_REGION = 'eu-west-1'\n$env:AWS_PAGER = ''\n"
            "Remove-Item Env:AWS_PROFILE -ErrorAction SilentlyContinue\n"
            "Remove-Item Env:AWS_SESSION_TOKEN -ErrorAction SilentlyContinue\n");
}

TEST(ShellEnvironment, unset_removes_what_was_set_and_nothing_else) {
  EXPECT_EQ(unset_text("sh", kTwo), "unset AWS_REGION\nunset AWS_PAGER\n");
  EXPECT_EQ(unset_text("fish", kTwo), "set -e AWS_REGION\nset -e AWS_PAGER\n");
}

TEST(ShellEnvironment, quotes_hold_whatever_is_between_them) {
  const Variables odd{{"X", R"(a'b\c $d)"}};
  const auto first_line = [&odd](const std::string& shell) {
    const std::string text = set_text(shell, odd);
    return text.substr(0, text.find('\n'));
  };
  EXPECT_EQ(first_line("sh"), R"(export X='a'\''b\c $d')");
  EXPECT_EQ(first_line("fish"), R"(set -gx X 'a\'b\\c $d')");
  EXPECT_EQ(first_line("powershell"), R"($env:X = 'a''b\c $d')");
}

TEST(ShellEnvironment, a_github_job_gets_plain_lines_and_no_empty_profile) {
  EXPECT_EQ(github_text(kTwo), "AWS_REGION=eu-west-1\nAWS_PAGER=\n");
}

}  // namespace
}  // namespace slipway::cli
