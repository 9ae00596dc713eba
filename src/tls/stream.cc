#include "tls/stream.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tls/context_impl.h"
#include "tls/session_cache_impl.h"
#include "util/assert.h"

namespace weir::tls {
namespace {

// A record's content.
constexpr size_t kRecord = 16 << 10;
constexpr size_t kRecordHeader = 5;
// As long as a record may be (RFC 5246 section 6.2.3).
constexpr size_t kLongestRecord = kRecordHeader + kRecord + 2048;
// What is encrypted before it is sent.
constexpr size_t kBatch = 16 << 10;
// What is read from below at a time.
constexpr size_t kReadSize = 32 << 10;
// Buffers of this size stay where they are.
constexpr size_t kSmall = 256;
// What TLS holds of a handshake besides its messages.
constexpr size_t kHandshake = 8 << 10;

Stream& stream_of(const SSL* ssl) { return *static_cast<Stream*>(SSL_get_app_data(ssl)); }

// A buffer that goes from stream to stream, so that an idle one holds none and a busy one
// allocates none.
std::string& spare() {
  thread_local std::string buffer;
  return buffer;
}

void borrow(std::string& buffer) {
  if (buffer.capacity() < spare().capacity() && buffer.empty()) buffer.swap(spare());
}

void give_back(std::string& buffer) {
  buffer.clear();
  if (buffer.capacity() > spare().capacity()) buffer.swap(spare());
  if (buffer.capacity() > kSmall) std::string().swap(buffer);
}

// Of a buffer that is used up to `at`.
void keep_rest(std::string& buffer, size_t& at) {
  size_t rest = buffer.size() - at;
  if (buffer.capacity() <= kSmall || 4 * rest >= buffer.capacity()) return;
  std::string kept(buffer, at);
  give_back(buffer);
  buffer = std::move(kept);
  at = 0;
}

// How long the record is that begins with `bytes`; where that is no TLS, so much that TLS sees it.
size_t record_size(std::string_view bytes) {
  if (bytes.size() < kRecordHeader) return kRecordHeader;
  auto byte = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  size_t size = kRecordHeader + (size_t{byte(3)} << 8 | byte(4));
  bool known = byte(0) >= SSL3_RT_CHANGE_CIPHER_SPEC && byte(0) <= SSL3_RT_APPLICATION_DATA &&
               byte(1) == SSL3_VERSION_MAJOR && size <= kLongestRecord;
  return known ? size : bytes.size();
}

// The bytes of several buffers, in pieces.
class Pieces {
 public:
  Pieces(std::span<const iovec> source, size_t skip) : source_(source), at_(skip) {}

  // Up to `size` bytes, fewer only at the end; valid until the next call. Small pieces are put
  // together.
  std::span<const uint8_t> take(size_t size) {
    skip_used();
    if (source_.empty()) return {};
    size_t left = source_.front().iov_len - at_;
    if (left >= size || source_.size() == 1) {
      std::span<const uint8_t> whole(here(), std::min(size, left));
      at_ += whole.size();
      return whole;
    }
    thread_local uint8_t gathered[kRecord];
    size_t count = 0;
    for (; count < size && !source_.empty(); skip_used()) {
      size_t part = std::min(size - count, source_.front().iov_len - at_);
      if (part > 0) std::memcpy(gathered + count, here(), part);
      count += part;
      at_ += part;
    }
    return {gathered, count};
  }

 private:
  const uint8_t* here() const {
    return static_cast<const uint8_t*>(source_.front().iov_base) + at_;
  }
  void skip_used() {
    while (!source_.empty() && at_ >= source_.front().iov_len) {
      at_ -= source_.front().iov_len;
      source_ = source_.subspan(1);
    }
  }

  std::span<const iovec> source_;
  size_t at_;
};

bool is_address(const std::string& host) {
  uint8_t bytes[16];
  return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

std::string subject_of(const X509* certificate) {
  BioPtr text(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  const uint8_t* data = nullptr;
  size_t size = 0;
  BIO_mem_contents(text.get(), &data, &size);
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace

struct Stream::Callbacks {
  static int new_session(SSL* ssl, SSL_SESSION* session) {
    Stream& stream = stream_of(ssl);
    if (!stream.sessions_) return 0;
    stream.sessions_->impl_->put(stream.session_key_, SessionPtr(session));
    return 1;
  }
  static void info(const SSL* ssl, int type, int value) {
    if (type == SSL_CB_READ_ALERT && value >> 8 == SSL3_AL_FATAL)
      stream_of(ssl).alert_ = static_cast<uint8_t>(value);
  }
  static const BIO_METHOD* method() {
    static const BIO_METHOD* method = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "weir");
      WEIR_ASSERT(made != nullptr);
      BIO_meth_set_read(made, bio_read);
      BIO_meth_set_write(made, bio_write);
      BIO_meth_set_ctrl(made, bio_control);
      return made;
    }();
    return method;
  }
};

void Stream::set_callbacks(SSL_CTX* context) {
  SSL_CTX_sess_set_new_cb(context, Callbacks::new_session);
  SSL_CTX_set_info_callback(context, Callbacks::info);
}

struct Stream::Accounted {
  explicit Accounted(Stream& stream) : stream(stream) {}
  ~Accounted() { stream.account(); }
  Stream& stream;
};

void Stream::account() {
  keep_rest(in_, in_at_);
  keep_rest(out_, out_at_);
  size_t held = in_.capacity() + out_.capacity() + given_;
  share_.hold(established_ ? held : held + kHandshake);
}

io::IoResult::State Stream::next_record() {
  while (true) {
    std::string_view rest = std::string_view(in_).substr(in_at_);
    size_t size = record_size(rest);
    if (rest.size() >= size && rest.size() >= kRecordHeader) {
      record_ = record_left_ = size;
      return io::IoResult::State::done;
    }
    size_t had = rest.size();
    size_t room = std::max<size_t>(size - had, share_.allows(had, kReadSize));
    if (had == 0) borrow(in_);
    in_.erase(0, std::exchange(in_at_, 0));
    io::IoResult result;
    in_.resize_and_overwrite(had + room, [&](char* bytes, size_t) {
      result = below_->read({reinterpret_cast<uint8_t*>(bytes) + had, room}, reader_);
      return had + result.bytes;
    });
    if (result.state == io::IoResult::State::done) continue;
    if (had == 0) give_back(in_);
    if (result.state == io::IoResult::State::failed) error_below_ = result.error;
    if (result.state == io::IoResult::State::end) end_below_ = true;
    return result.state;
  }
}

// Gives whole records: TLS would set memory aside for one of which it has the header.
int Stream::bio_read(BIO* bio, char* target, int size) {
  Stream& stream = *static_cast<Stream*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (stream.record_left_ == 0) {
    io::IoResult::State state = stream.next_record();
    if (state == io::IoResult::State::pending) BIO_set_retry_read(bio);
    if (state == io::IoResult::State::end) return 0;
    if (state != io::IoResult::State::done) return -1;
  }
  size_t count = std::min(static_cast<size_t>(size), stream.record_left_);
  std::memcpy(target, stream.in_.data() + stream.in_at_, count);
  stream.in_at_ += count;
  stream.record_left_ -= count;
  stream.given_ += count;
  if (stream.in_at_ == stream.in_.size()) {
    give_back(stream.in_);
    stream.in_at_ = 0;
  }
  return static_cast<int>(count);
}

// Takes everything: how much is encrypted before it is sent is `write`'s to limit.
int Stream::bio_write(BIO* bio, const char* source, int size) {
  Stream& stream = *static_cast<Stream*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  borrow(stream.out_);
  stream.out_.append(source, static_cast<size_t>(size));
  return size;
}

long Stream::bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH; }

Stream::Stream(io::Loop& loop, std::unique_ptr<io::Stream> below, SSL_CTX* context,
               ByteBudget* budget)
    : below_(std::move(below)), ssl_(SSL_new(context)), alarm_(*this), share_(budget) {
  write_event_.emplace(loop, *this);
  WEIR_ASSERT(ssl_ != nullptr);
  SSL_set_shed_handshake_config(ssl_, 1);
  SSL_set_app_data(ssl_, this);
  BIO* bio = BIO_new(Callbacks::method());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
}

std::unique_ptr<Stream> Stream::client(io::Loop& loop, std::unique_ptr<io::Stream> below,
                                       std::shared_ptr<const ClientContext> context,
                                       const std::string& host,
                                       std::shared_ptr<SessionCache> sessions,
                                       std::string session_key, ByteBudget* budget) {
  std::unique_ptr<Stream> stream(
      new Stream(loop, std::move(below), context->impl_->ssl.get(), budget));
  SSL* ssl = stream->ssl_;
  stream->client_context_ = std::move(context);
  stream->sessions_ = std::move(sessions);
  stream->session_key_ = std::move(session_key);
  SSL_set_connect_state(ssl);
  X509_VERIFY_PARAM* check = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_hostflags(
      check, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  bool named;
  if (is_address(host)) {
    named = X509_VERIFY_PARAM_set1_ip_asc(check, host.c_str()) == 1;
  } else {
    // A final dot is no part of a certificate's name, nor of SNI (RFC 6066 section 3).
    std::string name = host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
    named = X509_VERIFY_PARAM_set1_host(check, name.c_str(), name.size()) == 1 &&
            SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
  }
  ERR_clear_error();
  if (!named)
    stream->fail(Failure::Kind::certificate, EPROTO, "the host cannot have a certificate");
  if (stream->sessions_) {
    if (auto session = stream->sessions_->impl_->take(stream->session_key_))
      SSL_set_session(ssl, session.get());
  }
  return stream;
}

std::unique_ptr<Stream> Stream::server(io::Loop& loop, std::unique_ptr<io::Stream> below,
                                       std::shared_ptr<const ServerContext> context,
                                       uint64_t handshake_timeout_ns, ByteBudget* budget) {
  std::unique_ptr<Stream> stream(
      new Stream(loop, std::move(below), context->impl_->ssl.get(), budget));
  stream->server_context_ = std::move(context);
  SSL_set_accept_state(stream->ssl_);
  stream->alarm_.arm(loop, loop.now() + handshake_timeout_ns);
  return stream;
}

Stream::~Stream() {
  if (established_ && failure_.kind == Failure::Kind::none && !finished_) {
    ERR_clear_error();
    SSL_shutdown(ssl_);
    // As far as it goes at once, like the end that closing a socket sends.
    if (out_at_ < out_.size()) {
      iovec rest{out_.data() + out_at_, out_.size() - out_at_};
      below_->write({&rest, 1}, nullptr);
    }
  }
  SSL_free(ssl_);
  ERR_clear_error();
  give_back(in_);
  give_back(out_);
}

io::IoResult Stream::failed() { return {io::IoResult::State::failed, 0, failure_.error}; }

io::IoResult Stream::fail(Failure::Kind kind, int error, std::string text) {
  if (failure_.kind != Failure::Kind::none) return failed();
  failure_.kind = kind;
  failure_.error = error;
  failure_.text = std::move(text);
  alarm_.disarm();
  // The alert that says why is on its way.
  flush();
  writers_.wake_all();
  return failed();
}

void Stream::fail_protocol() {
  uint32_t error = ERR_peek_last_error();
  int reason = ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;
  if (alert_ != 0) {
    failure_.alert = alert_;
    fail(Failure::Kind::alert_received, EPROTO, SSL_alert_desc_string_long(alert_));
  } else if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
    fail(Failure::Kind::certificate, EPROTO,
         X509_verify_cert_error_string(SSL_get_verify_result(ssl_)));
  } else if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
    fail(Failure::Kind::certificate, EPROTO, "the peer showed no certificate");
  } else {
    fail(Failure::Kind::protocol, EPROTO, last_error());
  }
  ERR_clear_error();
}

io::IoResult Stream::settle(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      if (tickets_due_) push_tickets();
      [[fallthrough]];
    case SSL_ERROR_WANT_WRITE:
      flush();
      if (failure_.kind != Failure::Kind::none) return failed();
      return {};
    case SSL_ERROR_ZERO_RETURN:
      if (!established_)
        return fail(Failure::Kind::truncated, ECONNRESET,
                    "the connection ended within the handshake");
      ended_ = true;
      return {io::IoResult::State::end, 0, 0};
    default:
      break;
  }
  if (error_below_ != 0)
    return fail(Failure::Kind::transport, error_below_, std::strerror(error_below_));
  if (end_below_ && alert_ == 0)
    return fail(Failure::Kind::truncated, ECONNRESET,
                established_ ? "the connection ended without close_notify"
                             : "the connection ended within the handshake");
  fail_protocol();
  return failed();
}

void Stream::established() {
  established_ = true;
  tickets_due_ = server_context_ && !finished_;
  given_ = 0;
  alarm_.disarm();
  io::TlsFacts& facts = facts_.emplace();
  facts.version = SSL_get_version(ssl_);
  if (const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl_))
    facts.cipher = SSL_CIPHER_standard_name(cipher);
  if (const char* group = SSL_get_group_name(SSL_get_group_id(ssl_))) facts.group = group;
  if (const char* name = SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name))
    facts.server_name = name;
  const uint8_t* alpn = nullptr;
  unsigned alpn_size = 0;
  SSL_get0_alpn_selected(ssl_, &alpn, &alpn_size);
  if (alpn_size) facts.alpn.assign(reinterpret_cast<const char*>(alpn), alpn_size);
  if (X509Ptr peer{SSL_get_peer_certificate(ssl_)}) facts.peer_subject = subject_of(peer.get());
  facts.resumed = SSL_session_reused(ssl_) == 1;
}

void Stream::push_tickets() {
  tickets_due_ = false;
  // Does nothing where a write took them along, or where there are none.
  if (SSL_write(ssl_, "", 0) < 0) fail_protocol();
}

io::IoResult Stream::handshake(Waiter* waiter) {
  if (failure_.kind != Failure::Kind::none) return failed();
  if (established_) return {io::IoResult::State::done, 0, 0};
  Accounted accounted(*this);
  ERR_clear_error();
  reader_ = waiter;
  int result = SSL_do_handshake(ssl_);
  reader_ = nullptr;
  if (result != 1) return settle(result);
  established();
  flush();
  if (failure_.kind != Failure::Kind::none) return failed();
  return {io::IoResult::State::done, 0, 0};
}

io::IoResult Stream::read(std::span<uint8_t> target, Waiter* waiter) {
  if (!established_) {
    auto shaken = handshake(waiter);
    if (shaken.state != io::IoResult::State::done) return shaken;
  }
  if (failure_.kind != Failure::Kind::none) return failed();
  if (ended_) return {io::IoResult::State::end, 0, 0};
  Accounted accounted(*this);
  ERR_clear_error();
  reader_ = waiter;
  int count =
      SSL_read(ssl_, target.data(), static_cast<int>(std::min<size_t>(target.size(), kRecord)));
  reader_ = nullptr;
  if (count <= 0) return settle(count);
  // TLS keeps a record until all of it is read.
  given_ = SSL_pending(ssl_) > 0 ? record_ : 0;
  return {io::IoResult::State::done, static_cast<size_t>(count), 0};
}

io::IoResult Stream::write(std::span<const iovec> source, Waiter* waiter) {
  if (!established_) {
    auto shaken = handshake(waiter);
    if (shaken.state != io::IoResult::State::done) return shaken;
  }
  if (failure_.kind != Failure::Kind::none) return failed();
  if (finished_) return {io::IoResult::State::failed, 0, EPIPE};
  Accounted accounted(*this);
  size_t written = 0;
  while (flush()) {
    // So much of the caller's bytes was encrypted before.
    written += std::exchange(accepted_, 0);
    Pieces rest(source, written);
    while (accepted_ < kBatch) {
      std::span<const uint8_t> content = rest.take(kRecord);
      if (content.empty()) break;
      ERR_clear_error();
      int count = SSL_write(ssl_, content.data(), static_cast<int>(content.size()));
      if (count <= 0) return settle(count);
      accepted_ += static_cast<size_t>(count);
    }
    if (accepted_ == 0) return {io::IoResult::State::done, written, 0};
  }
  if (written > 0) return {io::IoResult::State::done, written, 0};
  if (failure_.kind != Failure::Kind::none) return failed();
  if (waiter) writers_.add(*waiter);
  return {};
}

bool Stream::flush() {
  while (out_at_ < out_.size()) {
    iovec rest{out_.data() + out_at_, out_.size() - out_at_};
    auto result = below_->write({&rest, 1}, &*write_event_);
    if (result.state == io::IoResult::State::pending) return false;
    if (result.state != io::IoResult::State::done) {
      if (failure_.kind == Failure::Kind::none) {
        failure_.kind = Failure::Kind::transport;
        failure_.error = result.error;
        failure_.text = std::strerror(result.error);
        alarm_.disarm();
        writers_.wake_all();
      }
      return false;
    }
    out_at_ += result.bytes;
  }
  give_back(out_);
  out_at_ = 0;
  if (finish_after_flush_) {
    finish_after_flush_ = false;
    below_->shut_down_writes();
  }
  return true;
}

void Stream::on_writable() {
  Accounted accounted(*this);
  if (flush()) writers_.wake_all();
}

void Stream::on_timeout() {
  fail(Failure::Kind::timeout, ETIMEDOUT, "the handshake took too long");
  // Wakes whoever waits for the handshake.
  below_->reset();
}

void Stream::watch_hang_up(Waiter* waiter) {
  if (waiter && (ended_ || failure_.kind != Failure::Kind::none)) {
    waiter->wake();
    return;
  }
  below_->watch_hang_up(waiter);
}

bool Stream::hung_up() const {
  return ended_ || failure_.kind != Failure::Kind::none || below_->hung_up();
}

void Stream::shut_down_writes() {
  if (finished_) return;
  finished_ = true;
  // They go before close_notify.
  tickets_due_ = false;
  if (established_ && failure_.kind == Failure::Kind::none) {
    ERR_clear_error();
    SSL_shutdown(ssl_);
  }
  finish_after_flush_ = true;
  flush();
}

bool Stream::leave() {
  bool quiet = established_ && failure_.kind == Failure::Kind::none && out_at_ == out_.size();
  if (!quiet || !below_->leave()) return false;
  write_event_.reset();
  return true;
}

void Stream::join(io::Loop& loop) {
  write_event_.emplace(loop, *this);
  below_->join(loop);
}

void Stream::reset() {
  fail(Failure::Kind::transport, ECONNRESET, "reset");
  below_->reset();
  writers_.wake_all();
}

}  // namespace weir::tls
