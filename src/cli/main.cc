#include <cstdio>
#include <cstdlib>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/printable.h"

int main(int argc, char** argv) {
  auto line = weir::cli::parse_command_line(argc, argv);
  if (!line.ok()) {
    std::fputs(line.error().text.c_str(), line.error().status == 0 ? stdout : stderr);
    return line.error().status;
  }
  weir::Result<void> done;
  if (line->serve) done = weir::cli::serve(*line->serve);
  if (line->proxy) done = weir::cli::proxy(*line->proxy);
  if (line->compile) done = weir::cli::compile(*line->compile);
  if (line->inspect) done = weir::cli::inspect(*line->inspect);
  if (line->deps) done = weir::cli::deps(*line->deps);
  if (line->tool) {
    auto status = line->tool();
    if (status.ok()) {
      // Nothing has to be taken apart: the system takes all of it at once.
      std::fflush(nullptr);
      std::_Exit(*status);
    }
    done = weir::Err(status.error());
  }
  if (done.ok()) return 0;
  std::fprintf(stderr, "weir: %s\n", weir::cli::printable(done.error().message).c_str());
  return 1;
}
