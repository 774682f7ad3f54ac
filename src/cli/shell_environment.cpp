#include "cli/shell_environment.h"

namespace slipway::cli {
namespace {

bool is_account(const std::string& key) {
  return key.size() == 12 && key.find_first_not_of("0123456789") == std::string::npos;
}

// Each shell has its own way to put a quote between single quotes.
std::string quoted(const std::string& shell, const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += shell == "fish" ? "\\'" : shell == "powershell" ? "''" : R"('\'')";
    } else if (c == '\\' && shell == "fish") {
      out += "\\\\";
    } else {
      out.push_back(c);
    }
  }
  out.push_back('\'');
  return out;
}

std::string assignment(const std::string& shell, const std::string& name, const std::string& value) {
  if (shell == "fish") return "set -gx " + name + " " + quoted(shell, value) + "\n";
  if (shell == "powershell") return "$env:" + name + " = " + quoted(shell, value) + "\n";
  return "export " + name + "=" + quoted(shell, value) + "\n";
}

std::string removal(const std::string& shell, const std::string& name) {
  if (shell == "fish") return "set -e " + name + "\n";
  if (shell == "powershell") return "Remove-Item Env:" + name + " -ErrorAction SilentlyContinue\n";
  return "unset " + name + "\n";
}

}  // namespace

Variables client_variables(const ClientIdentity& identity) {
  const std::string region = identity.region.empty() ? "us-east-1" : identity.region;
  const std::string key = is_account(identity.access_key) ? identity.access_key : "test";
  return {{"AWS_ENDPOINT_URL", identity.endpoint}, {"AWS_REGION", region},
          {"AWS_DEFAULT_REGION", region},          {"AWS_ACCESS_KEY_ID", key},
          {"AWS_SECRET_ACCESS_KEY", "test"},       {"AWS_PAGER", ""},
          {"AWS_EC2_METADATA_DISABLED", "true"}};
}

std::string set_text(const std::string& shell, const Variables& variables) {
  std::string text;
  for (const auto& [name, value] : variables) text += assignment(shell, name, value);
  for (const char* name : kRemovedVariables) text += removal(shell, name);
  return text;
}

std::string unset_text(const std::string& shell, const Variables& variables) {
  std::string text;
  for (const auto& [name, value] : variables) text += removal(shell, name);
  return text;
}

std::string github_text(const Variables& variables) {
  std::string text;
  for (const auto& [name, value] : variables) {
    text += name;
    text += '=';
    text += value;
    text += '\n';
  }
  return text;
}

}  // namespace slipway::cli
