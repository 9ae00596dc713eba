// The end-to-end guest in JavaScript: what it does is chosen by path (tests/e2e/cases.py says what each answers).

const text = (body, status = 200) =>
  new Response(body, { status, headers: { 'content-type': 'text/plain' } });

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function stream() {
  const encoder = new TextEncoder();
  return text(
    new ReadableStream({
      async start(controller) {
        for (let i = 0; i < 5; i += 1) {
          if (i > 0) await sleep(20);
          controller.enqueue(encoder.encode(`chunk ${i}\n`));
        }
        controller.close();
      },
    }),
  );
}

async function timer(url) {
  const milliseconds = Number(url.searchParams.get('ms') ?? 20);
  const started = Date.now();
  await sleep(milliseconds);
  // Date counts whole milliseconds, rounded down at both ends.
  return text(Date.now() - started < milliseconds - 1 ? 'too early\n' : 'slept\n');
}

async function forward(url, request) {
  try {
    const init = { method: request.method, headers: { 'x-from': 'e2e-js' } };
    if (request.method === 'POST' || request.method === 'PUT') {
      init.body = request.body;
      init.duplex = 'half';
    }
    const upstream = await fetch(url.searchParams.get('url'), init);
    return text(upstream.body, upstream.status);
  } catch (error) {
    return text(`error ${error}\n`, 502);
  }
}

function headers(url, request) {
  const lines = [
    `method ${request.method}`,
    `path ${url.pathname}${url.search}`,
    `scheme ${url.protocol.slice(0, -1)}`,
    `authority ${url.host}`,
  ];
  for (const [name, value] of request.headers) lines.push(`header ${name}: ${value}`);
  return text(`${lines.join('\n')}\n`);
}

function status(code) {
  return text(code === 204 || code === 304 ? null : `status ${code}\n`, code);
}

async function handle(request) {
  const url = new URL(request.url);
  switch (url.pathname) {
    case '/hello':
      return text('Hello, world!\n');
    case '/echo':
      return text(request.body);
    case '/stream':
      return stream();
    case '/timer':
      return timer(url);
    case '/fetch':
      return forward(url, request);
    case '/trap':
      throw new Error('asked to');
    case '/log':
      console.log('to stdout\nsecond line');
      console.error('to stderr');
      return text('logged\n');
    case '/headers':
      return headers(url, request);
    default:
      if (url.pathname.startsWith('/status/')) return status(Number(url.pathname.slice(8)));
      return text('not found\n', 404);
  }
}

addEventListener('fetch', (event) => event.respondWith(handle(event.request)));
