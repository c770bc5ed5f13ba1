"""`assistant` and `python -m assistant`: runs the command line and turns errors into exit codes."""

from __future__ import annotations

import os
import sys

from assistant.errors import EXIT_INTERRUPTED, AssistantError


def main() -> None:
    """The entry point; errors go to standard error with their code and next step."""
    from assistant.private import keep_private

    keep_private(next(iter(sys.argv[1:]), ""))
    try:
        if sys.argv[1:2] == ["log"]:  # without what the other commands load: it answers at once
            from assistant.cli.log import log

            sys.exit(log(sys.argv[2:]))
        from assistant.cli.app import main as command_line

        command_line()
    except AssistantError as error:
        print(f"assistant: {error}", file=sys.stderr)
        sys.exit(error.exit_status)
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


if __name__ == "__main__":
    main()
