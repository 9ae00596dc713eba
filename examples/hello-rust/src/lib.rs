//! Answers every request with "Hello from Rust!".

use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::types::{
    Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam,
};

struct Hello;

impl Guest for Hello {
    fn handle(_request: IncomingRequest, response_out: ResponseOutparam) {
        let headers = Fields::new();
        headers
            .append("content-type", b"text/plain; charset=utf-8")
            .expect("a valid field");
        let response = OutgoingResponse::new(headers);
        let body = response.body().expect("the body is taken once");
        // The head goes out with `set`; the body follows.
        ResponseOutparam::set(response_out, Ok(response));

        let mut stream = body.write().expect("the stream is taken once");
        let written = stream.blocking_write_and_flush(b"Hello from Rust!\n");
        // The stream is a child of the body and goes first.
        drop(stream);
        if written.is_ok() {
            let _ = OutgoingBody::finish(body, None);
        }
    }
}

wasip2::http::proxy::export!(Hello);
