"""Asks what was asked before again, of today's text layer, and says what is another now.

A session is replayed from its beginning: with what the store held then, the time of each turn, what
the model said then (it is not asked) and what sounded of each answer. What a turn does is done to a
copy in memory; tools that reach outside of it are not run, and give what they gave then. Main
thread.
"""

from __future__ import annotations

import dataclasses
import re
import secrets
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.assemble.audit import redact_by
from assistant.assemble.loading import make_conversation, make_services
from assistant.config import Config
from assistant.errors import StageTimeout
from assistant.log.book import Book
from assistant.log.compare import Difference, differences
from assistant.log.rows import Body, Row
from assistant.messages import Reply
from assistant.mood import Prosody
from assistant.talk import due
from assistant.talk.announcer import AGAIN_S
from assistant.talk.decision import Effect, slots_as_text
from assistant.talk.schema import make_tables
from assistant.talk.silent import Committed, without_taken_back
from assistant.talk.store import Store

if TYPE_CHECKING:
    from assistant.model.meaning import MeaningModel

_MOST_RINGS = 5000
_LISTENS = ("run", "hear", "demo")
"""Commands in which what is due is announced by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One turn that was asked for: what is another now, or why it was not replayed (`skipped`).
    `remark` says what could not be as it was then."""

    row: int
    request: str
    differences: tuple[Difference, ...] = ()
    skipped: str = ""
    remark: str = ""

    @property
    def verdict(self) -> str:
        """One of "same", "differs" and "skipped"."""
        if self.skipped:
            return "skipped"
        return "differs" if self.differences else "same"


def replay_rows(
    book: Book,
    config: Config,
    wanted: Sequence[Row],
    meaning: MeaningModel | None,
    folder: Path | None,
    state_now: Callable[[], Store],
    say: Callable[[str], None] = lambda text: None,
) -> Iterator[Replayed]:
    """The turns of `wanted`, in the order of the log. What their session began with is taken from
    the log, else from `state_now()`. `say` is told of user's files that do not load."""
    numbers = {row.seq for row in wanted}
    sessions = dict.fromkeys(str(row.body.get("session", "")) for row in wanted)
    for name in sessions:
        rows = list(book.rows("session = ?", (name,)))
        about = next((row.body for row in rows if row.body["kind"] == "session"), {})
        dump = book.state(about["state"]) if about.get("state") else None
        remark = "" if dump is not None else "what was set and listed then is not kept"
        store = state_now() if dump is None else Store.restored(dump)
        last = max(row.seq for row in rows if row.seq in numbers)
        replay = _Session(config, about, store, meaning, folder, say)
        for row in rows:
            if row.seq > last:
                break
            found = replay.take(row, remark)
            if found is not None and row.seq in numbers:
                yield found


class _Session:
    """One conversation of then, held again."""

    def __init__(
        self,
        config: Config,
        about: Body,
        store: Store,
        meaning: MeaningModel | None,
        folder: Path | None,
        say: Callable[[str], None],
    ) -> None:
        make_tables(store)
        self._store = store
        self._redact = redact_by(config)
        self._outside = ("api.", *(f"{server}." for server in config.mcp.servers))
        self._listens = about.get("way") in _LISTENS
        self._zone = _zone(about.get("utc_offset"))
        self._now = _time(about.get("at"), self._zone) or datetime.now(self._zone)
        self._hands = CopyHands()
        self._model = SaidThen()
        config = dataclasses.replace(config, apis={})  # no replay asks another machine
        services = dataclasses.replace(make_services(config), store=store)
        if about.get("has_pin"):
            services.pins.set(secrets.token_hex(8))  # there is one, and no request has it
        self._conversation = make_conversation(
            config,
            self._model,  # type: ignore[arg-type]
            meaning,
            services=services,
            hands=self._hands,
            now=lambda: self._now,
            seed=int(about.get("seed", 0)),
            folder=folder,
        )
        self._conversation.on_notice = lambda notice: say(notice.text)
        self._conversation.reload()

    def take(self, row: Row, remark: str) -> Replayed | None:
        """One row in its order; None for what is no turn."""
        body = row.body
        kind = body.get("kind")
        if kind == "cleared":
            self._conversation.forget()
        elif kind == "said":
            self._pass_time(_time(body.get("at"), self._zone))
            self._conversation.remember(int(body.get("turn", 0)), "", body.get("sounded", ""))
        elif kind == "turn":
            return self._turn(row.seq, body, remark)
        return None

    def _turn(self, seq: int, body: Body, remark: str) -> Replayed:
        request = str(body.get("request", ""))
        skipped = _why_skipped(body, self._outside)
        if skipped:  # what was asked before is answered, though nobody knows how
            self._conversation.change(lambda talk: dataclasses.replace(talk, waiting=()))
            return Replayed(row=seq, request=request, skipped=skipped)
        self._pass_time(_time(body.get("now")))
        texts = (body.get("model") or {}).get("text", [])
        self._model.texts, self._model.was_asked_more = deque(texts), False
        self._hands.called = list(body.get("calls", []))
        conversation, turn = self._conversation, int(body.get("turn", 0))
        voice = Prosody(**body["voice"]) if body.get("voice") else None
        decision = conversation.decide(request, turn, voice=voice)
        if decision is None:
            return Replayed(
                row=seq, request=request, differences=tuple(differences(body, "", {}, []))
            )
        conversation.commit(decision)
        speaking = Committed(conversation, lambda: False, lambda mark: None)
        replies: list[Reply] = []
        for reply in conversation.replies(decision, request, speaking):
            replies = without_taken_back(replies, reply)
        words = [one.text for one in replies]
        shown = [self._redact(one) for one in words]
        slots = {key: self._redact(one) for key, one in slots_as_text(decision.slots).items()}
        is_unknown = self._model.was_asked_more
        found = differences(body, decision.name, slots, shown, with_words=not is_unknown)
        is_same = is_unknown or not any(one.what == "words" for one in found)
        sounded = body.get("sounded", "") if is_same else " ".join(words)
        conversation.remember(turn, request, sounded)
        remarks = [remark, "the model's words of then are not kept" if is_unknown else ""]
        return Replayed(
            row=seq,
            request=request,
            differences=tuple(found),
            remark="; ".join(filter(None, remarks)),
        )

    def _pass_time(self, until: datetime | None) -> None:
        """Until then; where it listened, what fell due meanwhile rang."""
        if until is None:
            return
        for _ in range(_MOST_RINGS if self._listens else 0):
            times = [
                one.due_s if one.state == "set" else one.rung_s + AGAIN_S
                for one in due.items(self._store, states=("set", "ringing"))
            ]
            next_s = max(min(times, default=float("inf")), self._now.timestamp())
            if next_s > until.timestamp():
                break
            self._now = datetime.fromtimestamp(next_s, until.tzinfo)
            self._conversation.due_announcements()
        self._now = until


class CopyHands:
    """Runs, at once, what changes the copy of the store; of anything else `called` has, in order,
    what it gave then, or how it failed."""

    def __init__(self) -> None:
        self.called: list[Body] = []
        self._done: dict[Effect, Any] = {}

    def submit(self, effects: tuple[Effect, ...]) -> None:
        """Run those of the program itself."""
        for effect in effects:
            if effect.is_own:
                self._run(effect)

    def undo(self, effects: tuple[Effect, ...]) -> None:
        """Reverse those that were run, last first."""
        for effect in reversed(effects):
            if effect in self._done and effect.undo is not None:
                effect.undo(self._done.pop(effect))

    def redo(self, effects: tuple[Effect, ...]) -> None:
        """Run again."""
        self.submit(effects)

    def run(self, effect: Effect, should_stop: Callable[[], bool]) -> Any:
        """Run it, or give what it gave then; raise where it failed then."""
        if effect.is_own:
            return self._run(effect)
        at = next((at for at, one in enumerate(self.called) if one["name"] == effect.name), None)
        if at is None:
            return None
        then = self.called.pop(at)
        if then.get("outcome") == "too slow":
            raise StageTimeout(f"{effect.name} took too long")
        if then.get("outcome") == "failed":
            raise RuntimeError(then.get("result"))
        return then.get("result")

    def flush(self, timeout_s: float) -> bool:
        """All is done."""
        return True

    def _run(self, effect: Effect) -> Any:
        result = self._done[effect] = effect.run()
        return result


class SaidThen:
    """In the place of the language model: says `texts`, what it said then, piece by piece.
    `was_asked_more` tells that it was asked for words that are not known."""

    def __init__(self) -> None:
        self.texts: deque[str] = deque()
        self.was_asked_more = False

    def stream(self, *messages: Any, **options: Any) -> Iterator[str]:
        """The words of then."""
        self.was_asked_more = not self.texts
        if self.texts:
            yield from re.findall(r"\s*\S+|\s+$", self.texts.popleft())

    def warm_up(self, *messages: Any, **options: Any) -> None:
        """Nothing."""

    def anticipate(self, *messages: Any, **options: Any) -> None:
        """Nothing."""

    def sentence_end(self, *messages: Any, **options: Any) -> None:
        """Nobody knows."""


def _time(text: Any, zone: tzinfo | None = None) -> datetime | None:
    """A time as it is written, or in `zone`."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found.astimezone(zone) if zone is not None else found


def _why_skipped(body: Body, outside: tuple[str, ...]) -> str:
    """Why a turn cannot be replayed; empty when it can."""
    if body.get("redacted"):
        return "it has personal data, which is not kept"
    if not body.get("now"):
        return "it had no words"
    if any(step.get("part") == "tool choice" for step in body.get("steps", [])):
        return "the model chose a tool, and is not asked"
    names = (str(body.get("name")), *(str(one.get("name")) for one in body.get("calls", [])))
    if any(name.startswith(outside) for name in names):
        return "it asked another program, and none is asked again"
    return ""


def _zone(offset: Any) -> tzinfo:
    """The zone of this machine then: what comes again each morning depends on it."""
    try:
        return datetime.strptime(str(offset), "%z").tzinfo or UTC
    except ValueError:
        return UTC
