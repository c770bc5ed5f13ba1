"""What a whole sentence means: a vector from a small language encoder, and the label it falls in.

all-MiniLM-L6-v2 (int8 ONNX, 23 MB) gives the vector; a linear layer over it (meaning.npz, made by
scripts/fit_meaning.py) gives the probability of each label: the name of a flow or a reply
("timer.set", "reply.age"), "decline." and a kind that is out of reach, or "language". Knows nothing
of flows, replies and rules. Loaded once; runs on the mind thread, a sentence in about 1.5 ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.errors import ModelError
from assistant.language.en.normalise import normalise
from assistant.model.meaning_graph import best_graph

HEAD_FILE = Path(__file__).parent.parent / "language" / "en" / "data" / "meaning.npz"
LONGEST_TOKENS = 64
LANGUAGE = "language"
BEYOND = "decline."
"""So begins the label of what is out of reach."""

_KEPT = 256
"""So many sentences are remembered: a turn is decided several times, by several parts."""


class Encoder:
    """Sentences to vectors of unit length."""

    def __init__(self, model: Path, tokenizer: Path, threads: int = 1) -> None:
        """Load both files, or the lean copy of the first; `ModelError` when one of them is missing
        or damaged."""
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # without VNNI, sums of int8 products can overflow in onnxruntime's fastest kernel
        options.add_session_config_entry("session.x64quantprecision", "1")
        try:
            self._tokenizer: Any = Tokenizer.from_file(str(tokenizer))
            self._session = onnxruntime.InferenceSession(
                str(best_graph(model)), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # both libraries raise plain Exceptions of their own
            raise ModelError(f"cannot load {model.name}: {error}", "run 'make models'") from error
        self._tokenizer.enable_truncation(max_length=LONGEST_TOKENS)
        self._tokenizer.no_padding()
        self._inputs = {one.name for one in self._session.get_inputs()}

    def vector(self, text: str) -> npt.NDArray[np.float32]:
        """float32[384] of unit length."""
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        if "token_type_ids" in self._inputs:
            feeds["token_type_ids"] = np.zeros_like(ids)
        (hidden, *_) = self._session.run(None, feeds)
        mean: npt.NDArray[np.float32] = np.asarray(hidden[0], np.float32).mean(axis=0)
        return mean / max(float(np.linalg.norm(mean)), 1e-12)


class MeaningModel:
    """Labels of requests by the meaning of their whole sentence."""

    def __init__(
        self,
        encoder: Encoder,
        kinds: Sequence[str],
        weights: npt.NDArray[np.float32],
        bias: npt.NDArray[np.float32],
    ) -> None:
        """`weights` float32[kinds, 384], `bias` float32[kinds]; one kind is "language"."""
        self.labels = tuple(kinds)
        self._weights = weights
        self._bias = bias
        self._vector = lru_cache(maxsize=_KEPT)(encoder.vector)
        self._ranked = lru_cache(maxsize=_KEPT)(self._rank)

    def vector(self, text: str) -> npt.NDArray[np.float32]:
        """float32[384] of unit length; `text` as it is."""
        return self._vector(text)

    def ranked(self, text: str) -> tuple[tuple[str, float], ...]:
        """All labels with their probability, the likeliest first; they add up to 1."""
        return self._ranked(as_read(text))

    def probabilities(self, text: str) -> dict[str, float]:
        """Label to its probability."""
        return dict(self.ranked(text))

    def kind(self, text: str) -> tuple[str, float]:
        """The likeliest kind out of reach and the probability that it is any such kind."""
        found = [(label, share) for label, share in self.ranked(text) if label.startswith(BEYOND)]
        return found[0][0].removeprefix(BEYOND), sum(share for _, share in found)

    def _rank(self, text: str) -> tuple[tuple[str, float], ...]:
        logits = self._weights @ self._vector(text) + self._bias
        raised = np.exp(logits - logits.max())
        shares = (raised / raised.sum()).tolist()
        return tuple(sorted(zip(self.labels, shares, strict=True), key=lambda one: -one[1]))


def as_read(text: str) -> str:
    """The words of `text` as the encoder gets them: in one spelling, whoever wrote them down."""
    return normalise(text) or text


def load_meaning_model(model: Path, tokenizer: Path, head: Path = HEAD_FILE) -> MeaningModel:
    """The encoder with the committed layer; `ModelError` when a file is missing or damaged."""
    encoder = Encoder(model, tokenizer)
    try:
        with np.load(head, allow_pickle=False) as data:
            kinds = [str(kind) for kind in data["kinds"]]
            weights = data["weights"].astype(np.float32) * data["scale"].astype(np.float32)
            bias = data["bias"].astype(np.float32)
    except (OSError, KeyError, ValueError) as error:
        raise ModelError(f"cannot read {head.name}: {error}", "reinstall the program") from error
    return MeaningModel(encoder, kinds, weights, bias)
