#include "scheduler/service_plan_text.h"

#include <chrono>

namespace slipway::scheduler::text {

std::string scaling(const ServiceTask& task) {
  return "Scaling activity initiated by (deployment " + model::deployment_name(task.deployment) + ")";
}

std::string in_progress(std::string_view deployment) {
  return "ECS deployment " + model::deployment_name(deployment) + " in progress.";
}

std::string completed(std::string_view deployment) {
  return "ECS deployment " + model::deployment_name(deployment) + " completed.";
}

std::string rolling_back_to(std::string_view deployment) {
  return "ECS deployment circuit breaker: rolling back to deploymentId " +
         model::deployment_name(deployment) + ".";
}

PlannedEvent event(const model::Service& service, std::string_view rest) {
  return {"(service " + service.name + ") " + std::string(rest), false};
}

PlannedEvent started(const model::Service& service, std::int64_t count, std::int64_t replacing) {
  PlannedEvent made = event(service, "has started {count} tasks: {tasks}.");
  made.of_started = true;
  if (replacing > 0) {
    const std::string number = replacing == count ? "{count}" : std::to_string(replacing);
    made.message += " Amazon ECS replaced " + number + " tasks due to an unhealthy status.";
  }
  return made;
}

namespace {

std::string two_digits(std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

std::string of_primary(const model::Service& service) {
  return "(deployment " + model::deployment_name(primary_of(service).id) + ") ";
}

}  // namespace

PlannedEvent deployment_failed(const model::Service& service, std::string_view why) {
  return event(service, of_primary(service) + "deployment failed: " + std::string(why));
}

PlannedEvent deployment_completed(const model::Service& service) {
  return event(service, of_primary(service) + "deployment completed.");
}

PlannedEvent rolling_back_event(const model::Service& service) {
  return event(service, "rolling back to deployment " + model::deployment_name(primary_of(service).id) + ".");
}

PlannedEvent failed_health_checks(const model::Service& service, const ServiceTask& task) {
  return event(service, "(task " + task.id + ") failed container health checks.");
}

PlannedEvent stopped_running(const model::Service& service, const TaskList& tasks) {
  std::string list;
  for (const auto* task : tasks) list += (list.empty() ? "(task " : " (task ") + task->id + ")";
  return event(service, "has stopped " + std::to_string(tasks.size()) + " running tasks: " + list + ".");
}

PlannedEvent stopped_pending(const model::Service& service, std::int64_t count) {
  return event(service, "stopped " + std::to_string(count) + " pending tasks.");
}

PlannedEvent under_protection(const model::Service& service, std::string_view deployment,
                              std::int64_t count) {
  return event(service, "was unable to reach steady state because (taskSet " +
                            model::deployment_name(deployment) + ") was unable to scale in due to (reason " +
                            std::to_string(count) + " tasks under protection)");
}

std::string tasks(std::int64_t count) { return std::to_string(count) + (count == 1 ? " task" : " tasks"); }

std::string clock(TimePoint at, TimePoint now) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::hh_mm_ss time{std::chrono::floor<Seconds>(at - day)};
  const std::chrono::year_month_day date{day};
  std::string result;
  if (day != std::chrono::floor<std::chrono::days>(now)) {
    result = std::to_string(static_cast<int>(date.year())) + "-" +
             two_digits(static_cast<unsigned>(date.month())) + "-" +
             two_digits(static_cast<unsigned>(date.day())) + " ";
  }
  return result + two_digits(time.hours().count()) + ":" + two_digits(time.minutes().count()) + ":" +
         two_digits(time.seconds().count()) + " UTC";
}

}  // namespace slipway::scheduler::text
