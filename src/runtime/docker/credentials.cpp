#include "runtime/docker/credentials.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace slipway::runtime::docker {
namespace {

using nlohmann::json;

// Under this key the docker CLI keeps the credentials of Docker Hub.
constexpr const char* kHubKey = "https://index.docker.io/v1/";
constexpr Millis kHelperLimit{30'000};

std::string text(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

const json& member(const json& object, const char* name) {
  static const json kEmpty = json::object();
  const auto found = object.find(name);
  return found != object.end() && found->is_object() ? *found : kEmpty;
}

// Old configurations have URLs as keys.
std::string host_of(std::string_view key) {
  if (const auto scheme = key.find("://"); scheme != std::string_view::npos) key.remove_prefix(scheme + 3);
  return std::string(key.substr(0, key.find('/')));
}

// Standard base64 with or without padding; stops at the first other character.
std::string decode_base64(std::string_view text) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned int bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) break;
    bits = ((bits << 6) | static_cast<unsigned int>(value)) & 0xffffffu;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<char>((bits >> count) & 0xffu));
  }
  return out;
}

std::string auth_json(const std::string& user, const std::string& secret, const std::string& token,
                      const std::string& server) {
  json out = {{"serveraddress", server}};
  if (!token.empty()) {
    out["identitytoken"] = token;
  } else {
    out["username"] = user;
    out["password"] = secret;
  }
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string encode_entry(const json& entry, const std::string& server) {
  std::string user = text(entry, "username"), secret = text(entry, "password");
  if (const std::string pair = decode_base64(text(entry, "auth")); !pair.empty()) {
    const auto colon = pair.find(':');
    user = pair.substr(0, colon);
    secret = colon == std::string::npos ? "" : pair.substr(colon + 1);
    while (secret.ends_with('\0')) secret.pop_back();
  }
  const std::string token = text(entry, "identitytoken");
  return user.empty() && token.empty() ? std::string{} : auth_json(user, secret, token, server);
}

}  // namespace

CredentialSource find_credentials(const std::string& config, const std::string& registry) {
  CredentialSource out;
  const json document = json::parse(config, nullptr, false);
  if (!document.is_object()) return out;
  out.server = registry == "docker.io" ? kHubKey : registry;
  out.helper = text(member(document, "credHelpers"), out.server.c_str());
  if (out.helper.empty()) out.helper = text(document, "credsStore");
  if (!out.helper.empty()) return out;
  for (const auto& [key, entry] : member(document, "auths").items()) {
    const bool same = key == out.server || host_of(key) == host_of(out.server);
    if (same && entry.is_object()) out.auth = encode_entry(entry, out.server);
    if (key == out.server && !out.auth.empty()) break;
  }
  return out;
}

std::optional<std::string> decode_helper_answer(const std::string& answer, const std::string& server) {
  const json document = json::parse(answer, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  const std::string user = text(document, "Username"), secret = text(document, "Secret");
  if (secret.empty()) return std::nullopt;
  // A helper that keeps an OAuth token says so by this name.
  return user == "<token>" ? auth_json("", "", secret, server) : auth_json(user, secret, "", server);
}

std::string base64url(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
    unsigned int bits = 0;
    for (std::size_t j = 0; j < 3; ++j)
      bits = (bits << 8) | (j < left ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j)
      out.push_back(j <= left ? kAlphabet[(bits >> (18 - 6 * j)) & 63u] : '=');
  }
  return out;
}

async::Awaitable<std::string> registry_auth(boost::asio::any_io_executor executor, async::Clock& clock,
                                            Log& log, std::string config_file, std::string registry) {
  std::ifstream in(config_file, std::ios::binary);
  const std::string config{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  CredentialSource source = find_credentials(config, registry);
  if (!source.helper.empty()) {
    const std::string program = "docker-credential-" + source.helper;
    auto asking = run_helper(executor, clock, program, source.server, kHelperLimit);
    const std::optional<std::string> answer = co_await std::move(asking);
    if (!answer) log.warn("no registry credentials", {{"helper", program}, {"registry", registry}});
    source.auth = answer ? decode_helper_answer(*answer, source.server).value_or("") : "";
  }
  co_return source.auth.empty() ? std::string{} : base64url(source.auth);
}

}  // namespace slipway::runtime::docker
