"""Switches lights, blinds, heating and a player by voice.

Copy it into the folder `flows` beside your configuration, write your own rooms and calls into it,
and say "Turn on the kitchen lights".
"""

from typing import Annotated, Literal

from assistant.flows import Ask, Call, choice, flow, tool

Room = Annotated[
    str,
    choice(
        {
            **{
                room: room
                for room in ("kitchen", "living room", "bedroom", "bathroom", "hall", "office")
            },
            "hallway": "hall",
            "lounge": "living room",
            "study": "office",
        }
    ),
]
Colour = Literal["red", "orange", "yellow", "green", "blue", "purple", "pink", "white"]
Power = Literal["on", "off"]

LIGHTS = "(light|lights|lamp|lamps)"
WARMTH = "(heating|thermostat|temperature)"
WHERE = "In which room?"

done: list[tuple[str, str, str]] = []  # stands for what your house understands


@tool(writes=True, undo=lambda here, call: done.remove(call))
def house(room: str, thing: str, value: str) -> tuple[str, str, str]:
    done.append((room, thing, value))
    return room, thing, value


@flow(
    f"(turn|switch|put) {{power}} [all] [the] {{room}} {LIGHTS}",
    f"(turn|switch|put) {{power}} [all] [the] {LIGHTS} [in the {{room}}]",
    f"(turn|switch|put) [the] {{room}} {LIGHTS} {{power}}",
    f"(turn|switch|put) [the] {LIGHTS} [in the {{room}}] {{power}}",
    f"[the] {{room}} {LIGHTS} {{power}}",
    f"{LIGHTS} {{power}} [in the {{room}}]",
    examples=["turn on the kitchen lights", "lights off in the bedroom"],
    fixed=[WHERE],
)
def light(power: Power | None = None, room: Room | None = None):
    """Switch the lights of a room on or off."""
    if power is None:
        return
    room = room or (yield Ask(WHERE, Room))
    yield Call(house, room=room, thing="lights", value=power)
    return f"The {room} lights are {power}."


@flow(
    f"(turn|set|make|change|switch) [the] {{room}} {LIGHTS} [to] {{colour}}",
    f"(turn|set|make|change|switch) [the] {LIGHTS} [in the {{room}}] [to] {{colour}}",
    examples=["set the kitchen lights to green"],
    fixed=[WHERE],
)
def colour(colour: Colour | None = None, room: Room | None = None):
    """Give the lights of a room a colour."""
    if colour is None:
        return
    room = room or (yield Ask(WHERE, Room))
    yield Call(house, room=room, thing="lights", value=colour)
    return f"The {room} lights are {colour}."


@flow(
    f"(dim|set|turn|bring) [down|up] [the] {{room}} {LIGHTS} [down|up] to {{level}} [percent]",
    f"(dim|set|turn|bring) [down|up] [the] {LIGHTS} [in the {{room}}] to {{level}} [percent]",
    f"dim [the] {{room}} {LIGHTS}",
    examples=["dim the bedroom lights to thirty percent"],
    fixed=[WHERE],
)
def brightness(level: int = 20, room: Room | None = None):
    """Dim the lights of a room."""
    room = room or (yield Ask(WHERE, Room))
    yield Call(house, room=room, thing="brightness", value=str(level))
    return f"The {room} lights are at {level} percent."


@flow(
    "{move} [all] [the] [{room}] (blinds|curtains|shutters)",
    "{move} [all] [the] (blinds|curtains|shutters) in the {room}",
    examples=["close the bedroom blinds"],
    fixed=[WHERE],
)
def blinds(move: Literal["open", "close"] | None = None, room: Room | None = None):
    """Open or close the blinds of a room."""
    if move is None:
        return
    room = room or (yield Ask(WHERE, Room))
    yield Call(house, room=room, thing="blinds", value=move)
    return f"I {move} the {room} blinds."


@flow(
    f"(set|turn|put) [the] [{{room}}] {WARMTH} [up|down] to {{degrees}} [degrees]",
    f"(set|turn|put) [the] {WARMTH} in the {{room}} to {{degrees}} [degrees]",
    examples=["set the heating to twenty one degrees"],
)
def heating(degrees: int | None = None, room: Room = "house"):
    """Set the heating of a room or of the house."""
    if degrees is None:
        return
    yield Call(house, room=room, thing="heating", value=str(degrees))
    return f"The {room} will be at {degrees} degrees."


@flow(
    "{button} [it|this|that] [the|this|that] [music|song|track|radio|one]",
    "(skip) [it|this|that] [the|this|that] [song|track|one]",
    examples=["pause the music", "next song"],
)
def player(button: Literal["play", "pause", "resume", "next", "previous"] = "next"):
    """Press a button of the player."""
    yield Call(house, room="", thing="player", value=button)
    return "Okay."
