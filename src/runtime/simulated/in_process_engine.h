// The simulated engine's verbs over its tables. It has no coroutine of its own: what is due by now is settled
// at the beginning of each call, and whoever follows the events waits for the first due time. So a container
// that only runs costs its row and nothing else. Control thread only.
#pragma once

#include <deque>
#include <list>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "runtime/simulated/behaviour.h"
#include "runtime/simulated/container_table.h"
#include "runtime/simulated/network_table.h"
#include "slipway/async/wake.h"
#include "slipway/runtime/simulated_engine.h"

namespace slipway::runtime::simulated {

class InProcessEngine final : public SimulatedEngine {
 public:
  InProcessEngine(boost::asio::any_io_executor executor, async::Clock& clock, IdSource& ids,
                  SimulatedMachine machine);
  ~InProcessEngine() override;

  void set_reachable(bool reachable) override;
  void fail_next(const std::string& verb, int count, EngineError error) override;
  void restart(bool live_restore) override;
  void crash(const std::string& id, int exit_code) override;
  std::size_t containers() const override { return table_.size(); }

  Awaitable<EngineResult<EngineInfo>> info() override;
  Awaitable<EngineResult<ImageInfo>> inspect_image(std::string reference) override;
  Awaitable<EngineResult<void>> pull(std::string reference, PullProgress progress) override;
  Awaitable<EngineResult<void>> import_image(std::string tar, std::string tag,
                                             std::vector<std::string> changes) override;
  Awaitable<EngineResult<void>> remove_image(std::string reference) override;
  Awaitable<EngineResult<std::string>> create(ContainerSpec spec) override;
  Awaitable<EngineResult<void>> start(std::string id) override;
  Awaitable<EngineResult<void>> stop(std::string id, Seconds grace) override;
  Awaitable<EngineResult<void>> kill(std::string id, std::string signal) override;
  Awaitable<EngineResult<void>> remove(std::string id) override;
  Awaitable<EngineResult<ContainerStatus>> inspect(std::string id) override;
  Awaitable<EngineResult<std::vector<ContainerStatus>>> list(Labels labels) override;
  Awaitable<EngineResult<void>> logs(LogRequest request, LogSink sink) override;
  Awaitable<EngineResult<std::string>> create_network(NetworkSpec spec) override;
  Awaitable<EngineResult<NetworkInfo>> inspect_network(std::string name) override;
  Awaitable<EngineResult<std::vector<NetworkInfo>>> list_networks(Labels labels) override;
  Awaitable<EngineResult<void>> remove_network(std::string id) override;
  Awaitable<EngineResult<void>> create_volume(VolumeSpec spec) override;
  Awaitable<EngineResult<void>> inspect_volume(std::string name) override;
  Awaitable<EngineResult<std::vector<VolumeInfo>>> list_volumes(Labels labels) override;
  Awaitable<EngineResult<void>> remove_volume(std::string name) override;
  Awaitable<void> follow_events(Labels labels, EventListener listener,
                                std::function<void()> interrupted) override;

 private:
  struct Fault {
    int left;
    EngineError error;
  };
  struct Volume {
    VolumeSpec spec;
    std::size_t users = 0;
  };
  struct Event {
    std::string id;
    Labels labels;
    bool interrupted = false;  // no event, but the end of their stream
  };
  struct Follower {
    Follower(const boost::asio::any_io_executor& executor, Labels labels_in)
        : labels(std::move(labels_in)), changed(executor) {}
    Labels labels;
    std::deque<Event> events;
    async::Wake changed;
  };
  enum class Due { Exit, Health };
  using DueKey = std::tuple<TimePoint, ContainerKey, Due>;

  // What each verb begins with: lets other work run, settles what is due, and says why the call fails, if it
  // does.
  Awaitable<std::optional<EngineError>> begin(const char* verb);
  std::optional<EngineError> unreachable() const;
  TimePoint now() const { return clock_.now().control; }

  // Applies every exit and health change that is due.
  void settle();
  void settle_one(const DueKey& due);
  void schedule(ContainerKey key, Due kind, TimePoint when);
  void unschedule(ContainerKey key, Due kind);

  // The container's process ends at `when`.
  void finish(ContainerKey key, const Exit& exit, TimePoint when);
  // Plans the end that a signal brings.
  void end_by(ContainerKey key, const Exit& exit);
  std::optional<EngineError> begin_running(ContainerKey key);
  std::optional<EngineError> check_joined(const Container& container);
  std::optional<EngineError> attach_networks(ContainerKey key);
  void release_networks(Container& container);
  void emit(ContainerKey key);
  void interrupt_followers();
  void reconnect_followers();

  EngineResult<ContainerKey> find(const std::string& id) const;
  std::optional<EngineError> check_new(const ContainerSpec& spec) const;
  void fill(Container& container, const ContainerSpec& spec);
  ContainerStatus status_of(ContainerKey key) const;
  PrintedLog log_of(const Container& container) const;
  std::optional<std::uint32_t> find_image(const std::string& reference) const;
  void add_image(const std::string& name);
  void use_volumes(const ContainerExtras& extras);
  void release_volumes(const ContainerExtras& extras);

  boost::asio::any_io_executor executor_;
  async::Clock& clock_;
  IdSource& ids_;
  SimulatedMachine machine_;
  bool reachable_ = true;
  std::map<std::string, Fault> faults_;  // by verb
  ContainerTable table_;
  NetworkTable networks_;
  HostPorts ports_;
  std::map<std::string, Volume> volumes_;
  std::vector<std::string> images_;  // familiar names with tag or digest
  std::unordered_map<std::string, std::uint32_t> image_indices_;
  std::set<DueKey> due_;
  std::list<Follower*> followers_;
  std::unordered_multimap<ContainerKey, async::Wake*> exit_waiters_;  // of stop and logs calls
};

}  // namespace slipway::runtime::simulated
