#include "wasi/p2/cli_host.h"

#include "wasi/p2/resources.h"

namespace weir::wasi::p2 {
namespace {

using component::OrTrap;
using component::Trap;
using Terminal = std::unique_ptr<cli_terminal_output::TerminalOutput>;

class EmptyInput final : public io_streams::InputStream {
 public:
  Result<Bytes, io_streams::StreamError> read(uint64_t) override {
    return Err(io_streams::StreamError::closed());
  }
  bool ready() override { return true; }
  void watch(Waiter& waiter) override { waiter.wake(); }
};

// A sink takes everything at once, so the stream is never full; the permit bounds one write.
class SinkStream final : public io_streams::OutputStream {
 public:
  explicit SinkStream(OutputSink* sink) : sink_(sink) {}

  Result<uint64_t, io_streams::StreamError> check() override { return uint64_t{64} << 10; }
  Result<void, io_streams::StreamError> put(std::span<const uint8_t> bytes) override {
    if (sink_) sink_->write(bytes);
    return {};
  }
  bool ready() override { return true; }
  void watch(Waiter& waiter) override { waiter.wake(); }

 private:
  OutputSink* sink_;
};

}  // namespace

OrTrap<std::vector<std::tuple<std::string, std::string>>> EnvironmentHost::get_environment(
    component::Call&) {
  std::vector<std::tuple<std::string, std::string>> environment;
  environment.reserve(context_.grants.environment.size());
  for (const auto& [name, value] : context_.grants.environment) {
    environment.emplace_back(name, value);
  }
  return environment;
}

OrTrap<std::vector<std::string>> EnvironmentHost::get_arguments(component::Call&) {
  return context_.grants.arguments;
}

OrTrap<std::optional<std::string>> EnvironmentHost::initial_cwd(component::Call&) {
  return std::optional<std::string>();
}

OrTrap<void> ExitHost::exit(component::Call&, Result<void, Unit> status) {
  return Trap::exit(status.ok() ? 0 : 1);
}

OrTrap<void> ExitHost::exit_with_code(component::Call&, uint8_t status_code) {
  return Trap::exit(status_code);
}

OrTrap<std::unique_ptr<io_streams::InputStream>> StdinHost::get_stdin(component::Call&) {
  return std::unique_ptr<io_streams::InputStream>(std::make_unique<EmptyInput>());
}

OrTrap<std::unique_ptr<io_streams::OutputStream>> StdoutHost::get_stdout(component::Call&) {
  return std::unique_ptr<io_streams::OutputStream>(
      std::make_unique<SinkStream>(context_.standard_output));
}

OrTrap<std::unique_ptr<io_streams::OutputStream>> StderrHost::get_stderr(component::Call&) {
  return std::unique_ptr<io_streams::OutputStream>(
      std::make_unique<SinkStream>(context_.standard_error));
}

OrTrap<std::optional<std::unique_ptr<cli_terminal_input::TerminalInput>>>
TerminalStdinHost::get_terminal_stdin(component::Call&) {
  return std::optional<std::unique_ptr<cli_terminal_input::TerminalInput>>();
}

OrTrap<std::optional<Terminal>> TerminalStdoutHost::get_terminal_stdout(component::Call&) {
  return std::optional<Terminal>();
}

OrTrap<std::optional<Terminal>> TerminalStderrHost::get_terminal_stderr(component::Call&) {
  return std::optional<Terminal>();
}

}  // namespace weir::wasi::p2
