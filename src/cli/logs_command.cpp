// logs: what containers print.
#include <charconv>
#include <csignal>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/log_stream.h"
#include "cli/options.h"
#include "slipway/app/log_since.h"

namespace slipway::cli {
namespace {

struct LogsOptions {
  ClientOptions client;
  LogQuery query;
};

std::string check_since(const std::string& text) {
  // Any time will do: only the form matters here.
  constexpr TimePoint kSomeTime{Seconds{1'700'000'000}};
  return app::parse_since(text, kSomeTime)
             ? ""
             : "'" + text + "' is neither a span such as 10m or 1h nor a time such as 2026-11-22T13:56:28Z";
}

std::string check_tail(const std::string& text) {
  std::int64_t lines = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), lines);
  const bool number = error == std::errc() && end == text.data() + text.size();
  return number && lines >= 0 ? "" : "'" + text + "' is not a number of lines";
}

int show_lines(const std::string& endpoint, const LogQuery& query) {
  LogPrinter printer;
  LogReceiver receiver;
  receiver.opened = [&printer](bool several) { printer.set_several(several); };
  receiver.record = [&printer](const LogRecord& record) { return printer.print(record); };
  follow_logs(endpoint, query, receiver);
  return printer.had_errors() ? 1 : 0;
}

int show_json(const std::string& endpoint, const LogQuery& query) {
  bool had_errors = false;
  LogLineReceiver receiver;
  receiver.line = [&had_errors](std::string_view line) {
    const auto record = parse_log_record(line);
    had_errors = had_errors || (record && !record->error.empty());
    std::cout << line << '\n';
    return std::cout.good();
  };
  follow_log_lines(endpoint, query, receiver);
  return had_errors ? 1 : 0;
}

int logs(const LogsOptions& options) {
  // Who reads our output may leave, as `head` does: that is no failure.
  std::signal(SIGPIPE, SIG_IGN);
  LogQuery query = options.query;
  query.cluster = options.client.cluster;
  query.region = options.client.region;
  return options.client.json() ? show_json(options.client.endpoint, query)
                               : show_lines(options.client.endpoint, query);
}

}  // namespace

void add_logs_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<LogsOptions>();
  auto* command = app.add_subcommand("logs", "What containers print, of a task or of all tasks of a service");
  command
      ->add_option("SERVICE|TASK", options->query.target,
                   "Name of a service, id of a task or its beginning, or ARN")
      ->required()
      ->type_name("");
  command->add_flag("-f,--follow", options->query.follow,
                    "Go on with what comes, until Ctrl-C or the task's end");
  command->add_option("--since", options->query.since, "Nothing older: a span such as 10m or 1h, or a time")
      ->check(CLI::Validator(check_since, "T"));
  command->add_option("--tail", options->query.tail, "Only the last lines of each container")
      ->check(CLI::Validator(check_tail, "N"));
  command->add_option("--container", options->query.container, "Only this container")->type_name("C");
  add_client_options(*command, options->client);
  add_scope_options(*command, options->client);
  command->callback([options, &action] { action = [options] { return logs(*options); }; });
}

}  // namespace slipway::cli
