//! The end-to-end guest in Rust with `std`: what it does is chosen by path (tests/e2e/cases.py says what each answers).

use std::io::Write;
use std::time::{Duration, Instant};

use wasip2::clocks::monotonic_clock;
use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::outgoing_handler;
use wasip2::http::types::{
    ErrorCode, Fields, IncomingBody, IncomingRequest, IncomingResponse, Method, OutgoingBody,
    OutgoingRequest, OutgoingResponse, ResponseOutparam, Scheme,
};
use wasip2::io::streams::{InputStream, OutputStream, StreamError};

struct EndToEnd;

/// A response whose head was sent. Dropped without `finish` the host cuts it off.
struct Response {
    // The stream is a child of the body: it is dropped first.
    stream: Option<OutputStream>,
    body: OutgoingBody,
}

impl Response {
    fn start(out: ResponseOutparam, status: u16, fields: &[(&str, &str)]) -> Response {
        let headers = Fields::new();
        for (name, value) in fields {
            headers
                .append(name, value.as_bytes())
                .expect("a valid field");
        }
        let response = OutgoingResponse::new(headers);
        response.set_status_code(status).expect("a valid status");
        let body = response.body().expect("the body is taken once");
        ResponseOutparam::set(out, Ok(response));
        let stream = body.write().expect("the stream is taken once");
        Response {
            body,
            stream: Some(stream),
        }
    }

    fn write(&self, bytes: &[u8]) -> Result<(), StreamError> {
        write_all(self.stream.as_ref().expect("open"), bytes)
    }

    fn finish(mut self, trailers: Option<Fields>) {
        self.stream = None;
        let Response { body, .. } = self;
        let _ = OutgoingBody::finish(body, trailers);
    }
}

/// Writes as the stream allows, waiting with `subscribe` where it takes nothing.
fn write_all(stream: &OutputStream, mut bytes: &[u8]) -> Result<(), StreamError> {
    while !bytes.is_empty() {
        let allowed = stream.check_write()? as usize;
        if allowed == 0 {
            stream.subscribe().block();
            continue;
        }
        let (now, later) = bytes.split_at(bytes.len().min(allowed));
        stream.write(now)?;
        bytes = later;
    }
    stream.flush()?;
    stream.subscribe().block();
    Ok(())
}

/// Copies until the end; true if it was the right one.
fn copy(input: &InputStream, output: &OutputStream) -> bool {
    loop {
        match input.blocking_read(65536) {
            Ok(bytes) => {
                if write_all(output, &bytes).is_err() {
                    return false;
                }
            }
            Err(StreamError::Closed) => return true,
            Err(StreamError::LastOperationFailed(_)) => return false,
        }
    }
}

fn answer(out: ResponseOutparam, status: u16, text: &str) {
    let response = Response::start(out, status, &[("content-type", "text/plain")]);
    if response.write(text.as_bytes()).is_ok() {
        response.finish(None);
    }
}

fn echo(request: IncomingRequest, out: ResponseOutparam) {
    let body = request.consume().expect("consumed once");
    let input = body.stream().expect("taken once");
    let response = Response::start(out, 200, &[("content-type", "text/plain")]);
    let complete = copy(&input, response.stream.as_ref().expect("open"));
    drop(input);
    drop(body);
    if complete {
        response.finish(None);
    }
}

fn stream(out: ResponseOutparam) {
    let response = Response::start(out, 200, &[("content-type", "text/plain")]);
    for i in 0..5 {
        if i > 0 {
            monotonic_clock::subscribe_duration(20_000_000).block();
        }
        if response.write(format!("chunk {i}\n").as_bytes()).is_err() {
            return;
        }
    }
    response.finish(None);
}

fn timer(path: &str, out: ResponseOutparam) {
    let duration = Duration::from_millis(
        path.split_once("ms=")
            .and_then(|(_, ms)| ms.parse().ok())
            .unwrap_or(20),
    );
    // The standard library's way, through the adapter.
    let started = Instant::now();
    std::thread::sleep(duration);
    answer(
        out,
        200,
        if started.elapsed() < duration {
            "too early\n"
        } else {
            "slept\n"
        },
    );
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = (first == b'%')
            .then(|| {
                tail.get(..2)
                    .and_then(|digits| std::str::from_utf8(digits).ok())
            })
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).expect("UTF-8")
}

fn send(url: &str, incoming: &IncomingRequest) -> Result<IncomingResponse, ErrorCode> {
    let (scheme, rest) = url
        .split_once("://")
        .ok_or(ErrorCode::HttpRequestUriInvalid)?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let headers = Fields::new();
    headers
        .append("x-from", b"e2e-rust")
        .expect("a valid field");
    let request = OutgoingRequest::new(headers);
    let method = incoming.method();
    let with_body = matches!(method, Method::Post | Method::Put);
    let scheme = if scheme == "https" {
        Scheme::Https
    } else {
        Scheme::Http
    };
    request
        .set_method(&method)
        .and_then(|()| request.set_scheme(Some(&scheme)))
        .and_then(|()| request.set_authority(Some(authority)))
        .and_then(|()| request.set_path_with_query(Some(if path.is_empty() { "/" } else { path })))
        .map_err(|()| ErrorCode::HttpRequestUriInvalid)?;
    let body = request.body().expect("the body is taken once");
    let future = outgoing_handler::handle(request, None)?;
    if with_body {
        let source = incoming.consume().expect("consumed once");
        let input = source.stream().expect("taken once");
        let output = body.write().expect("taken once");
        copy(&input, &output);
    }
    OutgoingBody::finish(body, None)?;
    future.subscribe().block();
    future.get().expect("ready").expect("taken once")
}

fn fetch(path: &str, request: IncomingRequest, out: ResponseOutparam) {
    let Some((_, url)) = path.split_once("url=") else {
        return answer(out, 400, "no url\n");
    };
    match send(&percent_decode(url), &request) {
        Err(error) => answer(out, 502, &format!("error {error:?}\n")),
        Ok(upstream) => {
            let status = upstream.status();
            let body = upstream.consume().expect("consumed once");
            let input = body.stream().expect("taken once");
            let response = Response::start(out, status, &[("content-type", "text/plain")]);
            let complete = copy(&input, response.stream.as_ref().expect("open"));
            drop(input);
            IncomingBody::finish(body);
            if complete {
                response.finish(None);
            }
        }
    }
}

fn env(out: ResponseOutparam) {
    let mut variables: Vec<_> = std::env::vars()
        .map(|(k, v)| format!("{k}={v}\n"))
        .collect();
    variables.sort();
    answer(out, 200, &variables.concat());
}

fn method_name(method: Method) -> String {
    match method {
        Method::Other(name) => name,
        known => format!("{known:?}")
            .trim_start_matches("Method::")
            .to_uppercase(),
    }
}

fn headers(path: &str, request: IncomingRequest, out: ResponseOutparam) {
    let mut text = format!("method {}\npath {path}\n", method_name(request.method()));
    if let Some(scheme) = request.scheme() {
        let name = match scheme {
            Scheme::Http => "http".to_owned(),
            Scheme::Https => "https".to_owned(),
            Scheme::Other(name) => name,
        };
        text += &format!("scheme {name}\n");
    }
    if let Some(authority) = request.authority() {
        text += &format!("authority {authority}\n");
    }
    let mut bytes = text.into_bytes();
    for (name, value) in request.headers().entries() {
        bytes.extend_from_slice(format!("header {name}: ").as_bytes());
        bytes.extend_from_slice(&value);
        bytes.push(b'\n');
    }
    let response = Response::start(out, 200, &[("content-type", "text/plain")]);
    if response.write(&bytes).is_ok() {
        response.finish(None);
    }
}

fn trailers(request: IncomingRequest, out: ResponseOutparam) {
    let future = IncomingBody::finish(request.consume().expect("consumed once"));
    let response = Response::start(
        out,
        200,
        &[("content-type", "text/plain"), ("trailer", "x-trailer")],
    );
    future.subscribe().block();
    let text = match future.get().expect("ready").expect("taken once") {
        Err(error) => format!("error {error:?}\n"),
        Ok(None) => "no trailers\n".to_owned(),
        Ok(Some(fields)) => fields
            .entries()
            .into_iter()
            .map(|(name, value)| format!("trailer {name}: {}\n", String::from_utf8_lossy(&value)))
            .collect(),
    };
    if response.write(text.as_bytes()).is_ok() {
        let sent = Fields::new();
        sent.append("x-trailer", b"yes").expect("a valid field");
        response.finish(Some(sent));
    }
}

fn status(code: &str, out: ResponseOutparam) {
    let code: u16 = code.parse().unwrap_or(400);
    let text = if code == 204 || code == 304 {
        String::new()
    } else {
        format!("status {code}\n")
    };
    answer(out, code, &text);
}

fn log_lines(out: ResponseOutparam) {
    print!("to ");
    println!("stdout\nsecond line");
    eprintln!("to stderr");
    std::io::stdout().flush().expect("stdout takes it");
    answer(out, 200, "logged\n");
}

impl Guest for EndToEnd {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let path = request.path_with_query().unwrap_or_default();
        match path.split('?').next().unwrap_or_default() {
            "/hello" => answer(out, 200, "Hello, world!\n"),
            "/echo" => echo(request, out),
            "/stream" => stream(out),
            "/timer" => timer(&path, out),
            "/fetch" => fetch(&path, request, out),
            "/trap" => panic!("asked to"),
            "/env" => env(out),
            "/log" => log_lines(out),
            "/headers" => headers(&path, request, out),
            "/trailers" => trailers(request, out),
            other => match other.strip_prefix("/status/") {
                Some(code) => status(code, out),
                None => answer(out, 404, "not found\n"),
            },
        }
    }
}

wasip2::http::proxy::export!(EndToEnd);
