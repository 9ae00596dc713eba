"""The goals and the table, ratios first."""

import statistics


class Row:
    """One server with one guest: the rounds measured, or why there are none."""

    def __init__(self, key, title):
        self.key, self.title = key, title
        self.rounds, self.skipped = [], None

    def median(self, name):
        return statistics.median(getattr(figures, name) for figures in self.rounds)

    @property
    def errors(self):
        return sum(figures.errors for figures in self.rounds)


class Goal:
    """A ratio or figure with its bound. `value` is None where a part was not measured."""

    def __init__(self, text, value, bound, at_most, unit="x"):
        self.text, self.value, self.bound, self.at_most, self.unit = text, value, bound, at_most, unit

    def line(self):
        want = f"{'at most' if self.at_most else 'at least'} {self.bound:g}{self.unit}"
        if self.value is None:
            return f"  {'not measured':>14}   {self.text}: {want}"
        met = self.value <= self.bound if self.at_most else self.value >= self.bound
        return f"  {self.value:>8.2f}{self.unit:<5} {'ok' if met else '--'}  {self.text}: {want}"


def ratio(rows, over, under):
    """How many times more CPU a request costs `over` than `under`."""
    a, b = rows.get(over), rows.get(under)
    if not a or not b or not a.rounds or not b.rounds or a.errors or b.errors:
        return None
    return a.median("cpu_us") / b.median("cpu_us")


def tail(extra, server):
    latency = extra["latency"].get(server)
    return latency.p99_ms / latency.p50_ms if latency else None


def worst(times):
    return max(times.values()) if times else None


def goals(rows, extra):
    def better(text, weir, peer, factor):
        return Goal(text, ratio(rows, peer, weir), factor, at_most=False)

    return [
        Goal("native hello against nginx's return 200", ratio(rows, "native", "nginx"), 1.25, at_most=True),
        Goal("CPU a request of two threads against one, native", ratio(rows, "native-threads", "native"), 1.1, at_most=True),
        Goal("C hello against nginx's return 200", ratio(rows, "weir-c", "nginx"), 2.0, at_most=True),
        better("C hello against Wasmtime's defaults", "weir-c", "wasmtime-c", 8),
        better("C hello against Wasmtime tuned", "weir-c", "wasmtime-c-tuned", 7),
        better("Rust hello against Wasmtime's defaults", "weir-rust", "wasmtime-rust", 8),
        better("JavaScript hello against Wasmtime's defaults", "weir-js", "wasmtime-js", 2.8),
        better("JavaScript hello against Wasmtime tuned", "weir-js", "wasmtime-js-tuned", 1.5),
        better("Python hello against Wasmtime's defaults", "weir-python", "wasmtime-python", 2.0),
        better("Python hello against Wasmtime tuned", "weir-python", "wasmtime-python-tuned", 1.6),
        better("echo of 1 MiB against Wasmtime's defaults", "weir-echo", "wasmtime-echo", 4),
        Goal("reverse proxy against nginx's proxy_pass", ratio(rows, "proxy-weir", "proxy-nginx"), 1.2, at_most=True),
        Goal("receiving calls for 1 MiB", extra.get("receiving"), 40, at_most=True, unit=""),
        Goal("sending calls for 1 MiB", extra.get("sending"), 40, at_most=True, unit=""),
        better("C hello without PAGEMAP_SCAN against Wasmtime's defaults", "weir-c-no-pagemap", "wasmtime-c", 3),
        Goal("RSS with 10,000 suspended requests", extra.get("rss"), 500, at_most=True, unit=" MB"),
        Goal("a request beside 10,000 suspended ones against alone", extra.get("beside"), 1.1, at_most=True),
        Goal("CPU a request of two threads against one", ratio(rows, "weir-c-threads", "weir-c"), 1.2, at_most=True),
        Goal("C hello over kept TLS against nginx's return 200 over it", ratio(rows, "tls-weir", "tls-nginx"), 2.0, at_most=True),
        Goal("server's CPU of a TLS handshake, ECDSA P-256", extra.get("ecdsa"), 0.25, at_most=True, unit=" ms"),
        Goal("server's CPU of a TLS handshake, RSA-2048", extra.get("rsa"), 1.2, at_most=True, unit=" ms"),
        Goal("server's CPU of a TLS handshake that resumes a session", extra.get("resumed"), 0.25, at_most=True, unit=" ms"),
        Goal("wakes a second of an idle native server", extra.get("native_wakes"), 1, at_most=True, unit=""),
        Goal("wakes a second of an idle weir serve", extra.get("weir_wakes"), 1, at_most=True, unit=""),
        *(
            Goal(f"{server} at 80 % of the maximum: p99 against p50", tail(extra, server), 5, at_most=True)
            for server in ("native hello", "C hello", "JavaScript hello")
        ),
        Goal("a guest's own request ends after its client goes", worst(extra.get("cancellation")), 50, at_most=True, unit=" ms"),
        Goal("JavaScript: start to first answer, warm cache", extra.get("first_answer"), 40, at_most=True, unit=" ms"),
    ]


def print_report(rows, extra, facts, options):
    print()
    print("Ratios (server CPU a request) and goals:")
    for goal in goals(rows, extra):
        print(goal.line())
    print()
    print(f"| {'server':34} | {'guest':30} | {'req/s':>8} | {'CPU us/req':>10} | {'p99 ms':>7} | {'RSS MB':>6} |")
    print(f"|{'-' * 36}|{'-' * 32}|{'-' * 10}|{'-' * 12}|{'-' * 9}|{'-' * 8}|")
    for row in rows.values():
        server, _, what = row.title.partition(": ")
        if not row.rounds:
            print(f"| {server:34} | {what:30} | skipped: {row.skipped}")
            continue
        rss = max(figures.rss_mb for figures in row.rounds)
        print(
            f"| {server:34} | {what:30} | {row.median('rate'):8.0f} | {row.median('cpu_us'):10.1f} |"
            f" {row.median('p99_ms'):7.1f} | {rss:6.0f} |" + (f" {row.errors} ERRORS" if row.errors else "")
        )
    print()
    if "rss" in extra:
        print(f"10,000 suspended: RSS {extra['rss']:.0f} MB, of it page tables are extra: {extra['tables']:.0f} MB")
    for server, latency in extra["latency"].items():
        print(
            f"{server} at {latency.rate} requests a second ({latency.reached:.0f} reached):"
            f" p50 {latency.p50_ms:.2f} ms, p99 {latency.p99_ms:.2f} ms, latency-corrected; p99 is {tail(extra, server):.1f} times p50;"
            f" oha worked {latency.client:.0%} of the time"
        )
    for situation, time in (extra.get("cancellation") or {}).items():
        print(f"client gone while {situation}: the guest's own request ended after {time:.1f} ms at most")
    print(f"kernel {facts['kernel']}; {facts['cpu']}; PAGEMAP_SCAN {facts['pagemap_scan']}; load before: {facts['load']}")
    print(f"medians of {options.rounds} rounds of {options.seconds} s; server on {options.placement}")
