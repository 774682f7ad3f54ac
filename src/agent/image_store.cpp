#include "agent/image_store.h"

#include <boost/system/system_error.hpp>

#include "agent/naming.h"
#include "agent/pause_image.h"

namespace slipway::agent {
namespace {

using runtime::EngineError;
using runtime::EngineErrorKind;

constexpr Seconds kOutageMemory{30};  // decisions.md 18
constexpr Seconds kProgressEvery{2};

bool contains_any(const std::string& text, std::initializer_list<const char*> parts) {
  for (const char* part : parts) {
    if (text.find(part) != std::string::npos) return true;
  }
  return false;
}

bool is_network_failure(const std::string& message) {
  return contains_any(message, {"dial tcp", "i/o timeout", "no such host", "connection refused",
                                "TLS handshake timeout", "request canceled", "network is unreachable"});
}

// The hints that ECS's agent puts before the daemon's text.
std::string hint(const std::string& message) {
  static constexpr const char* kBegin = "The task can\u2019t pull the image. ";
  if (contains_any(message, {"not authorized to perform", "no basic auth credentials"})) {
    return std::string(kBegin) + "Check that the role has the permissions to pull images from the registry. ";
  }
  if (contains_any(message, {"manifest unknown", "manifest for"})) {
    return std::string(kBegin) + "Check whether the image exists. ";
  }
  if (is_network_failure(message)) return std::string(kBegin) + "Check your network configuration. ";
  return {};
}

std::string digest_of(const runtime::ImageInfo& image) {
  for (const auto& reference : image.repo_digests) {
    const auto at = reference.find('@');
    if (at != std::string::npos) return reference.substr(at + 1);
  }
  return {};
}

}  // namespace

std::string full_reference(const std::string& reference) {
  std::string full = reference;
  const auto slash = full.find('/');
  const std::string first = full.substr(0, slash);
  const bool registry =
      slash != std::string::npos &&
      (first.find('.') != std::string::npos || first.find(':') != std::string::npos || first == "localhost");
  if (!registry) full = (slash == std::string::npos ? "docker.io/library/" : "docker.io/") + full;
  const auto last = full.rfind('/');
  if (full.find(':', last) == std::string::npos && full.find('@') == std::string::npos) full += ":latest";
  return full;
}

std::string pull_failure(const std::string& reference, const EngineError& error, model::LaunchType type) {
  if (type != model::LaunchType::Fargate) {
    return "CannotPullContainerError: " + hint(error.message) + daemon_text(error);
  }
  const std::string full = full_reference(reference);
  const bool missing = contains_any(error.message, {"manifest unknown", "not found", "does not exist"});
  return "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref " +
         full + ": " + (missing ? full + ": not found" : error.message);
}

void ImageStore::want(async::TaskScope& jobs, const std::string& reference, const Waiter& waiter) {
  auto& request = requests_[reference];
  const bool first = request.waiters.empty();
  request.waiters.insert(waiter);
  if (request.pulling_since) pulling_(waiter);
  if (first) jobs.spawn("image " + reference, obtain(this, reference));
}

void ImageStore::clear() { requests_.clear(); }

std::optional<ImageWait> ImageStore::find_wait(const Waiter& waiter) const {
  for (const auto& [reference, request] : requests_) {
    if (request.waiters.contains(waiter))
      return ImageWait{reference, request.pulling_since, request.progress};
  }
  return std::nullopt;
}

async::Awaitable<void> ImageStore::obtain(ImageStore* self, std::string reference) {
  ImageOutcome outcome;
  try {
    outcome = co_await self->find(reference);
  } catch (const boost::system::system_error&) {
    throw;  // cancelled: the agent ends
  } catch (const std::exception& error) {
    self->context_.log.error("looking for an image failed", {{"image", reference}, {"error", error.what()}});
    outcome.unknown = true;
  }
  const std::set<Waiter> waiters = std::move(self->requests_[reference].waiters);
  self->requests_.erase(reference);
  for (const auto& waiter : waiters) self->done_(waiter, outcome);
}

async::Awaitable<ImageOutcome> ImageStore::find(std::string reference) {
  const auto policy = context_.settings.pull;
  ImageOutcome outcome;
  auto cached = co_await context_.engine.inspect_image(reference);
  if (!cached && outcome_unknown(cached.error())) {
    outcome.unknown = true;
    co_return outcome;
  }
  if (reference == kPauseImage) {
    if (!cached) co_return co_await make_pause_image();
    outcome.present = true;
    co_return outcome;
  }
  if (cached && policy != PullPolicy::Always) {
    outcome.present = true;
    outcome.digest = digest_of(*cached);
    co_return outcome;
  }
  if (policy == PullPolicy::Never) {
    outcome.error.emplace(EngineErrorKind::NotFound,
                          "No such image: " + reference + " (and --pull never forbids to fetch it)");
    co_return outcome;
  }
  std::optional<runtime::ImageInfo> known;
  if (cached) known = *cached;
  co_return co_await pull(std::move(reference), std::move(known));
}

async::Awaitable<ImageOutcome> ImageStore::pull(std::string reference,
                                                std::optional<runtime::ImageInfo> cached) {
  const std::string full = full_reference(reference);
  const std::string registry = full.substr(0, full.find('/'));
  ImageOutcome outcome;
  outcome.pulled = true;
  announce_pull(reference);
  outcome.error = remembered_outage(registry);
  if (!outcome.error) {
    ++context_.counters.pulls;
    context_.log.info("pulling image", {{"image", reference}});
    TimePoint told = context_.clock.now().real;
    Context& context = context_;
    auto& requests = requests_;
    runtime::PullProgress progress = [&context, &requests, &told, reference](const std::string& line) {
      if (const auto request = requests.find(reference); request != requests.end())
        request->second.progress = line;
      const TimePoint now = context.clock.now().real;
      if (now - told < kProgressEvery) return;
      told = now;
      context.log.info("pulling image", {{"image", reference}, {"progress", line}});
    };
    auto pulled = co_await context_.engine.pull(reference, std::move(progress));
    if (!pulled && outcome_unknown(pulled.error())) {
      // An engine that answers while its pull stands still waits for a registry that hangs
      // (data-plane.md 1.8).
      const auto probe = co_await context_.engine.inspect_image(reference);
      const bool answers = probe || !outcome_unknown(probe.error());
      if (pulled.error().kind != EngineErrorKind::Timeout || !answers) {
        outcome.unknown = true;
        co_return outcome;
      }
      pulled = EngineError(EngineErrorKind::Failed, "inactivity time exceeded timeout while pulling image");
    }
    if (!pulled) {
      outcome.error = pulled.error();
      ++context_.counters.pull_failures;
      context_.log.warn("image not pulled", {{"image", reference}, {"error", pulled.error().message}});
      if (is_network_failure(pulled.error().message)) {
        outages_.insert_or_assign(registry,
                                  Outage{context_.clock.now().real + kOutageMemory, pulled.error()});
      }
    } else {
      context_.log.info("image pulled", {{"image", reference}});
    }
  }
  if (!outcome.error) {
    auto fresh = co_await context_.engine.inspect_image(reference);
    if (fresh) cached = *fresh;
  }
  outcome.present = !outcome.error || cached.has_value();
  if (cached) outcome.digest = digest_of(*cached);
  co_return outcome;
}

async::Awaitable<ImageOutcome> ImageStore::make_pause_image() {
  ImageOutcome outcome;
  const auto image = pause_image(context_.settings.architecture);
  if (!image) {
    outcome.error.emplace(EngineErrorKind::Invalid,
                          "no pause program for the engine's architecture " + context_.settings.architecture);
    co_return outcome;
  }
  std::vector<std::string> changes;
  changes.emplace_back("ENTRYPOINT [\"/pause\"]");
  const auto made =
      co_await context_.engine.import_image(*image, std::string(kPauseImage), std::move(changes));
  if (made) {
    outcome.present = true;
  } else if (outcome_unknown(made.error())) {
    outcome.unknown = true;
  } else {
    outcome.error = made.error();
  }
  co_return outcome;
}

std::optional<EngineError> ImageStore::remembered_outage(const std::string& registry) {
  const auto it = outages_.find(registry);
  if (it == outages_.end()) return std::nullopt;
  if (context_.clock.now().real < it->second.until) return it->second.error;
  outages_.erase(it);
  return std::nullopt;
}

void ImageStore::announce_pull(const std::string& reference) {
  auto& request = requests_[reference];
  request.pulling_since = context_.clock.now().real;
  for (const auto& waiter : request.waiters) pulling_(waiter);
}

}  // namespace slipway::agent
