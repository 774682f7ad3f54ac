#include "app/log_session.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

namespace slipway::app {
namespace asio = boost::asio;
namespace {

using async::Awaitable;
using runtime::EngineErrorKind;
using runtime::LogTime;

constexpr std::size_t kWriteAbove = 32 * 1024;
constexpr Millis kLookPause{100};     // between two looks at the state, which may change all the time
constexpr Millis kEnginePause{1000};  // before an engine that is away is asked again
// The engine writes a container's start down a little after the first lines may have been printed.
constexpr Seconds kBeforeStart{5};

bool may_pass(EngineErrorKind kind) {
  return kind == EngineErrorKind::Unreachable || kind == EngineErrorKind::Timeout;
}

Awaitable<void> run_all(async::TaskScope& scope, Awaitable<void> work) {
  std::exception_ptr failure;
  try {
    co_await std::move(work);
  } catch (...) {
    failure = std::current_exception();
  }
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  const bool cancelled = cancellation.cancelled() != asio::cancellation_type::none;
  // A cancelled coroutine could wait for nothing, also not for the end of what it has started.
  co_await asio::this_coro::reset_cancellation_state();
  auto stopping = scope.stop();
  co_await std::move(stopping);
  if (failure) std::rethrow_exception(failure);
  if (cancelled) throw boost::system::system_error(asio::error::operation_aborted);
}

}  // namespace

LogWatchers::LogWatchers(store::Store& store) {
  store.subscribe([watchers = watchers_](const store::Change& change) {
    const bool concerns = change.kind == store::ObjectKind::Task || change.kind == store::ObjectKind::Service;
    if (!concerns) return;
    for (Watcher* watcher : *watchers) {
      watcher->changed = true;
      watcher->wake.call();
    }
  });
}

LogSession::Feed::Feed(const asio::any_io_executor& executor, const model::Task& task,
                       const model::Container& container)
    : task_arn(task.arn),
      origin{.task = task.id, .container = container.name},
      runtime_id(container.runtime_id),
      taken(executor) {
  if (container.started_at && container.restarts == 0) begins = *container.started_at - kBeforeStart;
}

LogSession::LogSession(LogContext context, LogWish wish)
    : context_(std::move(context)),
      wish_(std::move(wish)),
      changed_(context_.executor),
      looked_(context_.executor),
      watcher_(context_.executor),
      scope_(context_.executor, context_.log) {
  context_.watchers->add(watcher_);
}

LogSession::~LogSession() { context_.watchers->remove(watcher_); }

Awaitable<void> LogSession::run(server::BodySink& sink) { return run_all(scope_, work(sink)); }

Awaitable<void> LogSession::work(server::BodySink& sink) {
  add_feeds();
  auto past = write_history(sink);
  co_await std::move(past);
  history_written_ = true;
  if (!wish_.follow) co_return;
  auto coming = write_coming(sink);
  co_await std::move(coming);
}

// Feeds of the target's containers that have none yet.
void LogSession::add_feeds() {
  over_ = is_over(context_.store, wish_.target);
  for (const auto& task : tasks_of(context_.store, wish_.target)) {
    for (const model::Container* container : containers_of(*task, wish_.target)) {
      if (!known_.insert(container->runtime_id).second) continue;
      feeds_.emplace_back(context_.executor, *task, *container);
    }
  }
}

// The line printed first of all comes first: of each container that may have it, the next line must be there.
Awaitable<void> LogSession::write_history(server::BodySink& sink) {
  for (;;) {
    const bool opened = open_due_feeds();
    const bool waits = std::ranges::any_of(
        feeds_, [](const Feed& feed) { return feed.opened && !feed.ended && feed.ready.empty(); });
    if (opened || waits) {
      auto waiting = changed_.wait();
      co_await std::move(waiting);
      continue;
    }
    Feed* feed = earliest();
    if (feed == nullptr) break;
    take_line(*feed);
    if (out_.size() < kWriteAbove) continue;
    auto writing = flush(sink);
    co_await std::move(writing);
  }
  auto writing = flush(sink);
  co_await std::move(writing);
}

// Begins to read the containers that may have printed before the earliest line known; of the others only when
// it is their turn, so that a hundred that ran one after another are not read at the same time. Says whether
// it has begun one.
bool LogSession::open_due_feeds() {
  const auto begins = [](const Feed& feed) { return feed.begins.value_or(LogTime::min()); };
  const Feed* head = earliest();
  const bool reading =
      std::ranges::any_of(feeds_, [](const Feed& feed) { return feed.opened && !feed.ended; });
  std::optional<LogTime> due;
  if (head != nullptr) {
    due = head->ready.front().time;
  } else if (!reading) {
    for (const Feed& feed : feeds_) {
      if (!feed.opened) due = std::min(due.value_or(LogTime::max()), begins(feed));
    }
  }
  bool opened = false;
  for (Feed& feed : feeds_) {
    if (feed.opened || !due || begins(feed) > *due) continue;
    feed.opened = true;
    opened = true;
    scope_.spawn("output of a container", read_history(feed));
  }
  return opened;
}

LogSession::Feed* LogSession::earliest() {
  Feed* first = nullptr;
  for (Feed& feed : feeds_) {
    if (feed.ready.empty()) continue;
    if (first == nullptr || feed.ready.front().time < first->ready.front().time) first = &feed;
  }
  return first;
}

void LogSession::take_line(Feed& feed) {
  out_ += encode_line(feed.origin, feed.ready.front());
  feed.ready.pop_front();
  if (feed.ready.empty()) feed.taken.call();
}

Awaitable<void> LogSession::flush(server::BodySink& sink) {
  std::string bytes = std::exchange(out_, {});
  if (bytes.empty()) co_return;
  auto writing = sink.write(std::move(bytes));
  co_await std::move(writing);
}

Awaitable<void> LogSession::read_history(Feed& feed) {
  auto reading = read(feed, false);
  const auto result = co_await std::move(reading);
  if (!result) tell(feed, result.error().message);
  end(feed);
}

void LogSession::end(Feed& feed) {
  std::vector<LogLine> rest;
  if (!wish_.follow || history_written_) feed.assembler.finish(rest);
  for (LogLine& line : rest) feed.ready.push_back(std::move(line));
  feed.ended = true;
  changed_.call();
  watcher_.changed = true;  // after a reset nothing else says that all is over
  watcher_.wake.call();
}

// From where the last call ended.
Awaitable<runtime::EngineResult<void>> LogSession::read(Feed& feed, bool following) {
  runtime::LogRequest request{
      .id = feed.runtime_id, .follow = following, .since = wish_.since, .tail = wish_.tail};
  if (feed.last) request.since = *feed.last + std::chrono::nanoseconds(1);
  // Of what starts while it is followed nothing is left out.
  if (feed.last || !feed.opened) request.tail.reset();
  runtime::LogSink sink = [this, &feed](std::vector<runtime::LogPiece> pieces) {
    return push(feed, std::move(pieces));
  };
  return context_.engine.logs(std::move(request), std::move(sink));
}

Awaitable<void> LogSession::push(Feed& feed, std::vector<runtime::LogPiece> pieces) {
  if (pieces.empty()) co_return;
  feed.last = pieces.back().time;
  std::vector<LogLine> lines;
  feed.assembler.feed(pieces, lines);
  for (LogLine& line : lines) feed.ready.push_back(std::move(line));
  changed_.call();
  while (!feed.ready.empty()) {
    auto waiting = feed.taken.wait();
    co_await std::move(waiting);
  }
}

void LogSession::tell(Feed& feed, const std::string& trouble) {
  if (feed.trouble == trouble) return;
  feed.trouble = trouble;
  out_ += encode_trouble(feed.origin, trouble);
  changed_.call();
}

Awaitable<void> LogSession::write_coming(server::BodySink& sink) {
  for (Feed& feed : feeds_) {
    feed.ended = false;
    scope_.spawn("output of a container", follow(feed));
  }
  scope_.spawn("tasks whose output is followed", watch_tasks());
  for (;;) {
    while (Feed* feed = earliest()) take_line(*feed);
    if (!out_.empty()) {
      auto writing = flush(sink);
      co_await std::move(writing);
      continue;
    }
    if (over_ && std::ranges::all_of(feeds_, &Feed::ended)) co_return;
    auto waiting = changed_.wait();
    co_await std::move(waiting);
  }
}

Awaitable<void> LogSession::watch_tasks() {
  while (true) {
    const std::size_t before = feeds_.size();
    watcher_.changed = false;
    add_feeds();
    for (auto feed = std::next(feeds_.begin(), static_cast<std::ptrdiff_t>(before)); feed != feeds_.end();
         ++feed) {
      scope_.spawn("output of a container", follow(*feed));
    }
    looked_.call();
    changed_.call();
    auto pausing = context_.clock.sleep_real(kLookPause);
    co_await std::move(pausing);
    while (!watcher_.changed) {
      auto waiting = watcher_.wake.wait();
      co_await std::move(waiting);
    }
  }
}

// Reads a container through all of its restarts, until its task has ended.
Awaitable<void> LogSession::follow(Feed& feed) {
  for (;;) {
    const auto started = state_of(feed).started_at;
    auto reading = read(feed, true);
    const auto result = co_await std::move(reading);
    if (!result) {
      if (result.error().kind == EngineErrorKind::NotFound) break;
      tell(feed, result.error().message);
      if (!may_pass(result.error().kind)) break;
      auto pausing = context_.clock.sleep_real(kEnginePause);
      co_await std::move(pausing);
      continue;
    }
    // It does not run: for ever, or until it is restarted.
    while (!state_of(feed).over && state_of(feed).started_at == started) {
      auto waiting = looked_.wait();
      co_await std::move(waiting);
    }
    if (state_of(feed).started_at == started) break;
  }
  end(feed);
}

LogSession::FeedState LogSession::state_of(const Feed& feed) const {
  FeedState state;
  const auto task = context_.store.find_task(feed.task_arn);
  if (!task) return state;
  const auto found = std::ranges::find(task->containers, feed.runtime_id, &model::Container::runtime_id);
  if (found == task->containers.end()) return state;
  state.over = found->removed || task->last_status == model::TaskStatus::Stopped;
  state.started_at = found->started_at;
  return state;
}

}  // namespace slipway::app
