// One line of `slipway doctor`.
#pragma once

#include <string>

namespace slipway::cli {

enum class Verdict { Ok, Note, Fail };

struct Check {
  std::string name;
  Verdict verdict = Verdict::Ok;
  std::string found;
  std::string mend;  // what to do; empty when there is nothing to do
};

}  // namespace slipway::cli
