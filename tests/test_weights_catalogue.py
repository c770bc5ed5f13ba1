"""The catalogue that is shipped is complete, and a wrong one is refused with its reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.config import Config
from assistant.errors import ModelError
from assistant.weights.catalogue import ROLES, HubSource, PipSource, load_catalogue

GOOD = """
[profiles]
only = ["w", "t", "l", "v"]
"""
MODEL = """
[[model]]
id = "{id}"
role = "{role}"
licence = "MIT"
files = [{{ name = "a.bin", bytes = 3, sha256 = "" }}]
[[model.source]]
kind = "hub"
repo = "someone/something"
revision = "1"
"""
ALL = "".join(
    MODEL.format(id=i, role=r)
    for i, r in (("w", "transcriber"), ("t", "turn"), ("l", "llm"), ("v", "voice"))
)


def test_every_shipped_file_has_a_size_a_hash_and_a_licence_and_a_pinned_source():
    catalogue = load_catalogue()
    for model in catalogue.models.values():
        assert model.licence
        assert model.note
        for file in model.files:
            assert file.bytes > 0
            assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        for source in model.sources:
            if isinstance(source, HubSource):
                # the hash of the file decides; the revision of these two is not known here
                assert source.revision != "main" or "Qwen2.5-Coder" in source.repo
            else:
                assert all("==" in wheel.requirement for wheel in source.wheels)


def test_each_profile_of_the_configuration_is_in_the_catalogue_with_one_model_of_each_role():
    catalogue = load_catalogue()
    assert set(catalogue.profiles) == {"starter", "laptop", "gpu"}
    assert Config().models.profile == "auto"
    for name in catalogue.profiles:
        assert set(catalogue.profile(name)) == set(ROLES)


def test_the_starter_profile_needs_no_hub():
    for model in load_catalogue().profile("starter").values():
        assert any(isinstance(source, PipSource) for source in model.sources)


def test_a_file_in_parts_names_its_members_in_order():
    model = load_catalogue().model("whisper-base")
    (source,) = model.sources
    assert isinstance(source, PipSource)
    members = {file.name: source.members_of(file) for file in model.files}
    assert [Path(member).name for member in members["model.bin"]] == [
        "model.bin.part1",
        "model.bin.part2",
    ]
    assert [len(m) for m in members.values()] == [2, 1, 1, 1]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("bytes = 3", "bytes = 0", "a.bin of w has no size"),
        ('"MIT"', '""', "w has no licence"),
        ('sha256 = ""', 'sha256 = "abc"', "a.bin of w has 'abc' as SHA-256"),
        ('"a.bin"', '"../a.bin"', "'../a.bin' of w is not a file name"),
        ('kind = "hub"', 'kind = "ftp"', "w has a source of kind 'ftp', neither hub nor pip"),
        ('role = "turn"', 'role = "ear"', "t has the role 'ear'"),
        ('id = "v"', 'id = "w"', "model w stands twice"),
        ('"l", "v"]', '"l", "x"]', "profile only names x, which is not in it"),
        ('"l", "v"]', '"l"]', "profile only must have one model of each role"),
        ('revision = "1"', "", "'revision' is missing"),
        ("[profiles]", "[profiles", "cannot read the catalogue"),
    ],
)
def test_a_wrong_catalogue_is_refused_with_the_reason(tmp_path, old, new, reason):
    path = tmp_path / "catalog.toml"
    text = GOOD + ALL
    assert old in text
    path.write_text(text)
    assert load_catalogue(path).profiles == {"only": ("w", "t", "l", "v")}
    path.write_text(text.replace(old, new))
    with pytest.raises(ModelError, match=re.escape(reason)):
        load_catalogue(path)


LADDER = """
[ladders]
llm = ["l", "m"]
"""
LARGER = MODEL.format(id="m", role="llm").replace("bytes = 3", "bytes = 9")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('["l", "m"]', '["l", "x"]', "ladder llm names x, which is not in it"),
        ('["l", "m"]', '["l", "v"]', "ladder llm names v, whose role is voice"),
        ('["l", "m"]', '["m", "l"]', "ladder llm does not go from the smallest to the largest"),
        ('["l", "m"]', '["l", "l"]', "ladder llm names a model twice"),
        ("llm = [", "mind = [", "a ladder is called 'mind'"),
    ],
)
def test_a_wrong_ladder_is_refused_with_the_reason(tmp_path, old, new, reason):
    path = tmp_path / "catalog.toml"
    text = GOOD + LADDER + ALL + LARGER
    path.write_text(text)
    catalogue = load_catalogue(path)
    assert [m.id for m in catalogue.smaller(catalogue.model("m"))] == ["l"]
    assert catalogue.smaller(catalogue.model("l")) == []
    assert catalogue.smaller(catalogue.model("v")) == []
    path.write_text(text.replace(old, new))
    with pytest.raises(ModelError, match=re.escape(reason)):
        load_catalogue(path)


def test_the_shipped_ladder_goes_down_from_the_profiles_models():
    catalogue = load_catalogue()
    for name in catalogue.profiles:
        assert all(m.role == "llm" for m in catalogue.smaller(catalogue.profile(name)["llm"]))
    assert [m.id for m in catalogue.smaller(catalogue.model("qwen2.5-coder-1.5b-instruct"))] == [
        "qwen2.5-coder-0.5b-instruct",
    ]


def test_an_unknown_model_or_profile_is_answered_with_the_known_ones():
    with pytest.raises(ModelError, match="known: gpu, laptop, starter"):
        load_catalogue().profile("desktop")
    with pytest.raises(ModelError, match=r"known: .*whisper-tiny"):
        load_catalogue().model("whisper-huge")
