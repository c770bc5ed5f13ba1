"""Notes: a sentence that is kept with its time, and read again.

Pure; the tools that write are rows of the store and run on the hands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from assistant.language.en.clock import say_time
from assistant.language.en.items import count_things
from assistant.language.en.moments import say_day
from assistant.language.en.normalise import normalise
from assistant.talk.flow import Ask, Call, Confirm, Say, Steps, flow
from assistant.talk.store import Store
from assistant.talk.tool import Here, tool
from assistant.talk.tools.wording import capital, in_sentence, rest_of, said

TABLES = """
create table if not exists notes (
    id integer primary key autoincrement, text text not null, made text not null);
"""

PORTION = 3
"""So many notes are read at once; then it asks whether to go on."""

NOTE_WHAT = "What shall I note?"
NOTED = "I've noted it."
NO_NOTES = "You have no notes."
GO_ON = "Shall I go on?"
ENOUGH = "Okay."
DELETED = "That note is deleted."
ALL_DELETED = "All notes are deleted."
KEPT = "Okay, I keep them."


@dataclass(frozen=True, slots=True)
class Note:
    """One note: the row's `id`, its words and the moment, with its zone, at which it was made."""

    id: int
    text: str
    made: datetime


def kept_notes(store: Store) -> tuple[Note, ...]:
    """Every note, the oldest first."""
    store.has(TABLES)
    rows = store.rows("select id, text, made from notes order by id")
    return tuple(Note(row["id"], row["text"], datetime.fromisoformat(row["made"])) for row in rows)


def keep_note(store: Store, text: str, made: datetime) -> int:
    """Keep a note; its id."""
    store.has(TABLES)
    return store.write("insert into notes (text, made) values (?, ?)", (text, made.isoformat()))


def _drop(here: Here, result: tuple[int, ...]) -> None:
    with here.services.store.writing() as db:
        db.executemany("delete from notes where id = ?", [(one,) for one in result])


def _restore(here: Here, result: tuple[Note, ...]) -> None:
    rows = [(one.id, one.text, one.made.isoformat()) for one in result]
    with here.services.store.writing() as db:
        db.executemany("insert or ignore into notes (id, text, made) values (?, ?, ?)", rows)


@tool
def all_notes(here: Here) -> tuple[Note, ...]:
    """Every note, the oldest first."""
    return kept_notes(here.services.store)


@tool(writes=True, sure=True, undo=_drop)
def add_note(here: Here, text: str) -> tuple[int, ...]:
    """Keep a note."""
    return (keep_note(here.services.store, text, here.now),)


@tool(writes=True, sure=True, undo=_restore)
def delete_notes(here: Here, notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """Delete notes."""
    _drop(here, tuple(one.id for one in notes))
    return notes


_NEW = "[a|an|another|1] [new|quick|short] (note|memo)"


@flow(
    f"(add|create|save|start|make|open|write|take|leave) [me] {_NEW} [for me|down]",
    "(note|note down|jot down|make a note|take a note|make a quick note|take a quick note|make note"
    "|take note|leave a note|keep in mind|bear in mind|write down|make a mental note|record|put "
    "down)"
    " (that|of|about|saying|which says|for me that|for me) {text}",
    "(take|make|write|leave|record|add|create) [down] [me] a [quick|new] (note|memo) [to] {text}",
    "new note (saying|that says|that|which says|about) {text}",
    "(jot down|note down|note to self|new note|note to myself|take this down|write this down"
    "|note this [down]|remember this|make a note of this) [that] {text}",
    "note {text}",
    "(remember|do not forget|please remember|i want you to remember|i need you to remember) that "
    "{text}",
    f"(add|create|save|start|make|open|write|take|leave) {_NEW}"
    " (that|that says|saying|called|about|to|with|of|which says|for|with the text) {text}",
    "(add|put|write|save|enter) {middle} (to|in|into|in to|on|under) my notes",
    "(new|another) (note|memo)", "dictate a note", "(jot|write|note) (down|that down)",
    "(remember|keep in mind) (this|that)",
    "(note|write|take|jot) (this|something|it) [down] [for me]", "take notes",
    f"(add|create|save|start|make|open|write|take|leave) {_NEW} {{text}}",
    name="note.add",
    examples=[
        "note that the boiler was serviced today", "take a note the code for the shed is green",
        "make a note that anna likes tulips", "jot down my locker is number forty two",
        "note to self buy a better umbrella", "remember that the car is on level three",
        "take a note",
        "write down that the meter reads nine hundred", "new note call the landlord about the leak",
        "save a note saying the filter was changed", "add the wifi is slow upstairs to my notes",
        "please note that the key is under the mat", "leave a note about the broken tile",
    ],
    fixed=[NOTE_WHAT, NOTED],
)  # fmt: skip
def add(here: Here, text: str | None = None, middle: str | None = None) -> Steps | None:
    """Take a note."""
    if text is not None and (_IS_NO_NOTE.match(normalise(text)) or "my notes" in normalise(text)):
        return None
    return _adding(here, None if normalise(text or "") in _POINTING else text, middle)


_IS_NO_NOTE = re.compile(
    r"(?:a reminder|the difference|how|why|what (?:is|are) the difference|taking|cards?) "
    r"|(?:(?:to|on|in|into) )?(?:my|the|our|that|this) (?:\S+ )*(?:list|calendar|reminder|alarm)$"
)
_POINTING = frozenset(
    "this|that|it|something|of that|of this|of it|things|down|this down|that down|it down".split(
        "|"
    )
)


def _adding(here: Here, text: str | None, middle: str | None) -> Steps:
    if text is not None:
        text = rest_of(here.request, text)
    elif middle is not None:
        text = middle
    else:
        text = yield Ask(NOTE_WHAT)
        text = in_sentence(text)
    yield Call(add_note, text=text)
    return NOTED


_Which = Literal["last", "latest", "newest", "most recent", "previous", "first", "oldest"]
_READING = (
    "(read|show|tell|give|list|see|hear|check|open|go through|review|find|look up|pull up|get"
    "|repeat)"
)


@flow(
    f"{_READING} [me] [out] [back] [all] [of] my notes [to me|out|back|aloud|out loud|again]",
    f"{_READING} [me] [out] [back] (my|the) {{which}} note [to me|out|back|again]",
    f"{_READING} [me] [out] [all] [of] (my|the) (note|notes) (from|of|for) {{day}}",
    f"{_READING} [me] [out] [all] [of] (my|the) (note|notes) (about|on|regarding|with) {{about}}",
    "what (is|was) (my|the) {which} note", "what (are|do) my notes [say]", "what is in my notes",
    "my notes",
    "my {which} note",
    "(what|which) (did i note|did i jot down|did i write down|have i noted|have i jotted down|"
    "notes did i (make|take)"
    "|notes have i (made|taken)|notes do i have|notes are there|did i have you note|did i tell "
    "you to (note|remember)"
    "|did i ask you to (note|remember)) [down] [(on|from) {day}|{day}]",
    "what (did i note|did i jot down|did i write down|have i noted|did i tell you to remember|"
    "notes do i have) [down]"
    " (about|on|regarding|for) {about}",
    "(do i have|are there|have i got) [any] notes",
    "(do i have|are there|have i got) [any] notes (about|on) {about}",
    "(do i have|are there|have i got) [any] notes (from|of|for) {day}",
    "how many notes (do i have|are there|have i got)",
    "what do my notes say (about|on) {about}", "notes (about|on) {about}", "notes from {day}",
    f"{_READING} [me] [out] [back] [all] [of] (my|the) [last] (note|notes) [to me|out|back|aloud|"
    f"again]",
    "(what|which) (note|notes) (did i (take|write|make)|have i (taken|written|made)|do i have)",
    f"{_READING} [me] {{whose}} (note|notes)",
    "what (is|are) {whose} (note|notes)",
    name="note.read",
    examples=[
        "read me my notes", "what did i note yesterday", "what are my notes", "what's my last note",
        "do i have any notes about the boiler", "what did i note about anna",
        "how many notes do i have",
        "go through my notes", "show me the notes from monday", "what did i tell you to remember",
        "find my note about the shed", "read back my latest note",
    ],
    fixed=[NO_NOTES, GO_ON, ENOUGH],
)  # fmt: skip
def read(
    here: Here,
    which: _Which | None = None,
    day: date | None = None,
    about: str | None = None,
    whose: Literal["yesterdays", "todays"] | None = None,
) -> Steps:
    """Read notes, all or those of a day or about something."""
    notes = yield Call(all_notes)
    if not notes:
        return NO_NOTES
    today = here.now.date()
    if whose is not None:
        day = today - timedelta(days=1 if whose == "yesterdays" else 0)
    if which is not None:
        note = notes[0] if which in ("first", "oldest") else notes[-1]
        yield _told(note, here.now)
        return None
    if day is not None:
        day = day - timedelta(days=7) if day > today else day  # "on Monday" is the last one
        notes = tuple(one for one in notes if one.made.astimezone(here.now.tzinfo).date() == day)
        if not notes:
            return said(f"You noted nothing {say_day(day, today)}.")
    if about is not None:
        notes = _about(notes, about)
        if not notes:
            return said(f"You have no note about {about}.")
    newest_first = tuple(reversed(notes))
    for at in range(0, len(newest_first), PORTION):
        if at == 0 and len(notes) > 1:
            newest = ", the newest first" if len(notes) > PORTION else ""
            yield Say(f"You have {count_things(len(notes), 'note')}{newest}.")
        elif at and not (yield Confirm(GO_ON)):
            return ENOUGH
        for note in newest_first[at : at + PORTION]:
            yield _told(note, here.now)
    return None


def _about(notes: tuple[Note, ...], about: str) -> tuple[Note, ...]:
    """The notes in which all words of `about` stand, articles apart."""
    wanted = set(normalise(about).split()) - {"the", "a", "an", "my", "our"}
    return tuple(one for one in notes if wanted <= set(normalise(one.text).split()))


def _told(note: Note, now: datetime) -> Say:
    """ "Yesterday at three PM: the boiler was serviced."."""
    made = note.made.astimezone(now.tzinfo)
    day = say_day(made.date(), now.date())
    return said(f"{capital(day)} at {say_time(made)}: {note.text}.")


@flow(
    "(delete|remove|erase|forget|scratch|drop|discard|clear|throw away|get rid of) (my|the|that) "
    "[{which}] note",
    "(delete|remove|erase|forget|drop|discard) (my|the) (note|notes) (about|on|that says|of) "
    "{about}",
    "(delete|remove|erase|forget|clear|wipe|discard|throw away|get rid of) {every} [of] [my|the] "
    "(note|notes)",
    "(delete|remove|erase|clear|wipe|discard|empty|throw away|get rid of) (my|the) {every}",
    name="note.remove",
    examples=[
        "delete my last note", "remove the note about the boiler", "delete all my notes",
        "forget my latest note", "erase the note about the shed", "clear all notes",
        "delete that note",
        "wipe my notes", "remove my newest note",
    ],
    fixed=[DELETED, ALL_DELETED, KEPT, NO_NOTES],
)  # fmt: skip
def remove(
    here: Here,
    which: _Which | None = None,
    about: str | None = None,
    every: Literal["all", "notes", "every one", "all notes"] | None = None,
) -> Steps:
    """Delete a note, or all."""
    notes = yield Call(all_notes)
    if not notes:
        return NO_NOTES
    if every is not None:
        question = f"You have {count_things(len(notes), 'note')}. Shall I delete all of them?"
        if not (yield Confirm(question)):
            return KEPT
        yield Call(delete_notes, notes=notes)
        return ALL_DELETED
    if about is not None:
        notes = _about(notes, about)
        if not notes:
            return said(f"You have no note about {about}.")
    note = notes[0] if which in ("first", "oldest") else notes[-1]
    if about is not None and len(notes) > 1:
        count = count_things(len(notes), "note")
        return said(f"You have {count} about {about}. Say a few more words of the one you mean.")
    yield Call(delete_notes, notes=(note,))
    return DELETED
