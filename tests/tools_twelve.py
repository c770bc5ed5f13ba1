"""Twelve tools as a developer would write them, for the tests and scripts/measure_tools.py.

Each returns what it was called with; nothing is done.
"""

from datetime import date, time
from enum import Enum
from typing import Any, Literal

from assistant.flows import tool


class Room(Enum):
    kitchen = "kitchen"
    living_room = "living room"
    bedroom = "bedroom"
    bathroom = "bathroom"
    hallway = "hallway"
    office = "office"


done: list[tuple[str, dict[str, Any]]] = []  # what was called, in order


def _called(name: str, **arguments: Any) -> None:
    done.append((name, arguments))


@tool(writes=True, offered=True)
def lights(room: Room, state: Literal["on", "off"]) -> str:
    """Switch the lights or lamps of a room on or off.

    Args:
        room: which room
        state: on or off
    """
    _called("lights", room=room, state=state)
    return f"The lights in the {room.value} are {state}."


@tool(writes=True, offered=True)
def thermostat(degrees: float, room: Room | None = None) -> str:
    """Set the heating to a temperature, for one room or the whole house.

    Args:
        degrees: how many degrees
        room: which room
    """
    _called("thermostat", degrees=degrees, room=room)
    return f"The heating is set to {degrees:g} degrees."


@tool(offered=True)
def weather(city: str, day: date | None = None) -> dict[str, Any]:
    """Weather forecast for a city: temperature, rain, snow, wind.

    Args:
        city: which city
        day: which day
    """
    _called("weather", city=city, day=day)
    return {"sky": "cloudy", "degrees": 14, "chance of rain": "30 percent"}


@tool(writes=True, offered=True)
def send_message(person: str, text: str) -> str:
    """Send a text message to somebody.

    Args:
        person: who gets it
        text: what the message says
    """
    _called("send_message", person=person, text=text)
    return f"Sent to {person}."


@tool(writes=True, offered=True)
def play_music(what: str, room: Room | None = None, shuffle: bool = False) -> str:
    """Play a song, an album, an artist, a playlist or a kind of music.

    Args:
        what: what to play
        room: in which room
        shuffle: in random order
    """
    _called("play_music", what=what, room=room, shuffle=shuffle)
    return f"Playing {what}."


@tool(offered=True)
def order_status(number: int) -> str:
    """Look up where an order or a parcel is and whether it has shipped.

    Args:
        number: the number of the order
    """
    _called("order_status", number=number)
    return f"Order {number} is on its way."


@tool(writes=True, offered=True)
def book_table(restaurant: str, people: int, at: time, day: date | None = None) -> str:
    """Reserve a table at a restaurant.

    Args:
        restaurant: which restaurant
        people: for how many people
        at: at what time
        day: on which day
    """
    _called("book_table", restaurant=restaurant, people=people, at=at, day=day)
    return f"A table for {people} at {restaurant} is booked."


@tool(offered=True)
def translate(text: str, language: str) -> str:
    """Translate words into another language, or say how something is said in it.

    Args:
        text: the words to translate
        language: into which language
    """
    _called("translate", text=text, language=language)
    return "Guten Tag."


@tool(offered=True)
def stock_price(company: str) -> str:
    """Current price of the shares of a company.

    Args:
        company: which company
    """
    _called("stock_price", company=company)
    return f"{company} stands at 120 dollars."


@tool(writes=True, offered=True)
def open_file(name: str) -> str:
    """Open a file or document on this computer.

    Args:
        name: the name of the file
    """
    _called("open_file", name=name)
    return f"I opened {name}."


@tool(writes=True, offered=True)
def brightness(percent: int) -> str:
    """Set the brightness of the screen.

    Args:
        percent: how many percent
    """
    _called("brightness", percent=percent)
    return f"The screen is at {percent} percent."


@tool(writes=True, offered=True)
def vacuum(action: Literal["start", "stop", "dock"], rooms: list[str] | None = None) -> str:
    """Start or stop the robot vacuum cleaner, or send it back to its dock.

    Args:
        action: start, stop or dock
        rooms: which rooms to clean
    """
    _called("vacuum", action=action, rooms=rooms)
    return "The vacuum knows."
