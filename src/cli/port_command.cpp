// port: an address on this machine that leads to a service, the same across its deployments.
#include <charconv>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/http_client.h"
#include "cli/options.h"

namespace slipway::cli {
namespace {

using nlohmann::json;

int port(const ClientOptions& options, const std::string& name, std::uint16_t container_port) {
  json wish{{"arn", name}};
  if (!options.cluster.empty()) wish["cluster"] = options.cluster;
  if (!options.region.empty()) wish["region"] = options.region;
  if (container_port != 0) wish["containerPort"] = container_port;
  const json answer = ask_json(
      options.endpoint, {.method = "POST", .path = "/_slipway/ports", .headers = {}, .body = wish.dump()});
  if (options.json()) {
    std::cout << answer.dump() << '\n';
  } else {
    std::cout << answer.at("address").get<std::string>() << ':' << answer.at("port").get<int>() << '\n';
  }
  return 0;
}

std::string check_port(const std::string& text) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc() && end == text.data() + text.size() && value != 0;
  return good ? "" : "'" + text + "' is not a port (1-65535)";
}

}  // namespace

void add_port_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ClientOptions>();
  auto name = std::make_shared<std::string>();
  auto container_port = std::make_shared<std::uint16_t>(0);
  auto* command =
      app.add_subcommand("port", "An address here that leads to a service, the same across deployments");
  command->add_option("SERVICE", *name, "Its name or ARN")->required()->type_name("");
  command->add_option("PORT", *container_port, "Of its containers (default: the only one)")
      ->check(CLI::Validator(check_port, ""))
      ->type_name("");
  add_client_options(*command, *options);
  add_scope_options(*command, *options);
  command->callback([options, name, container_port, &action] {
    action = [options, name, container_port] { return port(*options, *name, *container_port); };
  });
}

}  // namespace slipway::cli
