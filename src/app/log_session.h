// One answer of /_slipway/logs: reads the output of the target's containers from the engine and writes it as
// lines, first what was printed so far in the order of its times, then, when it is followed, what comes, of
// tasks that start later too. Lives in the coroutine that makes the answer's body. Control thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "app/log_lines.h"
#include "app/log_target.h"
#include "slipway/async/task_scope.h"
#include "slipway/async/wake.h"
#include "slipway/runtime/engine.h"
#include "slipway/server/http.h"
#include "slipway/store/store.h"

namespace slipway::app {

// Tells the sessions that follow something that a task or service has changed: the store calls its listeners
// for ever, sessions end.
class LogWatchers final {
 public:
  explicit LogWatchers(store::Store& store);
  LogWatchers(const LogWatchers&) = delete;
  LogWatchers& operator=(const LogWatchers&) = delete;

  struct Watcher {
    explicit Watcher(const boost::asio::any_io_executor& executor) : wake(executor) {}
    bool changed = false;
    async::Wake wake;
  };
  void add(Watcher& watcher) { watchers_->insert(&watcher); }
  void remove(Watcher& watcher) { watchers_->erase(&watcher); }

 private:
  // Shared with the listener, which stays for the life of the store.
  std::shared_ptr<std::set<Watcher*>> watchers_ = std::make_shared<std::set<Watcher*>>();
};

// References outlive the sessions.
struct LogContext {
  boost::asio::any_io_executor executor;
  store::Store& store;
  runtime::Engine& engine;
  async::Clock& clock;
  Log& log;
  std::shared_ptr<LogWatchers> watchers;
};

struct LogWish {
  LogTarget target;
  std::optional<runtime::LogTime> since;
  std::optional<std::int64_t> tail;  // of each container
  bool follow = false;
};

class LogSession final {
 public:
  LogSession(LogContext context, LogWish wish);
  ~LogSession();
  LogSession(const LogSession&) = delete;
  LogSession& operator=(const LogSession&) = delete;

  // All of it. When it ends, also by an exception, everything that it has started has ended.
  async::Awaitable<void> run(server::BodySink& sink);

 private:
  // One container.
  struct Feed {
    Feed(const boost::asio::any_io_executor& executor, const model::Task& task,
         const model::Container& container);
    const std::string task_arn;
    const LogOrigin origin;
    const std::string runtime_id;
    // No line of it is older; only known of one that never was restarted.
    std::optional<runtime::LogTime> begins;
    LineAssembler assembler;
    std::optional<runtime::LogTime> last;  // of the pieces read
    std::deque<LogLine> ready;
    std::string trouble;  // that was told
    bool opened = false;
    bool ended = false;  // nothing more comes
    async::Wake taken;   // called when `ready` has become empty
  };
  // What the state says of its container.
  struct FeedState {
    bool over = true;  // it will not run again
    std::optional<TimePoint> started_at;
  };

  async::Awaitable<void> work(server::BodySink& sink);
  async::Awaitable<void> write_history(server::BodySink& sink);
  async::Awaitable<void> write_coming(server::BodySink& sink);
  async::Awaitable<void> read_history(Feed& feed);
  async::Awaitable<void> follow(Feed& feed);
  async::Awaitable<void> watch_tasks();
  async::Awaitable<runtime::EngineResult<void>> read(Feed& feed, bool following);
  async::Awaitable<void> push(Feed& feed, std::vector<runtime::LogPiece> pieces);
  async::Awaitable<void> flush(server::BodySink& sink);

  void add_feeds();
  bool open_due_feeds();
  Feed* earliest();
  void take_line(Feed& feed);
  void end(Feed& feed);
  void tell(Feed& feed, const std::string& trouble);
  FeedState state_of(const Feed& feed) const;

  const LogContext context_;
  const LogWish wish_;
  bool history_written_ = false;
  bool over_ = false;  // nothing new will be printed
  std::string out_;    // lines not written yet
  std::list<Feed> feeds_;
  std::set<std::string> known_;  // runtime ids of the feeds
  async::Wake changed_;          // there is something to write, or a feed has ended
  async::Wake looked_;           // the state has changed
  LogWatchers::Watcher watcher_;
  async::TaskScope scope_;
};

}  // namespace slipway::app
