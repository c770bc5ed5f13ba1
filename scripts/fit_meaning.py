"""Fit the layer that tells what a whole request means: a flow, a reply, a decline, or none.

Reads own sentences (scripts/meaning/*.txt: `[label]`, then one sentence a line, `(a|b)` stands for
both), the templates and examples of the program's flows and the phrases of its replies. Turns each
into a vector with the encoder and fits a softmax regression. Writes language/en/data/meaning.npz.
`--folds 5` measures it on left-out lines first.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from assistant.language.en.normalise import core, normalise
from assistant.model.meaning import HEAD_FILE, LANGUAGE, Encoder, as_read
from assistant.model.meaning_graph import make_lean_copy
from assistant.talk.known import reply_name
from assistant.talk.replies import load_replies
from assistant.talk.tools import own_flows

FOLDER = Path(__file__).parent / "meaning"
MOST_OF_A_LINE = 6
MOST_ALIKE = 88
"""Of 100: more alike than this to a sentence that is measured with is left out."""
_CHOICE = re.compile(r"\(([^()]*)\)")
_INNERMOST = re.compile(r"\(([^()\[\]]*)\)|\[([^()\[\]]*)\]")
_SLOT = re.compile(r"\{([a-z_0-9]*)\}")
_SAMPLES = {
    "length": ["ten minutes", "an hour", "forty seconds", "half an hour"],
    "date": ["tomorrow", "next Friday", "the third of May", "Monday"],
    "clock": ["seven", "half past eight", "noon", "six thirty"],
    "moment": ["tomorrow at nine", "at five", "on Monday at eight"],
    "integer": ["six", "twenty", "two"],
    "number": ["twelve", "five", "a hundred"],
    "yes or no": ["yes"],
    "text": ["milk", "the garage", "Anna", "paper towels", "call the dentist"],
}
"""Words for the slots of templates, by the kind of slot."""

Row = tuple[str, str, str]
"""(line, label, sentence): sentences of one line are kept on one side of a fold."""


def expand(line: str, most: int = MOST_OF_A_LINE) -> list[str]:
    """The sentences that a line stands for, at most `most`, always the same."""
    parts = _CHOICE.split(line)
    ways = [part.split("|") if at % 2 else [part] for at, part in enumerate(parts)]
    every = [" ".join("".join(words).split()) for words in itertools.product(*ways)]
    random.Random(line).shuffle(every)
    return [_tidy(one) for one in every[:most]]


def _tidy(sentence: str) -> str:
    return sentence.replace(" ,", ",").strip(" ,")


def read_sentences(folder: Path) -> Iterator[Row]:
    """The own sentences."""
    for path in sorted(folder.glob("*.txt")):
        label = ""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            line = line.strip()
            if line.startswith("["):
                label = line.strip("[]")
            elif line and not line.startswith("#"):
                for sentence in expand(line):
                    yield f"{path.name} {number}", label, sentence


def sample(notation: str, slots: dict[str, str], count: int) -> list[str]:
    """Some of the sentences that a phrase of the notation stands for; none with a `*`."""
    if "*" in notation:
        return []
    chance = random.Random(notation)
    found = []
    for _ in range(count):
        text = notation
        while (hole := _INNERMOST.search(text)) is not None:
            ways = (hole[1] if hole[1] is not None else f"{hole[2]}|").split("|")
            text = f"{text[: hole.start()]} {chance.choice(ways)} {text[hole.end() :]}"
        text = _SLOT.sub(
            lambda slot: chance.choice(_SAMPLES.get(slots.get(slot[1], ""), ["it"])), text
        )
        found.append(" ".join(text.split()))
    return list(dict.fromkeys(found))


def flow_sentences() -> Iterator[Row]:
    """Samples of the flows' templates, and their examples."""
    for flow in own_flows():
        slots = {name: kind.name for name, kind in flow.slots.items()}
        for at, template in enumerate(flow.templates):
            for sentence in sample(template.notation, slots, MOST_OF_A_LINE):
                yield f"{flow.name} template {at}", flow.name, sentence
        for at, sentence in enumerate(flow.examples):
            yield f"{flow.name} example {at}", flow.name, sentence


def reply_sentences(labels: Iterable[str]) -> Iterator[Row]:
    """Samples of the phrases of those replies that the own sentences know."""
    known = set(labels)
    for entry in load_replies().entries:
        label = reply_name(entry)
        if label not in known:
            continue
        for at, phrase in enumerate(entry.phrases):
            for sentence in sample(phrase.notation, {}, MOST_OF_A_LINE):
                yield f"{label} phrase {at}", label, sentence


def measured(path: Path) -> set[str]:
    """The canonical sentences of a table: the first column, or that named `label`."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        column = "label" if "label" in (rows.fieldnames or ()) else (rows.fieldnames or [""])[0]
        return {core(normalise(row[column])) for row in rows}


def is_near(sentence: str, apart: set[str]) -> bool:
    """True for a sentence of some length that is measured with, word for word or nearly so."""
    words = core(normalise(sentence))
    if len(words.split()) < 4:  # there are few ways to say "set an alarm"
        return False
    near = process.extractOne(words, apart, scorer=fuzz.ratio, score_cutoff=MOST_ALIKE)
    return near is not None


def fit(
    vectors: np.ndarray, labels: np.ndarray, weight: np.ndarray, count: int, decay: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weights float[count, 384] and bias float[count] of a softmax regression."""
    vectors = vectors.astype(np.float32)
    weights = np.zeros((count, vectors.shape[1]), np.float32)
    bias = np.zeros(count, np.float32)
    wanted = np.eye(count, dtype=np.float32)[labels]
    share = (weight / weight.sum())[:, None].astype(np.float32)
    speed = np.zeros_like(weights), np.zeros_like(bias)
    for _ in range(ROUNDS):
        logits = vectors @ weights.T + bias
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        error = (raised / raised.sum(axis=1, keepdims=True) - wanted) * share
        steps = error.T @ vectors + decay * weights, error.sum(axis=0)
        speed = 0.9 * speed[0] + steps[0], 0.9 * speed[1] + steps[1]
        weights, bias = weights - 6.0 * speed[0], bias - 6.0 * speed[1]
    return weights, bias


ROUNDS = 400


def weights_of(rows: list[Row]) -> np.ndarray:
    """How much each sentence counts: a line by the root of its sentences, rare labels more."""
    lines = [line for line, _, _ in rows]
    labels = [label for _, label, _ in rows]
    in_line = Counter(lines)
    share = np.array([1.0 / in_line[line] ** 0.5 for line in lines])
    total: dict[str, float] = defaultdict(float)
    for label, part in zip(labels, share, strict=True):
        total[label] += part
    return share / np.array([total[one] ** 0.3 for one in labels])


def main() -> None:
    """Measure on left-out lines, fit on all, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="model.onnx of all-MiniLM-L6-v2")
    parser.add_argument("tokenizer", type=Path, help="its tokenizer.json")
    parser.add_argument("--sentences", type=Path, default=FOLDER)
    parser.add_argument(
        "--apart",
        type=Path,
        nargs="*",
        default=[],
        help="tables of sentences to measure with: those that are nearly the same are left out",
    )
    parser.add_argument("--decay", type=float, default=2e-6)
    parser.add_argument("--folds", type=int, default=0)
    options = parser.parse_args()
    make_lean_copy(options.model)
    apart = set().union(*map(measured, options.apart))
    own = list(read_sentences(options.sentences))
    every = [*own, *flow_sentences(), *reply_sentences({label for _, label, _ in own})]
    rows = [row for row in every if not is_near(row[2], apart)]
    print(f"{len(every) - len(rows)} sentences left out that are measured with, or nearly")
    encoder = Encoder(options.model, options.tokenizer, threads=2)
    vectors = np.stack([encoder.vector(as_read(text)) for _, _, text in rows]).astype(np.float64)
    kinds = sorted({label for _, label, _ in rows})
    labels = np.array([kinds.index(label) for _, label, _ in rows])
    weight = weights_of(rows)
    print(
        f"{len(rows)} sentences of {len({line for line, _, _ in rows})} lines, {len(kinds)} labels"
    )
    for fold in range(options.folds):
        out = np.array([hash_of(line) % options.folds == fold for line, _, _ in rows])
        weights, bias = fit(vectors[~out], labels[~out], weight[~out], len(kinds), options.decay)
        logits = vectors[out] @ weights.T + bias
        right = logits.argmax(axis=1) == labels[out]
        language = labels[out] == kinds.index(LANGUAGE)
        print(
            f"fold {fold}: label right {right[~language].mean():.1%}, "
            f"language left alone {right[language].mean():.1%}"
        )
    weights, bias = fit(vectors, labels, weight, len(kinds), options.decay)
    scale = np.abs(weights).max(axis=1, keepdims=True) / 127
    np.savez_compressed(
        HEAD_FILE,
        kinds=np.array(kinds),
        bias=bias.astype(np.float32),
        weights=np.rint(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
    )
    print(f"{HEAD_FILE}: {HEAD_FILE.stat().st_size} bytes")


def hash_of(line: str) -> int:
    """A number that is always the same for the same line."""
    return random.Random(line).randrange(1 << 30)


if __name__ == "__main__":
    main()
