// Image references as the docker CLI reads them ("redis" is docker.io/library/redis:latest). Called by both
// engines. Pure, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace slipway::runtime {

// A reference in parts. `registry` has Docker's default filled in, `repository` its library/ prefix.
struct ImageReference {
  std::string registry;    // "docker.io", "localhost:5000", "000000000000.dkr.ecr.us-east-1.amazonaws.com"
  std::string repository;  // "library/redis"
  std::string
      tag;  // "latest" when neither tag nor digest is given; else as given, may be empty with a digest
  std::string digest;  // "sha256:…" or empty

  // What the docker CLI prints and the Engine API takes: without docker.io/ and library/, without tag and
  // digest.
  std::string familiar_name() const;
  // familiar_name with its digest, else its tag.
  std::string familiar() const;
};

// nullopt: Docker would say "invalid reference format".
std::optional<ImageReference> parse_image_reference(std::string_view text);

}  // namespace slipway::runtime
