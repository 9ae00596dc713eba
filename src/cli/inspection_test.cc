#include "cli/inspection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/printable.h"
#include "component/decode.h"
#include "component/link.h"
#include "engine/module.h"
#include "wasi/p2/link.h"

namespace weir::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string inspected(std::string_view text, std::string_view name = "app.wat") {
  auto binary = engine::assemble(text);
  EXPECT_TRUE(binary.ok()) << binary.error().message;
  auto decoded = component::decode(binary->span());
  EXPECT_TRUE(decoded.ok()) << decoded.error().message;
  component::Linker linker;
  wasi::p2::link(linker);
  return inspection(name, binary->size(), *decoded, component::link(*decoded, linker));
}

TEST(Inspection, SaysThatAComponentWithoutAHandlerCannotBeServed) {
  std::string text = inspected("(component)");
  EXPECT_THAT(text, HasSubstr("app.wat: a component of 8 bytes; 0 core modules"));
  EXPECT_THAT(text, HasSubstr("world: one of its own\n"));
  EXPECT_THAT(text, HasSubstr("grants it may need: none\n"));
  EXPECT_THAT(text, HasSubstr("cannot be served: the component exports no wasi:http"));
}

TEST(Inspection, ListsTheGrantsThatImportsSpeakOf) {
  std::string text = inspected(R"((component
    (import "wasi:http/outgoing-handler@0.2.4" (instance))
    (import "wasi:cli/environment@0.2.4" (instance
      (export "initial-cwd" (func (result (option string))))))
    (import "wasi:filesystem/preopens@0.2.4" (instance))
    (import "wasi:sockets/tcp@0.2.4" (instance))))");
  EXPECT_THAT(text, HasSubstr("import wasi:cli/environment@0.2.4        1 function\n"));
  EXPECT_THAT(text, HasSubstr("--allow-outbound PATTERN"));
  EXPECT_THAT(text, HasSubstr("--env NAME=VALUE"));
  EXPECT_THAT(text, HasSubstr("files (wasi:filesystem)"));
  EXPECT_THAT(text, HasSubstr("sockets (wasi:sockets)"));
}

TEST(Inspection, ShowsWhatARequestTakesFromItsStart) {
  std::string text = inspected(R"((component
    (core module $m
      (memory 3) (table 10 funcref) (table 20 funcref)
      (func (export "run")))
    (core instance $a (instantiate $m))
    (core instance $b (instantiate $m))
    (func (export "a") (canon lift (core func $a "run")))
    (func (export "b") (canon lift (core func $b "run")))))");
  EXPECT_THAT(text, HasSubstr("each request takes: 2 core instances, 4 tables, 2 memories that "
                              "start with 384 KiB\n"));
}

TEST(Inspection, ListsEveryMissingImportInsteadWhereThereAreAny) {
  std::string text = inspected(R"((component
    (import "wasi:keyvalue/store@0.2.0-draft" (instance (export "open" (func))))
    (import "wasi:random/random@0.2.0" (instance (export "dice" (func))))))");
  EXPECT_THAT(text, HasSubstr("`wasi:keyvalue/store@0.2.0-draft` is missing"));
  EXPECT_THAT(text, HasSubstr("`wasi:random/random@0.2.0.dice` is missing"));
  EXPECT_THAT(text, HasSubstr("--unknown-imports trap"));
  EXPECT_THAT(text, Not(HasSubstr("linking route")));
}

TEST(Inspection, CannotDisturbATerminal) {
  EXPECT_THAT(inspected("(component)", "a\x1b[2Jb\nc"), HasSubstr("a\\x1b[2Jb\\x0ac: a component"));
  EXPECT_EQ(printable("one\ntwo\x07\n"), "one\ntwo\\x07\n");
}

}  // namespace
}  // namespace weir::cli
