#include "app/log_routes.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "slipway/app/log_since.h"
#include "slipway/base/error.h"
#include "slipway/protocol/codec.h"

namespace slipway::app {
namespace {

using async::Awaitable;
using server::HttpRequest;
using server::HttpResponse;

[[noreturn]] void refuse(const std::string& text) { throw AwsError("BadRequest", text, 400); }

std::optional<std::int64_t> read_tail(const std::string& text) {
  if (text.empty() || text == "all") return std::nullopt;
  std::int64_t tail = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), tail);
  if (error != std::errc{} || end != text.data() + text.size() || tail < 0) {
    refuse("tail is a number of lines, or all; not '" + text + "'");
  }
  return tail;
}

bool read_follow(const std::string& text) {
  if (text.empty() || text == "0" || text == "false") return false;
  if (text != "1" && text != "true") refuse("follow is 1 or 0; not '" + text + "'");
  return true;
}

LogWish read_wish(const store::Store& store, std::string_view query, TimePoint now) {
  LogQuestion question;
  question.target = protocol::form_value(query, "arn");
  question.cluster = protocol::form_value(query, "cluster");
  question.region = protocol::form_value(query, "region");
  question.container = protocol::form_value(query, "container");
  LogWish wish;
  if (const std::string since = protocol::form_value(query, "since"); !since.empty()) {
    wish.since = parse_since(since, now);
    if (!wish.since)
      refuse("since is a span such as 10m or a time such as 2026-11-22T13:56:28Z; not '" + since + "'");
  }
  wish.tail = read_tail(protocol::form_value(query, "tail"));
  wish.follow = read_follow(protocol::form_value(query, "follow"));
  wish.target = find_log_target(store, question);
  return wish;
}

bool has_several_sources(const store::Store& store, const LogWish& wish) {
  if (wish.follow && !wish.target.service.empty()) return true;
  std::size_t sources = 0;
  for (const auto& task : tasks_of(store, wish.target)) {
    // Of a task whose containers are still to be made, those of its definition count.
    for (const model::Container& container : task->containers) {
      const bool wanted = wish.target.container.empty() || wish.target.container == container.name;
      if (wanted && !container.removed && !model::is_internal(container)) ++sources;
    }
  }
  return sources > 1;
}

Awaitable<void> stream_logs(LogContext context, LogWish wish, server::BodySink& sink) {
  LogSession session(std::move(context), std::move(wish));
  auto running = session.run(sink);
  co_await std::move(running);
}

HttpResponse answer(const LogContext& context, TimePoint now, const HttpRequest& request) {
  HttpResponse response;
  try {
    LogWish wish = read_wish(context.store, request.query(), now);
    const bool several = has_several_sources(context.store, wish);
    response.content_type = "application/x-ndjson";
    response.headers.emplace_back("X-Slipway-Log-Sources", several ? "several" : "one");
    response.stream = [context, wish = std::move(wish)](server::BodySink& sink) {
      return stream_logs(context, wish, sink);
    };
  } catch (const AwsError& error) {
    response.status = error.status();
    response.content_type = "application/json";
    response.body = nlohmann::json{{"message", error.what()}}.dump(-1, ' ', false,
                                                                   nlohmann::json::error_handler_t::replace) +
                    "\n";
  }
  return response;
}

Awaitable<HttpResponse> answer_logs(LogContext context, TimePoint now, const HttpRequest& request) {
  co_return answer(context, now, request);
}

}  // namespace

std::vector<server::Route> log_routes(const LogContext& context, std::function<TimePoint()> now) {
  std::vector<server::Route> routes;
  routes.push_back({"GET", "/_slipway/logs", [context, now = std::move(now)](const HttpRequest& request) {
                      return answer_logs(context, now(), request);
                    }});
  return routes;
}

}  // namespace slipway::app
