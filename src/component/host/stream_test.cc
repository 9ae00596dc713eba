// Streams and futures with an end of the host's.
// Long because each case brings its component's text along.
#include <gmock/gmock.h>

#include <deque>
#include <vector>

#include "component/host/future.h"
#include "component/host/stream_sink.h"
#include "component/host/stream_source.h"
#include "component/testing/fixture.h"

namespace weir::component {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TestJob;
using testing::World;

// Gives the bytes it was told to.
class Bytes8 final : public StreamSource<uint8_t> {
 public:
  explicit Bytes8(Bytes8** self) : self_(self) { *self_ = this; }
  ~Bytes8() override { *self_ = nullptr; }
  void add(std::string_view text) {
    data.append(text);
    ready();
  }
  void finish() { end(); }
  uint32_t available() override {
    asked += 1;
    return static_cast<uint32_t>(data.size());
  }

  std::string data;
  int asked = 0;

 private:
  void fill(std::span<uint8_t> room) override {
    std::memcpy(room.data(), data.data(), room.size());
    data.erase(0, room.size());
  }
  Bytes8** self_;
};

class Words final : public StreamSource<std::string> {
 public:
  explicit Words(Words** self) { *self = this; }
  void add(std::string word) {
    words.push_back(std::move(word));
    ready();
  }
  void finish() { end(); }
  uint32_t available() override { return static_cast<uint32_t>(words.size()); }
  std::deque<std::string> words;

 private:
  std::string next() override {
    std::string word = std::move(words.front());
    words.pop_front();
    return word;
  }
};

class Bell final : public StreamSource<NoPayload> {
 public:
  explicit Bell(uint32_t strokes) : left_(strokes) {}
  uint32_t available() override { return left_; }

 private:
  void taken(uint32_t count) override { left_ -= count; }
  uint32_t left_;
};

template <class T>
class Collector final : public StreamSink<T> {
 public:
  std::vector<T> got;
  // What it wants after it was given something.
  uint32_t appetite = 1000;
  bool over = false, failed = false, closes = false;

 private:
  uint32_t take_all(std::span<const T> elements) {
    got.insert(got.end(), elements.begin(), elements.end());
    if (closes) this->close();
    return closes ? 0 : appetite;
  }
  // Of numbers, and of other types.
  uint32_t receive(
      std::conditional_t<is_number_type<T>, std::span<const T>, std::span<T>> elements) override {
    return take_all(elements);
  }
  void ended(bool failed_now) override {
    over = true;
    failed = failed_now;
  }
};

class UnitCounter final : public StreamSink<NoPayload> {
 public:
  uint32_t count = 0;
  bool over = false;

 private:
  uint32_t receive(uint32_t more) override {
    count += more;
    return 10;
  }
  void ended(bool) override { over = true; }
};

template <class T>
class Answer final : public FutureSink<T> {
 public:
  std::optional<T> value;
  bool lost = false;

 private:
  void received(T given) override { value = std::move(given); }
  void failed() override { lost = true; }
};

class Host {
 public:
  OrTrap<StreamReader<uint8_t>> bytes(Call&) {
    auto source = std::make_unique<Bytes8>(&source_of_bytes);
    source->data = std::exchange(first, {});
    StreamReader<uint8_t> reader(std::move(source));
    if (ends) source_of_bytes->finish();
    return reader;
  }
  OrTrap<StreamReader<std::string>> words(Call&) {
    return StreamReader<std::string>(std::make_unique<Words>(&source_of_words));
  }
  OrTrap<FutureReader<std::string>> later(Call&) {
    auto [reader, writer] = make_future<std::string>();
    promise = std::move(writer);
    return std::move(reader);
  }
  OrTrap<void> sink(Call&, StreamReader<uint8_t> stream) {
    came_back = stream.source();
    bytes_sink.open(std::move(stream));
    bytes_sink.want(wanted);
    return {};
  }
  OrTrap<void> sink_words(Call&, StreamReader<std::string> stream) {
    words_sink.open(std::move(stream));
    words_sink.want(wanted);
    return {};
  }
  OrTrap<void> await(Call&, FutureReader<std::string> future) {
    answer.open(std::move(future));
    return {};
  }
  // Gives back what it got, or what it got before.
  OrTrap<StreamReader<uint8_t>> relay(Call&, StreamReader<uint8_t> stream) {
    if (kept) std::swap(kept, stream);
    if (keeps) kept = std::move(stream);
    return keeps ? StreamReader<uint8_t>(std::make_unique<Bytes8>(&source_of_bytes))
                 : std::move(stream);
  }
  OrTrap<StreamReader<NoPayload>> bell(Call&) {
    return StreamReader<NoPayload>(std::make_unique<Bell>(3));
  }

  std::string first;
  bool ends = false;
  bool keeps = false;
  StreamReader<uint8_t> kept;
  uint32_t wanted = 1000;
  Bytes8* source_of_bytes = nullptr;
  Words* source_of_words = nullptr;
  StreamSource<uint8_t>* came_back = nullptr;
  FutureWriter<std::string> promise;
  Collector<uint8_t> bytes_sink;
  Collector<std::string> words_sink;
  Answer<std::string> answer;
};

Host& host_of(void* state) { return *static_cast<Host*>(state); }

constexpr std::string_view guest = R"((component
  (type $bytes (stream u8))
  (type $words (stream string))
  (type $text (future string))
  (type $bare (stream))
  (import "test:host/streams" (instance $h
    (export "bytes" (func (result (stream u8))))
    (export "words" (func (result (stream string))))
    (export "later" (func (result (future string))))
    (export "sink" (func (param "s" (stream u8))))
    (export "sink-words" (func (param "s" (stream string))))
    (export "await" (func (param "f" (future string))))
    (export "relay" (func (param "s" (stream u8)) (result (stream u8))))
    (export "bell" (func (result (stream))))))
  (core module $libc
    (memory (export "mem") 1)
    (global $next (mut i32) (i32.const 2048))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $next)
      (global.set $next (i32.add (global.get $next) (local.get 3))))
    (data (i32.const 512) "hello, world")
    ;; Two strings.
    (data (i32.const 600) "\00\02\00\00\05\00\00\00\07\02\00\00\05\00\00\00"))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "mem" (core memory $mem))
  (alias core export $libc "realloc" (core func $realloc))
  (core func $bytes (canon lower (func $h "bytes")))
  (core func $words (canon lower (func $h "words")))
  (core func $later (canon lower (func $h "later")))
  (core func $sink (canon lower (func $h "sink")))
  (core func $sink-words (canon lower (func $h "sink-words")))
  (core func $await (canon lower (func $h "await")))
  (core func $relay (canon lower (func $h "relay")))
  (core func $bell (canon lower (func $h "bell")))
  (core func $new (canon stream.new $bytes))
  (core func $read (canon stream.read $bytes async (memory $mem)))
  (core func $write (canon stream.write $bytes async (memory $mem)))
  (core func $cancel-write (canon stream.cancel-write $bytes))
  (core func $drop-readable (canon stream.drop-readable $bytes))
  (core func $drop-writable (canon stream.drop-writable $bytes))
  (core func $new-words (canon stream.new $words))
  (core func $read-words (canon stream.read $words async (memory $mem) (realloc $realloc)))
  (core func $write-words (canon stream.write $words async (memory $mem)))
  (core func $drop-words (canon stream.drop-writable $words))
  (core func $new-text (canon future.new $text))
  (core func $read-text (canon future.read $text async (memory $mem) (realloc $realloc)))
  (core func $write-text (canon future.write $text async (memory $mem)))
  (core func $read-bare (canon stream.read $bare async))
  (core func $set (canon waitable-set.new))
  (core func $join (canon waitable.join))
  (core func $wait (canon waitable-set.wait (memory $mem)))
  (core module $m
    (import "" "mem" (memory 1))
    (import "" "bytes" (func $bytes (result i32)))
    (import "" "words" (func $words (result i32)))
    (import "" "later" (func $later (result i32)))
    (import "" "sink" (func $sink (param i32)))
    (import "" "sink-words" (func $sink-words (param i32)))
    (import "" "await" (func $await (param i32)))
    (import "" "relay" (func $relay (param i32) (result i32)))
    (import "" "bell" (func $bell (result i32)))
    (import "" "new" (func $new (result i64)))
    (import "" "read" (func $read (param i32 i32 i32) (result i32)))
    (import "" "write" (func $write (param i32 i32 i32) (result i32)))
    (import "" "cancel-write" (func $cancel-write (param i32) (result i32)))
    (import "" "drop-readable" (func $drop-readable (param i32)))
    (import "" "drop-writable" (func $drop-writable (param i32)))
    (import "" "new-words" (func $new-words (result i64)))
    (import "" "read-words" (func $read-words (param i32 i32 i32) (result i32)))
    (import "" "write-words" (func $write-words (param i32 i32 i32) (result i32)))
    (import "" "drop-words" (func $drop-words (param i32)))
    (import "" "new-text" (func $new-text (result i64)))
    (import "" "read-text" (func $read-text (param i32 i32) (result i32)))
    (import "" "write-text" (func $write-text (param i32 i32) (result i32)))
    (import "" "read-bare" (func $read-bare (param i32 i32 i32) (result i32)))
    (import "" "set" (func $set (result i32)))
    (import "" "join" (func $join (param i32 i32)))
    (import "" "wait" (func $wait (param i32 i32) (result i32)))
    (global $in (mut i32) (i32.const 0))
    (global $out (mut i32) (i32.const 0))
    ;; The outcome of an operation on $end, waited for.
    (func $outcome (param $end i32) (param $code i32) (result i32) (local $set i32)
      (if (i32.ne (local.get $code) (i32.const -1)) (then (return (local.get $code))))
      (local.set $set (call $set))
      (call $join (local.get $end) (local.get $set))
      (drop (call $wait (local.get $set) (i32.const 0)))
      (call $join (local.get $end) (i32.const 0))
      (i32.load (i32.const 4)))
    (func (export "open") (global.set $in (call $bytes)))
    (func (export "close") (call $drop-readable (global.get $in)))
    ;; Reads up to $n bytes to 1024; the outcome.
    (func (export "read") (param $n i32) (result i32)
      (call $outcome (global.get $in)
        (call $read (global.get $in) (i32.const 1024) (local.get $n))))
    (func (export "byte") (param i32) (result i32)
      (i32.load8_u (i32.add (i32.const 1024) (local.get 0))))
    ;; A new stream that the host reads.
    (func (export "give") (local $both i64)
      (local.set $both (call $new))
      (global.set $out (i32.wrap_i64 (i64.shr_u (local.get $both) (i64.const 32))))
      (call $sink (i32.wrap_i64 (local.get $both))))
    ;; The same by way of the host; then it reads by itself what it writes.
    (func (export "relay") (local $both i64)
      (local.set $both (call $new))
      (global.set $out (i32.wrap_i64 (i64.shr_u (local.get $both) (i64.const 32))))
      (global.set $in (call $relay (i32.wrap_i64 (local.get $both)))))
    (func (export "loop") (result i32)
      (drop (call $write (global.get $out) (i32.const 512) (i32.const 5)))
      (call $read (global.get $in) (i32.const 1024) (i32.const 8)))
    (func (export "write") (param $n i32) (result i32)
      (call $outcome (global.get $out)
        (call $write (global.get $out) (i32.const 512) (local.get $n))))
    (func (export "write-a-while") (param $n i32) (result i32)
      (drop (call $write (global.get $out) (i32.const 512) (local.get $n)))
      (call $cancel-write (global.get $out)))
    (func (export "end") (call $drop-writable (global.get $out)))
    (func (export "die") unreachable)
    ;; Gives the host's own stream back to it.
    (func (export "return") (call $sink (call $bytes)))
    ;; Reads words until there are none, and joins them at 1024.
    (func (export "read-words") (result i32) (local $s i32) (local $r i32) (local $n i32)
      (local.set $s (call $words))
      (loop $more
        (local.set $r (call $outcome (local.get $s)
          (call $read-words (local.get $s) (i32.const 700) (i32.const 2))))
        (if (i32.and (i32.shr_u (local.get $r) (i32.const 4)) (i32.const 3)) (then
          (memory.copy (i32.add (i32.const 1024) (local.get $n)) (i32.load (i32.const 700))
            (i32.load (i32.const 704)))
          (local.set $n (i32.add (local.get $n) (i32.load (i32.const 704))))
          (if (i32.eq (i32.shr_u (local.get $r) (i32.const 4)) (i32.const 2)) (then
            (memory.copy (i32.add (i32.const 1024) (local.get $n)) (i32.load (i32.const 708))
              (i32.load (i32.const 712)))
            (local.set $n (i32.add (local.get $n) (i32.load (i32.const 712))))))))
        (br_if $more (i32.eqz (i32.and (local.get $r) (i32.const 15)))))
      (i32.store (i32.const 64) (i32.const 1024))
      (i32.store (i32.const 68) (local.get $n))
      (i32.const 64))
    (func (export "write-words") (result i32) (local $both i64) (local $w i32)
      (local.set $both (call $new-words))
      (local.set $w (i32.wrap_i64 (i64.shr_u (local.get $both) (i64.const 32))))
      (call $sink-words (i32.wrap_i64 (local.get $both)))
      (call $outcome (local.get $w)
        (call $write-words (local.get $w) (i32.const 600) (i32.const 2)))
      (call $drop-words (local.get $w)))
    (func (export "read-text") (result i32) (local $f i32)
      (local.set $f (call $later))
      (drop (call $outcome (local.get $f) (call $read-text (local.get $f) (i32.const 64))))
      (i32.const 64))
    (func (export "write-text") (result i32) (local $both i64) (local $w i32)
      (local.set $both (call $new-text))
      (local.set $w (i32.wrap_i64 (i64.shr_u (local.get $both) (i64.const 32))))
      (call $await (i32.wrap_i64 (local.get $both)))
      (call $outcome (local.get $w) (call $write-text (local.get $w) (i32.const 600))))
    (func (export "forget-text") (call $await (i32.wrap_i64 (call $new-text))))
    (func (export "strokes") (result i32) (local $s i32)
      (local.set $s (call $bell))
      (i32.shr_u (call $read-bare (local.get $s) (i32.const 0) (i32.const 2)) (i32.const 4))
      (i32.shr_u (call $read-bare (local.get $s) (i32.const 0) (i32.const 2)) (i32.const 4))
      (i32.add)))
  (core instance $i (instantiate $m (with "" (instance
    (export "mem" (memory $mem)) (export "bytes" (func $bytes)) (export "words" (func $words))
    (export "later" (func $later)) (export "sink" (func $sink))
    (export "sink-words" (func $sink-words)) (export "await" (func $await))
    (export "relay" (func $relay)) (export "bell" (func $bell)) (export "new" (func $new)) (export "read" (func $read))
    (export "write" (func $write)) (export "cancel-write" (func $cancel-write))
    (export "drop-readable" (func $drop-readable)) (export "drop-writable" (func $drop-writable))
    (export "new-words" (func $new-words)) (export "read-words" (func $read-words))
    (export "write-words" (func $write-words)) (export "drop-words" (func $drop-words))
    (export "new-text" (func $new-text)) (export "read-text" (func $read-text))
    (export "write-text" (func $write-text)) (export "read-bare" (func $read-bare))
    (export "set" (func $set)) (export "join" (func $join)) (export "wait" (func $wait))))))
  (func (export "open") async (canon lift (core func $i "open")))
  (func (export "close") async (canon lift (core func $i "close")))
  (func (export "read") async (param "n" u32) (result u32) (canon lift (core func $i "read")))
  (func (export "byte") (param "n" u32) (result u32) (canon lift (core func $i "byte")))
  (func (export "give") async (canon lift (core func $i "give")))
  (func (export "write") async (param "n" u32) (result u32) (canon lift (core func $i "write")))
  (func (export "write-a-while") async (param "n" u32) (result u32)
    (canon lift (core func $i "write-a-while")))
  (func (export "relay") async (canon lift (core func $i "relay")))
  (func (export "loop") async (result u32) (canon lift (core func $i "loop")))
  (func (export "end") async (canon lift (core func $i "end")))
  (func (export "die") async (canon lift (core func $i "die")))
  (func (export "return") async (canon lift (core func $i "return")))
  (func (export "read-words") async (result string)
    (canon lift (core func $i "read-words") (memory $mem)))
  (func (export "write-words") async (result u32) (canon lift (core func $i "write-words")))
  (func (export "read-text") async (result string)
    (canon lift (core func $i "read-text") (memory $mem)))
  (func (export "write-text") async (result u32) (canon lift (core func $i "write-text")))
  (func (export "forget-text") async (canon lift (core func $i "forget-text")))
  (func (export "strokes") async (result u32) (canon lift (core func $i "strokes")))))";

constexpr uint32_t kCompleted = 0, kDropped = 1, kCancelled = 2;
uint32_t outcome(uint32_t result, uint32_t count) { return count << 4 | result; }

struct HostStreams : ::testing::Test {
  HostStreams() {
    auto interface = linker.interface<Host>("test:host/streams", &host_of);
    interface.function<&Host::bytes>("bytes");
    interface.function<&Host::words>("words");
    interface.function<&Host::later>("later");
    interface.function<&Host::sink>("sink");
    interface.function<&Host::sink_words>("sink-words");
    interface.function<&Host::await>("await");
    interface.function<&Host::relay>("relay");
    interface.function<&Host::bell>("bell");
    world.emplace(guest, linker, nullptr, &host);
  }
  uint32_t read(uint32_t count) {
    uint32_t result = 0;
    EXPECT_EQ(world->call(result, "read", count), "");
    return result;
  }
  uint32_t write(uint32_t count) {
    uint32_t result = 0;
    EXPECT_EQ(world->call(result, "write", count), "");
    return result;
  }
  char byte(uint32_t at) {
    uint32_t result = 0;
    EXPECT_EQ(world->call(result, "byte", at), "");
    return static_cast<char>(result);
  }

  Linker linker;
  Host host;
  std::optional<World> world;
  uint32_t number = 0;
  std::string text;
};

TEST_F(HostStreams, GiveWhatIsThereWhenTheGuestReads) {
  host.first = "abcdef";
  ASSERT_EQ(world->run("open"), "");
  // Nothing is asked for before somebody reads.
  EXPECT_EQ(host.source_of_bytes->asked, 0);
  EXPECT_EQ(read(4), outcome(kCompleted, 4));
  EXPECT_EQ(byte(3), 'd');
  EXPECT_EQ(read(4), outcome(kCompleted, 2));
  EXPECT_EQ(byte(0), 'e');
  host.source_of_bytes->finish();
  EXPECT_EQ(read(4), outcome(kDropped, 0));
}

TEST_F(HostStreams, KeepTheGuestWaitingUntilThereIsSomething) {
  ASSERT_EQ(world->run("open"), "");
  auto job = world->start("read", number, 4u);
  ASSERT_FALSE(job->ended);
  host.source_of_bytes->add("xy");
  world->drain();
  EXPECT_EQ(job->message(), "");
  EXPECT_EQ(number, outcome(kCompleted, 2));
  EXPECT_EQ(byte(1), 'y');
  job = world->start("read", number, 4u);
  ASSERT_FALSE(job->ended);
  host.source_of_bytes->finish();
  world->drain();
  EXPECT_EQ(number, outcome(kDropped, 0));
}

TEST_F(HostStreams, TellTheSourceWhenTheGuestDropsItsEnd) {
  ASSERT_EQ(world->run("open"), "");
  ASSERT_NE(host.source_of_bytes, nullptr);
  EXPECT_EQ(world->run("close"), "");
  EXPECT_EQ(host.source_of_bytes, nullptr);
}

TEST_F(HostStreams, DestroyTheSourceWithTheInstanceAndWhenItTraps) {
  ASSERT_EQ(world->run("open"), "");
  EXPECT_THAT(world->run("die"), HasSubstr("unreachable"));
  EXPECT_EQ(host.source_of_bytes, nullptr);
  world.emplace(guest, linker, nullptr, &host);
  ASSERT_EQ(world->run("open"), "");
  world->instance.reset();
  EXPECT_EQ(host.source_of_bytes, nullptr);
}

TEST_F(HostStreams, MayBeOverBeforeTheGuestGetsThem) {
  host.ends = true;
  ASSERT_EQ(world->run("open"), "");
  EXPECT_EQ(read(1), outcome(kDropped, 0));
}

TEST_F(HostStreams, AnswerReadsOfNothingOnceThereIsSomething) {
  ASSERT_EQ(world->run("open"), "");
  auto job = world->start("read", number, 0u);
  ASSERT_FALSE(job->ended);
  host.source_of_bytes->add("xy");
  world->drain();
  EXPECT_TRUE(job->ended);
  EXPECT_EQ(number, outcome(kCompleted, 0));
  EXPECT_EQ(read(0), outcome(kCompleted, 0));
  EXPECT_EQ(read(9), outcome(kCompleted, 2));
}

TEST_F(HostStreams, TakeWhatTheGuestWritesAtOnceIfTheyWantIt) {
  ASSERT_EQ(world->run("give"), "");
  EXPECT_EQ(write(5), outcome(kCompleted, 5));
  EXPECT_EQ(std::string(host.bytes_sink.got.begin(), host.bytes_sink.got.end()), "hello");
  EXPECT_FALSE(host.bytes_sink.over);
  EXPECT_EQ(world->run("end"), "");
  EXPECT_TRUE(host.bytes_sink.over);
  EXPECT_FALSE(host.bytes_sink.failed);
}

TEST_F(HostStreams, HoldTheGuestBackUntilTheyWantMore) {
  host.wanted = 3;
  host.bytes_sink.appetite = 0;
  ASSERT_EQ(world->run("give"), "");
  EXPECT_EQ(write(5), outcome(kCompleted, 3));
  auto job = world->start("write", number, 5u);
  ASSERT_FALSE(job->ended);
  host.bytes_sink.want(2);
  world->drain();
  EXPECT_EQ(job->message(), "");
  EXPECT_EQ(number, outcome(kCompleted, 2));
  EXPECT_EQ(std::string(host.bytes_sink.got.begin(), host.bytes_sink.got.end()), "helhe");
  // What is not wanted may be taken back.
  EXPECT_EQ(world->call(number, "write-a-while", 4u), "");
  EXPECT_EQ(number, outcome(kCancelled, 0));
}

TEST_F(HostStreams, TellTheGuestWhenTheSinkIsClosed) {
  host.bytes_sink.closes = true;
  ASSERT_EQ(world->run("give"), "");
  EXPECT_EQ(write(2), outcome(kCompleted, 2));
  EXPECT_EQ(write(2), outcome(kDropped, 0));
  host.bytes_sink.closes = false;
  host.wanted = 0;
  world.emplace(guest, linker, nullptr, &host);
  ASSERT_EQ(world->run("give"), "");
  auto job = world->start("write", number, 2u);
  ASSERT_FALSE(job->ended);
  host.bytes_sink.close();
  world->drain();
  EXPECT_EQ(number, outcome(kDropped, 0));
}

TEST_F(HostStreams, TellTheSinkThatTheGuestHasFailed) {
  ASSERT_EQ(world->run("give"), "");
  EXPECT_THAT(world->run("die"), HasSubstr("unreachable"));
  EXPECT_TRUE(host.bytes_sink.over);
  EXPECT_TRUE(host.bytes_sink.failed);
  // And what it wants then is nobody's.
  host.bytes_sink.want(5);
}

TEST_F(HostStreams, KnowTheirOwnAndPassItOnWhenItComesBack) {
  host.first = "round";
  ASSERT_EQ(world->run("return"), "");
  ASSERT_NE(host.source_of_bytes, nullptr);
  EXPECT_EQ(host.came_back, host.source_of_bytes);
  EXPECT_EQ(std::string(host.bytes_sink.got.begin(), host.bytes_sink.got.end()), "round");
  host.source_of_bytes->add(" trip");
  EXPECT_EQ(std::string(host.bytes_sink.got.begin(), host.bytes_sink.got.end()), "round trip");
  host.source_of_bytes->finish();
  EXPECT_TRUE(host.bytes_sink.over);
}

TEST_F(HostStreams, MayBePassedOnUnread) {
  ASSERT_EQ(world->run("relay"), "");
  EXPECT_EQ(world->call(number, "loop"), "");
  EXPECT_EQ(number, outcome(kCompleted, 5));
  EXPECT_EQ(byte(4), 'o');
}

TEST_F(HostStreams, CannotGoFromOneInstanceToAnother) {
  host.keeps = true;
  ASSERT_EQ(world->run("relay"), "");
  ASSERT_TRUE(host.kept);
  host.keeps = false;
  {
    World other(guest, linker, nullptr, &host);
    EXPECT_THAT(other.run("relay"), HasSubstr("cannot be given to this instance"));
  }
  host.keeps = true;
  world.emplace(guest, linker, nullptr, &host);
  ASSERT_EQ(world->run("relay"), "");
  // Nor outlive its own.
  world.emplace(guest, linker, nullptr, &host);
  host.keeps = false;
  EXPECT_THAT(world->run("relay"), HasSubstr("cannot be given to this instance"));
}

TEST_F(HostStreams, CarryTextBothWaysWhoeverWaits) {
  auto job = world->start("read-words", text);
  ASSERT_FALSE(job->ended);
  // The guest waits: it gets them when it runs again.
  host.source_of_words->add("one ");
  world->drain();
  host.source_of_words->words = {"two ", "three ", "four"};
  host.source_of_words->add(" five");
  world->drain();
  host.source_of_words->finish();
  world->drain();
  EXPECT_EQ(job->message(), "");
  EXPECT_EQ(text, "one two three four five");

  EXPECT_EQ(world->call(number, "write-words"), "");
  EXPECT_EQ(number, outcome(kCompleted, 2));
  EXPECT_THAT(host.words_sink.got, ElementsAre("hello", "world"));
  EXPECT_TRUE(host.words_sink.over);
}

TEST_F(HostStreams, CountWhereThereIsNoElement) {
  EXPECT_EQ(world->call(number, "strokes"), "");
  EXPECT_EQ(number, 3u);
}

TEST_F(HostStreams, FuturesGiveTheGuestAValueNowOrLater) {
  auto job = world->start("read-text", text);
  ASSERT_FALSE(job->ended);
  EXPECT_FALSE(host.promise.reader_gone());
  host.promise.set("at last");
  world->drain();
  EXPECT_EQ(job->message(), "");
  EXPECT_EQ(text, "at last");
}

TEST_F(HostStreams, FuturesThatTheHostBreaksEndTheGuest) {
  auto job = world->start("read-text", text);
  ASSERT_FALSE(job->ended);
  host.promise = {};
  world->drain();
  ASSERT_TRUE(job->ended);
  EXPECT_THAT(job->message(), HasSubstr("without a value"));
}

TEST_F(HostStreams, FuturesGiveTheHostAValueOrTellItThatNoneWillCome) {
  EXPECT_EQ(world->call(number, "write-text"), "");
  EXPECT_EQ(host.answer.value, "hello");
  EXPECT_FALSE(host.answer.lost);
  Host other;
  World second(guest, linker, nullptr, &other);
  ASSERT_EQ(second.run("forget-text"), "");
  EXPECT_FALSE(other.answer.lost);
  second.instance.reset();
  EXPECT_TRUE(other.answer.lost);
}

}  // namespace
}  // namespace weir::component
