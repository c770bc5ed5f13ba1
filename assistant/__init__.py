"""An on-device voice assistant: it hears, thinks in text and speaks, in one process."""

import os

__version__ = "0.1.0"

# The native libraries read these when they are loaded, so they stand before any of them. Their
# threads are to sleep while they wait for each other, not to spin: several stages share few cores,
# and a spinning thread takes the core from the one that it waits for (docs/LATENCY.md, "Threads").
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
os.environ.setdefault("KMP_BLOCKTIME", "0")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Libraries that report their use over the network are told not to, before any of them is loaded.
# Not a default but a promise: whatever the environment says is overwritten (docs/PRIVACY.md).
QUIET_SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}
os.environ.update(QUIET_SWITCHES)
