"""The user's own table of exchange rates: a TOML or CSV file, read when it is asked for.

TOML: `date = 2026-03-03`, and under `[rates]` how much of each currency one unit of a base is worth
(`USD = 1.08`; the base itself is 1). CSV: the columns `currency,rate,date`. Nothing is fetched.
Knows no request. Runs on the mind thread; a changed file is read anew.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.errors import ConfigError
from assistant.text_files import SAVE_AS_UTF8, EncodingFault, TomlFault, decoded, parsed_toml


class RatesError(ConfigError):
    """The table of rates cannot be used."""

    code = "E-RATES"


@dataclass(frozen=True, slots=True)
class Rates:
    """What one unit of the base is worth in each currency (ISO codes), on `day`."""

    day: date
    per_base: Mapping[str, Fraction] = field(default_factory=dict)

    def convert(self, value: Fraction, source: str, target: str) -> Fraction:
        """`value` of `source` in `target`; `KeyError` names a currency that the table lacks."""
        return value / self.per_base[source] * self.per_base[target]


def load_rates(path: Path) -> Rates:
    """The table in `path`. `RatesError` says what is wrong with it and where."""
    try:
        stamp = path.stat().st_mtime_ns
    except OSError as error:
        raise RatesError(
            f"cannot read {path}: {error.strerror}", "check money.rates in the configuration"
        ) from error
    return _load(path, stamp)


@lru_cache(maxsize=4)
def _load(path: Path, stamp: int) -> Rates:
    try:
        text = decoded(path.read_bytes())
    except (OSError, EncodingFault) as error:
        raise RatesError(f"cannot read {path}: {error}", SAVE_AS_UTF8) from error
    return _from_csv(text, path) if path.suffix.lower() == ".csv" else _from_toml(text, path)


def _from_toml(text: str, path: Path) -> Rates:
    try:
        data = parsed_toml(text)
    except TomlFault as fault:
        raise RatesError(f"{path}: {fault}", fault.next_step) from fault
    table = data.get("rates")
    if not isinstance(table, dict):
        raise RatesError(f"{path} has no [rates]", "write [rates] and below it USD = 1.08")
    rates = {code.upper(): _rate(rate, f"{path}: {code}") for code, rate in table.items()}
    base = data.get("base")
    if isinstance(base, str):
        rates.setdefault(base.upper(), Fraction(1))
    return _checked(_day(data.get("date"), str(path)), rates, path)


def _from_csv(text: str, path: Path) -> Rates:
    rows = csv.DictReader(io.StringIO(text))
    rates: dict[str, Fraction] = {}
    days: list[date] = []
    for row in rows:
        where = f"{path}, line {rows.line_num}"
        code, rate = row.get("currency"), row.get("rate")
        if not code or not rate:
            raise RatesError(f"{where} has no currency or no rate", "columns: currency,rate,date")
        rates[code.strip().upper()] = _rate(rate.strip(), where)
        if row.get("date"):
            days.append(_day(row["date"].strip(), where))
    return _checked(min(days) if days else _day(None, str(path)), rates, path)


def _checked(day: date, rates: dict[str, Fraction], path: Path) -> Rates:
    if len(rates) < 2:
        raise RatesError(f"{path} has fewer than two currencies", "give one rate for each")
    return Rates(day, rates)


def _rate(value: Any, where: str) -> Fraction:
    try:
        rate = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if rate <= 0:
        raise RatesError(f"the rate in {where} is {value!r}", "write a number above 0, as 1.08")
    return rate


def _day(value: Any, where: str) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise RatesError(f"{where} has no date", "write date = 2026-03-03") from None
