// Where the engine is, as the docker CLI finds it.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "runtime/sha256.h"
#include "slipway/runtime/docker_engine.h"

namespace slipway::runtime {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* kDefaultSocket = "unix:///var/run/docker.sock";

json read_json(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return json::parse(bytes, nullptr, false);
}

std::string text(const json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

fs::path config_directory(const DockerEnvironment& environment) {
  if (!environment.docker_config.empty()) return environment.docker_config;
  return fs::path(environment.home) / ".docker";
}

std::string if_exists(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored) ? file.string() : std::string{};
}

void use_certificates(DockerEndpoint& endpoint, const fs::path& directory) {
  endpoint.ca_file = if_exists(directory / "ca.pem");
  endpoint.certificate_file = if_exists(directory / "cert.pem");
  endpoint.key_file = if_exists(directory / "key.pem");
}

void check_scheme(const DockerEndpoint& endpoint) {
  for (const char* known : {"unix://", "tcp://", "http://", "https://"}) {
    if (endpoint.url.starts_with(known)) return;
  }
  std::string way_out = "give one that starts with unix://, tcp://, http:// or https://";
  if (endpoint.url.starts_with("ssh://")) {
    way_out =
        "forward the socket (ssh -L /tmp/docker.sock:/var/run/docker.sock HOST) and give "
        "--docker-host unix:///tmp/docker.sock";
  }
  throw std::runtime_error("Slipway cannot use the Docker address " + endpoint.url + " (from " +
                           endpoint.source + "): " + way_out);
}

// An address from the command line or the environment; DOCKER_TLS_VERIFY makes TCP addresses TLS.
DockerEndpoint from_address(const DockerEnvironment& environment, std::string url, std::string source) {
  DockerEndpoint endpoint;
  endpoint.url = std::move(url);
  endpoint.source = std::move(source);
  if (endpoint.url.starts_with('/')) endpoint.url.insert(0, "unix://");
  if (endpoint.url.find("://") == std::string::npos) endpoint.url.insert(0, "tcp://");
  check_scheme(endpoint);
  if (endpoint.url.starts_with("unix://")) return endpoint;
  endpoint.tls = !environment.docker_tls_verify.empty() || endpoint.url.starts_with("https://");
  if (endpoint.tls) {
    const bool given = !environment.docker_cert_path.empty();
    use_certificates(endpoint,
                     given ? fs::path(environment.docker_cert_path) : config_directory(environment));
  }
  return endpoint;
}

DockerEndpoint from_context(const DockerEnvironment& environment, const std::string& name,
                            const std::string& how) {
  if (name == "default") return from_address(environment, kDefaultSocket, "default");
  const fs::path contexts = config_directory(environment) / "contexts";
  const std::string id = sha256_hex(name);
  const json meta = read_json(contexts / "meta" / id / "meta.json");
  const json docker = meta.is_object()
                          ? meta.value("Endpoints", json::object()).value("docker", json::object())
                          : json::object();
  DockerEndpoint endpoint;
  endpoint.url = text(docker, "Host");
  endpoint.source = "context " + name;
  if (endpoint.url.empty()) {
    throw std::runtime_error("there is no Docker context \"" + name + "\" (from " + how +
                             "): `docker context ls` lists them");
  }
  check_scheme(endpoint);
  const fs::path keys = contexts / "tls" / id / "docker";
  std::error_code ignored;
  endpoint.tls = endpoint.url.starts_with("https://") || fs::is_directory(keys, ignored);
  const auto skip = docker.find("SkipTLSVerify");
  endpoint.verify = !(skip != docker.end() && skip->is_boolean() && skip->get<bool>());
  if (endpoint.url.starts_with("unix://")) endpoint.tls = false;
  if (endpoint.tls) use_certificates(endpoint, keys);
  return endpoint;
}

}  // namespace

DockerEndpoint resolve_docker_endpoint(const DockerEnvironment& environment) {
  if (!environment.docker_host_flag.empty()) {
    return from_address(environment, environment.docker_host_flag, "--docker-host");
  }
  if (!environment.docker_context_flag.empty()) {
    return from_context(environment, environment.docker_context_flag, "--docker-context");
  }
  if (!environment.docker_host.empty())
    return from_address(environment, environment.docker_host, "DOCKER_HOST");
  if (!environment.docker_context.empty()) {
    return from_context(environment, environment.docker_context, "DOCKER_CONTEXT");
  }
  const fs::path config = config_directory(environment) / "config.json";
  const std::string current = text(read_json(config), "currentContext");
  if (!current.empty()) return from_context(environment, current, "currentContext of " + config.string());
  return from_address(environment, kDefaultSocket, "default");
}

}  // namespace slipway::runtime
