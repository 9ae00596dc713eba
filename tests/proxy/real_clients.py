"""The clients of tests/peers through `weir proxy`, in front of the native server that they know."""

from harness.proxy import Proxy
from harness.suite import Skip
from peers import clients
from peers.native import PROGRAM, Native


def run(suite):
    for name, case in clients.CASES.items():
        # nginx in front is with_nginx's matter.
        if name.startswith("nginx"):
            continue

        def through(case=case):
            if not PROGRAM.exists():
                raise Skip(f"{PROGRAM} is not built")
            with Native(threads=2) as native, Proxy(suite.options.weir, native.url) as proxy:
                case(proxy)

        suite.run(f"through the proxy: {name}", through)
