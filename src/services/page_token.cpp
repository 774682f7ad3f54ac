#include "services/page_token.h"

#include <array>
#include <optional>

#include "slipway/api/ecs/errors.h"

namespace slipway::services {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kSumBytes = 8;

// FNV-1a, 64 bits: a check against mistakes, not against forgers; a token gives no rights.
class Hash {
 public:
  void add(std::string_view text) {
    for (const char c : text) add_byte(static_cast<unsigned char>(c));
    add_byte(0);
  }
  std::uint64_t value() const { return value_; }

 private:
  void add_byte(unsigned char byte) {
    value_ ^= byte;
    value_ *= 0x100000001b3U;
  }
  std::uint64_t value_ = 0xcbf29ce484222325U;
};

std::string bytes_of(std::uint64_t value) {
  std::string out;
  for (std::size_t i = 0; i < kSumBytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
  return out;
}

std::string sum_of(const PageContext& context, std::string_view last_key) {
  Hash hash;
  hash.add("page token 1");
  hash.add(context.operation);
  hash.add(context.scope.account);
  hash.add(context.scope.region);
  hash.add(bytes_of(context.filters));
  hash.add(last_key);
  return bytes_of(hash.value());
}

std::string encode(std::string_view bytes) {
  std::string out;
  unsigned bits = 0;
  unsigned pending = 0;
  for (const char c : bytes) {
    bits = (bits << 8U | static_cast<unsigned char>(c)) & 0xFFFFU;
    pending += 8;
    while (pending >= 6) {
      pending -= 6;
      out += kDigits[bits >> pending & 0x3FU];
    }
  }
  if (pending > 0) out += kDigits[bits << (6 - pending) & 0x3FU];
  return out;
}

std::optional<std::string> decode(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  unsigned pending = 0;
  for (const char c : text) {
    const auto digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U | static_cast<unsigned>(digit)) & 0xFFFFU;
    pending += 6;
    if (pending >= 8) {
      pending -= 8;
      out += static_cast<char>(bits >> pending & 0xFFU);
    }
  }
  return out;
}

}  // namespace

std::uint64_t filter_hash(std::initializer_list<std::string_view> filters) {
  Hash hash;
  for (const auto filter : filters) hash.add(filter);
  return hash.value();
}

std::string make_page_token(const PageContext& context, std::string_view last_key) {
  return encode(sum_of(context, last_key) + std::string(last_key));
}

std::string parse_page_token(const PageContext& context, std::string_view token) {
  if (token.empty()) return {};
  const auto bytes = decode(token);
  if (bytes && bytes->size() > kSumBytes) {
    std::string key = bytes->substr(kSumBytes);
    if (bytes->substr(0, kSumBytes) == sum_of(context, key)) return key;
  }
  throw api::ecs::invalid_parameter("Invalid token");
}

}  // namespace slipway::services
