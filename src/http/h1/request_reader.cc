#include "http/h1/request_reader.h"

#include <algorithm>
#include <cstring>

namespace weir::http::h1 {
namespace {

constexpr uint64_t kRetryNs = 5'000'000;
// Pieces of content below this are put together with what follows them.
constexpr size_t kSmallPiece = 4096;
// Content of which so much may come at once is read to where it stays.
constexpr size_t kReadInPlace = 32 << 10;

}  // namespace

RequestReader::RequestReader(io::Loop& loop, Owner& owner, const ServerSettings& settings,
                             BufferPool& pool, ByteBudget& budget)
    : loop_(loop),
      owner_(owner),
      settings_(settings),
      input_(pool, budget),
      read_event_(loop, *this),
      body_event_(loop, *this),
      read_alarm_(*this),
      retry_(*this) {}

void RequestReader::close() {
  take_body(ErrorCode::Kind::connection_terminated);
  read_event_.cancel();
  body_event_.cancel();
  read_alarm_.disarm();
  retry_.disarm();
  input_.release();
  stream_ = nullptr;
}

void RequestReader::on_readable() {
  if (body_ && body_->awaited())
    body_->wake();
  else
    owner_.on_input();
}

void RequestReader::note_end(io::IoResult::State state) {
  ended_ = true;
  if (state == io::IoResult::State::failed) broken_ = true;
}

// False when nothing came: then the read event is set, or nothing more will come.
bool RequestReader::fill() {
  if (ended_) return false;
  size_t before = input_.pending().size();
  switch (input_.fill(*stream_, loop_.scratch(), &read_event_)) {
    case InputBuffer::Fill::more:
      took_from_socket(input_.pending().size() - before);
      return true;
    case InputBuffer::Fill::starved:
      retry_.arm(loop_, loop_.now() + kRetryNs);
      return false;
    case InputBuffer::Fill::end:
      note_end(io::IoResult::State::end);
      return false;
    case InputBuffer::Fill::broken:
      note_end(io::IoResult::State::failed);
      return false;
    case InputBuffer::Fill::pending:
      return false;
  }
  return false;
}

Result<std::optional<RequestHead>, Refusal> RequestReader::read_head(
    io::Stream& stream, bool secure, std::string_view local_authority) {
  stream_ = &stream;
  while (true) {
    std::string_view pending = input_.pending();
    // One empty line before a request is ignored (RFC 9112 section 2.2).
    if (!skipped_line_ && scanned_ == 0 && pending.starts_with("\r\n")) {
      skipped_line_ = true;
      input_.consume(2);
      continue;
    }
    if (!pending.empty() && (pending != "\r" || skipped_line_)) {
      size_t size = WEIR_TRY(find_head_end(pending, scanned_, settings_.head));
      if (size) {
        auto head =
            parse_request_head(pending.substr(0, size), settings_.head, secure, local_authority);
        input_.consume(size);
        // However long the request takes, its buffer serves others.
        input_.release_if_empty();
        scanned_ = 0;
        skipped_line_ = false;
        if (!head.ok()) return Err(head.error());
        return std::optional<RequestHead>(std::move(*head));
      }
    }
    input_.release_if_empty();
    if (!fill()) return std::optional<RequestHead>();
  }
}

std::unique_ptr<Body> RequestReader::begin_body(const RequestHead& head) {
  decoder_.begin(head.chunked, head.length.value_or(0), settings_.max_body);
  failure_.reset();
  refusal_.reset();
  trailers_given_ = false;
  waiting_since_.reset();
  if (decoder_.done()) return nullptr;
  wanted_ = false;
  allowance_.begin(settings_.read_timeout_ns, settings_.min_read_rate);
  auto body = std::make_unique<IncomingBody>(*this);
  body_ = body.get();
  return body;
}

void RequestReader::take_body(ErrorCode code) {
  read_alarm_.disarm();
  if (!body_) return;
  std::exchange(body_, nullptr)->detach(Body::Frame::of_error(std::move(code)));
}

void RequestReader::dropped() {
  body_ = nullptr;
  read_alarm_.disarm();
  body_event_.wake();
}

void RequestReader::fail(ErrorCode code, std::optional<Refusal> refusal) {
  if (failure_) return;
  failure_ = std::move(code);
  refusal_ = refusal;
  read_alarm_.disarm();
  if (body_) body_->wake();
  body_event_.wake();
}

void RequestReader::took_from_socket(uint64_t bytes) {
  if (!body_) return;
  allowance_.waited(waiting_since_ ? loop_.now() - *waiting_since_ : 0, bytes);
  waiting_since_.reset();
  read_alarm_.disarm();
}

void RequestReader::on_read_timeout() {
  // Whoever waited has turned to something else.
  if (!body_ || !body_->awaited()) {
    waiting_since_.reset();
    return;
  }
  fail(ErrorCode::Kind::connection_read_timeout,
       Refusal{408, "the request's content came too slowly"});
}

size_t RequestReader::gather(std::span<uint8_t> target) {
  size_t count = 0;
  while (count < target.size()) {
    std::string_view pending = input_.pending(), rest = pending, data;
    auto step = decoder_.next(rest, data, target.size() - count);
    input_.consume(pending.size() - rest.size());
    // The end and failures stay for the next poll.
    if (step != BodyDecoder::Step::data) break;
    std::memcpy(target.data() + count, data.data(), data.size());
    count += data.size();
  }
  return count;
}

size_t RequestReader::deliver(std::string_view data, size_t max, std::span<uint8_t> target,
                              Body::Frame& frame) {
  frame.state = Body::State::data;
  if (!target.empty()) {
    std::memcpy(target.data(), data.data(), data.size());
    return data.size() + gather(target.subspan(data.size()));
  }
  if (data.size() >= kSmallPiece || data.size() == max || input_.empty()) {
    frame.data = Bytes::copy(data);
    return 0;
  }
  std::span<uint8_t> scratch = loop_.scratch();
  scratch = scratch.first(std::min(max, scratch.size()));
  std::memcpy(scratch.data(), data.data(), data.size());
  size_t count = data.size() + gather(scratch.subspan(data.size()));
  frame.data = Bytes::copy(scratch.first(count));
  return 0;
}

size_t RequestReader::poll(size_t max, std::span<uint8_t> target, Body::Frame& frame,
                           Waiter* waiter) {
  if (!wanted_) {
    wanted_ = true;
    owner_.on_body_wanted();
  }
  while (true) {
    if (failure_) {
      frame = Body::Frame::of_error(*failure_);
      return 0;
    }
    std::string_view pending = input_.pending(), rest = pending, data;
    auto step = decoder_.next(rest, data, max);
    input_.consume(pending.size() - rest.size());
    switch (step) {
      case BodyDecoder::Step::data:
        return deliver(data, max, target, frame);
      case BodyDecoder::Step::end:
        if (!trailers_given_ && decoder_.chunked() && !decoder_.trailers().empty()) {
          trailers_given_ = true;
          frame = Body::Frame::of_trailers(std::move(decoder_.trailers()));
          return 0;
        }
        frame = Body::Frame::of_end();
        if (body_) {
          std::exchange(body_, nullptr)->detach(Body::Frame::of_end());
          body_event_.wake();
        }
        return 0;
      case BodyDecoder::Step::bad:
        if (decoder_.excess() == ChunkedDecoder::Excess::none)
          fail(ErrorCode::Kind::http_protocol_error, Refusal{400, "malformed chunked content"});
        else
          fail(decoder_.excess() == ChunkedDecoder::Excess::trailer
                   ? ErrorCode::Kind::http_request_trailer_size
                   : ErrorCode::Kind::http_request_trailer_section_size,
               Refusal{431, "the request's trailers are too large"});
        continue;
      case BodyDecoder::Step::too_large:
        fail(ErrorCode(ErrorCode::Kind::http_request_body_size, decoder_.received()),
             Refusal{413, "the request's content is too large"});
        continue;
      case BodyDecoder::Step::more:
        break;
    }
    if (!decoder_.chunked() && !ended_) {
      // Nothing is buffered: straight from the socket into the reader's memory.
      std::span<uint8_t> into = target.empty() ? loop_.scratch() : target;
      into = into.first(std::min<uint64_t>({into.size(), max, *decoder_.left()}));
      // Much goes into memory of its own at once; little is copied there, so that it holds no more.
      Bytes own;
      if (target.empty() && into.size() >= kReadInPlace)
        own = Bytes::make(into.size(), [&](uint8_t* data) { into = {data, into.size()}; });
      auto result = stream_->read(into, &read_event_);
      if (result.state == io::IoResult::State::done) {
        took_from_socket(result.bytes);
        decoder_.took(result.bytes);
        frame.state = Body::State::data;
        if (!target.empty()) return result.bytes;
        frame.data = !own.empty() && result.bytes >= into.size() / 2
                         ? own.slice(0, result.bytes)
                         : Bytes::copy(into.first(result.bytes));
        return 0;
      }
      if (result.state == io::IoResult::State::pending)
        input_.release_if_empty();
      else
        note_end(result.state);
    } else if (fill()) {
      continue;
    }
    if (ended_) {
      fail(ErrorCode::Kind::connection_terminated, std::nullopt);
      continue;
    }
    if (waiter && body_) {
      body_->waiters_.add(*waiter);
      if (!waiting_since_) {
        waiting_since_ = loop_.now();
        read_alarm_.arm(loop_, loop_.now() + allowance_.next_wait());
      }
    }
    frame = Body::Frame::of_pending();
    return 0;
  }
}

RequestReader::Discard RequestReader::discard_body(uint64_t& allowance) {
  while (true) {
    std::string_view pending = input_.pending(), rest = pending, data;
    auto step = decoder_.next(rest, data, SIZE_MAX);
    size_t used = pending.size() - rest.size();
    input_.consume(used);
    if (used > allowance) return Discard::too_much;
    allowance -= used;
    if (step == BodyDecoder::Step::end) return Discard::done;
    if (step == BodyDecoder::Step::bad || step == BodyDecoder::Step::too_large)
      return Discard::too_much;
    if (step == BodyDecoder::Step::data) continue;
    if (!fill()) return ended_ ? Discard::ended : Discard::more;
  }
}

bool RequestReader::drain() {
  input_.release();
  if (ended_ || !stream_) return false;
  while (true) {
    auto result = stream_->read(loop_.scratch(), &read_event_);
    if (result.state == io::IoResult::State::pending) return true;
    if (result.state == io::IoResult::State::done) {
      // A peer that never stops sending gets its turns, not the loop.
      if (result.bytes < io::Loop::kScratchSize) continue;
      read_event_.wake();
      return true;
    }
    note_end(result.state);
    return false;
  }
}

}  // namespace weir::http::h1
