#pragma once

#include "wasi/context.h"
#include "wasi/p2/cli_environment.h"
#include "wasi/p2/cli_exit.h"
#include "wasi/p2/cli_stderr.h"
#include "wasi/p2/cli_stdin.h"
#include "wasi/p2/cli_stdout.h"
#include "wasi/p2/cli_terminal_stderr.h"
#include "wasi/p2/cli_terminal_stdin.h"
#include "wasi/p2/cli_terminal_stdout.h"

namespace weir::wasi::p2 {

// wasi:cli/environment: what is granted, and no directory.
class EnvironmentHost final : public cli_environment::Host {
 public:
  explicit EnvironmentHost(const Context& context) : context_(context) {}

  component::OrTrap<std::vector<std::tuple<std::string, std::string>>> get_environment(
      component::Call&) override;
  component::OrTrap<std::vector<std::string>> get_arguments(component::Call&) override;
  component::OrTrap<std::optional<std::string>> initial_cwd(component::Call&) override;

 private:
  const Context& context_;
};

// wasi:cli/exit: ends the guest with a trap of the kind `exit`.
class ExitHost final : public cli_exit::Host {
 public:
  component::OrTrap<void> exit(component::Call&, Result<void, Unit> status) override;
  component::OrTrap<void> exit_with_code(component::Call&, uint8_t status_code) override;
};

// wasi:cli/stdin: at its end from the start.
class StdinHost final : public cli_stdin::Host {
 public:
  component::OrTrap<std::unique_ptr<io_streams::InputStream>> get_stdin(component::Call&) override;
};

// wasi:cli/stdout and stderr: the sinks of the context.
class StdoutHost final : public cli_stdout::Host {
 public:
  explicit StdoutHost(const Context& context) : context_(context) {}
  component::OrTrap<std::unique_ptr<io_streams::OutputStream>> get_stdout(
      component::Call&) override;

 private:
  const Context& context_;
};

class StderrHost final : public cli_stderr::Host {
 public:
  explicit StderrHost(const Context& context) : context_(context) {}
  component::OrTrap<std::unique_ptr<io_streams::OutputStream>> get_stderr(
      component::Call&) override;

 private:
  const Context& context_;
};

// wasi:cli/terminal-*: no stream of a guest is a terminal.
class TerminalStdinHost final : public cli_terminal_stdin::Host {
 public:
  component::OrTrap<std::optional<std::unique_ptr<cli_terminal_input::TerminalInput>>>
  get_terminal_stdin(component::Call&) override;
};

class TerminalStdoutHost final : public cli_terminal_stdout::Host {
 public:
  component::OrTrap<std::optional<std::unique_ptr<cli_terminal_output::TerminalOutput>>>
  get_terminal_stdout(component::Call&) override;
};

class TerminalStderrHost final : public cli_terminal_stderr::Host {
 public:
  component::OrTrap<std::optional<std::unique_ptr<cli_terminal_output::TerminalOutput>>>
  get_terminal_stderr(component::Call&) override;
};

}  // namespace weir::wasi::p2
