"""Runs the tests: those that can stand beside others on two workers, then the rest one by one.

`scripts/run_tests.py ARGUMENTS` passes its arguments on to both runs of pytest; what they select
may be in one of them alone. The tests marked `alone` (real time, sound server, terminal) are in the
second run. Each worker of the first loads the models that it needs, 1.2 GB at most. The exit status
is pytest's: the first one that says that something failed. With `-n 0` among the arguments nothing
runs beside anything else. Standard library only.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence

BESIDE_OTHERS = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--alone", "not")
ALONE = ("--alone", "only")
PASSED, FAILED, NOTHING_SELECTED = 0, 1, 5


def joined(statuses: Sequence[int]) -> int:
    """The exit status of all runs: that nothing was selected counts only when none selected any."""
    told = [one for one in statuses if one not in (PASSED, NOTHING_SELECTED)]
    return told[0] if told else min(statuses)


def main(arguments: Sequence[str]) -> int:
    """Both runs; the second is left out when the first was interrupted, or could not begin."""
    statuses = []
    for kind in (BESIDE_OTHERS, ALONE):
        command = [sys.executable, "-m", "pytest", *kind, *arguments]
        statuses.append(subprocess.run(command, check=False).returncode)
        if statuses[-1] not in (PASSED, FAILED, NOTHING_SELECTED):
            break
    return joined(statuses)


if __name__ == "__main__":
    signal.signal(
        signal.SIGTERM, lambda number, frame: sys.exit(128 + number)
    )  # and so ends pytest
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:  # pytest has told it
        sys.exit(2)
