// What the driver has under way for a task, in sentences.
#include "agent/driver.h"
#include "agent/naming.h"

namespace slipway::agent {
namespace {

using lifecycle::subject;
using lifecycle::Wait;

std::string seconds_since(TimePoint since, TimePoint now) {
  return std::to_string(std::chrono::floor<Seconds>(std::max(Millis{0}, now - since)).count()) + " s";
}

// Every task that joins a VPC's network waits for the same job.
std::string network_of(const model::Task& task) {
  const std::string vpc = task.eni ? task.eni->vpc_id : std::string();
  return "Its network interface waits for the engine network of VPC " + vpc + ".";
}

std::string stopping(const std::string& container, const Job& job, TimePoint now) {
  const TimePoint deadline = job.since + job.grace;
  const std::string timeout = std::to_string(job.grace.count()) + " s";
  if (now >= deadline)
    return subject(container) + " was sent SIGKILL: its stopTimeout of " + timeout + " is over.";
  return subject(container) + " was sent its stop signal " + seconds_since(job.since, now) +
         " ago; SIGKILL follows in " + lifecycle::seconds_left(deadline, now) + " (stopTimeout " + timeout +
         ").";
}

std::string doing(const model::Task& task, const std::string& container, const Job& job, TimePoint now) {
  switch (job.action) {
    case lifecycle::Action::EnsureNetwork:
      return network_of(task);
    case lifecycle::Action::Launch:
      return subject(container) + " is being created and started for " + seconds_since(job.since, now) + ".";
    case lifecycle::Action::Stop:
      return stopping(container, job, now);
    default:
      return subject(container) + " is being looked at in the engine.";
  }
}

std::string pulling(const std::string& container, const ImageWait& image, TimePoint now) {
  if (!image.pulling_since) {
    return subject(container) + " waits until the engine says whether it has image " + image.reference + ".";
  }
  const std::string progress = image.progress.empty() ? std::string() : " (" + image.progress + ")";
  return subject(container) + " waits for image " + image.reference + ", which has been pulled for " +
         seconds_since(*image.pulling_since, now) + progress + ".";
}

std::string queued(const std::string& container, std::size_t slots, std::size_t ahead) {
  std::string place = "it is the next";
  if (ahead == 1) place = "another launch comes before it";
  if (ahead > 1) place = std::to_string(ahead) + " launches come before it";
  return subject(container) + " waits for one of " + std::to_string(slots) + " launch slots; " + place + ".";
}

}  // namespace

std::vector<Wait> Driver::activity(const std::string& arn) const {
  std::vector<Wait> waits;
  const auto task = context_.store.model().find_task(arn);
  if (!task || task->last_status == model::TaskStatus::Stopped) return waits;
  const auto flight = flights_.find(arn);
  const TimePoint now = context_.clock.now().real;
  const auto add = [&](const std::string& container) {
    if (flight != flights_.end()) {
      if (const auto job = flight->second.jobs.find(container); job != flight->second.jobs.end()) {
        waits.push_back({container, doing(*task, container, job->second, now)});
        return;
      }
    }
    if (const auto image = images_.find_wait({arn, container})) {
      waits.push_back({container, pulling(container, *image, now)});
    } else if (const auto ahead = slots_.ahead(arn, container)) {
      waits.push_back({container, queued(container, slots_.limit(), *ahead)});
    } else if (flight != flights_.end() && flight->second.work.uncertain.contains(container)) {
      waits.push_back({container, subject(container) +
                                      " has to be looked at: the engine did not say what became of it."});
    }
  };
  add("");
  for (const auto& container : task->containers) add(container.name);
  return waits;
}

}  // namespace slipway::agent
