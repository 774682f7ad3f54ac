#include "runtime/simulated/behaviour.h"

#include <charconv>
#include <cmath>

namespace slipway::runtime::simulated {
namespace {

constexpr int kKilled = 137;      // 128 + SIGKILL
constexpr int kTerminated = 143;  // 128 + SIGTERM

void add_lines(PrintPlan& plan, LogStream stream, std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    plan.lines.emplace_back(stream, text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

}  // namespace

std::optional<Millis> parse_seconds(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0 && value <= 1e9))
    return std::nullopt;
  return Millis(static_cast<Millis::rep>(std::llround(value * 1000)));
}

std::string Behaviour::text(const char* name) const {
  return std::string(table_.label_of(container_, std::string("dev.slipway.sim.") + name));
}

std::optional<Millis> Behaviour::seconds(const char* name) const { return parse_seconds(text(name)); }

std::optional<int> Behaviour::exit_code() const {
  const std::string value = text("exit-code");
  int code = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), code);
  if (error != std::errc{} || end != value.data() + value.size()) return std::nullopt;
  return code;
}

std::optional<Exit> Behaviour::own_exit() const {
  const bool out_of_memory = text("oom") == "true";
  const auto runs = seconds("run-seconds");
  if (!runs && !out_of_memory) return std::nullopt;
  const int code = out_of_memory ? kKilled : exit_code().value_or(0);
  return Exit{.after = runs.value_or(Millis{0}), .code = code, .out_of_memory = out_of_memory};
}

std::optional<Exit> Behaviour::after_stop(std::optional<Millis> grace) const {
  const bool never = text("stop-seconds") == "never";
  const auto takes = seconds("stop-seconds");
  if (never || (grace && takes && *takes > *grace)) {
    if (!grace) return std::nullopt;
    return Exit{.after = *grace, .code = kKilled, .out_of_memory = false};
  }
  const int code = takes ? exit_code().value_or(kTerminated) : kTerminated;
  return Exit{.after = takes.value_or(Millis{0}), .code = code, .out_of_memory = false};
}

HealthPlan Behaviour::health(const HealthCheck& check) const {
  const std::string wish = text("health");
  const auto colon = wish.find(':');
  const std::string_view verb = std::string_view(wish).substr(0, colon);
  const auto after =
      colon == std::string::npos ? std::nullopt : parse_seconds(std::string_view(wish).substr(colon + 1));
  if (verb == "healthy") return {.first = Health::Healthy, .change = std::nullopt};
  if (verb == "unhealthy") return {.first = Health::Unhealthy, .change = std::nullopt};
  if (verb == "healthy-after" && after) {
    return {.first = Health::Starting, .change = HealthChange{.after = *after, .health = Health::Healthy}};
  }
  if (verb == "unhealthy-after" && after) {
    return {.first = Health::Healthy, .change = HealthChange{.after = *after, .health = Health::Unhealthy}};
  }
  // Docker probes for the first time one interval after the start.
  return {.first = Health::Starting,
          .change = HealthChange{.after = check.interval, .health = Health::Healthy}};
}

PrintPlan Behaviour::prints() const {
  PrintPlan plan;
  add_lines(plan, LogStream::Stdout, text("log"));
  add_lines(plan, LogStream::Stderr, text("log-stderr"));
  const auto every = seconds("log-every");
  if (every && *every > Millis{0}) plan.every = every;
  return plan;
}

}  // namespace slipway::runtime::simulated
