// Calls the ECS API of a Slipway as an AWS client would, for commands that work without one.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cli/http_client.h"
#include "cli/options.h"

namespace slipway::cli {

// A refusal by ECS: "<code>: <message>" is what() says.
class EcsError final : public CommandError {
 public:
  EcsError(std::string code, const std::string& message)
      : CommandError(code + ": " + message), code_(std::move(code)) {}
  const std::string& code() const { return code_; }

 private:
  std::string code_;
};

class EcsClient final {
 public:
  // Region: --region, else the shell's, else the server's default; account: the shell's access key, as
  // contract.md says of keys.
  explicit EcsClient(const ClientOptions& options);
  // As `account` in `region`.
  EcsClient(std::string endpoint, std::string account, std::string region);

  // The output of an operation, in the API's JSON. Throws EcsError, or CommandError when nothing answers.
  nlohmann::json call(const std::string& operation, const nlohmann::json& input) const;

 private:
  std::string endpoint_, access_key_, region_;
};

}  // namespace slipway::cli
