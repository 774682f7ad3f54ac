#include "runtime/reference.h"

#include <algorithm>

namespace slipway::runtime {
namespace {

constexpr std::string_view kDockerHub = "docker.io";
constexpr std::string_view kLibrary = "library/";
constexpr std::size_t kLongestName = 255, kLongestTag = 128;

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// One path component: lower-case letters and digits, joined by ".", "_", "__" or any number of "-".
bool is_component(std::string_view text) {
  if (text.empty() || !is_lower_or_digit(text.front()) || !is_lower_or_digit(text.back())) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_lower_or_digit(c) || c == '-') continue;
    if (c != '.' && c != '_') return false;
    std::size_t run = 1;
    while (i + run < text.size() && text[i + run] == c) ++run;
    if (run > (c == '_' ? 2u : 1u) || !is_lower_or_digit(text[i + run])) return false;
    i += run - 1;
  }
  return true;
}

bool is_path(std::string_view path) {
  for (;;) {
    const auto slash = path.find('/');
    if (!is_component(path.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

bool is_registry(std::string_view text) {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos || close == 1) return false;
    const auto address = text.substr(1, close - 1);
    if (address.find_first_not_of("0123456789abcdefABCDEF:") != std::string_view::npos) return false;
    text.remove_prefix(close + 1);
  } else {
    const auto host = text.substr(0, text.find(':'));
    const auto good = [](char c) { return is_lower_or_digit(c) || is_upper(c) || c == '.' || c == '-'; };
    if (host.empty() || !std::all_of(host.begin(), host.end(), good) || host.find("..") != host.npos)
      return false;
    if (host.front() == '-' || host.front() == '.' || host.back() == '-' || host.back() == '.') return false;
    text.remove_prefix(host.size());
  }
  if (text.empty()) return true;
  return text.size() > 1 && text.front() == ':' &&
         text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

bool is_tag(std::string_view text) {
  const auto word = [](char c) { return is_lower_or_digit(c) || is_upper(c) || c == '_'; };
  const auto rest = [word](char c) { return word(c) || c == '.' || c == '-'; };
  return !text.empty() && text.size() <= kLongestTag && word(text.front()) &&
         std::all_of(text.begin(), text.end(), rest);
}

bool is_digest(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const auto hex = text.substr(colon + 1);
  return hex.size() >= 32 && hex.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos &&
         (text.substr(0, colon) != "sha256" || hex.size() == 64);
}

// A name's first component is a registry when it looks like a host; else it belongs to Docker Hub.
void split_registry(std::string_view name, ImageReference& out) {
  const auto slash = name.find('/');
  const auto first = name.substr(0, slash);
  const bool host = slash != std::string_view::npos &&
                    (first.find_first_of(".:[") != std::string_view::npos || first == "localhost" ||
                     std::any_of(first.begin(), first.end(), is_upper));
  out.registry = host ? first : kDockerHub;
  out.repository = host ? name.substr(slash + 1) : name;
  if (out.registry == "index.docker.io") out.registry = kDockerHub;
  if (out.registry == kDockerHub && out.repository.find('/') == std::string::npos) {
    out.repository.insert(0, kLibrary);
  }
}

}  // namespace

std::string ImageReference::familiar_name() const {
  if (registry != kDockerHub) return registry + "/" + repository;
  return repository.starts_with(kLibrary) ? repository.substr(kLibrary.size()) : repository;
}

std::string ImageReference::familiar() const {
  return digest.empty() ? familiar_name() + ":" + tag : familiar_name() + "@" + digest;
}

std::optional<ImageReference> parse_image_reference(std::string_view text) {
  ImageReference out;
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    out.digest = text.substr(at + 1);
    text = text.substr(0, at);
    if (!is_digest(out.digest)) return std::nullopt;
  }
  const auto slash = text.rfind('/');
  const auto colon = text.rfind(':');
  if (colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash)) {
    out.tag = text.substr(colon + 1);
    text = text.substr(0, colon);
    if (!is_tag(out.tag)) return std::nullopt;
  }
  if (text.empty() || text.size() > kLongestName) return std::nullopt;
  split_registry(text, out);
  if (!is_registry(out.registry) || !is_path(out.repository)) return std::nullopt;
  if (out.tag.empty() && out.digest.empty()) out.tag = "latest";
  return out;
}

}  // namespace slipway::runtime
