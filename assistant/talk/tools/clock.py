"""The time and the date here. Reads the request's own moment; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.language.en.clock import answer_date, answer_time
from assistant.talk.flow import flow
from assistant.talk.request import Request
from assistant.talk.tool import Here


def _asks_time(request: Request) -> Mapping[str, Any] | None:
    return {} if answer_time(request.words, request.now) else None


def _asks_date(request: Request) -> Mapping[str, Any] | None:
    return {} if _date(request) else None


def _date(request: Request) -> str | None:
    today = request.now.date()
    return answer_date(request.canonical, today) or answer_date(request.words, today)


@flow(name="time.now", reads=_asks_time, examples=["what time is it", "how late is it"])
def now(here: Here) -> str | None:
    """Tell the time of day here."""
    told = answer_time(here.request.words, here.now)
    return told or answer_time("what time is it", here.now)


@flow(name="date.near", reads=_asks_date, examples=["what day is it", "what is the date tomorrow"])
def near_date(here: Here) -> str | None:
    """Tell the day, date, month or year around today."""
    return _date(here.request)
