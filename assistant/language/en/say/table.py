"""The one table of what is said otherwise than it is written, in its order.

The first that claims a span has it: what is longer and surer stands before what is shorter. Pure.
"""

from __future__ import annotations

from assistant.language.en.say.addresses import ADDRESSES
from assistant.language.en.say.calendar import DATES, STAMPS
from assistant.language.en.say.clock import CLOCK
from assistant.language.en.say.figures import FIGURES, FRACTIONS, PLAIN
from assistant.language.en.say.letters import LETTERS
from assistant.language.en.say.measures import MEASURES
from assistant.language.en.say.money import MONEY
from assistant.language.en.say.notations import NOTATIONS
from assistant.language.en.say.phones import PHONES
from assistant.language.en.say.roman import ROMAN
from assistant.language.en.say.scripts import SCRIPTS
from assistant.language.en.say.shortened import SHORTENED
from assistant.language.en.say.spans import Recogniser
from assistant.language.en.say.streets import STREETS
from assistant.language.en.say.sums import SUMS
from assistant.language.en.say.symbols import POWERS, SYMBOLS

TABLE: tuple[Recogniser, ...] = (
    *ADDRESSES,
    *NOTATIONS,
    *MONEY,
    *STAMPS,
    *CLOCK,
    *DATES,
    *PHONES,
    *STREETS,
    *FRACTIONS,
    *MEASURES,
    *SHORTENED,
    *ROMAN,
    *POWERS,
    *FIGURES,
    *LETTERS,
    *PLAIN,
    *SUMS,
    *SYMBOLS,
    *SCRIPTS,
)
