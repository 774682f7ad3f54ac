// IPv4 ranges and addresses of VPCs and subnets. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::network {

// Every account and region begins with this default VPC, as on AWS.
inline constexpr std::string_view kDefaultVpcCidr = "172.31.0.0/16";

struct Cidr {
  std::uint32_t base = 0;  // host byte order, host bits zero
  int prefix = 0;          // 0..32
  bool contains(std::uint32_t address) const;
  bool overlaps(const Cidr& other) const;
  std::uint32_t size() const;  // number of addresses; 0 means 2^32
  std::string str() const;
};

std::optional<Cidr> parse_cidr(std::string_view text);
std::optional<std::uint32_t> parse_address(std::string_view text);
std::string to_address(std::uint32_t address);

// The first /20 of `vpc` that overlaps none of `taken`; nullopt when there is none.
std::optional<Cidr> next_subnet(const Cidr& vpc, const std::vector<Cidr>& taken);

// The first address of `subnet` that an ENI may have (AWS keeps the first four and the last) and `taken`
// denies not.
std::optional<std::uint32_t> first_free_address(const Cidr& subnet,
                                                const std::function<bool(std::uint32_t)>& taken);

// "ip-10-0-1-114.ec2.internal" in us-east-1, "ip-10-0-1-114.<region>.compute.internal" elsewhere
// (data-plane.md 5.1).
std::string private_dns_name(std::string_view region, std::uint32_t address);

// The default VPC's id of an account and region: stable, derived from both ("vpc-" and 17 hex digits).
std::string default_vpc_id(std::string_view account, std::string_view region);

}  // namespace slipway::network
