"""The register of processing: every column has its class, and every drift from the tables is told at once."""

import copy
import tomllib
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, String, Table

from cases.erase import _DESTROY
from cases.erase_scope import DERIVED
from models.privacy import HERE, Raw, RegisterFaulty, expected, faults_of, read_files, register
from models.private import Purpose
from models.tables import metadata


@pytest.fixture
def files() -> tuple[Raw, Raw]:
    """The shipped files, free to be spoilt."""
    return copy.deepcopy(read_files())


def with_more(table: str, column: str) -> MetaData:
    """The tables with one more column."""
    copied = MetaData()
    for each in metadata.sorted_tables:
        each.to_metadata(copied)
    if table in copied.tables:
        copied.tables[table].append_column(Column(column, String))
    else:
        Table(table, copied, Column(column, String))
    return copied


def test_every_column_of_every_table_has_a_class(files: tuple[Raw, Raw]) -> None:
    """Nothing is unclassified, and the register holds each column once."""
    assert faults_of(*files) == []
    told = [column for one in register().classes for column in one.columns]
    assert sorted(told) == sorted(f"{table}.{column}" for table, column in expected(metadata))


@pytest.mark.parametrize("table", ["report", "diary"])
def test_a_new_column_is_never_classified_by_accident(table: str, files: tuple[Raw, Raw]) -> None:
    """A column that somebody adds to a table, old or new, is found."""
    more = with_more(table, "suspect_name")
    assert faults_of(*files, more) == [f"{table}.suspect_name: has no class; name it in fields.toml"]
    with pytest.raises(RegisterFaulty, match="suspect_name"):
        register(more)


def test_all_faults_are_told_at_once(files: tuple[Raw, Raw]) -> None:
    """An unclassified column, one of no table, one with two classes, unknown words and missing texts: all in one go."""
    said, fields = files
    fields["report"]["case"].remove("category")
    fields["report"]["case"].append("colour")
    fields["report"]["machine"] = ["number"]
    fields["party"]["secret"] = fields["party"].pop("contact")
    fields["event"]["timeline"] = "body"
    fields["hosting"]["victim"] = fields["hosting"].pop("place")
    fields["private_text"]["reason"], fields["private_text"]["victim"] = ["sealed:victim"], ["sealed:free_text"]
    said["classes"]["staff"]["title"].pop("fr")
    said["classes"]["staff"] |= {"basis": "because", "data": "some", "readers": "desk", "dies_with": ["name"], "x": 1}
    said["retention"]["report"]["en"] = " "
    said["head"].pop("officer")
    told = "\n".join(faults_of(said, fields))
    for fault in (
        "report.category: has no class", "report.colour: no such column", "report.number: has 2 classes",
        "party.name: unknown class 'secret'", "event.timeline: is no list of columns", "event.body: has no class",
        "hosting.address: class 'victim' is encrypted, this column is not",
        "private_text.sealed:victim: class 'reason' is not encrypted under this key",
        "class staff: title: has no text in fr", "class staff: basis is 'because'", "class staff: data is 'some'",
        "class staff: readers is 'desk'", "class staff: unknown purpose 'name'", "class staff: unknown word 'x'",
        "retention report: has no text in en", "head officer: has no text",
    ):  # fmt: skip
        assert fault in told, fault


@pytest.mark.parametrize("spoilt", [{}, {"classes": 1}, {"classes": {"case": 3}}, {"head": [], "basis": "x"}])
def test_a_file_of_another_shape_is_a_fault_and_no_crash(spoilt: Any, files: tuple[Raw, Raw]) -> None:
    """Whatever a file holds, the answer is a list of faults."""
    assert faults_of(spoilt, files[1])
    assert faults_of(files[0], {"report": "all", "party": {"case": 1}})


def test_no_class_is_a_default() -> None:
    """Columns are listed by name; no star stands for those to come."""
    assert "*" not in str(tomllib.loads((HERE / "fields.toml").read_text(encoding="utf-8")))


def test_each_purpose_has_its_own_class_which_dies_with_it() -> None:
    """What is encrypted under a key goes with that key, and letters go with addresses and reasons."""
    keyed = {one.key: one for one in register().classes if one.key}
    assert keyed.keys() == set(Purpose)
    for purpose, one in keyed.items():
        assert set(one.dies_with) == {purpose} | {source for source, also in DERIVED.items() if purpose in also}


def test_what_is_said_to_go_is_what_the_erasure_empties() -> None:
    """Each column that the register says dies stands in a statement of the erasure."""
    destroyed = " ".join(_DESTROY)
    for one in register().classes:
        for place in one.columns if one.dies_with else ():
            table, _, column = place.partition(".")
            assert table in destroyed
            assert column.split(":")[0] in destroyed or table == "intake_ref"
