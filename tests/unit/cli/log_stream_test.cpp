#include "cli/log_stream.h"

#include <gtest/gtest.h>

namespace slipway::cli {
namespace {

LogRecord record(const std::string& container, const std::string& text, bool partial = false) {
  LogRecord out;
  out.task = "0123456789abcdef0123456789abcdef";
  out.container = container;
  out.stream = "stdout";
  out.text = text;
  out.partial = partial;
  return out;
}

struct LogPrinterTest : testing::Test {
  LogPrinterTest() { testing::internal::CaptureStdout(); }
  std::string printed() { return testing::internal::GetCapturedStdout(); }
  LogPrinter printer;
};

TEST_F(LogPrinterTest, one_source_needs_no_name) {
  EXPECT_TRUE(printer.print(record("app", "one")));
  EXPECT_TRUE(printer.print(record("app", "")));
  EXPECT_EQ(printed(), "one\n\n");
}

TEST_F(LogPrinterTest, several_are_told_apart) {
  printer.set_several(true);
  printer.print(record("app", "one"));
  printer.print(record("side", "two"));
  EXPECT_EQ(printed(), "01234567/app | one\n01234567/side | two\n");
}

TEST_F(LogPrinterTest, parts_of_a_line_are_put_together_unless_somebody_interrupts) {
  printer.set_several(true);
  printer.print(record("app", "a", true));
  printer.print(record("app", "b", true));
  printer.print(record("side", "s"));
  printer.print(record("app", "c"));
  EXPECT_EQ(printed(), "01234567/app | ab\n01234567/side | s\n01234567/app | c\n");
}

TEST_F(LogPrinterTest, what_cannot_be_read_is_an_error_and_no_output) {
  LogRecord trouble = record("app", "");
  trouble.error = "why";
  testing::internal::CaptureStderr();
  EXPECT_FALSE(printer.had_errors());
  printer.print(trouble);
  EXPECT_TRUE(printer.had_errors());
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "slipway: the output of 01234567/app cannot be read: why\n");
  EXPECT_EQ(printed(), "");
}

TEST(LogRecords, are_read_from_the_servers_lines) {
  const auto read = parse_log_record(
      R"({"time":"t","task":"0123","container":"app","stream":"stderr","text":"x","partial":true})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->time, "t");
  EXPECT_EQ(read->task, "0123");
  EXPECT_EQ(read->container, "app");
  EXPECT_EQ(read->stream, "stderr");
  EXPECT_EQ(read->text, "x");
  EXPECT_TRUE(read->partial);
  EXPECT_EQ(parse_log_record(R"({"error":"why"})")->error, "why");
  EXPECT_FALSE(parse_log_record("<html>"));
}

}  // namespace
}  // namespace slipway::cli
