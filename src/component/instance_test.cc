// Long because each case brings its component's text along.
#include "component/instance.h"

#include "component/export_type.h"
#include "component/testing/fixture.h"

namespace weir::component {
namespace sample {

enum class Color : uint8_t { red, green };
struct Rights {
  static constexpr uint32_t read = 1u << 0;
  static constexpr uint32_t write = 1u << 1;
  uint32_t bits = 0;
};
struct Point {
  uint8_t x{};
  uint64_t y{};
  std::string name;
  friend bool operator==(const Point&, const Point&) = default;
};
struct Choice {
  using Value = std::variant<Unit, uint32_t, std::string>;
  Value value;
};

class Thing : public HostResource {
 public:
  explicit Thing(int& alive) : alive_(alive) { ++alive_; }
  ~Thing() override { --alive_; }
  const char* drop_refusal() const override { return children ? "it has children" : nullptr; }
  int children = 0;
  uint32_t value = 7;

 private:
  int& alive_;
};

}  // namespace sample

template <>
struct EnumOf<sample::Color> {
  static constexpr uint32_t count = 2;
  static constexpr std::array<std::string_view, 2> names = {"red", "green"};
};
template <>
struct FlagsOf<sample::Rights> {
  static constexpr uint32_t count = 2;
  static constexpr std::array<std::string_view, 2> names = {"read", "write"};
};
template <>
struct RecordOf<sample::Point> {
  static constexpr auto members =
      std::make_tuple(&sample::Point::x, &sample::Point::y, &sample::Point::name);
  static constexpr std::array<std::string_view, 3> names = {"x", "y", "name"};
};
template <>
struct VariantOf<sample::Choice> {
  static constexpr std::array<std::string_view, 3> names = {"none", "number", "text"};
};

namespace {

using sample::Color;
using sample::Thing;
using testing::TestJob;
using testing::World;

static_assert(Abi<sample::Point>::size == 24 && Abi<sample::Point>::align == 8);
static_assert(Abi<sample::Choice>::size == 12 && Abi<sample::Choice>::align == 4);
static_assert(Abi<Result<void, Unit>>::size == 1);

// The host of the tests: what guests import as `test:host/api`.
class Host {
 public:
  virtual ~Host() = default;
  virtual OrTrap<uint64_t> add(Call&, uint64_t a, uint32_t b) { return a + b; }
  virtual OrTrap<std::string> greet(Call& call, std::string_view name) {
    if (suspend_first && !call.suspend()) {
      saw_cancel = true;
      return Trap::cancelled();
    }
    if (name == "refuse") return guest_fault("the host refuses");
    seen = name;
    return "hello " + std::string(name);
  }
  virtual OrTrap<uint32_t> count(Call&, std::vector<std::string> names) {
    return static_cast<uint32_t>(names.size());
  }
  virtual OrTrap<std::unique_ptr<Thing>> make_thing(Call&) {
    return std::make_unique<Thing>(alive);
  }
  virtual OrTrap<uint32_t> thing_get(Call&, Thing& self) { return self.value; }
  virtual OrTrap<void> take(Call&, Thing& lent, std::unique_ptr<Thing> owned) {
    static_cast<void>(lent);
    static_cast<void>(owned);
    return {};
  }
  virtual OrTrap<Result<Color, std::string>> paint(Call&, Color color, sample::Rights rights) {
    if (rights.bits != 1) return Err(std::string("no rights"));
    return color == Color::red ? Color::green : Color::red;
  }

  bool suspend_first = false;
  bool saw_cancel = false;
  std::string seen;
  int alive = 0;
};

Host& host_of(void* state) { return *static_cast<Host*>(state); }

void link_host(Linker& linker) {
  auto interface = linker.interface<Host>("test:host/api@0.2.12", &host_of);
  interface.resource<Thing>("thing");
  interface.function<&Host::add>("add");
  interface.function<&Host::greet>("greet");
  interface.function<&Host::count>("count");
  interface.function<&Host::make_thing>("[constructor]thing");
  interface.function<&Host::thing_get>("[method]thing.get");
  interface.function<&Host::take>("take");
  interface.function<&Host::paint>("paint");
}

struct Components : ::testing::Test {
  Components() { link_host(linker); }
  Linker linker;
  Host host;
};

// A memory whose realloc only moves forward, and fails where a test writes to `fault`.
constexpr std::string_view memory_module = R"(
  (core module $mem
    (memory (export "memory") 2)
    (global $next (mut i32) (i32.const 4096))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $p i32)
      (local.set $p (i32.and (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1)))
                             (i32.sub (i32.const 0) (local.get 2))))
      (global.set $next (i32.add (local.get $p) (local.get 3)))
      (memory.copy (local.get $p) (local.get 0) (local.get 1))
      (local.get $p)))
  (core instance $mem (instantiate $mem)))";

std::string with_memory(std::string_view rest) {
  return "(component " + std::string(memory_module) + std::string(rest) + ")";
}

constexpr std::string_view echo_text = R"(
  (core module $m
    (import "mem" "memory" (memory 1))
    (func (export "add") (param i64 i32) (result i64)
      (i64.add (local.get 0) (i64.extend_i32_u (local.get 1))))
    (func (export "pair") (param i32 i32) (result i32)
      (i32.store (i32.const 16) (local.get 0))
      (i32.store (i32.const 20) (local.get 1))
      (i32.const 16))
    (func (export "point") (param i32 i64 i32 i32) (result i32)
      (i32.store8 (i32.const 32) (local.get 0))
      (i64.store (i32.const 40) (local.get 1))
      (i32.store (i32.const 48) (local.get 2))
      (i32.store (i32.const 52) (local.get 3))
      (i32.const 32))
    (func (export "choice") (param i32 i32 i32) (result i32)
      (i32.store8 (i32.const 64) (local.get 0))
      (i32.store (i32.const 68) (local.get 1))
      (i32.store (i32.const 72) (local.get 2))
      (i32.const 64))
    (func (export "flip") (param i32) (result i32) (i32.xor (local.get 0) (i32.const 1)))
    (func (export "wide") (param i32) (result i32) (i32.const 131070))
    (func (export "odd") (result i32) (i32.const 18)))
  (core instance $m (instantiate $m (with "mem" (instance $mem))))
  (type $point (record (field "x" u8) (field "y" u64) (field "name" string)))
  (export $point-e "point-type" (type $point))
  (type $choice (variant (case "none") (case "number" u32) (case "text" string)))
  (export $choice-e "choice-type" (type $choice))
  (func (export "add") (param "a" u64) (param "b" u32) (result u64) (canon lift (core func $m "add")))
  (func (export "echo") (param "s" string) (result string)
    (canon lift (core func $m "pair") (memory (core memory $mem "memory")) (realloc (core func $mem "realloc"))))
  (func (export "echo16") (param "s" string) (result string)
    (canon lift (core func $m "pair") (memory (core memory $mem "memory")) (realloc (core func $mem "realloc"))
      string-encoding=utf16))
  (func (export "echo1") (param "s" string) (result string)
    (canon lift (core func $m "pair") (memory (core memory $mem "memory")) (realloc (core func $mem "realloc"))
      string-encoding=latin1+utf16))
  (func (export "list") (param "l" (list (tuple u8 string))) (result (list (tuple u8 string)))
    (canon lift (core func $m "pair") (memory (core memory $mem "memory")) (realloc (core func $mem "realloc"))))
  (func (export "point") (param "p" $point-e) (result $point-e)
    (canon lift (core func $m "point") (memory (core memory $mem "memory")) (realloc (core func $mem "realloc"))))
  (func (export "choice") (param "c" $choice-e) (result $choice-e)
    (canon lift (core func $m "choice") (memory (core memory $mem "memory")) (realloc (core func $mem "realloc"))))
  (func (export "flip") (param "b" bool) (result bool) (canon lift (core func $m "flip")))
  (func (export "wide") (param "b" u32) (result string)
    (canon lift (core func $m "wide") (memory (core memory $mem "memory"))))
  (func (export "odd") (result (list u64))
    (canon lift (core func $m "odd") (memory (core memory $mem "memory")))))";

std::string text_with(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string echo_component() { return with_memory(echo_text); }

TEST_F(Components, PassNumbersStringsListsRecordsAndVariantsToAGuestAndBack) {
  World world(echo_component(), linker, nullptr, &host);
  ASSERT_TRUE(world.linked);
  uint64_t sum = 0;
  EXPECT_EQ(world.call(sum, "add", uint64_t{1} << 40, uint32_t{5}), "");
  EXPECT_EQ(sum, (uint64_t{1} << 40) + 5);
  std::string text;
  for (std::string name : {"echo", "echo16", "echo1"}) {
    for (std::string_view s : {"", "plain", "gr\u00fc\u00dfe", "\u65e5\u672c \U0001F600 mixed"}) {
      EXPECT_EQ(world.call(text, name, s), "") << name << " " << s;
      EXPECT_EQ(text, s) << name;
    }
  }
  using List = std::vector<std::tuple<uint8_t, std::string>>;
  List list = {{1, "one"}, {2, ""}, {255, "many"}}, back;
  EXPECT_EQ(world.call(back, "list", list), "");
  EXPECT_EQ(back, list);
  sample::Point point{3, uint64_t{1} << 50, "here"}, other;
  EXPECT_EQ(world.call(other, "point", point), "");
  EXPECT_EQ(other, point);
  for (sample::Choice choice : {sample::Choice{}, sample::Choice{7u}, sample::Choice{"x"}}) {
    sample::Choice answer;
    EXPECT_EQ(world.call(answer, "choice", choice), "");
    EXPECT_EQ(answer.value, choice.value);
  }
  bool flipped = false;
  EXPECT_EQ(world.call(flipped, "flip", false), "");
  EXPECT_TRUE(flipped);
}

TEST_F(Components, TellWhetherAnExportHasAType) {
  World world(echo_component(), linker, nullptr, &host);
  ASSERT_TRUE(world.linked);
  const Plan& plan = world.linked->plan();
  EXPECT_EQ((export_type_error<uint64_t, uint64_t, uint32_t>(plan, world.find("add"))), "");
  EXPECT_EQ((export_type_error<sample::Point, sample::Point>(plan, world.find("point"))), "");
  EXPECT_EQ((export_type_error<std::string, std::string_view>(plan, world.find("echo"))), "");
  EXPECT_NE((export_type_error<uint64_t, uint32_t, uint32_t>(plan, world.find("add"))), "");
  EXPECT_NE((export_type_error<void, std::unique_ptr<Thing>>(plan, world.find("echo"))), "");
}

TEST_F(Components, AreNotEnteredAgainEvenIfTheJobIgnoresTheirTrap) {
  World world(echo_component(), linker, nullptr, &host);
  ASSERT_TRUE(world.linked);
  TestJob job([&](Instance& i) -> OrTrap<void> {
    EXPECT_FALSE((i.call<std::string>(world.find("wide"), 0u)).ok());
    OrTrap<bool> second = i.call<bool>(world.find("flip"), true);
    EXPECT_FALSE(second.ok());
    return std::move(second.trap());
  });
  EXPECT_NE(world.finish(job).find("cannot enter"), std::string::npos);
}

TEST_F(Components, TrapWhenAResultLiesOutsideOfMemoryOrIsUnaligned) {
  World world(echo_component(), linker, nullptr, &host);
  ASSERT_TRUE(world.linked);
  std::string text;
  EXPECT_NE(world.call(text, "wide", 0u).find("pointer"), std::string::npos);
  // Nothing runs after a trap.
  EXPECT_NE(world.call(text, "echo", std::string_view("x")).find("cannot enter"),
            std::string::npos);
  World second(echo_component(), linker, nullptr, &host);
  std::vector<uint64_t> list;
  EXPECT_NE(second.call(list, "odd").find("unaligned pointer"), std::string::npos);
}

// A guest that calls every function of the host; `$lower` holds the options of its lowerings.
constexpr std::string_view caller_text = R"(
  (import "test:host/api@0.2.0" (instance $api
    (export "thing" (type $thing (sub resource)))
    (type $color (enum "red" "green"))
    (export "color" (type $color-e (eq $color)))
    (type $rights (flags "read" "write"))
    (export "rights" (type $rights-e (eq $rights)))
    (export "add" (func (param "a" u64) (param "b" u32) (result u64)))
    (export "greet" (func (param "name" string) (result string)))
    (export "count" (func (param "names" (list string)) (result u32)))
    (export "[constructor]thing" (func (result (own $thing))))
    (export "[method]thing.get" (func (param "self" (borrow $thing)) (result u32)))
    (export "take" (func (param "lent" (borrow $thing)) (param "owned" (own $thing))))
    (export "paint" (func (param "color" $color-e) (param "rights" $rights-e)
      (result (result $color-e (error string)))))))
  (alias export $api "thing" (type $thing))
  (core func $add (canon lower (func $api "add")))
  (core func $greet (canon lower (func $api "greet") (memory (core memory $mem "memory"))
    (realloc (core func $mem "realloc"))))
  (core func $count (canon lower (func $api "count") (memory (core memory $mem "memory"))))
  (core func $make (canon lower (func $api "[constructor]thing")))
  (core func $get (canon lower (func $api "[method]thing.get")))
  (core func $take (canon lower (func $api "take")))
  (core func $paint (canon lower (func $api "paint") (memory (core memory $mem "memory"))
    (realloc (core func $mem "realloc"))))
  (core func $drop (canon resource.drop $thing))
  (core module $m
    (import "mem" "memory" (memory 1))
    (import "host" "add" (func $add (param i64 i32) (result i64)))
    (import "host" "greet" (func $greet (param i32 i32 i32)))
    (import "host" "count" (func $count (param i32 i32) (result i32)))
    (import "host" "make" (func $make (result i32)))
    (import "host" "get" (func $get (param i32) (result i32)))
    (import "host" "take" (func $take (param i32 i32)))
    (import "host" "paint" (func $paint (param i32 i32 i32)))
    (import "host" "drop" (func $drop (param i32)))
    (data (i32.const 8) "world\ff\fe")
    (func (export "add") (param i64 i32) (result i64) (call $add (local.get 0) (local.get 1)))
    (func (export "greet") (param i32 i32) (result i32)
      (call $greet (local.get 0) (local.get 1) (i32.const 64)) (i32.const 64))
    (func (export "bad-utf8") (call $greet (i32.const 8) (i32.const 7) (i32.const 64)))
    (func (export "bad-out") (call $greet (i32.const 8) (i32.const 5) (i32.const 66)))
    (func (export "far") (call $greet (i32.const -1) (i32.const 5) (i32.const 64)))
    (func (export "alias") (param i32) (result i32) (local $i i32)
      (loop $l
        (i32.store (i32.add (i32.const 1024) (i32.mul (local.get $i) (i32.const 8)))
          (i32.const 70000))
        (i32.store (i32.add (i32.const 1028) (i32.mul (local.get $i) (i32.const 8)))
          (i32.const 10000))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $l (i32.lt_u (local.get $i) (local.get 0))))
      (call $count (i32.const 1024) (local.get 0)))
    (func (export "things") (result i32) (local $a i32) (local $b i32) (local $v i32)
      (local.set $a (call $make))
      (local.set $b (call $make))
      (local.set $v (call $get (local.get $a)))
      (call $take (local.get $a) (local.get $b))
      (if (i32.ne (call $make) (local.get $b)) (then unreachable))
      (call $drop (local.get $a))
      (local.get $v))
    (func (export "twice") (local $a i32)
      (local.set $a (call $make)) (call $drop (local.get $a)) (call $drop (local.get $a)))
    (func (export "lend-and-give") (local $a i32)
      (local.set $a (call $make)) (call $take (local.get $a) (local.get $a)))
    (func (export "leak") (loop $l (drop (call $make)) (br $l)))
    (func (export "paint") (param i32 i32) (result i32)
      (call $paint (local.get 0) (local.get 1) (i32.const 80))
      (i32.load8_u (i32.const 80)))
    (func (export "grow") (result i32)
      (loop $l (br_if $l (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable)
    (func $spin (export "spin") (loop $l (br $l))))
  (core instance $m (instantiate $m (with "mem" (instance $mem)) (with "host" (instance
    (export "add" (func $add)) (export "greet" (func $greet)) (export "count" (func $count))
    (export "make" (func $make)) (export "get" (func $get)) (export "take" (func $take))
    (export "paint" (func $paint)) (export "drop" (func $drop))))))
  (func (export "add") (param "a" u64) (param "b" u32) (result u64) (canon lift (core func $m "add")))
  (func (export "greet") (param "name" string) (result string)
    (canon lift (core func $m "greet") (memory (core memory $mem "memory")) (realloc (core func $mem "realloc"))))
  (func (export "bad-utf8") (canon lift (core func $m "bad-utf8")))
  (func (export "bad-out") (canon lift (core func $m "bad-out")))
  (func (export "far") (canon lift (core func $m "far")))
  (func (export "alias") (param "n" u32) (result u32) (canon lift (core func $m "alias")))
  (func (export "things") (result u32) (canon lift (core func $m "things")))
  (func (export "twice") (canon lift (core func $m "twice")))
  (func (export "lend-and-give") (canon lift (core func $m "lend-and-give")))
  (func (export "leak") (canon lift (core func $m "leak")))
  (func (export "paint") (param "c" u32) (param "r" u32) (result u32) (canon lift (core func $m "paint")))
  (func (export "grow") (result u32) (canon lift (core func $m "grow")))
  (func (export "spin") (canon lift (core func $m "spin"))))";

std::string caller_component() { return with_memory(caller_text); }

struct Callers : Components {
  std::string message_of(std::string_view name) {
    World world(caller_component(), linker, nullptr, &host);
    return world.linked ? world.run(name) : "not linked";
  }
};

TEST_F(Callers, ReachHostFunctionsOfACompatibleVersion) {
  World world(caller_component(), linker, nullptr, &host);
  ASSERT_TRUE(world.linked);
  uint64_t sum = 0;
  EXPECT_EQ(world.call(sum, "add", uint64_t{40}, uint32_t{2}), "");
  EXPECT_EQ(sum, 42u);
  std::string text;
  EXPECT_EQ(world.call(text, "greet", std::string_view("w\u00f6rld")), "");
  EXPECT_EQ(text, "hello w\u00f6rld");
  uint32_t answer = 9;
  EXPECT_EQ(world.call(answer, "paint", 0u, 1u), "");
  EXPECT_EQ(answer, 0u);
  EXPECT_EQ(world.call(answer, "paint", 1u, 2u), "");
  EXPECT_EQ(answer, 1u);
}

TEST_F(Callers, TrapForBadPointersBadTextAndBadCases) {
  EXPECT_NE(message_of("bad-utf8").find("utf-8"), std::string::npos);
  EXPECT_NE(message_of("bad-out").find("unaligned"), std::string::npos);
  EXPECT_NE(message_of("far").find("out of bounds"), std::string::npos);
  World world(caller_component(), linker, nullptr, &host);
  uint32_t answer;
  EXPECT_NE(world.call(answer, "paint", 2u, 1u).find("discriminant"), std::string::npos);
}

TEST_F(Callers, KeepHostResourcesUntilTheyAreDroppedOrGivenAway) {
  World world(caller_component(), linker, nullptr, &host);
  uint32_t value = 0;
  EXPECT_EQ(world.call(value, "things"), "");
  EXPECT_EQ(value, 7u);
  EXPECT_EQ(host.alive, 1);
  world.instance.reset();
  EXPECT_EQ(host.alive, 0);
}

TEST_F(Components, HoldNoHandlesOnceTheyAreRenewed) {
  World world(R"((component
    (import "test:host/api@0.2.0" (instance $api
      (export "thing" (type $thing (sub resource)))
      (export "[constructor]thing" (func (result (own $thing))))))
    (core func $make (canon lower (func $api "[constructor]thing")))
    (core module $m
      (import "host" "make" (func $make (result i32)))
      (func (export "leak") (result i32) (call $make))
      (func (export "trap") unreachable))
    (core instance $m (instantiate $m (with "host" (instance (export "make" (func $make))))))
    (func (export "leak") (result u32) (canon lift (core func $m "leak")))
    (func (export "trap") (canon lift (core func $m "trap")))))",
              linker, nullptr, &host);
  for (int i = 0; i < 3; ++i) {
    uint32_t handle = 0;
    EXPECT_EQ(world.call(handle, "leak"), "");
    EXPECT_EQ(handle, 1u);
    EXPECT_EQ(host.alive, 1);
    ASSERT_TRUE(world.instance->renew());
    EXPECT_EQ(host.alive, 0);
  }
  EXPECT_NE(world.run("trap"), "");
  EXPECT_FALSE(world.instance->renew());
}

TEST_F(Components, StartFromTheBeginningOnceTheyAreRenewed) {
  World world(R"((component
    (core module $m
      (memory (export "memory") 1)
      (global $g (mut i32) (i32.const 0))
      (func $start
        (global.set $g (i32.add (global.get $g) (i32.const 1)))
        (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 10))))
      (start $start)
      (func (export "get") (result i32)
        (i32.add (global.get $g) (i32.load (i32.const 0)))
        (global.set $g (i32.const 100))))
    (core module $after
      (import "m" "get" (func $get (result i32)))
      (global $g (mut i32) (i32.const 0))
      (func $start (global.set $g (call $get)))
      (start $start)
      (func (export "seen") (result i32) (global.get $g)))
    (core instance $m (instantiate $m))
    (core instance $after (instantiate $after (with "m" (instance $m))))
    (func (export "get") (result u32) (canon lift (core func $m "get")))
    (func (export "seen") (result u32) (canon lift (core func $after "seen")))))",
              linker, nullptr, &host);
  for (int i = 0; i < 3; ++i) {
    uint32_t value = 0;
    EXPECT_EQ(world.call(value, "seen"), "");
    EXPECT_EQ(value, 11u);
    EXPECT_EQ(world.call(value, "get"), "");
    EXPECT_EQ(value, 110u);
    ASSERT_TRUE(world.instance->renew());
  }
}

TEST_F(Components, AreRenewedToWhatTheyWereBeforeTheirFirstJob) {
  World world(R"((component
    (core module $owner
      (table (export "table") 2 funcref)
      (global (export "base") i32 (i32.const 1)))
    (core module $user
      (import "o" "table" (table $t 2 funcref))
      (import "o" "base" (global $base i32))
      (func $seven (result i32) (i32.const 7))
      (func $eight (result i32) (i32.const 8))
      (elem (global.get $base) func $seven)
      (elem declare func $eight)
      (func (export "change") (table.set $t (i32.const 1) (ref.func $eight)))
      (func (export "look") (result i32) (call_indirect $t (result i32) (i32.const 1))))
    (core instance $owner (instantiate $owner))
    (core instance $user (instantiate $user (with "o" (instance $owner))))
    (func (export "change") (canon lift (core func $user "change")))
    (func (export "look") (result u32) (canon lift (core func $user "look")))))",
              linker, nullptr, &host);
  for (int i = 0; i < 3; ++i) {
    uint32_t value = 0;
    EXPECT_EQ(world.call(value, "look"), "");
    EXPECT_EQ(value, 7u);
    EXPECT_EQ(world.run("change"), "");
    EXPECT_EQ(world.call(value, "look"), "");
    EXPECT_EQ(value, 8u);
    ASSERT_TRUE(world.instance->renew());
  }
}

TEST_F(Callers, TrapForHandlesThatAreUnknownOrLent) {
  EXPECT_NE(message_of("twice").find("unknown handle index"), std::string::npos);
  EXPECT_NE(message_of("lend-and-give").find("borrowed"), std::string::npos);
  EXPECT_EQ(host.alive, 0);
}

TEST_F(Callers, MayNotHaveMoreHandlesThanTheLimit) {
  EXPECT_NE(message_of("leak").find("too many handles"), std::string::npos);
  EXPECT_EQ(host.alive, 0);
}

TEST_F(Callers, MayNotLetOneCallCopyMoreThanItsBudget) {
  testing::Limits options;
  options.copy_budget = 1'000'000;
  World world(caller_component(), linker, &options, &host);
  uint32_t count = 0;
  EXPECT_EQ(world.call(count, "alias", 50u), "");
  EXPECT_EQ(count, 50u);
  EXPECT_NE(world.call(count, "alias", 5000u).find("more data"), std::string::npos);
}

TEST_F(Callers, SuspendInAHostFunctionAndGoOnWhenWoken) {
  host.suspend_first = true;
  World world(caller_component(), linker, nullptr, &host);
  std::string text;
  TestJob job([&](Instance& i) -> OrTrap<void> {
    text = WEIR_TRY_TRAP((i.call<std::string>(world.find("greet"), std::string_view("you"))));
    return {};
  });
  world.instance->start(job);
  EXPECT_FALSE(job.ended);
  world.instance->waiter().wake();
  EXPECT_FALSE(job.ended);
  world.executor.drain();
  EXPECT_TRUE(job.ended);
  EXPECT_EQ(text, "hello you");
}

TEST_F(Callers, AreUnwoundWhenTheyAreCancelledWhileSuspended) {
  host.suspend_first = true;
  for (bool destroy : {false, true}) {
    host.saw_cancel = false;
    World world(caller_component(), linker, nullptr, &host);
    TestJob job([&](Instance& i) -> OrTrap<void> {
      WEIR_TRY_TRAP((i.call<std::string>(world.find("greet"), std::string_view("you"))));
      return {};
    });
    world.instance->start(job);
    if (destroy) {
      world.instance.reset();
    } else {
      world.instance->cancel();
      ASSERT_TRUE(job.ended);
      EXPECT_EQ(job.trap.kind(), Trap::Kind::cancelled);
    }
    EXPECT_TRUE(host.saw_cancel);
  }
}

TEST_F(Callers, EndAtTheirMemoryAndCpuLimits) {
  testing::Limits options;
  options.memory_limit = 4 << 20;
  options.cpu_limit_ns = 30'000'000;
  World world(caller_component(), linker, &options, &host);
  uint32_t answer;
  world.call(answer, "grow");
  EXPECT_EQ(world.last.kind(), Trap::Kind::memory_limit);
  World second(caller_component(), linker, &options, &host);
  TestJob job([&](Instance& i) { return i.call<void>(second.find("spin")); });
  second.instance->start(job);
  while (!job.ended && second.executor.drain() > 0) {
  }
  ASSERT_TRUE(job.ended);
  EXPECT_EQ(job.trap.kind(), Trap::Kind::cpu_limit);
  EXPECT_NE(job.trap.describe().find("spin"), std::string::npos) << job.trap.describe();
}

// A guest that defines a resource and one that uses it, in one component.
constexpr std::string_view composed_text = R"((component
  (component $def
    (core module $dtor
      (global $drops (export "drops") (mut i32) (i32.const 0))
      (func (export "dtor") (param i32) (global.set $drops (i32.add (global.get $drops) (local.get 0)))))
    (core instance $dtor (instantiate $dtor))
    (type $r (resource (rep i32) (dtor (core func $dtor "dtor"))))
    (core func $new (canon resource.new $r))
    (core module $m
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "drops" (global $drops (mut i32)))
      (memory (export "memory") 1)
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      (func (export "get") (param i32) (result i32) (local.get 0))
      (func (export "drops") (result i32) (global.get $drops))
      (func (export "upper") (param i32 i32) (result i32)
        (i32.store8 (local.get 0) (i32.sub (i32.load8_u (local.get 0)) (i32.const 32)))
        (i32.store (i32.const 0) (local.get 0)) (i32.store (i32.const 4) (local.get 1)) (i32.const 0))
      (func (export "post") (param i32) (i32.store (i32.const 8) (i32.const 1)))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
    (core instance $m (instantiate $m (with "" (instance (export "new" (func $new))
      (export "drops" (global $dtor "drops"))))))
    (export $r-e "r" (type $r))
    (func (export "make") (param "v" u32) (result (own $r-e)) (canon lift (core func $m "make")))
    (func (export "get") (param "self" (borrow $r-e)) (result u32) (canon lift (core func $m "get")))
    (func (export "drops") (result u32) (canon lift (core func $m "drops")))
    (func (export "upper") (param "s" string) (result string)
      (canon lift (core func $m "upper") (memory (core memory $m "memory")) (realloc (core func $m "realloc"))
        (post-return (core func $m "post")))))
  (instance $def (instantiate $def))
  (alias export $def "r" (type $r))
  (core func $make (canon lower (func $def "make")))
  (core func $get (canon lower (func $def "get")))
  (core func $drops (canon lower (func $def "drops")))
  (core func $drop (canon resource.drop $r))
  (core module $mem (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 2048)))
  (core instance $mem (instantiate $mem))
  (core func $upper (canon lower (func $def "upper") (memory (core memory $mem "memory"))
    (realloc (core func $mem "realloc")) string-encoding=utf16))
  (core module $m
    (import "h" "make" (func $make (param i32) (result i32)))
    (import "h" "get" (func $get (param i32) (result i32)))
    (import "h" "drops" (func $drops (result i32)))
    (import "h" "drop" (func $drop (param i32)))
    (import "h" "upper" (func $upper (param i32 i32 i32)))
    (import "mem" "memory" (memory 1))
    (func (export "use") (result i32) (local $r i32) (local $v i32)
      (local.set $r (call $make (i32.const 42)))
      (local.set $v (call $get (local.get $r)))
      (call $drop (local.get $r))
      (i32.add (i32.mul (local.get $v) (i32.const 100)) (call $drops)))
    (func (export "upper") (result i32)
      (i32.store (i32.const 512) (i32.const 0x00620061))
      (call $upper (i32.const 512) (i32.const 2) (i32.const 16))
      (i32.add (i32.mul (i32.load (i32.const 20)) (i32.const 1000))
        (i32.load16_u (i32.load (i32.const 16)))))
    (func (export "again") (result i32) (local $r i32)
      (local.set $r (call $make (i32.const 1)))
      (call $drop (local.get $r)) (call $get (local.get $r))))
  (core instance $m (instantiate $m (with "mem" (instance $mem)) (with "h" (instance
    (export "make" (func $make)) (export "get" (func $get)) (export "drops" (func $drops))
    (export "drop" (func $drop)) (export "upper" (func $upper))))))
  (func (export "use") (result u32) (canon lift (core func $m "use")))
  (func (export "upper") (result u32) (canon lift (core func $m "upper")))
  (func (export "again") (result u32) (canon lift (core func $m "again")))))";

TEST_F(Components, UseResourcesThatOtherComponentsDefine) {
  World world(composed_text, linker);
  ASSERT_TRUE(world.linked);
  uint32_t answer = 0;
  EXPECT_EQ(world.call(answer, "use"), "");
  EXPECT_EQ(answer, 4242u);
  EXPECT_NE(world.call(answer, "again").find("unknown handle index"), std::string::npos);
}

TEST_F(Components, PassStringsBetweenComponentsOfDifferentEncodings) {
  World world(composed_text, linker);
  ASSERT_TRUE(world.linked);
  uint32_t answer = 0;
  EXPECT_EQ(world.call(answer, "upper"), "");
  EXPECT_EQ(answer, 2000u + 'A');
}

// Dropping a resource drops the next, and so on.
constexpr std::string_view chain_text = R"((component
  (core module $d
    (import "" "table" (table 1 funcref))
    (type $t (func (param i32)))
    (func (export "dtor") (param i32)
      (if (local.get 0) (then
        (call_indirect (type $t) (local.get 0) (i32.const 0))))))
  (core module $t (table (export "table") 1 funcref))
  (core instance $t (instantiate $t))
  (core instance $d (instantiate $d (with "" (instance $t))))
  (type $r (resource (rep i32) (dtor (core func $d "dtor"))))
  (core func $new (canon resource.new $r))
  (core func $drop (canon resource.drop $r))
  (core module $m
    (import "" "table" (table 1 funcref))
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (elem (i32.const 0) $drop)
    (func (export "run") (param i32) (local $last i32)
      (loop $l
        (local.set $last (call $new (local.get $last)))
        (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (call $drop (local.get $last))))
  (core instance $m (instantiate $m (with "" (instance
    (export "table" (table $t "table")) (export "new" (func $new)) (export "drop" (func $drop))))))
  (func (export "run") (param "n" u32) (canon lift (core func $m "run")))))";

TEST_F(Components, TrapBeforeAChainOfDestructorsUsesUpTheStack) {
  World world(chain_text, linker);
  EXPECT_EQ(world.run("run", 2u), "");
  EXPECT_NE(world.run("run", 90'000u), "");
  EXPECT_EQ(world.last.kind(), Trap::Kind::stack_exhausted);
}

// Start functions.
std::string starter(std::string_view body) {
  return with_memory(text_with(R"(
  (import "test:host/api@0.2.0" (instance $api
    (export "greet" (func (param "name" string) (result string)))))
  (core func $greet (canon lower (func $api "greet") (memory (core memory $mem "memory"))
    (realloc (core func $mem "realloc"))))
  (core module $m
    (import "mem" "memory" (memory 1))
    (import "host" "greet" (func $greet (param i32 i32 i32)))
    (data (i32.const 8) "start")
    (global $g (mut i32) (i32.const 0))
    (func $start BODY (global.set $g (i32.const 1)))
    (start $start)
    (func (export "get") (result i32) (global.get $g)))
  (core instance $m (instantiate $m (with "mem" (instance $mem))
    (with "host" (instance (export "greet" (func $greet))))))
  (core module $late (import "m" "get" (func $get (result i32))) (global $g (mut i32) (i32.const 0))
    (func $s (global.set $g (call $get))) (start $s)
    (func (export "get") (result i32) (global.get $g)))
  (core instance $late (instantiate $late (with "m" (instance $m))))
  (func (export "get") (result u32) (canon lift (core func $late "get"))))",
                               "BODY", body));
}

TEST_F(Components, RunStartFunctionsInOrderAndLetThemSuspend) {
  World world(starter("(call $greet (i32.const 8) (i32.const 5) (i32.const 64))"), linker, nullptr,
              &host);
  ASSERT_TRUE(world.linked);
  host.suspend_first = true;
  uint32_t value = 0;
  TestJob job([&](Instance& i) -> OrTrap<void> {
    value = WEIR_TRY_TRAP(i.call<uint32_t>(world.find("get")));
    return {};
  });
  world.instance->start(job);
  EXPECT_FALSE(job.ended);
  world.instance->waiter().wake();
  world.executor.drain();
  ASSERT_TRUE(job.ended);
  EXPECT_EQ(job.message(), "");
  EXPECT_EQ(value, 1u);
  EXPECT_EQ(host.seen, "start");
}

TEST_F(Components, EndWhenAStartFunctionTrapsOrRecursesForEver) {
  World world(starter("unreachable"), linker, nullptr, &host);
  uint32_t value = 0;
  EXPECT_NE(world.call(value, "get"), "");
  EXPECT_EQ(world.last.kind(), Trap::Kind::wasm);
  World second(starter("(call $start)"), linker, nullptr, &host);
  EXPECT_NE(second.call(value, "get"), "");
  EXPECT_EQ(second.last.code(), engine::TrapCode::stack_overflow);
}

TEST_F(Components, MayNotCallOutFromReallocOrPostReturn) {
  constexpr std::string_view text = R"((component
    (import "test:host/api@0.2.0" (instance $api
      (export "add" (func (param "a" u64) (param "b" u32) (result u64)))))
    (core func $add (canon lower (func $api "add")))
    (core module $m (import "h" "add" (func $add (param i64 i32) (result i64)))
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (drop (call $add (i64.const 1) (i32.const 1))) (i32.const 64))
      (func (export "f") (param i32 i32))
      (func (export "g"))
      (func (export "post") (drop (call $add (i64.const 1) (i32.const 1)))))
    (core instance $m (instantiate $m (with "h" (instance (export "add" (func $add))))))
    (func (export "f") (param "s" string) (canon lift (core func $m "f") (memory (core memory $m "memory"))
      (realloc (core func $m "realloc"))))
    (func (export "g") (canon lift (core func $m "g") (post-return (core func $m "post"))))))";
  World world(text, linker, nullptr, &host);
  ASSERT_TRUE(world.linked);
  EXPECT_NE(world.run("f", std::string_view("x")).find("cannot leave"), std::string::npos);
  World second(text, linker, nullptr, &host);
  EXPECT_NE(second.run("g").find("cannot leave"), std::string::npos);
}

}  // namespace
}  // namespace weir::component
