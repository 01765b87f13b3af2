"""One row of a party import, checked: a party with at most one of its channels."""

import re
from datetime import datetime
from typing import Annotated, cast

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError, ValidationInfo

from cases import intake_values as values
from cases.intake_rows import BadRow, reason_of
from cases.places import BadPlace, host_of
from edges.countries import country_code
from edges.sheets import restored
from law.errors import UnknownRegime
from law.library import Library
from law.vocabulary import ChannelKind, PartyKind

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")
_NUMBER = re.compile(r"P-[0-9]{4,}\Z")
_MAILBOX = re.compile(r"[^\s@<>,;:\"\\]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\Z")
_FORM = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")
_PAGE = re.compile(r"https?://[^\s/]+(?:/\S*)?\Z")


def _code(text: str) -> str:
    if not _CODE.match(text):
        raise ValueError("allowed: up to 40 small letters, digits, '-' and '_', such as arcom")
    return text


def _number(text: str) -> str:
    if not _NUMBER.match(text):
        raise ValueError("allowed: a number such as P-0042, of a party that exists; a new one is given its number")
    return text


def _label(text: str) -> str:
    """What Prefect shows. It is never an address or a domain: a site can bear a victim's name (practice 1.10)."""
    if not re.fullmatch(r"[^.@:/\\<>\x00-\x1f]{1,40}", text):
        raise ValueError("allowed: up to 40 characters without '.', '@', ':', '/': never a domain or an address")
    return text


def _micro(text: str) -> bool | None:
    return None if text.lower() in {"unknown", "inconnu"} else values.yes_no(text)


def _hosts(text: str) -> tuple[str, ...]:
    try:
        found = tuple(host_of(word) for word in values.words(text))
    except BadPlace as error:
        raise ValueError(str(error)) from None
    if any("." not in host and ":" not in host for host in found):
        raise ValueError("allowed: whole host names such as forum.example; never a top-level domain alone")
    return found


def _mechanisms(text: str, info: ValidationInfo) -> tuple[str, ...]:
    library = cast(Library, info.context)
    try:
        return tuple(library.regime(word).id for word in values.words(text))
    except UnknownRegime as error:
        raise ValueError(str(error)) from None


def _categories(text: str, info: ValidationInfo) -> tuple[str, ...]:
    library = cast(Library, info.context)
    return tuple(values.one_of(library.categories, word) for word in values.words(text))


def _address(text: str, info: ValidationInfo) -> str:
    kind = info.data.get("channel_kind", ...)
    if kind is None:
        raise ValueError("stands without channel_kind; allowed: give both or none")
    if kind is ChannelKind.EMAIL and not (text.isascii() and _MAILBOX.match(text)):
        raise ValueError("allowed for email: one bare address such as abuse@host.example")
    if kind in {ChannelKind.FORM, ChannelKind.PORTAL, ChannelKind.API} and not _PAGE.match(text):
        raise ValueError(f"allowed for {kind}: the address of a page, with https://")
    return values.short(text)


def _languages(text: str) -> tuple[str, ...]:
    return tuple(values.language(word) for word in values.words(text))


def _form(text: str) -> str:
    if not _FORM.match(text):
        raise ValueError("allowed: the id of a form's description, such as pharos")
    return text


def _rank(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text[:6]) > 99:
        raise ValueError("allowed: a whole number from 0 to 99; the lowest working channel is used")
    return int(text)


Short = Annotated[str, PlainValidator(values.short)]


class PartyRow(BaseModel):
    """A party and one way to reach it. Columns are checked in this order."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, PlainValidator(_number)] | None = None
    code: Annotated[str, PlainValidator(_code)] | None = None
    kind: Annotated[PartyKind, PlainValidator(lambda text: values.word_of(PartyKind, text))]
    name: Short
    public_label: Annotated[str, PlainValidator(_label)] | None = None
    country: Annotated[str, PlainValidator(country_code)] | None = None
    micro_or_small: Annotated[bool | None, PlainValidator(_micro)] = None
    language: Annotated[str, PlainValidator(values.language)] | None = None
    hosts: Annotated[tuple[str, ...], PlainValidator(_hosts)] = ()
    channel_kind: Annotated[ChannelKind, PlainValidator(lambda text: values.word_of(ChannelKind, text))] | None = None
    channel_address: Annotated[str, PlainValidator(_address)] | None = None
    mechanisms: Annotated[tuple[str, ...], PlainValidator(_mechanisms)] = ()
    categories: Annotated[tuple[str, ...], PlainValidator(_categories)] = ()
    rank: Annotated[int, PlainValidator(_rank)] = 0
    working: Annotated[bool, PlainValidator(values.yes_no)] = True
    checked_on: Annotated[datetime, PlainValidator(values.moment)] | None = None
    source: Short = ""
    languages: Annotated[tuple[str, ...], PlainValidator(_languages)] = ()
    form: Annotated[str, PlainValidator(_form)] | None = None


COLUMNS = tuple(PartyRow.model_fields)
DATES = frozenset({"checked_on"})


def read_party_row(given: dict[str, str], library: Library) -> PartyRow:
    """
    Check one row.

    Raises:
        BadRow: with every reason.
    """
    given = {name: restored(text) for name, text in given.items()}
    try:
        row = PartyRow.model_validate(given, context=library)
    except ValidationError as refused:
        raise BadRow(tuple(reason_of(error, COLUMNS) for error in refused.errors(include_url=False))) from None
    if row.channel_kind is not None and row.channel_address is None:
        raise BadRow(("channel_address: is missing; allowed: where this channel is",))
    if row.form is not None and row.channel_kind not in {ChannelKind.FORM, ChannelKind.PORTAL}:
        raise BadRow(("form: stands without a form; allowed: with channel_kind form or portal",))
    if row.channel_kind is None and (row.mechanisms or row.categories):
        raise BadRow(("mechanisms, categories: stand without channel_kind; allowed: with a channel",))
    return row
