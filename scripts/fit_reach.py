"""Fit the layer that tells requests out of reach from what language can answer.

Reads own sentences (scripts/reach/sentences.txt: `[kind]`, then one sentence a line, `(a|b)` stands
for both), turns each into a vector with the encoder and fits a softmax regression by gradient
descent. Writes language/en/data/reach.npz. `--folds 5` measures it on left-out lines first.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import random
import re
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from assistant.language.en.normalise import core, normalise
from assistant.model.meaning import HEAD_FILE, LANGUAGE, Encoder

SENTENCES = Path(__file__).parent / "reach" / "sentences.txt"
MOST_OF_A_LINE = 6
MOST_ALIKE = 88
"""Of 100: more alike than this to a sentence that is measured with is left out."""
_CHOICE = re.compile(r"\(([^()]*)\)")


def expand(line: str) -> list[str]:
    """The sentences that a line stands for, at most `MOST_OF_A_LINE`, always the same."""
    parts = _CHOICE.split(line)
    ways = [part.split("|") if at % 2 else [part] for at, part in enumerate(parts)]
    every = [" ".join("".join(words).split()) for words in itertools.product(*ways)]
    random.Random(line).shuffle(every)
    return every[:MOST_OF_A_LINE]


def read_sentences(path: Path) -> list[tuple[int, str, str]]:
    """(number of the line, kind, sentence)."""
    kind, found = "", []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        line = line.strip()
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            found += [(number, kind, sentence) for sentence in expand(line)]
    return found


def _measured(path: Path) -> set[str]:
    """The canonical sentences of a table: the first column, or that named `label`."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        column = "label" if "label" in (rows.fieldnames or ()) else (rows.fieldnames or [""])[0]
        return {core(normalise(row[column])) for row in rows}


def _is_near(sentence: str, apart: set[str]) -> bool:
    """True for a sentence that is measured with, word for word or nearly so."""
    words = core(normalise(sentence))
    near = process.extractOne(words, apart, scorer=fuzz.ratio, score_cutoff=MOST_ALIKE)
    return words in apart or near is not None


def fit(
    vectors: np.ndarray, labels: np.ndarray, weight: np.ndarray, count: int, decay: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weights float[count, 384] and bias float[count] of a softmax regression."""
    weights, bias = np.zeros((count, vectors.shape[1])), np.zeros(count)
    wanted = np.eye(count)[labels]
    share = (weight / weight.sum())[:, None]
    speed = np.zeros_like(weights), np.zeros_like(bias)
    for _ in range(600):
        logits = vectors @ weights.T + bias
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        error = (raised / raised.sum(axis=1, keepdims=True) - wanted) * share
        steps = error.T @ vectors + decay * weights, error.sum(axis=0)
        speed = 0.9 * speed[0] + steps[0], 0.9 * speed[1] + steps[1]
        weights, bias = weights - 2.0 * speed[0], bias - 2.0 * speed[1]
    return weights, bias


def main() -> None:
    """Measure on left-out lines, fit on all, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="model.onnx of all-MiniLM-L6-v2")
    parser.add_argument("tokenizer", type=Path, help="its tokenizer.json")
    parser.add_argument("--sentences", type=Path, default=SENTENCES)
    parser.add_argument(
        "--apart",
        type=Path,
        nargs="*",
        default=[],
        help="tables of sentences to measure with: those that are nearly the same are left out",
    )
    parser.add_argument("--decay", type=float, default=3e-5)
    parser.add_argument("--folds", type=int, default=0)
    options = parser.parse_args()
    apart = set().union(*map(_measured, options.apart))
    rows = [row for row in read_sentences(options.sentences) if not _is_near(row[2], apart)]
    encoder = Encoder(options.model, options.tokenizer, threads=2)
    vectors = np.stack([encoder.vector(text) for _, _, text in rows]).astype(np.float64)
    kinds = sorted({kind for _, kind, _ in rows})
    labels = np.array([kinds.index(kind) for _, kind, _ in rows])
    lines = np.array([line for line, _, _ in rows])
    weight = 1.0 / np.array([np.count_nonzero(lines == line) for line in lines]) ** 0.5
    print(f"{len(rows)} sentences of {len(set(lines))} lines, {np.bincount(labels)} of {kinds}")
    language = kinds.index(LANGUAGE)
    for fold in range(options.folds):
        out = lines % options.folds == fold
        weights, bias = fit(vectors[~out], labels[~out], weight[~out], len(kinds), options.decay)
        logits = vectors[out] @ weights.T + bias
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        beyond = 1 - (raised / raised.sum(axis=1, keepdims=True))[:, language]
        truth = labels[out] != language
        right = logits.argmax(axis=1) == labels[out]
        print(
            f"fold {fold}: caught {np.mean(beyond[truth] > 0.5):.1%}, "
            f"taken {np.mean(beyond[~truth] > 0.5):.1%}, kind right {right[truth].mean():.1%}"
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


if __name__ == "__main__":
    main()
