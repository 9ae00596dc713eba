#include "tls/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cerrno>
#include <cstring>

#include "util/escape.h"

namespace weir::tls {
namespace {

Result<BioPtr> open_file(const std::string& file) {
  errno = 0;
  BioPtr bio(BIO_new_file(file.c_str(), "re"));
  if (bio) return bio;
  int error = errno;
  ERR_clear_error();
  return Err(
      Error{"cannot read " + escaped(file) + ": " + (error ? std::strerror(error) : "bad file")});
}

// A key that asks for a password gets none, instead of a prompt on the terminal.
int no_password(char*, int, int, void*) { return 0; }

bool at_end_of_pem() {
  uint32_t error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

}  // namespace

std::string last_error() {
  uint32_t error = ERR_peek_last_error();
  const char* reason = error ? ERR_reason_error_string(error) : nullptr;
  std::string text = reason ? reason : "unknown error";
  ERR_clear_error();
  for (char& c : text) c = c == '_' ? ' ' : (c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  return text;
}

Result<std::vector<X509Ptr>> load_certificates(const std::string& file) {
  CRYPTO_library_init();
  BioPtr bio = WEIR_TRY(open_file(file));
  std::vector<X509Ptr> all;
  ERR_clear_error();
  while (X509* one = PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr))
    all.emplace_back(one);
  if (!at_end_of_pem())
    return Err(Error{escaped(file) + ": certificate " + std::to_string(all.size() + 1) +
                     " is malformed: " + last_error()});
  ERR_clear_error();
  if (all.empty())
    return Err(Error{escaped(file) + " holds no certificate in PEM form (BEGIN CERTIFICATE)"});
  return all;
}

Result<Identity> load_identity(const std::string& certificate_file, const std::string& key_file) {
  Identity identity;
  identity.chain = WEIR_TRY(load_certificates(certificate_file));
  identity.leaf = std::move(identity.chain.front());
  identity.chain.erase(identity.chain.begin());

  BioPtr bio = WEIR_TRY(open_file(key_file));
  ERR_clear_error();
  identity.key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  if (!identity.key) {
    bool none = at_end_of_pem();
    std::string why = last_error();
    return Err(Error{escaped(key_file) + (none ? " holds no private key in PEM form"
                                               : ": the private key cannot be read (it must not "
                                                 "be encrypted): " +
                                                     why)});
  }
  if (X509_check_private_key(identity.leaf.get(), identity.key.get()) != 1) {
    ERR_clear_error();
    return Err(Error{"the key in " + escaped(key_file) +
                     " is not that of the first certificate in " + escaped(certificate_file)});
  }
  return identity;
}

}  // namespace weir::tls
