// rooms: http
// needs: llhttp
//
// How Weir and llhttp take requests apart. Weir may refuse what llhttp takes. It may take what
// llhttp refuses only where tests/llhttp/allowed says so; where both take a request they agree on
// its method and content, and so on where the next one begins.

#include <llhttp.h>
#include <regex.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "http/h1/testing/verdict.h"

namespace {

using weir::http::h1::Verdict;

struct Parser : llhttp_t {
  Verdict verdict;
  Verdict::Message message;
  bool stops = false;

  static Parser& of(llhttp_t* parser) { return *static_cast<Parser*>(parser); }
};

Verdict verdict_of_llhttp(std::string_view input) {
  llhttp_settings_t settings;
  llhttp_settings_init(&settings);
  settings.on_headers_complete = [](llhttp_t* raw) {
    Parser& parser = Parser::of(raw);
    parser.message = {llhttp_method_name(static_cast<llhttp_method_t>(llhttp_get_method(raw))), {}};
    parser.stops = raw->upgrade || !llhttp_should_keep_alive(raw);
    return 0;
  };
  settings.on_body = [](llhttp_t* raw, const char* data, size_t size) {
    Parser::of(raw).message.content.append(data, size);
    return 0;
  };
  settings.on_message_complete = [](llhttp_t* raw) {
    Parser& parser = Parser::of(raw);
    if (parser.verdict.end == Verdict::End::stop) return 0;
    parser.verdict.messages.push_back(parser.message);
    // It lets `Connection: close` of a trailer section end the connection, which RFC 9110 section
    // 6.5.1 has no recipient do.
    if (parser.stops || !llhttp_should_keep_alive(raw)) parser.verdict.end = Verdict::End::stop;
    return 0;
  };
  Parser parser;
  llhttp_init(&parser, HTTP_REQUEST, &settings);
  llhttp_errno_t error = llhttp_execute(&parser, input.data(), input.size());
  if (error != HPE_OK && error != HPE_PAUSED_UPGRADE && parser.verdict.end != Verdict::End::stop)
    parser.verdict.end = Verdict::End::bad;
  return parser.verdict;
}

// The expressions of tests/llhttp/allowed.
class Allowed {
 public:
  Allowed() {
    std::ifstream file(WEIR_SOURCE_DIR "/tests/llhttp/allowed");
    for (std::string line; std::getline(file, line);) {
      if (line.empty() || line.starts_with('#')) continue;
      int flags = REG_EXTENDED | REG_NOSUB;
      if (line.starts_with("(?i)")) {
        flags |= REG_ICASE;
        line.erase(0, 4);
      }
      std::string text = unescaped(line);
      if (::regcomp(&expressions_.emplace_back(), text.c_str(), flags) != 0) {
        std::fprintf(stderr, "tests/llhttp/allowed: what is `%s`?\n", line.c_str());
        std::abort();
      }
    }
    if (expressions_.empty()) std::abort();
  }
  bool operator()(std::string_view bytes) const {
    // With a zero behind it, which AddressSanitizer looks for; zeros inside are no end.
    const std::string input(bytes);
    for (const regex_t& expression : expressions_) {
      regmatch_t range{0, static_cast<regoff_t>(input.size())};
      if (::regexec(&expression, input.data(), 1, &range, REG_STARTEND) == 0) return true;
    }
    return false;
  }

 private:
  static std::string unescaped(std::string_view line) {
    std::string out;
    for (size_t i = 0; i < line.size(); ++i) {
      if (line[i] != '\\' || i + 1 == line.size()) {
        out += line[i];
        continue;
      }
      char c = line[++i];
      if (c == 't')
        out += '\t';
      else if (c == 'r')
        out += '\r';
      else if (c == 'n')
        out += '\n';
      else
        out.append({'\\', c});
    }
    return out;
  }
  std::vector<regex_t> expressions_;
};

// llhttp has a list of methods; RFC 9110 section 9.1 has none.
bool known(std::string_view method) {
  for (const char* one :
       {"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE"})
    if (method == one) return true;
  return false;
}

void disagree(const char* how, const Verdict& ours, const Verdict& theirs) {
  std::fprintf(stderr, "%s\nweir: %zu messages, then %d; llhttp: %zu, then %d\n", how,
               ours.messages.size(), static_cast<int>(ours.end), theirs.messages.size(),
               static_cast<int>(theirs.end));
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Never destroyed: its expressions are not leaks then.
  static const Allowed& allowed = *new Allowed;
  if (size > 8192) return 0;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  Verdict ours = weir::http::h1::verdict_of(input);
  if (ours.messages.empty()) return 0;
  Verdict theirs = verdict_of_llhttp(input);
  size_t both = std::min(ours.messages.size(), theirs.messages.size());
  for (size_t i = 0; i < both; ++i)
    if (ours.messages[i] != theirs.messages[i]) disagree("a request differs", ours, theirs);
  if (ours.messages.size() <= both) return 0;
  if (theirs.end == Verdict::End::more)
    disagree("taken, where llhttp waits for more", ours, theirs);
  if (theirs.end == Verdict::End::bad && known(ours.messages[both].method) && !allowed(input))
    disagree("taken, which llhttp refuses", ours, theirs);
  return 0;
}
