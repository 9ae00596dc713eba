#pragma once

#include <string>
#include <vector>

#include "tls/handles.h"
#include "util/result.h"

namespace weir::tls {

// Certificates with the private key of the first one.
struct Identity {
  X509Ptr leaf;
  // What signed it, in order, without a root as a rule.
  std::vector<X509Ptr> chain;
  KeyPtr key;
};

// Reads PEM files. The errors name the file and what is wrong with it. Encrypted keys are refused.
Result<Identity> load_identity(const std::string& certificate_file, const std::string& key_file);

// The certificates of a PEM file; at least one.
Result<std::vector<X509Ptr>> load_certificates(const std::string& file);

// Text for the newest error in AWS-LC's queue, and empties that.
std::string last_error();

}  // namespace weir::tls
