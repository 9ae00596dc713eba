// weir-wast: runs scripts of components, as test suites of the specification are written.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "util/escape.h"
#include "util/number.h"
#include "wast/runner.h"

namespace weir::wast {
namespace {

constexpr const char* kUsage =
    R"(usage: weir-wast [-v] [--strict-text] [--seed N] [--gate NAME=on|off]... FILE.wast...

Runs the directives of scripts of components. Prints one line a file, and at the end
`N passed, N failed, N skipped` over all directives. Exits with 0 if none failed.

  -v                 names each directive that did not simply pass; twice: every one
  --strict-text      a refusal or trap with another text than expected counts as failed
  --seed N           where the specification leaves open who is next, a choice by this seed
  --gate NAME=on|off switches a part of the Component Model: async, map, attributes,
                     canonical-names, more-async-builtins, stackful, threads,
                     fixed-lists, error-context, accessors. All are on, but
                     error-context.
)";

struct Options {
  int verbose = 0;
  bool strict_text = false;
  uint64_t seed = 0;
  component::Features features;
  std::vector<std::string> files;
};

bool set_gate(component::Features& features, const std::string& text) {
  const std::pair<const char*, bool*> gates[] = {
      {"async", &features.async},
      {"map", &features.map},
      {"attributes", &features.attributes},
      {"canonical-names", &features.canonical_names},
      {"more-async-builtins", &features.more_async_builtins},
      {"stackful", &features.stackful},
      {"threads", &features.threads},
      {"fixed-lists", &features.fixed_lists},
      {"error-context", &features.error_context},
      {"accessors", &features.accessors},
  };
  for (const auto& [name, place] : gates) {
    if (text == std::string(name) + "=on" || text == std::string(name) + "=off") {
      *place = text.ends_with("=on");
      return true;
    }
  }
  return false;
}

// False when the command line is wrong.
bool parse(int argc, char** argv, Options& options) {
  options.features.more_async_builtins = true;
  options.features.stackful = true;
  options.features.threads = true;
  options.features.fixed_lists = true;
  options.features.accessors = true;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument == "-v") {
      options.verbose += 1;
    } else if (argument == "-vv") {
      options.verbose += 2;
    } else if (argument == "--strict-text") {
      options.strict_text = true;
    } else if (argument == "--seed" && i + 1 < argc) {
      auto seed = parse_decimal(argv[++i]);
      if (!seed) return false;
      options.seed = *seed;
    } else if (argument == "--gate" && i + 1 < argc) {
      if (!set_gate(options.features, argv[++i])) return false;
    } else if (argument.starts_with("-")) {
      return false;
    } else {
      options.files.push_back(std::move(argument));
    }
  }
  return !options.files.empty();
}

// Line breaks stay.
std::string escaped_text(std::string_view text) {
  std::string result;
  for (size_t at = 0; at <= text.size();) {
    size_t end = std::min(text.find('\n', at), text.size());
    append_escaped(result, text.substr(at, end - at));
    if (end < text.size()) result += '\n';
    at = end + 1;
  }
  return result;
}

struct Counts {
  uint32_t passed = 0;
  uint32_t failed = 0;
  uint32_t skipped = 0;
  uint32_t other_text = 0;
};

void count(Counts& counts, Verdict verdict, bool strict_text) {
  switch (verdict) {
    case Verdict::passed:
      counts.passed += 1;
      break;
    case Verdict::other_text:
      counts.other_text += 1;
      (strict_text ? counts.failed : counts.passed) += 1;
      break;
    case Verdict::failed:
      counts.failed += 1;
      break;
    case Verdict::gated:
      counts.skipped += 1;
      break;
  }
}

const char* word(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      return "pass";
    case Verdict::other_text:
      return "other error text";
    case Verdict::failed:
      return "WRONG OUTCOME";
    case Verdict::gated:
      return "gated";
  }
  return "?";
}

std::string summary(const Counts& counts) {
  return std::to_string(counts.passed) + " passed, " + std::to_string(counts.failed) + " failed, " +
         std::to_string(counts.skipped) + " skipped";
}

int run(const Options& options) {
  engine::Config config;
  config.max_instances = 32;
  config.core_instances_each = 32;
  config.memories_each = 16;
  config.tables_each = 16;
  config.fibers_each = 16;
  auto engine = engine::Engine::create(config);
  if (!engine.ok()) {
    std::fprintf(stderr, "weir-wast: %s\n", engine.error().message.c_str());
    return 1;
  }
  component::Linker linker;
  link_spectest(linker);
  Runner runner(**engine, linker, options.features, options.seed);
  Counts total;
  for (const std::string& file : options.files) {
    Counts counts;
    std::ifstream in(file, std::ios::binary);
    std::string source{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    auto reports =
        in ? runner.run(source) : Result<std::vector<Report>>(Err(Error{"it cannot be read"}));
    if (!reports.ok()) {
      std::printf("%s: %s\n", file.c_str(), reports.error().message.c_str());
      total.failed += 1;
      continue;
    }
    for (const Report& report : *reports) {
      count(counts, report.verdict, options.strict_text);
      bool shown = report.verdict != Verdict::passed &&
                   (report.verdict == Verdict::failed || options.verbose > 0);
      if (!shown && options.verbose < 2) continue;
      std::printf("  %s:%u: %s: %s%s%s\n", file.c_str(), report.line, report.directive.c_str(),
                  word(report.verdict), report.detail.empty() ? "" : ": ",
                  escaped_text(report.detail).c_str());
    }
    std::printf("%s: %s\n", file.c_str(), summary(counts).c_str());
    std::fflush(stdout);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
    total.other_text += counts.other_text;
  }
  if (total.other_text != 0) {
    std::printf("%u refusals and traps have another text than the script expects\n",
                total.other_text);
  }
  std::printf("%s\n", summary(total).c_str());
  return total.failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace weir::wast

int main(int argc, char** argv) {
  // The reader of component text then checks indices as the specification's suite expects it.
  setenv("WAST_STRICT_COMPONENT_INDICES", "1", 1);
  weir::wast::Options options;
  if (!weir::wast::parse(argc, argv, options)) {
    std::fputs(weir::wast::kUsage, stderr);
    return 2;
  }
  return weir::wast::run(options);
}
