#include "tools/deps/registry/oci_client.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "tools/deps/digest.h"
#include "tools/deps/url.h"
#include "util/escape.h"

namespace weir::tools::deps {
namespace {

using Json = nlohmann::json;

constexpr uint64_t kMaxDocument = 4 << 20;
constexpr uint64_t kMaxLayer = 64 << 20;
constexpr int kMaxPages = 100;
constexpr const char* kAcceptManifest =
    "Accept: application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json";

std::string text_field(const Json& object, const char* key) {
  auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

std::string sha256_digest(std::string_view bytes) {
  return "sha256:" + hex(digest_of(bytes).sha256);
}

bool is_digest(std::string_view text) {
  return text.starts_with("sha256:") && parse_hex_array<Sha256>(text.substr(7)).has_value();
}

std::string encoded(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 std::string_view("-._~:/").find(c) != std::string_view::npos;
    if (plain)
      out += c;
    else
      out += "%" + hex(std::span(reinterpret_cast<const uint8_t*>(&c), 1));
  }
  return out;
}

// What a registry says of an error: `{"errors":[{"code":…,"message":…}]}`
std::string error_text(const DownloadResponse& response) {
  Json document = Json::parse(response.body, nullptr, false);
  if (!document.is_object() || !document.contains("errors")) return "";
  const Json& errors = document["errors"];
  if (!errors.is_array() || errors.empty() || !errors[0].is_object()) return "";
  std::string text = text_field(errors[0], "message");
  return text.empty() ? "" : " (" + escaped(text) + ")";
}

// The path of `Link: </v2/…>; rel="next"`, if there is one on this host.
std::string next_page(const DownloadResponse& response) {
  auto it = response.headers.find("link");
  if (it == response.headers.end() || it->second.find("rel=\"next\"") == std::string::npos)
    return "";
  size_t start = it->second.find('<'), end = it->second.find('>');
  if (start == std::string::npos || end == std::string::npos || end < start) return "";
  std::string target = it->second.substr(start + 1, end - start - 1);
  return target.starts_with("/") && !target.starts_with("//") ? target : "";
}

}  // namespace

Result<OciManifest> parse_oci_manifest(std::string_view text, std::string digest) {
  Json document = Json::parse(text, nullptr, false);
  if (!document.is_object()) return Err("its manifest is no JSON object");
  auto layers = document.find("layers");
  if (layers == document.end() || !layers->is_array())
    return Err("its manifest has no layers (an image index is no package)");
  OciManifest manifest;
  manifest.digest = std::move(digest);
  for (const Json& layer : *layers) {
    if (!layer.is_object()) return Err("a layer of its manifest is no object");
    OciDescriptor descriptor;
    descriptor.media_type = text_field(layer, "mediaType");
    descriptor.digest = text_field(layer, "digest");
    auto size = layer.find("size");
    if (!is_digest(descriptor.digest)) return Err("a layer of its manifest has no sha256 digest");
    if (size == layer.end() || !size->is_number_unsigned())
      return Err("a layer of its manifest has no size");
    descriptor.size = size->get<uint64_t>();
    manifest.layers.push_back(std::move(descriptor));
  }
  return manifest;
}

AuthChallenge parse_challenge(std::string_view header) {
  AuthChallenge challenge;
  size_t end = header.find(' ');
  for (char c : header.substr(0, end))
    challenge.scheme += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  std::string_view rest = end == std::string_view::npos ? "" : header.substr(end + 1);
  while (!rest.empty()) {
    size_t start = rest.find_first_not_of(" ,");
    if (start == std::string_view::npos) break;
    rest.remove_prefix(start);
    size_t equals = rest.find('=');
    if (equals == std::string_view::npos) break;
    std::string_view key = rest.substr(0, equals);
    rest.remove_prefix(equals + 1);
    std::string value;
    if (rest.starts_with('"')) {
      size_t i = 1;
      for (; i < rest.size() && rest[i] != '"'; ++i) {
        if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
        value += rest[i];
      }
      rest.remove_prefix(std::min(i + 1, rest.size()));
    } else {
      value = rest.substr(0, rest.find(','));
      rest.remove_prefix(value.size());
    }
    if (key == "realm") challenge.realm = value;
    if (key == "service") challenge.service = value;
    if (key == "scope") challenge.scope = value;
  }
  return challenge;
}

Result<std::optional<std::string>> OciClient::token(const AuthChallenge& challenge,
                                                    const std::string& repository) {
  auto realm = normalize_url(challenge.realm);
  if (!realm.ok() || (base_.starts_with("https:") && !realm->starts_with("https:")))
    return Err(Error{base_ + " asks to log in at `" + escaped(challenge.realm) +
                     "`, which is no safe URL"});
  std::string scope =
      challenge.scope.empty() ? "repository:" + repository + ":pull" : challenge.scope;
  DownloadRequest request;
  request.url =
      *realm + (realm->find('?') == std::string::npos ? "?" : "&") + "scope=" + encoded(scope);
  if (!challenge.service.empty()) request.url += "&service=" + encoded(challenge.service);
  request.credentials = credentials_;
  request.max_bytes = kMaxDocument;
  DownloadResponse response = WEIR_TRY(downloader_.get(request));
  if (response.status >= 400 && response.status < 500) return std::optional<std::string>();
  if (response.status != 200) return Err(unexpected_status(*realm, response.status));
  Json document = Json::parse(response.body, nullptr, false);
  std::string token;
  if (document.is_object()) {
    token = text_field(document, "token");
    if (token.empty()) token = text_field(document, "access_token");
  }
  bool clean = token.find_first_of("\r\n") == std::string::npos;
  if (token.empty() || !clean) return Err(Error{*realm + " gave no token"});
  return std::optional(token);
}

Result<DownloadResponse> OciClient::get(DownloadRequest request, const std::string& repository) {
  std::vector<std::string> headers = request.headers;
  for (bool again : {true, false}) {
    request.headers = headers;
    if (basic_) request.credentials = credentials_;
    if (!token_.empty() && token_repository_ == repository)
      request.headers.push_back("Authorization: Bearer " + token_);
    DownloadResponse response = WEIR_TRY(downloader_.get(request));
    if (response.status != 401 || !again) return response;
    AuthChallenge challenge = parse_challenge(response.headers["www-authenticate"]);
    if (challenge.scheme == "bearer") {
      auto given = WEIR_TRY(token(challenge, repository));
      if (!given) return response;
      token_ = *given;
      token_repository_ = repository;
    } else if (challenge.scheme == "basic" && credentials_) {
      basic_ = true;
    } else {
      return response;
    }
  }
  return Err("the registry cannot be logged in to");
}

Error OciClient::failure(const DownloadRequest& request, const DownloadResponse& response) const {
  std::string login;
  if (response.status == 401 || response.status == 403)
    login = credentials_ ? "; it does not take the user name and password that it got"
                         : "; it wants a user name and password, which wkg's config.toml or "
                           "docker's config.json can hold";
  return {unexpected_status(request.url, response.status).message + error_text(response) + login};
}

Result<DownloadResponse> OciClient::get_good(const DownloadRequest& request,
                                             const std::string& repository) {
  DownloadResponse response = WEIR_TRY(get(request, repository));
  if (response.status != 200) return Err(failure(request, response));
  return response;
}

Result<std::vector<std::string>> OciClient::tags(const std::string& repository) {
  std::vector<std::string> tags;
  std::string page = "/v2/" + repository + "/tags/list";
  for (int i = 0; i < kMaxPages && !page.empty(); ++i) {
    DownloadRequest request{.url = base_ + page, .max_bytes = kMaxDocument};
    DownloadResponse response = WEIR_TRY(get_good(request, repository));
    Json document = Json::parse(response.body, nullptr, false);
    if (!document.is_object()) return Err(Error{request.url + " gave no list of versions"});
    auto list = document.find("tags");
    if (list != document.end() && list->is_array())
      for (const Json& tag : *list)
        if (tag.is_string()) tags.push_back(tag.get<std::string>());
    page = next_page(response);
  }
  return tags;
}

Result<OciManifest, RegistryError> OciClient::manifest(const std::string& repository,
                                                       const std::string& reference) {
  DownloadRequest request{.url = base_ + "/v2/" + repository + "/manifests/" + encoded(reference),
                          .headers = {kAcceptManifest},
                          .max_bytes = kMaxDocument};
  DownloadResponse response = WEIR_TRY(get(request, repository));
  if (response.status != 200) {
    bool absent = response.status == 401 || response.status == 403 || response.status == 404;
    return Err(RegistryError(failure(request, response), absent));
  }
  std::string digest = sha256_digest(response.body);
  std::string wanted = is_digest(reference) ? reference : response.headers["docker-content-digest"];
  if (is_digest(wanted) && wanted != digest)
    return Err(Error{request.url + " is not what it should be: its digest is " + digest + ", not " +
                     wanted});
  auto manifest = parse_oci_manifest(response.body, digest);
  if (!manifest.ok()) return Err(Error{request.url + ": " + manifest.error().message});
  return std::move(*manifest);
}

Result<std::string> OciClient::blob(const std::string& repository,
                                    const OciDescriptor& descriptor) {
  DownloadRequest request{.url = base_ + "/v2/" + repository + "/blobs/" + descriptor.digest,
                          .max_bytes = kMaxLayer,
                          .progress = true};
  if (descriptor.size > kMaxLayer)
    return Err(Error{request.url + " has " + std::to_string(descriptor.size) +
                     " bytes, which is no WIT package"});
  DownloadResponse response = WEIR_TRY(get_good(request, repository));
  std::string digest = sha256_digest(response.body);
  if (response.body.size() != descriptor.size || digest != descriptor.digest)
    return Err(Error{request.url + " is not what it should be: its digest is " + digest});
  return std::move(response.body);
}

}  // namespace weir::tools::deps
