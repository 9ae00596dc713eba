#pragma once

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tls/handles.h"
#include "util/assert.h"

namespace weir::tls::testing {

// A folder that goes with its object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = std::filesystem::temp_directory_path() / "weir-tls-XXXXXX";
    WEIR_ASSERT(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// An authority that a test makes, and the certificates that it signs, as PEM files.
class Authority {
 public:
  struct Files {
    std::string certificate, key;
  };
  struct Options {
    // As in a certificate's subjectAltName: "DNS:a.test, IP:127.0.0.1".
    std::string names = "DNS:localhost, IP:127.0.0.1";
    bool rsa = false;
    // Of now, in seconds.
    long valid_from = -3600, valid_until = 86'400;
  };

  explicit Authority(const std::string& name = "test authority") {
    key_ = make_key(false);
    certificate_ = make(name, key_.get(), nullptr, nullptr, {.names = ""}, true);
    file_ = folder_.path() + "/ca.pem";
    write(file_, [&](BIO* out) { PEM_write_bio_X509(out, certificate_.get()); });
  }

  const std::string& file() const { return file_; }

  Files issue(const std::string& name, const Options& options) {
    KeyPtr key = make_key(options.rsa);
    X509Ptr made = make(name, key.get(), certificate_.get(), key_.get(), options, false);
    std::string base = folder_.path() + "/" + std::to_string(++count_);
    Files files{base + ".pem", base + ".key"};
    write(files.certificate, [&](BIO* out) { PEM_write_bio_X509(out, made.get()); });
    write(files.key, [&](BIO* out) {
      PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    return files;
  }
  Files issue(const std::string& name) { return issue(name, Options()); }

 private:
  static KeyPtr make_key(bool rsa) {
    CRYPTO_library_init();
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_id(rsa ? EVP_PKEY_RSA : EVP_PKEY_EC, nullptr);
    EVP_PKEY_keygen_init(context);
    if (rsa)
      EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048);
    else
      EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1);
    EVP_PKEY* key = nullptr;
    WEIR_ASSERT(EVP_PKEY_keygen(context, &key) == 1);
    EVP_PKEY_CTX_free(context);
    return KeyPtr(key);
  }

  static void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* made = X509V3_EXT_nconf_nid(nullptr, &context, kind, value.c_str());
    WEIR_ASSERT(made != nullptr);
    X509_add_ext(certificate, made, -1);
    X509_EXTENSION_free(made);
  }

  static X509Ptr make(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key,
                      const Options& options, bool authority) {
    static long serial = 1000;
    X509Ptr made(X509_new());
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
    X509_gmtime_adj(X509_get_notBefore(made.get()), options.valid_from);
    X509_gmtime_adj(X509_get_notAfter(made.get()), options.valid_until);
    X509_set_pubkey(made.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const uint8_t*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(made.get(), X509_get_subject_name(issuer ? issuer : made.get()));
    X509* above = issuer ? issuer : made.get();
    extend(made.get(), above, NID_basic_constraints, authority ? "critical,CA:TRUE" : "CA:FALSE");
    extend(made.get(), above, NID_subject_key_identifier, "hash");
    if (!options.names.empty()) extend(made.get(), above, NID_subject_alt_name, options.names);
    WEIR_ASSERT(X509_sign(made.get(), issuer_key ? issuer_key : key, EVP_sha256()) > 0);
    return made;
  }

  template <class Write>
  static void write(const std::string& file, Write&& write) {
    BioPtr out(BIO_new_file(file.c_str(), "w"));
    WEIR_ASSERT(out != nullptr);
    write(out.get());
  }

  TemporaryFolder folder_;
  KeyPtr key_;
  X509Ptr certificate_;
  std::string file_;
  int count_ = 0;
};

}  // namespace weir::tls::testing
