// Says what llhttp makes of inputs, in the format of src/http/h1/testing/verdict_main.cc. llhttp is the one inside Node.
import { createRequire } from "node:module";

process.removeAllListeners("warning");
const { HTTPParser, methods, allMethods } = process.binding("http_parser");
const names = allMethods ?? methods ?? createRequire(import.meta.url)("node:_http_common").methods;

function verdict(input) {
  let out = "", content = [], method = "", inContent = false, stops = false, end = "more";
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.REQUEST, {}, 64 << 10);
  // llhttp lets `Connection: close` of a trailer section end the connection, which RFC 9110 section 6.5.1 has no recipient do.
  parser[HTTPParser.kOnHeaders | 0] = (fields) => {
    for (let at = 0; inContent && at + 1 < fields.length; at += 2) {
      if (/^connection$/i.test(fields[at]) && /(^|,)[ \t]*close[ \t]*(,|$)/i.test(fields[at + 1])) stops = true;
    }
  };
  parser[HTTPParser.kOnHeadersComplete | 0] = (major, minor, headers, number, url, status, message, upgrade, keepAlive) => {
    method = names[number];
    content = [];
    stops = upgrade || !keepAlive;
    inContent = true;
    return 0;
  };
  parser[HTTPParser.kOnBody | 0] = (chunk, offset, length) => {
    content.push(offset === undefined ? chunk : chunk.subarray(offset, offset + length));
  };
  parser[HTTPParser.kOnMessageComplete | 0] = () => {
    if (end === "stop") return;
    out += method + ":" + Buffer.concat(content).toString("hex") + " ";
    inContent = false;
    if (stops) end = "stop";
  };
  const result = parser.execute(input, 0, input.length);
  if (result instanceof Error && end !== "stop") end = "bad";
  return out + end;
}

const chunks = [];
process.stdin.on("data", (chunk) => chunks.push(chunk));
process.stdin.on("end", () => {
  const all = Buffer.concat(chunks);
  const lines = [];
  for (let at = 0; at + 4 <= all.length; ) {
    const size = all.readUInt32LE(at);
    lines.push(verdict(Buffer.from(all.subarray(at + 4, at + 4 + size))));
    at += 4 + size;
  }
  process.stdout.write(lines.join("\n") + "\n");
});
