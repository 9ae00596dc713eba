#include "wasi/p2/streams.h"

#include <gtest/gtest.h>

#include "wasi/http/body_pipe.h"
#include "wasi/p2/resources.h"
#include "wasi/testing/fake_guest.h"

namespace weir::wasi::p2 {
namespace {

using http_types::IncomingBody;
using http_types::OutgoingBody;
using io_streams::StreamError;
using testing::FakeBody;
using testing::FakeGuest;
using Frame = http::Body::Frame;
using Kind = http::ErrorCode::Kind;

struct Streams : ::testing::Test {
  FakeGuest guest;
  component::Call& call = guest.call;
  StreamsHost& host = guest.p2().streams;

  // A body that the guest reads.
  std::shared_ptr<FakeBody::Feed> feed = std::make_shared<FakeBody::Feed>();
  IncomingBody incoming{
      std::make_unique<BodyReader>(std::make_unique<FakeBody>(feed), guest.grants.field_rules)};
  std::unique_ptr<io_streams::InputStream> in = incoming.make_stream();

  // A body that the guest writes.
  Ref<BodyPipe> pipe = make_ref<BodyPipe>(BodyPipe::Options{});
  http::BodyPtr body = pipe->make_body();
  OutgoingBody outgoing{pipe};
  std::unique_ptr<io_streams::OutputStream> out = outgoing.make_stream();

  std::string read(uint64_t len, bool blocking = false) {
    auto answer = blocking ? host.input_stream_blocking_read(call, *in, len)
                           : host.input_stream_read(call, *in, len);
    if (!answer.ok()) return "trap";
    if (!answer->ok()) return text((*answer).error());
    return std::string((**answer).view());
  }

  static std::string text(const StreamError& error) {
    if (error.tag() == StreamError::Tag::closed) return "closed";
    return "failed: " + error.get_last_operation_failed()->text();
  }

  // "ok", "closed", "failed: ..." or "trap: ...".
  template <class T>
  static std::string text(const component::OrTrap<Result<T, StreamError>>& answer) {
    if (!answer.ok()) return "trap: " + answer.trap().message();
    if (!answer->ok()) return text(answer->error());
    return "ok";
  }

  uint64_t check() {
    auto answer = host.output_stream_check_write(call, *out);
    EXPECT_EQ(text(answer), "ok");
    return **answer;
  }
  std::string write(std::string_view bytes) {
    return text(host.output_stream_write(call, *out, as_bytes(bytes)));
  }
  void fill() {
    while (uint64_t permit = check()) {
      ASSERT_EQ(write(std::string(permit, 'x')), "ok");
    }
  }
  std::string drain() { return testing::read_all(*body); }
};

TEST_F(Streams, WaitInTheirBlockingFunctionsAndInNoOthers) {
  fill();
  (void)host.input_stream_read(call, *in, 10);
  (void)host.input_stream_skip(call, *in, 10);
  (void)host.input_stream_subscribe(call, *in);
  (void)host.output_stream_check_write(call, *out);
  (void)host.output_stream_write(call, *out, {});
  (void)host.output_stream_write_zeroes(call, *out, 0);
  (void)host.output_stream_flush(call, *out);
  // What was written is queued, and that is what a flush of the guest's asks for.
  (void)host.output_stream_blocking_flush(call, *out);
  (void)host.output_stream_splice(call, *out, *in, 10);
  (void)host.output_stream_subscribe(call, *out);
  EXPECT_EQ(guest.suspensions, 0);

  guest.cancelled = true;
  (void)host.input_stream_blocking_read(call, *in, 10);
  (void)host.input_stream_blocking_skip(call, *in, 10);
  (void)host.output_stream_blocking_write_and_flush(call, *out, as_bytes("text"));
  (void)host.output_stream_blocking_write_zeroes_and_flush(call, *out, 4);
  (void)host.output_stream_blocking_splice(call, *out, *in, 10);
  EXPECT_EQ(guest.suspensions, 5);
}

TEST_F(Streams, ReadsWhatIsThereAndNeverMoreThanAsked) {
  EXPECT_EQ(read(10), "");
  feed->push_text("hello");
  EXPECT_EQ(read(2), "he");
  EXPECT_EQ(read(0), "");
  EXPECT_EQ(read(UINT64_MAX), "llo");
  feed->push(Frame::of_end());
  EXPECT_EQ(read(0), "");
  EXPECT_EQ(read(1), "closed");
  EXPECT_EQ(read(0), "closed");
}

TEST_F(Streams, BlockingReadWaitsForAByteOrTheEnd) {
  guest.when_idle.push_back([&] { feed->push_text("late"); });
  EXPECT_EQ(read(10, true), "late");
  EXPECT_EQ(guest.suspensions, 1);
  guest.when_idle.push_back([&] { feed->push(Frame::of_end()); });
  EXPECT_EQ(read(10, true), "closed");
  EXPECT_EQ(read(0, true), "closed");
}

TEST_F(Streams, BlockingReadOfNothingDoesNotWait) {
  EXPECT_EQ(read(0, true), "");
  EXPECT_EQ(guest.suspensions, 0);
}

TEST_F(Streams, ABlockedReadEndsWithTheGuest) {
  guest.when_idle.push_back([&] { guest.cancelled = true; });
  auto answer = host.input_stream_blocking_read(call, *in, 1);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.trap().kind(), component::Trap::Kind::cancelled);
}

TEST_F(Streams, AFailureIsToldOnceThenTheStreamIsClosed) {
  feed->push_text("x");
  feed->push(Frame::of_error(Kind::connection_terminated));
  EXPECT_EQ(read(10), "x");
  auto answer = host.input_stream_read(call, *in, 10);
  ASSERT_TRUE(answer.ok() && !answer->ok());
  auto& error = *(*answer).error().get_last_operation_failed();
  auto code = guest.p2().http_types.http_error_code(call, error);
  ASSERT_TRUE(code.ok() && code->has_value());
  EXPECT_EQ((*code)->tag(), http_types::ErrorCode::Tag::connection_terminated);
  EXPECT_EQ(read(10), "closed");
}

TEST_F(Streams, SkipsAsItReads) {
  feed->push_text("hello");
  EXPECT_EQ(**host.input_stream_skip(call, *in, 3), 3u);
  guest.when_idle.push_back([&] { feed->push_text("more"); });
  EXPECT_EQ(**host.input_stream_blocking_skip(call, *in, 100), 2u);
  EXPECT_EQ(**host.input_stream_blocking_skip(call, *in, 100), 4u);
  feed->push(Frame::of_end());
  EXPECT_EQ(text(host.input_stream_skip(call, *in, 1)), "closed");
}

TEST_F(Streams, WritesWhatCheckWritePermits) {
  EXPECT_EQ(check(), 64u << 10);
  EXPECT_EQ(write("hello"), "ok");
  EXPECT_EQ(text(host.output_stream_flush(call, *out)), "ok");
  EXPECT_EQ(drain(), "hello?");
}

TEST_F(Streams, AWriteBeyondItsPermitTraps) {
  uint64_t permit = check();
  EXPECT_EQ(write(std::string(permit + 1, 'x')),
            "trap: output-stream.write exceeded what check-write permitted");
  EXPECT_EQ(drain(), "?");
}

TEST_F(Streams, AWriteWithoutAPermitTraps) {
  EXPECT_EQ(write("x"), "trap: output-stream.write exceeded what check-write permitted");
  fill();
  EXPECT_EQ(check(), 0u);
  EXPECT_EQ(write("x"), "trap: output-stream.write exceeded what check-write permitted");
  EXPECT_EQ(write(""), "ok");
}

TEST_F(Streams, APermitIsForOneAmount) {
  check();
  EXPECT_EQ(write(std::string(40 << 10, 'x')), "ok");
  EXPECT_EQ(write(std::string(40 << 10, 'x')).substr(0, 4), "trap");
}

TEST_F(Streams, BlockingWritesTakeAtMost4096Bytes) {
  std::string page(4096, 'x');
  EXPECT_EQ(text(host.output_stream_blocking_write_and_flush(call, *out, as_bytes(page))), "ok");
  page += 'x';
  EXPECT_EQ(text(host.output_stream_blocking_write_and_flush(call, *out, as_bytes(page))),
            "trap: output-stream.blocking-write-and-flush takes at most 4096 bytes");
  EXPECT_EQ(text(host.output_stream_blocking_write_zeroes_and_flush(call, *out, 4097)),
            "trap: output-stream.blocking-write-zeroes-and-flush takes at most 4096 bytes");
  EXPECT_EQ(text(host.output_stream_blocking_write_zeroes_and_flush(call, *out, 4096)), "ok");
  EXPECT_EQ(drain(), std::string(4096, 'x') + std::string(4096, '\0') + "?");
}

TEST_F(Streams, ABlockingWriteWaitsOnlyAboveTheHighWaterMark) {
  fill();
  EXPECT_EQ(guest.suspensions, 0);
  std::string drained;
  guest.when_idle.push_back([&] { drained = drain(); });
  EXPECT_EQ(text(host.output_stream_blocking_write_and_flush(call, *out, as_bytes("tail"))), "ok");
  EXPECT_EQ(guest.suspensions, 1);
  EXPECT_EQ(drained.size(), (64u << 10) + 1);
  EXPECT_EQ(drain(), "tail?");
}

TEST_F(Streams, ABlockedWriteKeepsNoPointerIntoGuestMemory) {
  fill();
  auto memory = std::make_unique<std::string>(100, 'g');
  guest.when_idle.push_back([&] {
    std::fill(memory->begin(), memory->end(), '#');
    memory.reset();
    drain();
  });
  EXPECT_EQ(text(host.output_stream_blocking_write_and_flush(call, *out, as_bytes(*memory))), "ok");
  EXPECT_EQ(drain(), std::string(100, 'g') + "?");
}

TEST_F(Streams, ABlockedWriteEndsWhenTheConsumerGoes) {
  fill();
  guest.when_idle.push_back([&] { body.reset(); });
  EXPECT_EQ(text(host.output_stream_blocking_write_and_flush(call, *out, as_bytes("x"))), "closed");
  EXPECT_EQ(text(host.output_stream_check_write(call, *out)), "closed");
  EXPECT_EQ(text(host.output_stream_blocking_flush(call, *out)), "closed");
}

TEST_F(Streams, AWriteIsClosedNotTrappedWhenTheStreamClosedSinceItsPermit) {
  check();
  body.reset();
  EXPECT_EQ(write("x"), "closed");
  EXPECT_EQ(write(std::string(100 << 10, 'x')), "closed");
}

TEST_F(Streams, WritesZeroesByTheSameRules) {
  EXPECT_EQ(text(host.output_stream_write_zeroes(call, *out, 1)).substr(0, 4), "trap");
  uint64_t permit = check();
  EXPECT_EQ(text(host.output_stream_write_zeroes(call, *out, permit + 1)).substr(0, 4), "trap");
  EXPECT_EQ(text(host.output_stream_write_zeroes(call, *out, UINT64_MAX)).substr(0, 4), "trap");
  EXPECT_EQ(text(host.output_stream_write_zeroes(call, *out, 10000)), "ok");
  EXPECT_EQ(drain(), std::string(10000, '\0') + "?");
}

TEST_F(Streams, SplicesWithoutCopyingLargeSlices) {
  Bytes slice = Bytes::copy(std::string(10000, 's'));
  feed->push(Frame::of_data(slice));
  EXPECT_EQ(**host.output_stream_splice(call, *out, *in, UINT64_MAX), 10000u);
  Bytes got = body->poll(SIZE_MAX, nullptr).data;
  EXPECT_EQ(got.data(), slice.data());
}

TEST_F(Streams, SpliceIsBoundedByTheLengthAndTheRoom) {
  feed->push_text(std::string(100000, 's'));
  EXPECT_EQ(**host.output_stream_splice(call, *out, *in, 10), 10u);
  EXPECT_EQ(**host.output_stream_splice(call, *out, *in, 0), 0u);
  uint64_t moved = 10;
  for (;;) {
    uint64_t count = **host.output_stream_splice(call, *out, *in, UINT64_MAX);
    if (count == 0) break;
    moved += count;
  }
  EXPECT_GT(moved, 60u << 10);
  EXPECT_LE(moved, 64u << 10);
}

TEST_F(Streams, SpliceReportsTheErrorOfAnyStep) {
  feed->push(Frame::of_error(Kind::connection_terminated));
  EXPECT_EQ(text(host.output_stream_splice(call, *out, *in, 1)).substr(0, 6), "failed");
  EXPECT_EQ(text(host.output_stream_splice(call, *out, *in, 1)), "closed");
  body.reset();
  EXPECT_EQ(text(host.output_stream_splice(call, *out, *in, 1)), "closed");
}

TEST_F(Streams, BlockingSpliceWaitsForBothSides) {
  fill();
  std::vector<std::string> order;
  guest.when_idle.push_back([&] {
    drain();
    order.push_back("drained");
  });
  guest.when_idle.push_back([&] {
    feed->push_text("moved");
    order.push_back("fed");
  });
  EXPECT_EQ(**host.output_stream_blocking_splice(call, *out, *in, 100), 5u);
  EXPECT_EQ(order, (std::vector<std::string>{"drained", "fed"}));
  EXPECT_EQ(drain(), "moved?");
}

TEST_F(Streams, SplicedBytesObeyTheDeclaredLength) {
  auto short_pipe = make_ref<BodyPipe>(BodyPipe::Options{.declared = 10});
  auto short_body = short_pipe->make_body();
  OutgoingBody owner{short_pipe};
  auto stream = owner.make_stream();
  feed->push_text(std::string(20, 's'));
  EXPECT_EQ(text(host.output_stream_splice(call, *stream, *in, 100)).substr(0, 6), "failed");
  auto finished = owner.finish({});
  ASSERT_FALSE(finished.ok());
  EXPECT_EQ(finished.error(), http::ErrorCode(Kind::http_response_body_size, 20));
}

TEST_F(Streams, AStreamMayNotBeDroppedBeforeItsPollable) {
  EXPECT_EQ(in->drop_refusal(), nullptr);
  auto in_pollable = host.input_stream_subscribe(call, *in);
  auto out_pollable = host.output_stream_subscribe(call, *out);
  EXPECT_NE(in->drop_refusal(), nullptr);
  EXPECT_NE(out->drop_refusal(), nullptr);
  in_pollable->reset();
  out_pollable->reset();
  EXPECT_EQ(in->drop_refusal(), nullptr);
  EXPECT_EQ(out->drop_refusal(), nullptr);
}

TEST_F(Streams, ABodyMayNotBeDroppedOrFinishedBeforeItsStream) {
  EXPECT_NE(incoming.drop_refusal(), nullptr);
  EXPECT_NE(outgoing.drop_refusal(), nullptr);
  in.reset();
  out.reset();
  EXPECT_EQ(incoming.drop_refusal(), nullptr);
  EXPECT_EQ(outgoing.drop_refusal(), nullptr);
}

TEST_F(Streams, PollablesOfClosedStreamsAreReadyAtOnce) {
  body.reset();
  feed->push(Frame::of_end());
  auto& poll = guest.p2().poll;
  auto in_pollable = host.input_stream_subscribe(call, *in);
  auto out_pollable = host.output_stream_subscribe(call, *out);
  EXPECT_TRUE(*poll.pollable_ready(call, **in_pollable));
  EXPECT_TRUE(*poll.pollable_ready(call, **out_pollable));
}

TEST(StreamsAtTheEnd, MayDieInAnyOrder) {
  for (int order = 0; order < 6; ++order) {
    FakeGuest guest;
    auto feed = std::make_shared<FakeBody::Feed>();
    auto body = std::make_unique<IncomingBody>(
        std::make_unique<BodyReader>(std::make_unique<FakeBody>(feed), guest.grants.field_rules));
    auto stream = body->make_stream();
    auto pollable = std::make_unique<io_poll::Pollable>(*stream);
    for (int step = 0; step < 3; ++step) {
      switch ((order % 3 + step * (order < 3 ? 1 : 2)) % 3) {
        case 0:
          body.reset();
          break;
        case 1:
          stream.reset();
          break;
        case 2:
          pollable.reset();
          break;
      }
      if (pollable && !stream) EXPECT_TRUE(pollable->ready());
      if (stream && !body) EXPECT_FALSE(stream->read(1).ok());
    }
  }
}

}  // namespace
}  // namespace weir::wasi::p2
