//! A reverse proxy: sends each request on to the server that the variable `UPSTREAM` names, and its answer back.
//!
//! ```text
//! weir serve --env UPSTREAM=http://127.0.0.1:9000 --allow-outbound http://127.0.0.1:9000 proxy-rust.wasm
//! ```
//!
//! Bodies are spliced: they pass from stream to stream without being copied into the guest. The request's body goes
//! first, then the answer's.

use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::outgoing_handler;
use wasip2::http::types::{
    ErrorCode, IncomingBody, IncomingRequest, IncomingResponse, OutgoingBody, OutgoingRequest,
    OutgoingResponse, ResponseOutparam, Scheme,
};
use wasip2::io::streams::StreamError;

struct Proxy;

/// Where requests go: scheme and authority of `UPSTREAM`.
fn upstream() -> Result<(Scheme, String), ErrorCode> {
    let address = std::env::var("UPSTREAM").map_err(|_| ErrorCode::ConfigurationError)?;
    match address.trim_end_matches('/').split_once("://") {
        Some(("http", authority)) => Ok((Scheme::Http, authority.to_owned())),
        Some(("https", authority)) => Ok((Scheme::Https, authority.to_owned())),
        _ => Err(ErrorCode::ConfigurationError),
    }
}

/// Moves a whole body, then ends it. A body that breaks off is not ended: the host cuts the other one off too.
fn forward(from: &IncomingBody, to: OutgoingBody) -> Result<(), ErrorCode> {
    let failed = || ErrorCode::InternalError(None);
    let input = from.stream().map_err(|()| failed())?;
    let output = to.write().map_err(|()| failed())?;
    loop {
        match output.blocking_splice(&input, 64 * 1024) {
            Ok(_) => {}
            Err(StreamError::Closed) => break,
            Err(StreamError::LastOperationFailed(_)) => return Err(failed()),
        }
    }
    // Children go before their parents.
    drop(output);
    drop(input);
    OutgoingBody::finish(to, None)
}

/// Sends the request on and waits for the head of the answer.
fn send(incoming: &IncomingRequest) -> Result<IncomingResponse, ErrorCode> {
    let (scheme, authority) = upstream()?;
    let request = OutgoingRequest::new(incoming.headers().clone());
    request
        .set_method(&incoming.method())
        .and_then(|()| request.set_scheme(Some(&scheme)))
        .and_then(|()| request.set_authority(Some(&authority)))
        .and_then(|()| request.set_path_with_query(incoming.path_with_query().as_deref()))
        .map_err(|()| ErrorCode::HttpRequestUriInvalid)?;
    let body = request.body().expect("the body is taken once");
    let answer = outgoing_handler::handle(request, None)?;
    let source = incoming.consume().expect("the body is consumed once");
    forward(&source, body)?;
    answer.subscribe().block();
    answer
        .get()
        .expect("it is ready")
        .expect("it is taken once")
}

impl Guest for Proxy {
    fn handle(request: IncomingRequest, response_out: ResponseOutparam) {
        match send(&request) {
            // The host turns the error code into a status.
            Err(code) => ResponseOutparam::set(response_out, Err(code)),
            Ok(answer) => {
                let response = OutgoingResponse::new(answer.headers().clone());
                let status = answer.status();
                response.set_status_code(status).expect("a valid status");
                let body = response.body().expect("the body is taken once");
                ResponseOutparam::set(response_out, Ok(response));
                let source = answer.consume().expect("the body is consumed once");
                // A failure cannot be told any more: the client sees the answer cut off.
                let _ = forward(&source, body);
            }
        }
    }
}

wasip2::http::proxy::export!(Proxy);
