#include "unit/runtime/engine_harness.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "runtime/docker/http_client.h"
#include "slipway/async/manual_clock.h"
#include "slipway/async/system_clock.h"
#include "slipway/runtime/docker_engine.h"
#include "slipway/runtime/simulated_engine.h"
#include "slipway/runtime/tar.h"

namespace slipway::runtime::test {
namespace {

constexpr std::chrono::seconds kLimit{60};

// Tests run side by side, each in its own process.
const std::string kTag = "slipway-engine-contract:" + std::to_string(::getpid());

class SimulatedHarness final : public EngineHarness {
 public:
  SimulatedHarness() : clock_(io.get_executor(), TimePoint{Seconds{1'700'000'000}}) {
    engine_ = make_simulated_engine(io.get_executor(), clock_, ids_, SimulatedMachine{});
  }
  Engine& engine() override { return *engine_; }
  async::Clock& clock() override { return clock_; }
  std::string image() override {
    const auto imported = wait(engine_->import_image("", kTag, {}));
    return imported ? kTag : "";
  }
  std::string why_not() const override { return ""; }
  void run_until(const std::function<bool()>& done) override {
    io.restart();
    io.poll();
    while (!done()) {
      const auto next = clock_.next_deadline();
      if (!next) return;
      clock_.advance(*next - clock_.now().control);
      io.restart();
      io.poll();
    }
  }

 private:
  SequenceIdSource ids_;
  async::ManualClock clock_;
  std::unique_ptr<SimulatedEngine> engine_;
};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

DockerEnvironment environment() {
  DockerEnvironment out;
  out.docker_host = variable("DOCKER_HOST");
  out.docker_context = variable("DOCKER_CONTEXT");
  out.docker_tls_verify = variable("DOCKER_TLS_VERIFY");
  out.docker_cert_path = variable("DOCKER_CERT_PATH");
  out.docker_config = variable("DOCKER_CONFIG");
  out.home = variable("HOME");
  return out;
}

class DockerHarness final : public EngineHarness {
 public:
  DockerHarness() : clock_(io.get_executor(), now_anchor(), 1, TimePoint{}) {
    try {
      endpoint_ = resolve_docker_endpoint(environment());
      engine_ = make_docker_engine(io.get_executor(), clock_, log_, endpoint_, "/nonexistent");
    } catch (const std::exception& error) {
      why_not_ = error.what();
      return;
    }
    const auto info = wait(engine_->info());
    if (!info) why_not_ = "no Docker Engine answers: " + info.error().message;
  }
  ~DockerHarness() override {
    if (!imported_) return;
    docker::HttpClient http(io.get_executor(), clock_, endpoint_);
    docker::HttpRequest request;
    request.method = "DELETE";
    request.target = "/v1.41/images/" + kTag + "?force=1";
    wait(http.request(std::move(request)));
  }

  Engine& engine() override { return *engine_; }
  async::Clock& clock() override { return clock_; }
  std::string why_not() const override { return why_not_; }

  std::string image() override {
    if (!why_not_.empty()) return "";
    if (imported_) return kTag;
    std::ifstream in("/bin/busybox", std::ios::binary);
    TarEntry busybox;
    busybox.path = "bin/busybox";
    busybox.contents.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    busybox.mode = 0755;
    if (busybox.contents.empty()) {
      why_not_ = "/bin/busybox is missing (Debian: busybox-static)";
      return "";
    }
    const auto done =
        wait(engine_->import_image(make_tar({busybox}), kTag, {"CMD [\"/bin/busybox\", \"sleep\", \"60\"]"}));
    if (!done) {
      why_not_ = "the test image cannot be imported: " + done.error().message;
      return "";
    }
    imported_ = true;
    return kTag;
  }

  void run_until(const std::function<bool()>& done) override {
    const auto end = std::chrono::steady_clock::now() + kLimit;
    io.restart();
    while (!done() && std::chrono::steady_clock::now() < end) io.run_one_for(std::chrono::seconds(1));
  }

 private:
  static async::ClockAnchor now_anchor() {
    const TimePoint now = async::SystemClock::wall_now();
    return {now, now};
  }

  Log log_{LogLevel::Error, LogFormat::Text};
  async::SystemClock clock_;
  DockerEndpoint endpoint_;
  std::unique_ptr<Engine> engine_;
  std::string why_not_;
  bool imported_ = false;
};

}  // namespace

std::unique_ptr<EngineHarness> make_simulated_harness() { return std::make_unique<SimulatedHarness>(); }
std::unique_ptr<EngineHarness> make_docker_harness() { return std::make_unique<DockerHarness>(); }

}  // namespace slipway::runtime::test
