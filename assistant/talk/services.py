"""What tools and flows work with, beside the conversation: the store, the settings, the voice.

Made once by the wiring; knows no flow. Any thread may read; what writes runs on the hands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.config import Config
from assistant.messages import Notice
from assistant.talk.calendar_file import CalendarFiles
from assistant.talk.grants import Grants
from assistant.talk.pins import Pins
from assistant.talk.sources.documents import Documents
from assistant.talk.store import Store
from assistant.talk.toolbox import Toolbox


@dataclass(slots=True, kw_only=True)
class Services:
    """`set_volume` and `set_speed` take a factor (1.0 is as configured, a volume of 0 is silence);
    `teach` has a new fixed reply prepared by the voice. Each does nothing where there is no sound;
    the hands call them. `untold` are notices that came before anybody heard them."""

    config: Config = field(default_factory=Config)
    store: Store = field(default_factory=Store)
    set_volume: Callable[[float], None] = lambda factor: None
    set_speed: Callable[[float], None] = lambda factor: None
    teach: Callable[[str], None] = lambda text: None
    calendar: CalendarFiles = field(default_factory=CalendarFiles)
    toolbox: Toolbox = field(default_factory=Toolbox)
    grants: Grants = field(default_factory=Grants)
    pins: Pins = field(init=False)
    documents: Documents = field(default_factory=Documents)
    on_notice: Callable[[Notice], None] | None = None
    untold: list[Notice] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pins = Pins(self.store)

    def notify(self, notice: Notice) -> None:
        """Show `notice` on the screen, or keep it until there is one. Any thread."""
        if self.on_notice is None:
            self.untold.append(notice)
        else:
            self.on_notice(notice)

    def tell_untold(self) -> None:
        """Show what was kept, if somebody hears it now. On the mind thread."""
        while self.untold and self.on_notice is not None:
            self.on_notice(self.untold.pop(0))
