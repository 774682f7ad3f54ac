#include "agent/pause_image.h"

#include <cstdint>
#include <string_view>
#include <vector>

#include "slipway/runtime/tar.h"

namespace slipway::agent {
namespace {

// Both programs do the same with bare system calls (numbers of Linux's x86_64 and arm64 tables):
//
//   rt_sigaction(SIGCHLD, {SIG_IGN}, 0, 8)          the kernel reaps what a shared process namespace leaves
//   behind rt_sigprocmask(SIG_BLOCK, {SIGINT, SIGTERM}, 0, 8)  process 1 gets no signal that it neither
//   handles nor blocks do r = rt_sigtimedwait({SIGINT, SIGTERM}, 0, 0, 8) while (r <= 0) exit(0)
//
// x86_64:                                  arm64:
//   mov eax,13;  mov edi,17                  mov x8,#134; mov x0,#17
//   lea rsi,[rip+act]; xor edx,edx           adr x1,act;  mov x2,#0
//   mov r10d,8;  syscall                     mov x3,#8;   svc #0
//   mov eax,14;  xor edi,edi                 mov x8,#135; mov x0,#0
//   lea rsi,[rip+set]; xor edx,edx           adr x1,set;  mov x2,#0
//   mov r10d,8;  syscall                     mov x3,#8;   svc #0
// wait:                                    wait:
//   mov eax,128; lea rdi,[rip+set]           mov x8,#137; adr x0,set
//   xor esi,esi; xor edx,edx                 mov x1,#0;   mov x2,#0
//   mov r10d,8;  syscall                     mov x3,#8;   svc #0
//   test eax,eax; jle wait                   cmp w0,#0;   b.le wait
//   mov eax,60;  xor edi,edi; syscall        mov x8,#93;  mov x0,#0; svc #0; nop
// set: .quad 0x4002   act: .quad 1,0,0,0   (the same)
constexpr std::string_view kX86{
    "\xb8\x0d\x00\x00\x00\xbf\x11\x00\x00\x00\x48\x8d\x35\x4f\x00\x00"
    "\x00\x31\xd2\x41\xba\x08\x00\x00\x00\x0f\x05\xb8\x0e\x00\x00\x00"
    "\x31\xff\x48\x8d\x35\x2f\x00\x00\x00\x31\xd2\x41\xba\x08\x00\x00"
    "\x00\x0f\x05\xb8\x80\x00\x00\x00\x48\x8d\x3d\x19\x00\x00\x00\x31"
    "\xf6\x31\xd2\x41\xba\x08\x00\x00\x00\x0f\x05\x85\xc0\x7e\xe4\xb8"
    "\x3c\x00\x00\x00\x31\xff\x0f\x05\x02\x40\x00\x00\x00\x00\x00\x00"
    "\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    128};
constexpr std::string_view kArm64{
    "\xc8\x10\x80\xd2\x20\x02\x80\xd2\x01\x03\x00\x10\x02\x00\x80\xd2"
    "\x03\x01\x80\xd2\x01\x00\x00\xd4\xe8\x10\x80\xd2\x00\x00\x80\xd2"
    "\x01\x02\x00\x10\x02\x00\x80\xd2\x03\x01\x80\xd2\x01\x00\x00\xd4"
    "\x28\x11\x80\xd2\x60\x01\x00\x10\x01\x00\x80\xd2\x02\x00\x80\xd2"
    "\x03\x01\x80\xd2\x01\x00\x00\xd4\x1f\x00\x00\x71\x2d\xff\xff\x54"
    "\xa8\x0b\x80\xd2\x00\x00\x80\xd2\x01\x00\x00\xd4\x1f\x20\x03\xd5"
    "\x02\x40\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00",
    136};

constexpr std::uint16_t kMachineX86 = 62, kMachineArm64 = 183;
constexpr std::uint64_t kBase = 0x400000;  // where the file is mapped
constexpr std::uint64_t kHeaders = 64 + 56;

template <class T>
void put(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out.push_back(static_cast<char>(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i))));
  }
}

// A 64-bit little-endian ELF executable with one segment that is read and executed.
std::string elf(std::uint16_t machine, std::string_view code) {
  std::string file(
      "\x7f"
      "ELF\x02\x01\x01",
      7);
  file.resize(16, '\0');
  put<std::uint16_t>(file, 2);  // ET_EXEC
  put<std::uint16_t>(file, machine);
  put<std::uint32_t>(file, 1);
  put<std::uint64_t>(file, kBase + kHeaders);  // entry
  put<std::uint64_t>(file, 64);                // program headers
  put<std::uint64_t>(file, 0);                 // section headers
  put<std::uint32_t>(file, 0);
  put<std::uint16_t>(file, 64);
  put<std::uint16_t>(file, 56);
  put<std::uint16_t>(file, 1);
  put<std::uint16_t>(file, 0);
  put<std::uint16_t>(file, 0);
  put<std::uint16_t>(file, 0);
  put<std::uint32_t>(file, 1);  // PT_LOAD
  put<std::uint32_t>(file, 5);  // PF_R | PF_X
  put<std::uint64_t>(file, 0);
  put<std::uint64_t>(file, kBase);
  put<std::uint64_t>(file, kBase);
  put<std::uint64_t>(file, kHeaders + code.size());
  put<std::uint64_t>(file, kHeaders + code.size());
  put<std::uint64_t>(file, 0x10000);
  file += code;
  return file;
}

}  // namespace

std::optional<std::string> pause_program(const std::string& architecture) {
  if (architecture == "x86_64" || architecture == "amd64") return elf(kMachineX86, kX86);
  if (architecture == "aarch64" || architecture == "arm64") return elf(kMachineArm64, kArm64);
  return std::nullopt;
}

std::optional<std::string> pause_image(const std::string& architecture) {
  auto program = pause_program(architecture);
  if (!program) return std::nullopt;
  runtime::TarEntry entry;
  entry.path = "pause";
  entry.contents = std::move(*program);
  entry.mode = 0755;
  return runtime::make_tar({entry});
}

}  // namespace slipway::agent
