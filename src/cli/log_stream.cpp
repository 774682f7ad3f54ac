#include "cli/log_stream.h"

#include <array>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/http_client.h"
#include "cli/options.h"
#include "cli/table.h"

namespace slipway::cli {
namespace {

using nlohmann::json;

constexpr std::size_t kShortId = 8;
constexpr std::array kColours{Colour::Cyan, Colour::Yellow, Colour::Green, Colour::Magenta, Colour::Blue};

std::string path_of(const LogQuery& query) {
  std::string path = "/_slipway/logs?arn=" + percent_encode(query.target);
  const auto add = [&path](const char* name, const std::string& value) {
    if (!value.empty()) path.append("&").append(name).append("=").append(percent_encode(value));
  };
  add("cluster", query.cluster);
  add("region", query.region);
  add("container", query.container);
  add("since", query.since);
  if (query.tail) add("tail", std::to_string(*query.tail));
  if (query.follow) add("follow", "1");
  return path;
}

}  // namespace

std::optional<LogRecord> parse_log_record(std::string_view line) {
  const json object = json::parse(line, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  const auto text = [&object](const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  LogRecord record;
  record.time = text("time");
  record.task = text("task");
  record.container = text("container");
  record.stream = text("stream");
  record.text = text("text");
  record.partial = object.contains("partial") && object["partial"] == true;
  record.error = text("error");
  return record;
}

void follow_log_lines(const std::string& endpoint, const LogQuery& query, const LogLineReceiver& receiver) {
  std::string rest;
  ClientStream stream;
  stream.opened = [&receiver](const ClientHead& head) {
    if (receiver.opened) receiver.opened(head.header("X-Slipway-Log-Sources") == "several");
  };
  stream.bytes = [&receiver, &rest](std::string_view bytes) {
    bool more = true;
    while (more && !bytes.empty()) {
      const auto end = bytes.find('\n');
      rest += bytes.substr(0, end);
      bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
      if (end == std::string_view::npos) break;
      const std::string line = std::move(rest);
      rest.clear();
      more = receiver.line(line);
    }
    std::cout.flush();
    return more && std::cout.good();
  };
  const ClientRequest request{.path = path_of(query), .headers = {}, .body = {}};
  fetch_stream(endpoint, request, stream);
}

void follow_logs(const std::string& endpoint, const LogQuery& query, const LogReceiver& receiver) {
  LogLineReceiver lines{.opened = receiver.opened};
  lines.line = [&receiver, &endpoint](std::string_view line) {
    const auto record = parse_log_record(line);
    if (!record) throw CommandError("what answers at " + endpoint + " is not Slipway (see --endpoint)");
    return receiver.record(*record);
  };
  follow_log_lines(endpoint, query, lines);
}

std::string LogPrinter::prefix(const LogRecord& record) {
  const std::string source = record.task.substr(0, kShortId) + "/" + record.container;
  const auto [place, added] = colours_.try_emplace(source, colours_.size() % kColours.size());
  return paint(source + " |", kColours[place->second]) + " ";
}

bool LogPrinter::print(const LogRecord& record) {
  const std::string source = record.task + "/" + record.container + "/" + record.stream;
  if (!open_.empty() && open_ != source) std::cout << '\n';
  if (!record.error.empty()) {
    had_errors_ = true;
    open_.clear();
    std::cout.flush();
    std::cerr << "slipway: the output of " << record.task.substr(0, kShortId) << '/' << record.container
              << " cannot be read: " << record.error << '\n';
    return true;
  }
  if (several_ && open_ != source) std::cout << prefix(record);
  std::cout << record.text;
  if (!record.partial) std::cout << '\n';
  open_ = record.partial ? source : "";
  return std::cout.good();
}

}  // namespace slipway::cli
