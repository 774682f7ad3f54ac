#include "runtime/sha256.h"

#include <openssl/evp.h>

#include <array>

#include "slipway/base/error.h"

namespace slipway::runtime {

std::string sha256_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, 32> digest{};
  unsigned int size = 0;
  const int done = EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  SLIPWAY_ASSERT(done == 1 && size == digest.size(), "OpenSSL has SHA-256");
  std::string out;
  for (const unsigned char byte : digest) {
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

}  // namespace slipway::runtime
