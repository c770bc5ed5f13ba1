"""`assistant` and `python -m assistant`: runs the command line and turns errors into exit codes."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import Any

from assistant.errors import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, AssistantError


def _at_once(number: int, frame: FrameType | None) -> None:
    """While libraries are loaded there is nothing to close, and half of a native one may not be
    interrupted by an exception."""
    os._exit(EXIT_INTERRUPTED)


def main() -> None:
    """The entry point; errors go to standard error with their code and next step."""
    _on_interrupt(_at_once)
    from assistant.cli.output import close_output, prepare_output
    from assistant.private import keep_private

    prepare_output()
    keep_private(next(iter(sys.argv[1:]), ""))
    sys.exit(close_output(_status()))


def _status() -> int:
    """Run the command; its exit status, after whatever went wrong was told."""
    try:
        return _code(_run())
    except AssistantError as error:
        return _told(error)
    except SystemExit as end:
        return _code(end.code)
    except BrokenPipeError:  # the reader of our output has seen enough
        return EXIT_OK
    except OSError as error:
        from assistant.cli.output import unwritten

        return _told(unwritten(error))
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:
        from assistant.folders import terminal_log
        from assistant.unexpected import internal_error

        return _told(internal_error(error, terminal_log()))


def _run() -> Any:
    if sys.argv[1:2] == ["log"]:  # without what the other commands load: it answers at once
        from assistant.cli.log import log

        _on_interrupt(signal.default_int_handler)
        return log(sys.argv[2:])
    from assistant.cli.app import main as command_line

    _on_interrupt(signal.default_int_handler)
    return command_line()


def _on_interrupt(handler: Any) -> None:
    """What Ctrl+C does from here on; a shell's background job, which ignores it, goes on so."""
    with suppress(ValueError):  # not on the main thread
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, handler)


def _told(error: AssistantError) -> int:
    with suppress(OSError):
        print(f"assistant: {error}", file=sys.stderr, flush=True)
    return error.exit_status


def _code(code: Any) -> int:
    if code is None:
        return EXIT_OK
    if isinstance(code, int):
        return code
    print(code, file=sys.stderr)
    return EXIT_FAILED


if __name__ == "__main__":
    main()
