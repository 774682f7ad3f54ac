// slipway doctor: what Slipway needs from this machine, one line each; a failing line says the mend.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"

namespace slipway::cli {

struct DoctorOptions {
  ClientOptions client;
  EngineOptions engine;
  std::string data_dir;
  std::vector<std::string> networks;  // as `serve` would be given them
  std::string publish_address = "127.0.0.1";
  bool probe = true;  // start the probe containers
};

// Exit code 1 when a check fails.
int doctor(const DoctorOptions& options);

// The AWS CLI on PATH: its version line, and whether it honours AWS_ENDPOINT_URL.
struct AwsClient {
  std::string version;  // "aws-cli/2.9.19 …"; empty: none on PATH
  bool reads_endpoint_variable = false;
};
AwsClient find_aws_client();

}  // namespace slipway::cli
