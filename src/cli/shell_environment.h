// What points AWS clients at a Slipway: the variables, and the text that sets or removes them in a shell.
// Used by `slipway env` and `slipway aws`. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace slipway::cli {

using Variables = std::vector<std::pair<std::string, std::string>>;

// Who the clients are to be.
struct ClientIdentity {
  std::string endpoint;
  std::string region;
  std::string access_key;  // 12 digits are an account; anything else: "test"
};

Variables client_variables(const ClientIdentity& identity);

// Variables that would lead a client elsewhere.
inline constexpr const char* kRemovedVariables[] = {"AWS_PROFILE", "AWS_SESSION_TOKEN"};

// Lines for the shell ("sh", "fish", "powershell") to evaluate: sets the variables and removes
// kRemovedVariables, or removes what it would set.
std::string set_text(const std::string& shell, const Variables& variables);
std::string unset_text(const std::string& shell, const Variables& variables);

// Lines for the file $GITHUB_ENV. A job can set variables but not remove them, and an empty AWS_PROFILE is an
// error to clients, so kRemovedVariables is not served here.
std::string github_text(const Variables& variables);

}  // namespace slipway::cli
