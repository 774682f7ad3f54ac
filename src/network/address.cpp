#include "slipway/network/address.h"

#include <algorithm>
#include <charconv>

#include "network/hash.h"

namespace slipway::network {

namespace {

// Addresses that AWS keeps in every subnet: network, router, DNS, future use, and the broadcast address.
constexpr std::uint32_t kReservedAtStart = 4;
constexpr std::uint32_t kReservedAtEnd = 1;
constexpr int kSubnetPrefix = 20;

std::uint32_t mask_of(int prefix) { return prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix); }

// The number that is all of `text`, in [0, most].
std::optional<std::uint32_t> parse_number(std::string_view text, std::uint32_t most) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value > most) return {};
  return value;
}

void append_hex(std::string& out, std::uint64_t value, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
    out += "0123456789abcdef"[(value >> shift) & 0xf];
}

}  // namespace

bool Cidr::contains(std::uint32_t address) const { return (address & mask_of(prefix)) == base; }

bool Cidr::overlaps(const Cidr& other) const { return contains(other.base) || other.contains(base); }

std::uint32_t Cidr::size() const { return prefix == 0 ? 0 : std::uint32_t{1} << (32 - prefix); }

std::string Cidr::str() const { return to_address(base) + "/" + std::to_string(prefix); }

std::optional<std::uint32_t> parse_address(std::string_view text) {
  std::uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    const auto dot = part < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return std::nullopt;
    const auto octet = parse_number(text.substr(0, dot), 255);
    if (!octet) return std::nullopt;
    address = (address << 8) | *octet;
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return address;
}

std::optional<Cidr> parse_cidr(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = parse_address(text.substr(0, slash));
  const auto prefix = parse_number(text.substr(slash + 1), 32);
  if (!address || !prefix) return std::nullopt;
  const auto bits = static_cast<int>(*prefix);
  return Cidr{*address & mask_of(bits), bits};
}

std::string to_address(std::uint32_t address) {
  return std::to_string(address >> 24) + '.' + std::to_string((address >> 16) & 0xff) + '.' +
         std::to_string((address >> 8) & 0xff) + '.' + std::to_string(address & 0xff);
}

std::optional<Cidr> next_subnet(const Cidr& vpc, const std::vector<Cidr>& taken) {
  if (vpc.prefix > kSubnetPrefix) return std::nullopt;
  const std::uint64_t step = std::uint64_t{1} << (32 - kSubnetPrefix);
  const std::uint64_t count = std::uint64_t{1} << (kSubnetPrefix - vpc.prefix);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Cidr candidate{static_cast<std::uint32_t>(vpc.base + i * step), kSubnetPrefix};
    const auto clashes = [&](const Cidr& other) { return candidate.overlaps(other); };
    if (std::none_of(taken.begin(), taken.end(), clashes)) return candidate;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> first_free_address(const Cidr& subnet,
                                                const std::function<bool(std::uint32_t)>& taken) {
  const std::uint64_t size = std::uint64_t{1} << (32 - subnet.prefix);
  for (std::uint64_t i = kReservedAtStart; i + kReservedAtEnd < size; ++i) {
    const auto address = static_cast<std::uint32_t>(subnet.base + i);
    if (!taken(address)) return address;
  }
  return std::nullopt;
}

std::string private_dns_name(std::string_view region, std::uint32_t address) {
  std::string name = "ip-" + to_address(address);
  std::replace(name.begin(), name.end(), '.', '-');
  if (region == "us-east-1") return name + ".ec2.internal";
  return name + '.' + std::string(region) + ".compute.internal";
}

std::string default_vpc_id(std::string_view account, std::string_view region) {
  const auto seed = fnv1a(fnv1a(kFnvBegin, account), region);
  std::string id = "vpc-";
  append_hex(id, seed, 16);
  append_hex(id, fnv1a(seed, "vpc"), 1);
  return id;
}

}  // namespace slipway::network
