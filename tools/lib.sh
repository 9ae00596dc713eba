# Shared by the scripts of tools/ (bash; sourced, not run). Sets WEIR_ROOT and WEIR_CACHE.
set -euo pipefail

WEIR_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# What set-up builds or downloads, by content key; safe to delete at any time.
WEIR_CACHE=${WEIR_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/weir}
mkdir -p "$WEIR_CACHE/logs"
chmod 700 "$WEIR_CACHE"

say() { printf '%s\n' "$*" >&2; }
die() {
  say "error: $*"
  exit 1
}

# strictly COMMAND...: runs a function so that its first failing command ends it. Called where its status is looked at
# (`f || …`, `if f`), bash would go on after failures inside it, whatever `set -e` says; so it gets a shell of its own, with
# this one's variables and functions.
strictly() {
  if [ "$(type -t "$1")" != function ]; then
    "$@"
    return
  fi
  bash -c "$(declare -p | grep -E '^declare -(-|[aAi]+) ' | grep -vE '^declare -[^ ]+ (BASH|DIRSTACK|FUNCNAME|GROUPS|PIPESTATUS|IFS|OPTIND|SECONDS|LINENO|COMP_|_=)')
$(declare -f)
set -euo pipefail
\"\$@\"" "$0" "$@"
}

# step NAME EXPECTATION LOG COMMAND...: says what is done and what it should take, runs the command with all output in
# the cache's logs/LOG.log, says what it took. When it fails, shows the log's last 30 lines and returns its status.
step() {
  local name=$1 expectation=$2 log=$WEIR_CACHE/logs/$3.log status=0 started=$SECONDS
  shift 3
  say "==> $name (expected: $expectation; log: $log)"
  strictly "$@" >"$log" 2>&1 </dev/null || status=$?
  if ((status != 0)); then
    say "    failed after $((SECONDS - started)) s, with status $status. The log's last 30 lines:"
    tail -n 30 "$log" | sed 's/^/    | /' >&2
    return "$status"
  fi
  say "    done in $((SECONDS - started)) s"
}

# with_lock NAME COMMAND...: runs the command while holding the cache's lock NAME; waits for another holder.
with_lock() {
  local lock=$WEIR_CACHE/$1.lock status=0 lock_fd
  shift
  exec {lock_fd}>"$lock"
  if ! flock --nonblock "$lock_fd"; then
    say "    waiting for another run that holds $lock"
    flock "$lock_fd"
  fi
  # The command's children must not inherit the lock: a daemon among them would hold it for ever.
  "$@" {lock_fd}>&- || status=$?
  exec {lock_fd}>&-
  return "$status"
}

# version_at_least HAVE WANT: compares dotted versions.
version_at_least() {
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}
