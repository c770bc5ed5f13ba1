"""`python -m assistant.cli.bring PROFILE ROLE …`: fetches the models of some roles, early.

The set-up starts it beside the installation of the packages, so it needs as few of them as it can:
those of the downloads alone, no command line and no progress bar. What it leaves undone, `assistant
models fetch` does. Runs on the main thread.
"""

from __future__ import annotations

import sys

from assistant.assemble.places import config_path
from assistant.config import load_config
from assistant.errors import AssistantError
from assistant.weights.catalogue import load_catalogue
from assistant.weights.fetch import fetch
from assistant.weights.store import models_directory


def main() -> int:
    """Fetch, and say on standard output what was done; the error's exit status when it failed."""
    profile, *roles = sys.argv[1:]
    try:
        config = load_config(config_path(), must_exist=False)
        catalogue = load_catalogue()
        models = [model for role, model in catalogue.profile(profile).items() if role in roles]
        place = models_directory(config.models.directory)
        fetch(models, place, say=lambda line: print(line, flush=True), smaller=catalogue.smaller)
    except AssistantError as error:
        print(error, flush=True)
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main())
