"""Latency at a fixed rate, by oha: corrected for the requests that wait behind a slow one (coordinated omission)."""

import json
import os
import subprocess
import time

from load import process

CONNECTIONS = 32
# More than any server reaches: the client sends as fast as it can, in the way in which it keeps to a rate.
BEYOND_ALL = 10_000_000


class Latency:
    """Milliseconds; `rate` is what was asked for, `reached` what came of it, a second. `client` is the share of its processors'
    time that the client worked: near 1 the delays are its own."""

    def __init__(self, rate, reached, p50_ms, p99_ms, client):
        self.rate, self.reached, self.p50_ms, self.p99_ms, self.client = rate, reached, p50_ms, p99_ms, client


def run_oha(program, server, cores, seconds, rate):
    """What oha tells, and the share of the processors' time that it worked."""
    cpu, began = process.cpu_seconds_of_ended(), time.monotonic()
    output = subprocess.run(
        [program, "--no-tui", "--output-format", "json", "-c", str(CONNECTIONS), "-z", f"{seconds}s",
         "-q", str(rate), "--latency-correction", f"http://127.0.0.1:{server.port}/"],
        capture_output=True, text=True, check=True, timeout=seconds + 60, preexec_fn=lambda: os.sched_setaffinity(0, cores),
    ).stdout  # fmt: skip
    worked = (process.cpu_seconds_of_ended() - cpu) / (time.monotonic() - began) / len(cores)
    told = json.loads(output)
    bad = {status: count for status, count in told["statusCodeDistribution"].items() if status != "200"}
    if bad:
        raise RuntimeError(f"statuses {bad}")
    return told, worked


def at_most_of_the_maximum(program, server, cores, seconds, share):
    """Latency at a share of the highest rate that the same client reaches in the same way."""
    run_oha(program, server, cores, 1, BEYOND_ALL)
    most = run_oha(program, server, cores, seconds, BEYOND_ALL)[0]["summary"]["requestsPerSec"]
    rate = int(most * share)
    told, worked = run_oha(program, server, cores, seconds, rate)
    percentiles = told["latencyPercentiles"]
    return Latency(rate, told["summary"]["requestsPerSec"], percentiles["p50"] * 1000, percentiles["p99"] * 1000, worked)
