"""A small program for the test under tmux: the face in a real terminal, with noise from C.

Usage: python tui_in_terminal.py LOG. While it runs, two threads write to descriptors 1 and 2.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from assistant.tui.app import AssistantApp
from assistant.tui.session import Publish, Session
from assistant.tui.terminal import guarded_terminal
from tests import tui_feed


def main() -> int:
    """Run the face until q; the exit status is its own."""
    quiet = threading.Event()

    def chatter(descriptor: int) -> None:
        while not quiet.wait(0.02):
            os.write(descriptor, b"ALSA lib pcm.c: noise from C\n")

    def start(publish: Publish) -> Session:
        for descriptor in (1, 2):
            threading.Thread(target=chatter, args=(descriptor,), daemon=True).start()
        return tui_feed.playing(tui_feed.MIXED)(publish)

    with guarded_terminal(Path(sys.argv[1])):
        app = AssistantApp(start=start, title="assistant")
        app.run()
        quiet.set()
    print(f"ended with {app.return_code}")
    return app.exit_status


if __name__ == "__main__":
    sys.exit(main())
