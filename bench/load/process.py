"""What a process and its children cost, read from /proc."""

import os
import resource
import time

TICKS = os.sysconf("SC_CLK_TCK")


def stat_of(pid):
    """The fields of /proc/PID/stat after the name, or None when it has gone."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return None


def tree_of(pid):
    """The process and all that descend from it."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and (fields := stat_of(name)):
            children.setdefault(int(fields[1]), []).append(int(name))
    tree = [pid]
    for member in tree:
        tree += children.get(member, [])
    return tree


def cpu_seconds(pid):
    """User and system time of the tree, children that ended included."""
    total = 0
    for member in tree_of(pid):
        if fields := stat_of(member):
            total += sum(map(int, fields[11:15]))
    return total / TICKS


def cpu_seconds_of_ended():
    """User and system time of this process's children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def status_kib(pid, name):
    """A line of /proc/PID/status such as VmRSS or VmPTE, summed over the tree."""
    total = 0
    for member in tree_of(pid):
        try:
            with open(f"/proc/{member}/status") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith(name + ":"))
        except OSError:
            pass
    return total


def sleeps(pid):
    """How often the threads of a process have gone to sleep so far."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status") as file:
            total += next(int(line.split()[1]) for line in file if line.startswith("voluntary_ctxt_switches:"))
    return total


def wait_until(true, guard, step=0.01):
    """Whether it came true in time."""
    deadline = time.monotonic() + guard
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(step)
    return True
