"""Latency at a fixed rate, by oha: corrected for the requests that wait behind a slow one (coordinated omission)."""

import json
import os
import subprocess

CONNECTIONS = 32


class Latency:
    """Milliseconds; `rate` is what was asked for, `reached` what came of it, a second."""

    def __init__(self, rate, reached, p50_ms, p99_ms):
        self.rate, self.reached, self.p50_ms, self.p99_ms = rate, reached, p50_ms, p99_ms


def run_oha(program, server, cores, seconds, *more):
    output = subprocess.run(
        [program, "--no-tui", "--output-format", "json", "-c", str(CONNECTIONS), "-z", f"{seconds}s", *more,
         f"http://127.0.0.1:{server.port}/"],
        capture_output=True, text=True, check=True, timeout=seconds + 60, preexec_fn=lambda: os.sched_setaffinity(0, cores),
    ).stdout  # fmt: skip
    told = json.loads(output)
    bad = {status: count for status, count in told["statusCodeDistribution"].items() if status != "200"}
    if bad:
        raise RuntimeError(f"statuses {bad}")
    return told


def at_most_of_the_maximum(program, server, cores, seconds, share):
    """Latency at a share of the rate that the same client reaches without a limit."""
    run_oha(program, server, cores, 1)
    most = run_oha(program, server, cores, seconds)["summary"]["requestsPerSec"]
    rate = int(most * share)
    told = run_oha(program, server, cores, seconds, "-q", str(rate), "--latency-correction")
    percentiles = told["latencyPercentiles"]
    return Latency(rate, told["summary"]["requestsPerSec"], percentiles["p50"] * 1000, percentiles["p99"] * 1000)
