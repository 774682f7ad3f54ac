#include "runtime/docker/streams.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace slipway::runtime::docker {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestLine = 1024 * 1024;

std::string text(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace

std::vector<std::string> LineSplitter::feed(std::string_view bytes) {
  std::vector<std::string> out;
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    if (!overlong_) rest_ += bytes.substr(0, end);
    if (rest_.size() > kLongestLine) {
      overlong_ = true;
      rest_.clear();
    }
    if (end == std::string_view::npos) break;
    while (rest_.ends_with('\r')) rest_.pop_back();
    if (!rest_.empty()) out.push_back(std::move(rest_));
    rest_.clear();
    overlong_ = false;
    bytes.remove_prefix(end + 1);
  }
  return out;
}

std::optional<ContainerEvent> decode_event(const std::string& line) {
  const json document = json::parse(line, nullptr, false);
  if (!document.is_object() || text(document, "Type") != "container") return std::nullopt;
  const auto actor = document.find("Actor");
  if (actor == document.end() || !actor->is_object()) return std::nullopt;
  ContainerEvent event;
  event.id = text(*actor, "ID");
  if (event.id.empty()) return std::nullopt;
  const auto attributes = actor->find("Attributes");
  if (attributes == actor->end() || !attributes->is_object()) return event;
  for (const auto& [name, value] : attributes->items()) {
    if (value.is_string()) event.labels.emplace(name, value.get<std::string>());
  }
  return event;
}

EngineErrorKind classify_pull_error(std::string_view message, EngineErrorKind otherwise) {
  std::string lower(message);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const auto says = [&lower](const char* words) { return lower.find(words) != std::string::npos; };
  // First, because Docker Hub hides private repositories: "pull access denied for x, repository does not
  // exist or …".
  if (says("denied") || says("unauthorized") || says("authentication required") ||
      says("no basic auth credentials") || says("forbidden")) {
    return EngineErrorKind::Denied;
  }
  if (says("manifest unknown") || says("not found") || says("does not exist") ||
      says("no matching manifest")) {
    return EngineErrorKind::NotFound;
  }
  return otherwise;
}

std::vector<std::string> PullDecoder::feed(std::string_view bytes) {
  std::vector<std::string> out;
  for (const std::string& line : lines_.feed(bytes)) read_line(line, out);
  return out;
}

void PullDecoder::read_line(const std::string& line, std::vector<std::string>& out) {
  const json document = json::parse(line, nullptr, false);
  if (!document.is_object()) return;
  std::string error = text(document, "error");
  if (const auto detail = document.find("errorDetail"); detail != document.end() && detail->is_object()) {
    if (const std::string message = text(*detail, "message"); !message.empty()) error = message;
  }
  if (!error.empty()) {
    const EngineErrorKind kind = classify_pull_error(error, EngineErrorKind::Failed);
    error_ = EngineError(kind, std::move(error));
    return;
  }
  const std::string status = text(document, "status");
  if (status.empty()) return;
  const std::string layer = text(document, "id");
  std::string& stage = stages_[layer];
  if (stage == status) return;
  stage = status;
  out.push_back(layer.empty() ? status : layer + ": " + status);
}

}  // namespace slipway::runtime::docker
