// The simulated containers, packed: a hundred thousand of them are ordinary. Ids are 64 hexadecimal digits
// grown from a 64-bit key; names and labels share one string. Owned by the simulated engine. Control thread
// only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "slipway/base/id_source.h"
#include "slipway/runtime/engine.h"

namespace slipway::runtime::simulated {

using ContainerKey = std::uint64_t;

constexpr TimePoint kNever = TimePoint::max();

// What only some containers have.
struct ContainerExtras {
  std::vector<PublishedPort> ports;  // as asked for
  std::vector<PublishedPort> bound;  // while it runs, with the chosen host ports
  std::vector<NetworkAttachment> networks;
  std::map<std::string, std::pair<std::string, std::uint32_t>>
      addresses;  // network name -> (network id, address)
  std::vector<std::string> volumes;
  std::optional<HealthCheck> health_check;
  std::string joined;  // the container of "container:<id>"
  std::string error;
};

struct Container {
  std::string text;  // the name, then the packed labels
  std::uint16_t name_size = 0;
  bool oom_killed = false;
  bool stopping =
      false;  // exit_due is a signal's doing and exit_code its code; else both are the container's own
  RunState state = RunState::Created;
  Health health = Health::None;
  int exit_code = 0;
  std::uint32_t image = 0;  // index into the engine's images
  TimePoint started_at = kNever, finished_at = kNever;
  // The same in real time, which is what an engine tells.
  TimePoint created_real{}, started_real = kNever, finished_real = kNever;
  TimePoint exit_due = kNever, health_due = kNever;
  std::unique_ptr<ContainerExtras> extras;

  std::string_view name() const { return std::string_view(text).substr(0, name_size); }
  std::string_view labels() const { return std::string_view(text).substr(name_size); }
};

class ContainerTable final {
 public:
  explicit ContainerTable(IdSource& ids) : ids_(ids) {}

  // The name must be free.
  ContainerKey insert(const std::string& name, const Labels& labels);
  void erase(ContainerKey key);

  // By id, an unambiguous beginning of at least 12 digits of one, or name.
  std::optional<ContainerKey> find(std::string_view id_or_name) const;
  Container& at(ContainerKey key) { return containers_.at(key); }
  bool contains(ContainerKey key) const { return containers_.contains(key); }
  std::size_t size() const { return containers_.size(); }
  const std::map<ContainerKey, Container>& all() const { return containers_; }

  static std::string id_of(ContainerKey key);

  Labels labels_of(const Container& container) const;
  // Empty when the container has no such label.
  std::string_view label_of(const Container& container, const std::string& label) const;
  // Whether it carries each of `labels`; an empty value asks for the label's presence only.
  bool matches(const Container& container, const Labels& labels) const;

 private:
  std::uint32_t label_index(const std::string& label);

  IdSource& ids_;
  std::map<ContainerKey, Container> containers_;
  std::unordered_map<std::string_view, ContainerKey> by_name_;  // views into Container::text
  std::unordered_map<std::string, std::uint32_t> label_indices_;
  std::vector<std::string> label_names_;
};

}  // namespace slipway::runtime::simulated
