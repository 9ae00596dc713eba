"""Very many connections to `weir proxy`: what each one costs."""

from harness.proxy import Proxy
from harness.suite import Skip
from peers import hostile
from peers.native import PROGRAM, Native


def run(suite):
    def between(case, descriptors, *flags):
        if not PROGRAM.exists():
            raise Skip(f"{PROGRAM} is not built")
        hostile.raised_limit(descriptors)
        with Native(threads=2, max_connections=20_000, max_requests=5_000) as native:
            with Proxy(suite.options.weir, native.url, "--max-connections", "20000", *flags) as proxy:
                case(proxy)

    patient = ["--max-queued", "20000", "--queue-timeout", "60s", "--timeout", "60s"]
    suite.run("through the proxy: 10,000 idle connections: under 60 MB", lambda: between(hostile.idle_cost, 10_500, *patient))
    suite.run(
        "through the proxy: 1,000 stalled readers: at most 128 KiB each",
        lambda: between(hostile.stalled_cost, 2_500, "--max-requests", "5000"),
    )
