#include "slipway/base/log.h"

#include <gtest/gtest.h>

#include <functional>
#include <regex>

namespace slipway {
namespace {

std::string written(LogLevel least, LogFormat format, const std::function<void(Log&)>& write) {
  testing::internal::CaptureStderr();
  {
    Log log(least, format);
    write(log);
  }
  return testing::internal::GetCapturedStderr();
}

TEST(Log, writes_time_level_event_and_fields_on_one_line) {
  const std::string text = written(LogLevel::Info, LogFormat::Text, [](Log& log) {
    log.warn("image not pulled", {{"image", "a:1"}, {"error", "no \"such\" thing\n"}});
  });
  EXPECT_TRUE(std::regex_match(
      text, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warn  image not pulled image=a:1 )"
                       R"(error="no \\"such\\" thing\\u000a"\n)")))
      << text;
}

TEST(Log, writes_json_that_parsers_take) {
  const std::string text =
      written(LogLevel::Info, LogFormat::Json, [](Log& log) { log.error("bad", {{"quote", "a\"b\\c"}}); });
  EXPECT_TRUE(std::regex_match(
      text, std::regex(R"(\{"time":"[^"]+Z","level":"error","event":"bad","quote":"a\\"b\\\\c"\}\n)")))
      << text;
}

TEST(Log, leaves_out_what_is_below_its_level) {
  EXPECT_EQ(written(LogLevel::Warn, LogFormat::Text, [](Log& log) { log.info("quiet"); }), "");
}

}  // namespace
}  // namespace slipway
