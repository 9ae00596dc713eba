#pragma once

#include <string>
#include <vector>

// The verbs of `weir wit`. Each prints, also what is wrong, and gives the exit status.
namespace weir::cli {

struct WitOptions {
  std::string path;
  std::string output;
  std::string out_dir;
  std::string package;
  std::string world;
  std::string wit;
  std::vector<std::string> features;
  bool all_features = false;
  bool only_check = false;
};

int wit_print(const WitOptions& options);
int wit_check(const WitOptions& options);
int wit_format(const WitOptions& options);
int wit_encode(const WitOptions& options);
int wit_decode(const WitOptions& options);
int wit_json(const WitOptions& options);
int wit_targets(const WitOptions& options);
int wit_init(const WitOptions& options);

}  // namespace weir::cli
