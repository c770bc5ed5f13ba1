"""Personal data is found as it is written and as it is spoken; other numbers are left."""

import time

import pytest

from assistant.talk.guards.personal import find_personal, redacted, redacted_for_speech


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("My card is 4111 1111 1111 1111.", "My card is [card]."),
        (
            "It is four one one one, one one one one, one one one one, one one one one.",
            "It is [card].",
        ),
        ("Double four 4-1-1-1", "Double four 4-1-1-1"),
        ("Card 5555555555554444 12 26 123", "Card [card]"),
        ("IBAN DE89 3704 0044 0532 0130 00 and thanks", "IBAN [iban] and thanks"),
        ("It is D E eight nine 3704 0044 0532 0130 00.", "It is [iban]."),
        ("gb82west12345698765432", "[iban]"),
        ("Call me on (415) 555-2671 tomorrow.", "Call me on [phone] tomorrow."),
        ("My number is 555 5512.", "My number is [phone]."),
        ("+49 30 12345678", "[phone]"),
        ("Write to anna.lee@example.com please.", "Write to [e-mail] please."),
        ("Write to anna dot lee at example dot com.", "Write to [e-mail]."),
        ("My PIN is one two three four.", "My PIN is [pin]."),
        ("PIN: 4711", "PIN: [pin]"),
        ("My PIN's 4711.", "My PIN's [pin]."),
        ("the PIN for my card: 4711", "the PIN for my card: [pin]"),
        ("1984 is my PIN.", "[pin] is my PIN."),
        ("the door code is one two three four five", "the door code is [pin]"),
        ("My PIN is double four seven nine", "My PIN is [pin]"),
        ("my ssn is 078-05-1120", "my ssn is [ssn]"),
        ("My social security number is 078 05 1120.", "My social security number is [ssn]."),
        ("078-05-1120 is my social security number.", "[ssn] is my social security number."),
        (
            "My SSN: zero seven eight, zero five, one one two zero.",
            "My SSN: [ssn].",
        ),
        ("my email is anna at gmail com", "my email is [e-mail]"),
        ("write to bob dot ray at proton mail com please", "write to [e-mail] please"),
        ("It is a n n a at gmail dot com.", "It is [e-mail]."),
        ("a, n, n, a dot l e e at example dot com", "[e-mail]"),
    ],
)
def test_personal_data_is_replaced(text: str, wanted: str) -> None:
    assert redacted(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Card 4111-1111-1111-1112 has a wrong digit.",
        "IBAN DE88 3704 0044 0532 0130 00 has a wrong digit.",
        "Set a timer for ten minutes.",
        "What is 1234567 times 3?",
        "What is 123 456 7890 divided by 2?",
        "No one at home, one or two.",
        "The year 1984 and 2026, 100,000 people.",
        "It is 5:55:55 on 2026-03-04.",
        "What is pi? 3.14159265358979",
        "Look at example dot com.",
        "Social security pays 1,234 dollars.",
        "I am at Gmail, company seven.",
        "The part is 078-05-1120.",
        "Grade A at school, plan B at home.",
        "Call mom at 7 30.",
        "",
    ],
)
def test_other_numbers_are_left(text: str) -> None:
    assert redacted(text) == text


def test_kinds_and_places() -> None:
    text = "My PIN is 4711, write to a@b.org."
    assert redacted(text, {"e-mail"}) == "My PIN is 4711, write to [e-mail]."
    assert [(one.kind, text[one.start : one.end]) for one in find_personal(text)] == [
        ("pin", "4711"),
        ("e-mail", "a@b.org"),
    ]
    assert redacted_for_speech(text) == "My PIN is a PIN, write to an e-mail address."
    assert redacted("one two three four", is_pin=True) == "[pin]"


def test_many_numbers_take_no_longer_each() -> None:
    def seconds(count: int) -> float:
        start = time.thread_time()
        redacted("number 123456 " * count)
        return time.thread_time() - start

    seconds(10)
    assert seconds(800) < 8 * max(seconds(200), 0.005), "four times as many; 16 where it is squared"
