// Registry credentials from the docker CLI's config.json: auths, credHelpers and credsStore. Called by the
// Docker engine before a pull. Control thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <optional>
#include <string>

#include "slipway/async/clock.h"
#include "slipway/base/log.h"

namespace slipway::runtime::docker {

// What config.json says of one registry: ready credentials, or the helper to ask.
struct CredentialSource {
  std::string auth;    // JSON for X-Registry-Auth, not yet base64url; empty: none
  std::string helper;  // "ecr-login": the program docker-credential-ecr-login; empty: none
  std::string server;  // what the helper is asked for
};

// `config` is the text of config.json, `registry` as in ImageReference ("docker.io"). Pure; a text that is
// not JSON counts as empty.
CredentialSource find_credentials(const std::string& config, const std::string& registry);

// A helper's answer {"ServerURL", "Username", "Secret"} as JSON for X-Registry-Auth; nullopt when it is none.
// Pure.
std::optional<std::string> decode_helper_answer(const std::string& answer, const std::string& server);

std::string base64url(std::string_view bytes);

// Runs `program` with `input` on its standard input and gives its standard output; nullopt when it cannot be
// started, exits with another code than 0 or takes longer than `limit`, which ends it.
async::Awaitable<std::optional<std::string>> run_helper(boost::asio::any_io_executor executor,
                                                        async::Clock& clock, std::string program,
                                                        std::string input, Millis limit);

// The header's value for a pull from `registry`; empty when nothing is known. A helper that fails is a
// warning.
async::Awaitable<std::string> registry_auth(boost::asio::any_io_executor executor, async::Clock& clock,
                                            Log& log, std::string config_file, std::string registry);

}  // namespace slipway::runtime::docker
