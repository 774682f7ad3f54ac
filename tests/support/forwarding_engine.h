// The engine as a server sees it that may be killed: from then on none of its calls reaches the engine.
#pragma once

#include "slipway/runtime/engine.h"

namespace slipway::test {

class ForwardingEngine final : public runtime::Engine {
 public:
  explicit ForwardingEngine(runtime::Engine& inner) : inner_(inner) {}

  // As kill -9 does: what was asked goes on, nothing more is asked.
  void cut() { cut_ = true; }

  template <class T>
  using Answer = async::Awaitable<runtime::EngineResult<T>>;

  Answer<runtime::EngineInfo> info() override { return pass(inner_.info()); }
  Answer<runtime::ImageInfo> inspect_image(std::string reference) override {
    return pass(inner_.inspect_image(std::move(reference)));
  }
  Answer<void> pull(std::string reference, runtime::PullProgress progress) override {
    return pass(inner_.pull(std::move(reference), std::move(progress)));
  }
  Answer<void> import_image(std::string tar, std::string tag, std::vector<std::string> changes) override {
    return pass(inner_.import_image(std::move(tar), std::move(tag), std::move(changes)));
  }
  Answer<void> remove_image(std::string reference) override {
    return pass(inner_.remove_image(std::move(reference)));
  }
  Answer<std::string> create(runtime::ContainerSpec spec) override {
    return pass(inner_.create(std::move(spec)));
  }
  Answer<void> start(std::string id) override { return pass(inner_.start(std::move(id))); }
  Answer<void> stop(std::string id, Seconds grace) override {
    return pass(inner_.stop(std::move(id), grace));
  }
  Answer<void> kill(std::string id, std::string signal) override {
    return pass(inner_.kill(std::move(id), std::move(signal)));
  }
  Answer<void> remove(std::string id) override { return pass(inner_.remove(std::move(id))); }
  Answer<runtime::ContainerStatus> inspect(std::string id) override {
    return pass(inner_.inspect(std::move(id)));
  }
  Answer<std::vector<runtime::ContainerStatus>> list(runtime::Labels labels) override {
    return pass(inner_.list(std::move(labels)));
  }
  Answer<void> logs(runtime::LogRequest request, runtime::LogSink sink) override {
    return pass(inner_.logs(std::move(request), std::move(sink)));
  }
  Answer<std::string> create_network(runtime::NetworkSpec spec) override {
    return pass(inner_.create_network(std::move(spec)));
  }
  Answer<runtime::NetworkInfo> inspect_network(std::string name) override {
    return pass(inner_.inspect_network(std::move(name)));
  }
  Answer<std::vector<runtime::NetworkInfo>> list_networks(runtime::Labels labels) override {
    return pass(inner_.list_networks(std::move(labels)));
  }
  Answer<void> remove_network(std::string id) override { return pass(inner_.remove_network(std::move(id))); }
  Answer<void> create_volume(runtime::VolumeSpec spec) override {
    return pass(inner_.create_volume(std::move(spec)));
  }
  Answer<void> inspect_volume(std::string name) override {
    return pass(inner_.inspect_volume(std::move(name)));
  }
  Answer<std::vector<runtime::VolumeInfo>> list_volumes(runtime::Labels labels) override {
    return pass(inner_.list_volumes(std::move(labels)));
  }
  Answer<void> remove_volume(std::string name) override {
    return pass(inner_.remove_volume(std::move(name)));
  }
  async::Awaitable<void> follow_events(runtime::Labels labels, runtime::EventListener listener,
                                       std::function<void()> interrupted) override {
    return inner_.follow_events(std::move(labels), std::move(listener), std::move(interrupted));
  }

 private:
  template <class T>
  Answer<T> pass(Answer<T> call) {
    return cut_ ? refuse<T>() : std::move(call);
  }
  template <class T>
  static Answer<T> refuse() {
    co_return runtime::EngineError(runtime::EngineErrorKind::Unreachable, "this server is dead");
  }

  runtime::Engine& inner_;
  bool cut_ = false;
};

}  // namespace slipway::test
