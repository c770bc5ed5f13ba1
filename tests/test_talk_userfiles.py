"""The user's own flows and replies: found, watched, reloaded; broken ones shown, old ones kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from assistant.assemble.loading import make_conversation, make_services
from assistant.config import Config
from assistant.engine.hands import HandsThread
from assistant.errors import ConfigError, InputError
from assistant.flows import Clock
from assistant.messages import Notice
from assistant.talk.conversation import Conversation
from assistant.talk.questions import CHANGED
from assistant.talk.reload import UserFiles
from assistant.talk.tools import own_flows
from assistant.testing import converse

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 3, 4, 15, 20).astimezone()

EGG = '''
from datetime import timedelta
from assistant.flows import Ask, flow

@flow("(boil|cook) [me] an egg [for {length}]")
def egg(length: timedelta | None = None):
    """Boil an egg."""
    length = length or (yield Ask("For how long?", timedelta))
    return f"Done in {length.seconds // 60} minutes."
'''

ITS_REPLY = (
    '[[reply]]\nid = "{id}"\nphrases = ["tell me about the garden"]\nanswers = ["{answer}"]\n'
)


class Folder:
    """A configuration folder; every write of a file is later than the one before."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writes = 0

    def write(self, name: str, text: str) -> Path:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        self._writes += 1
        os.utime(file, (self._writes, self._writes))
        return file

    def load(self) -> UserFiles:
        return UserFiles(self.path, own=own_flows())


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def hands() -> Iterator[HandsThread]:
    thread = HandsThread()
    yield thread
    thread.close()


@pytest.fixture
def conversation(folder: Folder, hands: HandsThread) -> Conversation:
    return make_conversation(
        Config(),
        None,
        services=make_services(Config()),
        hands=hands,
        now=lambda: NOW,
        folder=folder.path,
    )


def _names(files: UserFiles) -> list[str]:
    return [flow.name for flow in files.flows]


def _faults(files: UserFiles) -> list[str]:
    return [f"{fault.file.name}:{fault.line}: {fault.text}" for fault in files.faults]


# -- found and reloaded --------------------------------------------------------------------------


def test_nothing_is_there(folder: Folder) -> None:
    files = folder.load()
    assert (files.flows, files.faults, files.refresh()) == ((), (), False)


def test_flows_are_found_and_tests_and_private_files_left_alone(folder: Folder) -> None:
    folder.write("flows/egg.py", EGG)
    folder.write("flows/test_egg.py", "this is no Python")
    folder.write("flows/_draft.py", "nor this")
    folder.write("flows/notes.txt", "nor this")
    files = folder.load()
    assert (_names(files), files.faults) == (["egg.egg"], ())
    assert files.flows[0].is_users
    assert files.flows[0].file == str(folder.path / "flows" / "egg.py")


def test_a_change_is_seen_once_and_a_file_may_come_and_go(folder: Folder) -> None:
    files = folder.load()
    path = folder.write("flows/egg.py", EGG)
    assert (files.refresh(), files.refresh(), _names(files)) == (True, False, ["egg.egg"])
    version = files.flows[0].version
    folder.write("flows/egg.py", EGG.replace("Done in", "Ready in"))
    assert files.refresh()
    assert files.flows[0].version != version
    path.unlink()
    assert (files.refresh(), files.flows) == (True, ())


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (EGG + "def (", "egg.py:10: invalid syntax"),
        (EGG + "1 / 0\n", "egg.py:10: ZeroDivisionError: division by zero"),
        (
            "",
            "egg.py:None: it has no flow; write a function with @flow(…) or @tool(offered=True) "
            "in it",
        ),
        (
            EGG.replace("{length}]", "{size}]"),
            "egg.py:5: the phrase '(boil|cook) [me] an egg [for {size}]' has no slot {size}; "
            "use one of: {length}",
        ),
        (EGG.replace("an egg [", "an egg [["), "egg.py:5: the brackets in the phrase"),
        (
            EGG.replace("length: timedelta | None = None", "length: timedelta"),
            "egg.py:5: TypeError: egg: the slot length has no default",
        ),
        (EGG + "import assistant.talk.store\n", "egg.py:10: it imports assistant.talk.store; "),
        (EGG + "from assistant import config\n", "egg.py:10: it imports assistant.config; "),
        (EGG + "from .neighbour import x\n", "egg.py:10: a flow imports no file beside it; "),
        (EGG + "import no_such_package\n", "egg.py:10: ModuleNotFoundError: No module named"),
        (EGG + "x = 1\n" * 100_000, "egg.py:None: it is longer than 500 kB; keep data in a file"),
        (EGG + "import sys; sys.exit(3)\n", "egg.py:10: RuntimeError: it raised SystemExit(3)"),
    ],
)
def test_a_broken_file_is_shown_with_its_line_and_the_old_one_kept(
    folder: Folder, broken: str, fault: str
) -> None:
    folder.write("flows/egg.py", EGG)
    files = folder.load()
    old = files.flows
    folder.write("flows/egg.py", broken)
    assert files.refresh()
    assert files.flows == old
    assert len(files.faults) == 1
    assert _faults(files)[0].startswith(fault)
    folder.write("flows/egg.py", EGG + "# mended\n")
    assert files.refresh()
    assert (_names(files), files.faults) == (["egg.egg"], ())


BESIDE = EGG + "from typing import Annotated\nfrom assistant.flows import *\n"
"""The file with all names in it; what is put behind it begins in line 12."""


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ("@flow\ndef x(): pass", "12: TypeError: write what people say behind it"),
        ("@flow()\ndef x(): pass", "12: nobody can say 'egg.x'; @flow("),
        ("@flow(5)\ndef x(): pass", "12: TypeError: phrases (5,) are no texts"),
        ('@flow(["say x"])\ndef x(): pass', "12: TypeError: phrases (['say x'],) are no texts"),
        ('@flow("x", fixed="One.")\ndef x(): pass', "12: TypeError: fixed ('One.',) are no texts"),
        ('@flow("x", examples=[1])\ndef x(): pass', "12: TypeError: examples (1,) are no texts"),
        ('@flow("say x")\nasync def x(): pass', "12: TypeError: x is async; write it with def"),
        ('@flow("say x")\nclass X: pass', "12: TypeError: X is no function"),
        ("X = Annotated[str, choice([])]", "12: TypeError: a choice needs at least one text"),
        ('choice({"none": None})', "12: TypeError: a choice cannot stand for None"),
        ("@tool\nasync def x(): pass", "12: TypeError: x is async; write it with def"),
        ("@tool\ndef x(): yield 1", "12: TypeError: x has a yield; a tool returns"),
        ('@tool("x")\ndef x(): pass', "12: TypeError: 'x' is no function; write @tool(…) above"),
        ("@tool(limit_s='5')\ndef x(): pass", "12: TypeError: x: limit_s is '5'; write seconds"),
        ("@tool(limit_s=-1)\ndef x(): pass", "12: TypeError: x: limit_s is -1; write seconds"),
        ("@tool(confirm=True)\ndef x(): pass", "12: TypeError: x: confirm is True, which is no"),
        (
            '@tool(confirm="Open the {gate}?")\ndef x(here, door): pass',
            "12: TypeError: x: confirm has {gate}; use {door}",
        ),
        ("@tool(undo=1)\ndef x(): pass", "12: TypeError: x: undo is 1, which is no function"),
        ("@tool(offered=True)\ndef x(): pass", "12: TypeError: x is offered and says nothing"),
    ],
)
def test_what_would_do_nothing_or_fail_later_is_told_when_it_loads(
    folder: Folder, wrong: str, fault: str
) -> None:
    folder.write("flows/egg.py", EGG)
    files = folder.load()
    old = files.flows
    folder.write("flows/egg.py", f"{BESIDE}{wrong}\n")
    assert files.refresh()
    assert files.flows == old
    assert [one.startswith(f"egg.py:{fault}") for one in _faults(files)] == [True], _faults(files)


def test_guards_and_flows_are_told_that_they_are_in_the_wrong_folder(folder: Folder) -> None:
    rule = "from assistant.flows import guard\n\n@guard(on='both')\ndef rule(text): pass\n"
    folder.write("flows/egg.py", EGG + rule)
    folder.write("guards/rule.py", rule + EGG)
    files = folder.load()
    assert (files.flows, files.guards) == ((), ())
    assert _faults(files) == [
        "egg.py:12: it has a guard, 'rule'; a guard is written in a file of the folder guards",
        "rule.py:9: it has a flow, 'rule.egg'; a flow is written in a file of the folder flows",
    ]


def test_what_cannot_be_imported_is_told_with_what_to_do(folder: Folder) -> None:
    folder.write("flows/egg.py", "import fork\n" + EGG)
    folder.write("flows/fork.py", "import no_such_package\n" + EGG)
    assert _faults(folder.load()) == [
        "egg.py:1: a flow imports no file beside it; put what it needs into it",
        "fork.py:1: ModuleNotFoundError: No module named 'no_such_package'; install it where the "
        "assistant is (its .venv/bin/pip)",
    ]


def test_what_a_file_prints_stays_away_from_the_answers(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.write("flows/egg.py", EGG + "print('loaded', end='!')\n")
    assert folder.load().faults == ()
    assert tuple(capsys.readouterr()) == ("", "loaded!")


def test_a_broken_file_takes_no_other_with_it(folder: Folder) -> None:
    folder.write("flows/a_broken.py", "def (")
    folder.write("flows/egg.py", EGG)
    files = folder.load()
    assert (_names(files), len(files.faults)) == (["egg.egg"], 1)


def test_a_name_that_is_taken_is_said_so(folder: Folder) -> None:
    folder.write("flows/a.py", EGG.replace(']")', ']", name="kitchen.egg")'))
    folder.write("flows/b.py", EGG.replace(']")', ']", name="kitchen.egg")'))
    folder.write("flows/c.py", EGG.replace(']")', ']", name="time.now")'))
    files = folder.load()
    assert _names(files) == ["kitchen.egg"]
    assert _faults(files) == [
        "b.py:5: a.py has a flow 'kitchen.egg', too; write @flow(…, name=\"…\")",
        "c.py:5: the program has a flow 'time.now', too; write @flow(…, name=\"…\")",
    ]


def test_two_flows_of_one_name_in_one_file(folder: Folder) -> None:
    one = EGG.replace(']")', ']", name="x.y")')
    folder.write("flows/a.py", one + one.replace("def egg", "def other"))
    assert _faults(folder.load()) == [
        "a.py:5: it has two flows 'x.y'; write @flow(…, name=\"…\") at one"
    ]


def test_replies_are_found_and_an_id_that_is_taken_is_said_so(folder: Folder) -> None:
    folder.write("replies/a.toml", ITS_REPLY.format(id="garden", answer="It is green."))
    folder.write("replies/b.toml", ITS_REPLY.format(id="garden", answer="It is brown."))
    folder.write("replies/c.toml", "[[reply]\n")
    files = folder.load()
    mine = [entry for entry in files.replies.entries if entry.id == "garden"]
    assert [entry.answers for entry in mine] == [("It is green.",)]
    assert (
        _faults(files)[1] == "b.toml:None: a.toml has the id 'garden', too; rename one of the two"
    )
    assert _faults(files)[0].startswith("c.toml:1: not valid TOML: ")


# -- while it runs -------------------------------------------------------------------------------


def test_a_conversation_takes_up_what_changes(folder: Folder, conversation: Conversation) -> None:
    assert conversation.converse("Boil me an egg.").answer != "For how long?"
    folder.write("flows/egg.py", EGG)
    folder.write("replies/a.toml", ITS_REPLY.format(id="garden", answer="It is green."))
    conversation.reload()
    assert conversation.converse("Boil me an egg for six minutes.").answer == "Done in 6 minutes."
    assert conversation.converse("Tell me about the garden.").answer == "It is green."
    assert "It is green." in conversation.all_fixed_texts()
    assert conversation.count_own_words("the garden") == 1


def test_it_looks_by_itself_when_it_decides(folder: Folder, conversation: Conversation) -> None:
    folder.write("flows/egg.py", EGG)
    assert conversation.converse("Boil me an egg for six minutes.").answer == "Done in 6 minutes."


def test_the_users_flows_go_before_everything_that_is_the_programs(
    folder: Folder, conversation: Conversation
) -> None:
    for words in ("good night", "what time is it"):
        assert conversation.converse(words).answer not in ("", "Mine.")
        folder.write(
            "flows/mine.py",
            EGG.replace("(boil|cook) [me] an egg", words).replace(
                'length = length or (yield Ask("For how long?", timedelta))',
                "yield 'Mine.'; return",
            ),
        )
        conversation.reload()
        assert conversation.converse(words).answer == "Mine."


def test_faults_are_notices_and_each_is_told_once(
    folder: Folder, conversation: Conversation
) -> None:
    heard: list[Notice] = []
    folder.write("flows/egg.py", EGG + "def (")
    conversation.reload()
    conversation.on_notice = heard.append
    for _ in range(3):
        conversation.reload()
    egg = folder.path / "flows" / "egg.py"
    assert [one.text for one in heard] == [f"{egg}, line 10: invalid syntax"]
    assert (heard[0].severity, heard[0].code) == ("warning", "E-FLOW")
    folder.write("flows/egg.py", EGG)
    conversation.reload()
    folder.write("flows/egg.py", EGG + "def (")
    conversation.reload()
    assert len(heard) == 2


def test_a_flow_that_fails_is_a_notice_with_its_line(
    folder: Folder, conversation: Conversation
) -> None:
    heard: list[Notice] = []
    conversation.on_notice = heard.append
    egg = folder.write("flows/egg.py", EGG.replace("// 60", "// 0"))
    conversation.reload()
    for _ in range(3):
        conversation.converse("Boil me an egg for six minutes.")
    assert [one.text for one in heard] == [
        f"{egg}, line 9: egg.egg: ZeroDivisionError: integer division or modulo by zero"
    ]


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ("yield Ask('Which?', dict)", "5: egg.x: it asks for what nobody can say: <class 'dict'> "),
        ("yield Ask('Which?', {'a', 'b'})", "5: egg.x: it asks for what nobody can say: {"),
        ("yield Ask('Which?', [])", "5: egg.x: it asks for what nobody can say: a choice needs"),
        ("yield 42", "5: egg.x: it yielded 42; yield Say, Ask, Confirm, Call or HandOver"),
        ("yield Call(len, x=1)", "5: egg.x: TypeError: Call(len, …): that is no tool; write @tool"),
        ("yield Call(None)", "5: egg.x: TypeError: Call(None, …): that is no tool"),
        ("yield Say(5)", "5: egg.x: TypeError: Say(text=5): that is no text"),
        ("yield Ask(None)", "5: egg.x: TypeError: Ask(text=None): that is no text"),
        ("yield HandOver(5)", "5: egg.x: TypeError: HandOver(text=5): that is no text"),
        ("return 42", "3: egg.x: it returned 42; return a text or nothing"),
    ],
)
def test_a_flow_that_does_wrong_ends_with_a_sentence_and_its_line(
    folder: Folder, conversation: Conversation, step: str, fault: str
) -> None:
    heard: list[Notice] = []
    conversation.on_notice = heard.append
    code = f"from assistant.flows import *\n\n@flow('try it')\ndef x():\n    {step}\n    yield\n"
    egg = folder.write("flows/egg.py", code)
    conversation.reload()
    assert conversation.converse("Try it.").answer == "Sorry, something went wrong there."
    assert [one.text.startswith(f"{egg}, line {fault}") for one in heard] == [True], heard
    assert conversation.converse("What time is it?").answer == "It's three twenty PM."


def test_a_flow_that_hangs_is_told_with_the_line_where(
    folder: Folder, conversation: Conversation
) -> None:
    heard: list[Notice] = []
    conversation.on_notice = heard.append
    code = "import threading\nfrom assistant.flows import flow\nnever = threading.Event()\n\n"
    code += "@flow('try it')\ndef x():\n    never.wait(4)\n"
    egg = folder.write("flows/egg.py", code)
    conversation.reload()
    assert conversation.converse("Try it.").answer == "Sorry, something went wrong there."
    assert [one.text for one in heard] == [
        f"{egg}, line 7: egg.x: it took longer than 2 s; what takes longer is a tool with "
        "writes=True"
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ('["check-up", "vaccination"]', "A checkup."),
        ('["check-up", "vaccination"]', "Check up, please."),
        ('["pickup", "delivery"]', "Pick up."),
        ('["pick up", "delivery"]', "I'd like pickup."),
    ],
)
def test_a_choice_may_be_written_in_one_word_or_two(
    folder: Folder, options: str, said: str
) -> None:
    code = "from assistant.flows import Ask, flow\n\n@flow('book it')\ndef x():\n"
    path = folder.write("flows/egg.py", code + f"    return (yield Ask('Which?', {options}))\n")
    with converse(flows=path) as talk:
        talk.say("Book it.")
        assert talk.say(said) == options[2:].split('"')[0]


def test_a_literal_may_hold_none_as_a_type_hint(folder: Folder) -> None:
    code = "from typing import Literal\nfrom assistant.flows import flow\n\n@flow('book {x}')\n"
    code += "def x(x: Literal['one', 'all', None] = None):\n    return f'{x} booked'\n"
    with converse(flows=folder.write("flows/egg.py", code)) as talk:
        assert talk.say("Book all.") == "all booked"
        assert talk.say("Book none.") != "None booked"


def test_a_slot_takes_a_choice_that_is_written_in_one_word(folder: Folder) -> None:
    code = (
        "from typing import Literal\nfrom assistant.flows import flow\n\n@flow('book a {what}')\n"
    )
    code += "def x(what: Literal['check-up', 'visit'] = 'visit'):\n    return what\n"
    with converse(flows=folder.write("flows/egg.py", code)) as talk:
        assert [talk.say("Book a checkup."), talk.say("Book a check-up.")] == ["check-up"] * 2


def test_a_question_of_a_flow_that_changed_is_dropped_with_a_sentence(
    folder: Folder, conversation: Conversation
) -> None:
    folder.write("flows/egg.py", EGG)
    conversation.reload()
    conversation.converse("Boil me an egg.")
    folder.write("flows/egg.py", EGG.replace("For how long?", "How soft?"))
    conversation.reload()
    assert conversation.converse("Six minutes.").answer == CHANGED
    assert conversation.talk.waiting == ()
    assert conversation.converse("Boil me an egg.").answer == "How soft?"


def test_a_question_that_is_still_asked_goes_on_in_the_new_version(
    folder: Folder, conversation: Conversation
) -> None:
    folder.write("flows/egg.py", EGG)
    conversation.reload()
    conversation.converse("Boil me an egg.")
    folder.write("flows/egg.py", EGG.replace("Done in", "Ready in"))
    conversation.reload()
    assert conversation.converse("Six minutes.").answer == "Ready in 6 minutes."


@pytest.mark.parametrize("change", ["gone", "asks nothing", "other question"])
def test_another_request_drops_a_changed_flow_without_a_word(
    folder: Folder, conversation: Conversation, change: str
) -> None:
    egg = folder.write("flows/egg.py", EGG)
    conversation.reload()
    conversation.converse("Boil me an egg.")
    if change == "gone":
        egg.unlink()
    else:
        new = "length = timedelta(1)" if change == "asks nothing" else 'yield Ask("How soft?", int)'
        old = 'length = length or (yield Ask("For how long?", timedelta))'
        folder.write("flows/egg.py", EGG.replace(old, new))
    conversation.reload()
    assert conversation.converse("What time is it?").answer == "It's three twenty PM."
    assert conversation.talk.waiting == ()


# -- tests without sound -------------------------------------------------------------------------


def test_a_conversation_without_sound(folder: Folder) -> None:
    egg = folder.write("egg.py", EGG)
    with converse(flows=egg, now="2026-03-04T15:20") as talk:
        assert not talk.asks()
        assert talk.say("Boil me an egg.") == "For how long?"
        assert (talk.asks(), talk.asks(timedelta), talk.asks(date)) == (True, True, False)
        assert talk.say("Six minutes.") == "Done in 6 minutes."
        assert (talk.name, talk.asks()) == ("egg.egg", False)
        assert talk.say("What time is it?") == "It's three twenty PM."
        talk.wait(minutes=10)
        assert talk.say("What time is it?") == "It's three thirty PM."
        assert len(talk.answers) == 4


def test_guards_are_tested_without_sound(folder: Folder) -> None:
    rule = "from assistant.flows import guard, stop\n\n@guard(on='request')\ndef pears(text):\n"
    rule += "    return stop('No pears.') if 'pear' in text else None\n"
    path = folder.write("guards/fruit.py", rule)
    with converse(guards=path) as talk:
        assert talk.say("Give me a pear.") == "No pears."
        assert talk.name == "guard.fruit_pears"
    other = folder.write("other/fruit.py", rule)
    with pytest.raises(InputError, match="in no folder 'guards'"), converse(guards=other):
        pass
    folder.write("guards/fruit.py", rule + "def (")
    with (
        pytest.raises(ConfigError, match=r"fruit\.py, line 6: invalid syntax"),
        converse(guards=path),
    ):
        pass


def test_a_question_with_choices(folder: Folder) -> None:
    text = EGG.replace("timedelta))", '["soft", "hard"]))').replace(
        "length.seconds // 60", "length"
    )
    with converse(flows=folder.write("egg.py", text)) as talk:
        talk.say("Boil me an egg.")
        assert (talk.asks(["soft", "hard"]), talk.asks(["a", "b"]), talk.asks(Clock)) == (
            True,
            False,
            False,
        )


def test_a_question_that_expired_is_not_asked_any_more(folder: Folder) -> None:
    with converse(flows=folder.write("egg.py", EGG), now="2026-03-04T15:20") as talk:
        talk.say("Boil me an egg.")
        talk.wait(minutes=2)
        assert not talk.asks()


def test_what_a_flow_raises_is_raised_in_its_test(folder: Folder) -> None:
    with (
        converse(flows=folder.write("egg.py", EGG.replace("// 60", "// 0"))) as talk,
        pytest.raises(ZeroDivisionError),
    ):
        talk.say("Boil me an egg for six minutes.")


def test_a_file_that_does_not_load_fails_its_test(folder: Folder) -> None:
    egg = folder.write("egg.py", EGG + "def (")
    with pytest.raises(ConfigError, match="line 10: invalid syntax"), converse(flows=egg):
        pass
    with (
        pytest.raises(ConfigError, match=r"none\.py: it cannot be read"),
        converse(flows=folder.path / "none.py"),
    ):
        pass
    with pytest.raises(InputError, match="'noon' is no time"), converse(now="noon"):
        pass


def test_flows_and_tests_load_no_native_library() -> None:
    code = (
        "import sys, assistant.flows, assistant.testing\n"
        "with assistant.testing.converse() as talk: talk.say('what time is it')\n"
        "bad = {'onnxruntime', 'llama_cpp', 'ctranslate2', 'sounddevice', 'soundfile', 'textual'}\n"
        "print(sorted(bad & {name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


# -- the commands --------------------------------------------------------------------------------


def _assistant(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "assistant", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "XDG_CONFIG_HOME": str(home), "HOME": str(home)},
        timeout=60,
    )


def _folder_of(home: Path) -> Path:
    """Where the program looks for the user's files when `home` is the home directory."""
    code = "from assistant.assemble.places import user_folder; print(user_folder())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "XDG_CONFIG_HOME": str(home), "HOME": str(home)},
        timeout=60,
    )
    return Path(done.stdout.strip())


@pytest.mark.parametrize(("kind", "tests"), [("flow", 3), ("tool", 1)])
def test_what_new_writes_works_and_is_never_overwritten(
    tmp_path: Path, kind: str, tests: int
) -> None:
    made = _assistant(tmp_path, "new", kind, "morning_tea", "--directory", str(tmp_path))
    files = [tmp_path / "morning_tea.py", tmp_path / "test_morning_tea.py"]
    assert (made.stdout.split(), made.returncode) == ([str(file) for file in files], 0)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(files[1])],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=120,
    )
    assert f"{tests} passed" in done.stdout, done.stdout
    files[0].write_text("mine")
    again = _assistant(tmp_path, "new", kind, "morning_tea", "--directory", str(tmp_path))
    assert again.returncode == 6
    assert "is there already" in again.stderr
    assert files[0].read_text() == "mine"


@pytest.mark.parametrize(("name", "status"), [("Two Words", 6), ("test_x", 6), ("class", 6)])
def test_a_name_that_cannot_be_is_refused(tmp_path: Path, name: str, status: int) -> None:
    done = _assistant(tmp_path, "new", "flow", name, "--directory", str(tmp_path))
    assert (done.returncode, list(tmp_path.glob("*.py"))) == (status, [])


def test_flows_are_listed_and_asked_from_the_configuration_folder(tmp_path: Path) -> None:
    _assistant(tmp_path, "new", "flow", "morning_tea")
    _assistant(tmp_path, "new", "reply", "garden")
    Folder(_folder_of(tmp_path)).write("flows/broken.py", EGG + "def (")
    listed = _assistant(tmp_path, "flows", "--json")
    lines = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [line["name"] for line in lines] == [
        "morning_tea.start",
        *(flow.name for flow in own_flows()),
    ]
    mine = _folder_of(tmp_path) / "flows" / "morning_tea.py"
    assert lines[0] == {
        "name": "morning_tea.start",
        "about": "Start the morning tea.",
        "examples": ["start the morning tea", "begin a morning tea for ten minutes"],
        "templates": [
            "(start|begin) [a|the|my] morning tea [for {length}]",
            "[a|the|my] morning tea for {length}",
        ],
        "slots": {"length": "length"},
        "file": str(mine),
        "origin": "",
        "is_users": True,
    }
    assert all(line["about"] for line in lines)
    assert listed.returncode == 3
    assert listed.stderr == f"{mine.with_name('broken.py')}, line 10: invalid syntax\n"
    asked = _assistant(
        tmp_path, "ask", "--no-model", "--json", "start the morning tea", "what is the garden"
    )
    answers = [json.loads(line) for line in asked.stdout.splitlines()]
    assert [line["name"] for line in answers] == ["morning_tea.start", "reply.garden"]
    assert "broken.py, line 10: invalid syntax" in asked.stderr
    text = _assistant(tmp_path, "flows").stdout
    assert "start the morning tea · begin a morning tea for ten minutes" in text
