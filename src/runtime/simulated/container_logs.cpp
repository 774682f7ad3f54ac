// What simulated containers print.
#include <algorithm>

#include "runtime/simulated/in_process_engine.h"

namespace slipway::runtime::simulated {
namespace {

constexpr std::int64_t kBatch = 256;

// Keeps a call's wake-up registered while it waits for a container's end.
struct EndWatch {
  using Waiters = std::unordered_multimap<ContainerKey, async::Wake*>;
  Waiters& waiters;
  Waiters::iterator place;
  ~EndWatch() { waiters.erase(place); }
};

std::int64_t first_wanted(const PrintedLog& log, const LogRequest& request, std::int64_t count) {
  const std::int64_t from = request.tail ? std::max<std::int64_t>(0, count - *request.tail) : 0;
  return request.since ? std::max(from, log.first_since(*request.since, count)) : from;
}

Awaitable<void> hand_over(PrintedLog log, std::int64_t from, std::int64_t to, const LogSink& sink) {
  while (from < to) {
    std::vector<LogPiece> pieces;
    for (const std::int64_t end = std::min(to, from + kBatch); from < end; ++from)
      pieces.push_back(log.at(from));
    auto sinking = sink(std::move(pieces));
    co_await std::move(sinking);
  }
}

}  // namespace

PrintedLog InProcessEngine::log_of(const Container& container) const {
  return PrintedLog(Behaviour(table_, container).prints(), container.started_at);
}

Awaitable<EngineResult<void>> InProcessEngine::logs(LogRequest request, LogSink sink) {
  auto beginning = begin("logs");
  if (auto refused = co_await std::move(beginning)) co_return std::move(*refused);
  auto found = find(request.id);
  if (!found) co_return found.error();
  const ContainerKey key = *found;
  async::Wake ended(executor_);
  const EndWatch watch{exit_waiters_, exit_waiters_.emplace(key, &ended)};
  std::optional<std::int64_t> next;
  const TimePoint started = table_.at(key).started_at;
  // Another start begins another log.
  while (table_.contains(key) && table_.at(key).started_at == started) {
    const Container& container = table_.at(key);
    const bool runs = container.state == RunState::Running;
    const PrintedLog log = log_of(container);
    const TimePoint seen = std::min(now(), container.finished_at);
    const std::int64_t count = log.count(seen);
    const std::int64_t from = std::min(next.value_or(first_wanted(log, request, count)), count);
    const TimePoint wake = std::min(log.next_after(seen), container.exit_due);
    next = count;
    auto handing = hand_over(log, from, count, sink);
    co_await std::move(handing);
    if (!request.follow || !runs) break;
    if (!table_.contains(key) || table_.at(key).state != RunState::Running) continue;
    auto waiting = wake == kNever ? ended.wait() : ended.wait_until(clock_, wake);
    co_await std::move(waiting);
    if (auto gone = unreachable()) co_return std::move(*gone);
    settle();
  }
  co_return EngineResult<void>{};
}

}  // namespace slipway::runtime::simulated
