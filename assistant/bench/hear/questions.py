"""What is no command: word errors in the questions, and open requests that are bent into commands.

A request is bent when the text layer takes a command (a tool or a fixed reply) on the words that
count, and takes another or none both on what was heard freely and on what was said.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator

from assistant.bench.hear.ear import Ear, Heard
from assistant.bench.hear.kit import Finding, Kit, share, thinned
from assistant.bench.hear.recordings import Cut, cuts
from assistant.bench.hear.words import normalised, word_errors
from assistant.errors import InputError

SNR_DB = 12.0

_REQUESTS, _QUICK_REQUESTS = 200, 30
_COMMANDS = frozenset({"tool", "precomputed", "stop"})


def questions(kit: Kit) -> Finding:
    """Word errors free and fused; bent requests among questions, hesitations, and spoken ones."""
    ear = kit.ear("home.py")
    counts: Counter[str] = Counter()
    for cut in cuts(kit.data, ("questions",)):
        heard = ear.hear(cut)
        said = normalised(cut.label)
        counts["words"] += len(said)
        counts["errors"] += word_errors(said, normalised(heard.text))
        counts["errors free"] += word_errors(said, normalised(heard.free))
        _count_bent(kit, ear, cut, heard, counts)
    for number, cut in enumerate(_open_requests(kit)):
        if number % 40 == 0:
            kit.say(f"open requests: {number}")
        _count_bent(kit, ear, cut, ear.hear(cut), counts)
    words = counts["words"]
    lines = [
        f"questions        {100 * counts['errors'] / words:.1f} % word errors "
        f"({counts['errors']} of {words} words), free transcript "
        f"{100 * counts['errors free'] / words:.1f} % ({counts['errors free']})",
        f"open requests    {share(counts['bent'], counts['requests'])} bent into a command; "
        f"the words of {counts['changed']} became others",
    ]
    return Finding(lines, dict(counts))


def _open_requests(kit: Kit) -> Iterator[Cut]:
    """Hesitant sentences by actors; requests out of every scope, spoken by the voices in turns,
    clean and in noise."""
    for cut in cuts(kit.data, ("hesitations",), every=8 if kit.is_quick else 1):
        if cut.label:
            yield cut
    table = kit.data / "requests.tsv"
    try:
        with table.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            texts = [row["text"] for row in reader if row["kind"] == "open"]
    except OSError as error:
        raise InputError(
            f"cannot read {table}: {error.strerror}", "name its folder by --data"
        ) from error
    for number, text in enumerate(thinned(texts, _QUICK_REQUESTS if kit.is_quick else _REQUESTS)):
        cut = kit.speakers[number % len(kit.speakers)].say(text)
        yield cut
        samples, _ = kit.pool.under(cut.name, cut.samples, cut.speech, SNR_DB)
        yield Cut(
            name=cut.name, folder="spoken in noise", label=text, samples=samples, speech=cut.speech
        )


def _count_bent(kit: Kit, ear: Ear, cut: Cut, heard: Heard, counts: Counter[str]) -> None:
    counts["requests"] += 1
    if normalised(heard.text) == normalised(heard.free):
        return
    counts["changed"] += 1
    decision = ear.decide(heard.text)
    if decision is None or decision.source not in _COMMANDS:
        return
    others = (ear.decide(heard.free), ear.decide(cut.label))
    if all(other is None or other.name != decision.name for other in others):
        counts["bent"] += 1
        kit.show(f"bent: {cut.label!r}, heard {heard.free!r}, became {heard.text!r}")
