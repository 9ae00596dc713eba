"""What machine the figures are from."""

import fcntl
import os
import platform
import struct

# PAGEMAP_SCAN of linux/fs.h: _IOWR('f', 16, struct pm_scan_arg), and PAGE_IS_WRITTEN.
PAGEMAP_SCAN = 0xC0606610
PAGE_IS_PRESENT = 1 << 3


def pagemap_scan():
    """Whether this kernel has PAGEMAP_SCAN for us."""
    page = os.sysconf("SC_PAGE_SIZE")
    with open("/proc/self/maps") as maps:
        start = int(maps.readline().split("-")[0], 16)
    # size, flags, start, end, walk_end, vec, vec_len, max_pages, category inversion, mask, any-of mask, return mask
    argument = bytearray(struct.pack("12Q", 96, 0, start, start + page, 0, 0, 0, 0, 0, PAGE_IS_PRESENT, 0, PAGE_IS_PRESENT))
    try:
        with open("/proc/self/pagemap", "rb") as pagemap:
            fcntl.ioctl(pagemap, PAGEMAP_SCAN, argument)
        return True
    except OSError:
        return False


def cpu_name():
    with open("/proc/cpuinfo") as info:
        for line in info:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def facts():
    return {
        "kernel": platform.release(),
        "cpu": f"{cpu_name()}, {os.cpu_count()} processors",
        "pagemap_scan": "active" if pagemap_scan() else "not available",
        "load": f"{os.getloadavg()[0]:.1f}",
    }
