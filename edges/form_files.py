"""
Forms and portals as data: what an addressee's own form asks for, in its order, with its limits and codes.

The program files nothing at a form by itself: it lays out what a person copies. Each form is one TOML file, ours in
`edges/forms/`, the organisation's own in the folder of `SANSDELAI_FORMS_FOLDER`, which overrule ours of the same id. A
limit or code that nobody has read is left out and said to be unknown, never invented.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from law.library import Library
from law.values import Text
from law.vocabulary import ChannelKind

FOLDER = Path(__file__).parent / "forms"
GENERAL = "general"  # what stands in for a form that nobody described
MOST_FILES, MOST_BYTES = 500, 262_144

_ID = r"[a-z0-9][a-z0-9_-]{0,39}"
Id = Annotated[str, Field(pattern=rf"^{_ID}$")]


class Source(StrEnum):
    """Where the value of a field comes from."""

    NUMBER = "number"  # our case number, which is our reference
    LOCATION = "location"  # every exact address of the report, each to be copied by itself
    LOCATION_KIND = "location_kind"
    COUNTRY = "country"  # where the content is hosted
    CATEGORY = "category"  # ours, in words
    CODE = "code"  # this form's own code for our category
    QUALIFICATION = "qualification"  # in words
    WHY = "why"  # the legal elements, as the analyst wrote them
    SEEN_AT = "seen_at"
    QUALIFIED_AT = "qualified_at"
    DEPICTED = "depicted"  # whom the content shows, in words
    OUR_NAME = "our_name"
    OUR_MAIL = "our_mail"
    TEXT = "text"  # always the same, it stands in the file
    PERSON = "person"  # nobody but the person who files can answer it


class FormField(BaseModel):
    """One field of a form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    label: Text
    source: Source
    limit: Annotated[int, Field(ge=1, le=100_000)] | None = None  # characters; none: not known
    required: bool = False
    codes: Mapping[str, str] = {}  # our category: its code
    codes_known: bool = True
    choices: Mapping[str, str] = {}  # what a person chooses from: its code, and what the form calls it
    text: str = ""

    @model_validator(mode="after")
    def _fits_its_source(self) -> Self:
        if self.codes and self.source is not Source.CODE:
            raise ValueError("codes belong to source = 'code'")
        if self.source is Source.CODE and self.codes_known and not self.codes:
            raise ValueError("source = 'code' needs codes, or codes_known = false")
        if self.source is not Source.CODE and not self.codes_known:
            raise ValueError("codes_known belongs to source = 'code'")
        if self.choices and self.source is not Source.PERSON:
            raise ValueError("choices belong to source = 'person'")
        if bool(self.text) is not (self.source is Source.TEXT):
            raise ValueError("text belongs to source = 'text', and is needed there")
        if self.limit is not None and len(self.text) > self.limit:
            raise ValueError("text is longer than limit")
        return self


class Form(BaseModel):
    """One form or portal, as somebody last read it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    kind: ChannelKind
    title: Text
    most: Annotated[int, Field(ge=1, le=1_000)]  # reports of one filing
    by_category: bool = False  # one filing holds one category only
    last_checked: date
    note: Text | None = None
    fields: Annotated[tuple[FormField, ...], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind not in {ChannelKind.FORM, ChannelKind.PORTAL}:
            raise ValueError("kind: allowed: form, portal")
        ids = [field.id for field in self.fields]
        if twice := sorted({one for one in ids if ids.count(one) > 1}):
            raise ValueError(f"fields: stands twice: {', '.join(twice)}")
        return self


class FormsFault(ValueError):
    """Files of forms cannot be used as they are."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n  ".join([(self.__doc__ or "").strip(), *faults]))


@dataclass(frozen=True, slots=True)
class Forms:
    """All forms by id."""

    by_id: Mapping[str, Form]

    def form(self, form_id: str) -> Form:
        """
        The form of that id.

        Raises:
            FormsFault: there is none; the message lists those that exist.
        """
        if form_id not in self.by_id:
            raise FormsFault([f"unknown form {form_id[:40]!r}; allowed: {', '.join(sorted(self.by_id))}"])
        return self.by_id[form_id]

    def fitting(self, form_id: str | None, party_code: str | None) -> Form:
        """The form that a channel names, else the one with the party's code, else the general one."""
        for wanted in (form_id, party_code):
            if wanted is not None and wanted in self.by_id:
                return self.by_id[wanted]
        return self.by_id[GENERAL]


def load_forms(library: Library, folder: Path | None = None) -> Forms:
    """
    Read our forms and those of the organisation's folder.

    Raises:
        FormsFault: some file cannot be read or is wrong; every fault of every file is listed.
    """
    faults: list[str] = []
    found: dict[str, Form] = {}
    for place in (FOLDER, folder):
        own: dict[str, Form] = {}
        for path in _files(place, faults) if place is not None else []:
            form = _read(path, library, faults)
            if form is not None and form.id in own:
                faults.append(f"{path.name}: id: {form.id} stands in two files of the same folder")
            elif form is not None:
                own[form.id] = form
        found |= own
    if faults:
        raise FormsFault(faults)
    return Forms(found)


def _files(folder: Path, faults: list[str]) -> list[Path]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except OSError as error:
        faults.append(f"{folder.name}: cannot be read: {error.strerror}")
        return []
    if len(paths) > MOST_FILES:
        faults.append(f"{folder.name}: {len(paths)} files; allowed: up to {MOST_FILES}")
        return []
    return paths


def _read(path: Path, library: Library, faults: list[str]) -> Form | None:
    try:
        if path.stat().st_size > MOST_BYTES:
            faults.append(f"{path.name}: is longer than {MOST_BYTES} bytes")
            return None
        form = Form.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        faults.append(f"{path.name}: cannot be read: {error.strerror}")
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(f"{path.name}: is not TOML in UTF-8: {error}")
    except RecursionError:
        faults.append(f"{path.name}: is nested too deeply")
    except ValidationError as refused:
        faults += [f"{path.name}: {_place(one)}: {_said(one)}" for one in refused.errors(include_url=False)]
    else:
        faults += [f"{path.name}: {fault}" for fault in _unknown_categories(form, library)]
        return form
    return None


def _unknown_categories(form: Form, library: Library) -> list[str]:
    allowed = ", ".join(library.categories)
    named = ((field.id, category) for field in form.fields for category in field.codes)
    return [
        f"fields.{field}.codes: unknown category {category[:40]!r}; allowed: {allowed}"
        for field, category in named
        if category not in library.categories
    ]


def _place(error: Any) -> str:
    return ".".join(str(part) for part in error["loc"]) or "the form"


def _said(error: Any) -> str:
    return re.sub(r"\AValue error, ", "", str(error["msg"]))
