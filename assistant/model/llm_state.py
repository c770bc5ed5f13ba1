"""llama.cpp with a memory: the tokens that it has read, and what it computed for them (KV state).

`evaluate` reads only what differs from the tokens read before, `next_token` continues from there,
`state` and `restore` carry the KV state to a file and back. Knows tokens and chat templates, and
neither conversations nor time limits. Used by one thread, the mind's; `should_abort` is asked
before every chunk of tokens.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.config import LlmConfig
from assistant.messages import Messages
from assistant.model.llm_load import load_model
from assistant.model.thinking import MARKS, ThoughtFilter

_TOP_K, _TOP_P, _MIN_P = 40, 0.95, 0.05
_REPEAT_PENALTY, _REPEAT_WINDOW = 1.1, 64
_LONGEST_PIECE = 256
_CHUNK_S = 0.06
_FEWEST_CHUNK_TOKENS = 4
_FIRST_CHUNK_TOKENS = 16

_SENTENCE_ENDS = (".", "?", "!")


class KeptState:
    """A GGUF chat model and what it has read so far.

    `evaluated` counts the tokens that were computed since the start, `should_abort` stops a running
    `evaluate` before its next chunk (RuntimeError), `context_tokens` is the size of the context in
    use, `remarks` are for the person. `ModelError` when the file cannot be used.
    """

    def __init__(self, path: Path, config: LlmConfig) -> None:
        loaded = load_model(path, config)
        self._lib = loaded.lib
        self._llama = loaded.llama
        self._vocab = loaded.vocab
        self._vocabulary = loaded.vocabulary
        self._template = loaded.template
        self._batch_tokens = loaded.batch_tokens
        self._chunk_tokens = _FIRST_CHUNK_TOKENS
        self.context_tokens = loaded.config.context_tokens
        self.remarks = loaded.remarks
        self.evaluated = 0
        self.should_abort: Callable[[], bool] = lambda: False
        self._piece = ctypes.create_string_buffer(_LONGEST_PIECE)
        self._sampler = _sampler(self._lib, self._llama.n_vocab(), loaded.config)
        self._marks = self._control_marks()
        self.sentence_ends = self._sentence_ends()
        """The tokens that end a sentence or the message."""

    # -- text to tokens --------------------------------------------------------------------------

    def prompt(self, messages: Messages) -> list[int]:
        """Tokens of `messages` and of the header of the answer; `ModelError` when refused."""
        return self._vocabulary.tokens(self._template.pieces(messages))

    def open_prompt(self, messages: Messages) -> list[int]:
        """Tokens of `messages`, the last of which is still being spoken: nothing closes it."""
        return self._vocabulary.tokens(self._template.open_pieces(messages))

    def answer_filter(self) -> ThoughtFilter:
        """What lets only the answer pass of the text that the model writes after a prompt."""
        ends = (self._template.answer_end,) if self._template.answer_end else ()
        return ThoughtFilter(is_open=self._template.opens_thought, ends=ends)

    def _control_marks(self) -> dict[int, bytes]:
        """The control tokens whose text the answer's filter has to see."""
        specials = self._vocabulary.specials.items()
        return {
            special.token: text.encode()
            for text, special in specials
            if special.is_control and (text.lower() in MARKS or text == self._template.answer_end)
        }

    def _sentence_ends(self) -> list[int]:
        marks = [self._vocabulary.tokens([(f"so{mark}", False)])[-1] for mark in _SENTENCE_ENDS]
        ends = (self._lib.llama_vocab_eos(self._vocab), self._lib.llama_vocab_eot(self._vocab))
        return sorted({*marks, *(token for token in ends if token >= 0)})

    # -- reading and continuing ------------------------------------------------------------------

    @property
    def kept(self) -> list[int]:
        """The tokens that were read, in order."""
        tokens: list[int] = self._llama.input_ids[: self._llama.n_tokens].tolist()
        return tokens

    def evaluate(self, tokens: list[int], *, to_continue: bool) -> None:
        """Read `tokens`, of which only those after the longest kept beginning are computed.

        With `to_continue`, `next_token` may follow. Without, more may stay kept than was asked.
        RuntimeError when aborted or failed; every whole chunk up to there stays kept.
        """
        common = _common_length(self.kept, tokens)
        if common == len(tokens):
            if not to_continue:
                return
            common -= 1  # the last token's output is needed, and only its computation gives it
        if not self._keep(common):
            common = 0
        self._compute(tokens[common:])

    def next_token(self) -> int | None:
        """The token that is to follow, drawn by the configured sampler; None ends the answer."""
        token: int = self._lib.llama_sampler_sample(self._sampler, self._llama.ctx, -1)
        return None if self._lib.llama_vocab_is_eog(self._vocab, token) else token

    def probability(self, tokens: list[int]) -> float:
        """How likely one of `tokens` comes next, 0 to 1, before the sampler's cuts."""
        row = self._lib.llama_get_logits_ith(self._llama.ctx, -1)
        logits = np.ctypeslib.as_array(row, shape=(self._llama.n_vocab(),)).astype(np.float64)
        weights = np.exp(logits - logits.max())
        return float(weights[tokens].sum() / weights.sum())

    def log_probabilities(self, tokens: Sequence[int]) -> list[float]:
        """The logarithm of how likely each of `tokens` comes next, before the sampler's cuts."""
        row = self._lib.llama_get_logits_ith(self._llama.ctx, -1)
        logits = np.ctypeslib.as_array(row, shape=(self._llama.n_vocab(),)).astype(np.float64)
        most = logits.max()
        whole = most + np.log(np.exp(logits - most).sum())
        return [float(one) for one in logits[list(tokens)] - whole]

    def plain(self, text: str) -> list[int]:
        """Tokens of a text by itself; what it spells is never a control token."""
        return self._vocabulary.tokens([(text, False)]) if text else []

    def append(self, token: int) -> None:
        """Read one token more."""
        self._compute([token])

    def begin_answer(self) -> None:
        """Forget which tokens were drawn, and start the sampler's random numbers anew."""
        self._lib.llama_sampler_reset(self._sampler)

    def piece(self, token: int) -> bytes:
        """The UTF-8 bytes of a token; a letter may be spread over several tokens. A control token
        has none, unless it marks a thought or the end of the answer."""
        if token in self._marks:
            return self._marks[token]
        count = self._lib.llama_token_to_piece(
            self._vocab, token, self._piece, _LONGEST_PIECE, 0, False
        )
        return self._piece.raw[: max(count, 0)]

    def _keep(self, count: int) -> bool:
        """Drop all but the first `count` tokens; False when the model can only drop them all."""
        if count == self._llama.n_tokens:
            return True
        memory = self._lib.llama_get_memory(self._llama.ctx)
        is_cut: bool = self._lib.llama_memory_seq_rm(memory, 0, count, -1)
        if not is_cut:
            self._lib.llama_memory_clear(memory, True)
        self._llama.n_tokens = count if is_cut else 0
        return is_cut

    def _compute(self, tokens: list[int]) -> None:
        """In chunks that take about `_CHUNK_S` each, asking `should_abort` between them.

        llama.cpp has a callback for this, which it calls some 600 times for each token; in Python
        every one of them would wait for the interpreter lock.
        """
        at = 0
        while at < len(tokens):
            if self.should_abort():
                raise RuntimeError("stopped before all of the prompt was read")
            chunk = tokens[at : at + self._chunk_tokens]
            start_s = time.perf_counter()
            self._llama.eval(chunk)
            took_s = time.perf_counter() - start_s
            at += len(chunk)
            self.evaluated += len(chunk)
            if len(chunk) == self._chunk_tokens:
                fitting = int(len(chunk) * _CHUNK_S / max(took_s, 1e-6))
                self._chunk_tokens = min(max(fitting, _FEWEST_CHUNK_TOKENS), self._batch_tokens)

    # -- to a file and back ----------------------------------------------------------------------

    def state(self) -> bytes:
        """The KV state of `kept`, as llama.cpp lays it out."""
        size = self._lib.llama_state_seq_get_size(self._llama.ctx, 0)
        buffer = (ctypes.c_uint8 * size)()
        written = self._lib.llama_state_seq_get_data(self._llama.ctx, buffer, size, 0)
        return bytes(buffer)[:written]

    def restore(self, tokens: list[int], state: bytes) -> bool:
        """Continue as if `tokens` had just been read; False when llama.cpp refuses the state.

        llama.cpp trusts these bytes: hand in only what `state` gave on the same weights, context
        size and version.
        """
        self._keep(0)
        buffer = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        read = self._lib.llama_state_seq_set_data(self._llama.ctx, buffer, len(state), 0)
        if read != len(state):
            self._keep(0)
            self._lib.llama_memory_clear(self._lib.llama_get_memory(self._llama.ctx), True)
            return False
        self._llama.input_ids[: len(tokens)] = np.asarray(tokens, dtype=np.intc)
        self._llama.n_tokens = len(tokens)
        return True

    def close(self) -> None:
        """Free the sampler, the context and the weights; a second call does nothing."""
        if self._sampler is not None:
            self._lib.llama_sampler_free(self._sampler)
            self._sampler = None
        self._llama.close()


def _sampler(llama_cpp: Any, vocabulary: int, config: LlmConfig) -> Any:
    """llama.cpp's own chain: penalties for what was just said, then the usual cuts, then a draw."""
    chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
    parts = [
        llama_cpp.llama_sampler_init_penalties(
            vocabulary, _REPEAT_WINDOW, _REPEAT_PENALTY, 0.0, 0.0
        )
    ]
    if config.temperature == 0:
        parts.append(llama_cpp.llama_sampler_init_greedy())
    else:
        parts += [
            llama_cpp.llama_sampler_init_top_k(_TOP_K),
            llama_cpp.llama_sampler_init_top_p(_TOP_P, 1),
            llama_cpp.llama_sampler_init_min_p(_MIN_P, 1),
            llama_cpp.llama_sampler_init_temp(config.temperature),
            llama_cpp.llama_sampler_init_dist(config.seed),
        ]
    for part in parts:
        llama_cpp.llama_sampler_chain_add(chain, part)
    return chain


def _common_length(kept: Iterable[int], wanted: Iterable[int]) -> int:
    count = 0
    for one, other in zip(kept, wanted, strict=False):
        if one != other:
            break
        count += 1
    return count
