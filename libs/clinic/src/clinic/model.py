"""What does a clinic tell its patients?

Frozen structs, one for each block of `clinics/<name>.yaml`; their fields are described in
`docs/reference/clinic-files.md`. A struct with `parse` may also be written as one plain value.
"""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from clinic.text import Language, Text, Words
from clinic.times import Day, Span

Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]*$")]


class Contact(Struct, frozen=True, kw_only=True):
    phone: str
    email: str | None = None
    site: str | None = None


class Place(Struct, frozen=True, kw_only=True):
    address: str
    directions: Text | None = None
    map: str | None = None


class Hours(Struct, frozen=True, kw_only=True):
    """The spans of each weekday; a day left out is closed."""

    monday: tuple[Span, ...] = ()
    tuesday: tuple[Span, ...] = ()
    wednesday: tuple[Span, ...] = ()
    thursday: tuple[Span, ...] = ()
    friday: tuple[Span, ...] = ()
    saturday: tuple[Span, ...] = ()
    sunday: tuple[Span, ...] = ()


WEEKDAYS = Hours.__struct_fields__


class Holiday(Struct, frozen=True, kw_only=True):
    """A day with its own hours; none means closed."""

    date: Day
    name: Text
    synonyms: Words = Words()
    hours: tuple[Span, ...] = ()


class Insurance(Struct, frozen=True, kw_only=True):
    id: Id
    name: str
    synonyms: tuple[str, ...] = ()
    note: Text | None = None


class Service(Struct, frozen=True, kw_only=True):
    id: Id
    name: Text
    synonyms: Words = Words()
    price: Decimal | None = None
    price_from: bool = False
    minutes: Annotated[int, Meta(gt=0, le=1440)] | None = None
    preparation: Text | None = None
    note: Text | None = None
    insurances: tuple[str, ...] = ()

    @property
    def called(self) -> tuple[str, ...]:
        """Every name that it goes by."""
        return (self.name.pt, self.name.es, self.name.en, *self.synonyms.all)


class Category(Struct, frozen=True, kw_only=True):
    """What patients call several services together: `tests`, `vaccines`."""

    name: Text
    synonyms: Words = Words()
    services: Annotated[tuple[str, ...], Meta(min_length=1)]

    @property
    def called(self) -> tuple[str, ...]:
        """Every name that it goes by."""
        return (self.name.pt, self.name.es, self.name.en, *self.synonyms.all)


class Template(Struct, frozen=True, kw_only=True):
    text: Text
    variables: tuple[str, ...] = ()


class Policies(Struct, frozen=True, kw_only=True):
    emergency: Text
    emergency_words: Words = Words()
    quiet_hours: Span | None = None
    cancel_notice_hours: Annotated[int, Meta(ge=0)] | None = None
    cancellation: Text | None = None


class Fallbacks(Struct, frozen=True, kw_only=True):
    """What is said when there is no answer; the last four have sensible defaults elsewhere."""

    unknown: Text
    person: Text
    booking: Text | None = None
    outside_hours: Text | None = None
    media: Text | None = None
    one_moment: Text | None = None


class Appointments(Struct, frozen=True, kw_only=True):
    """The clinic's own system, which takes confirmed requests."""

    url: str


class Document(Struct, frozen=True):
    """One knowledge file: `knowledge/parking.es.md` is topic `parking` in Spanish."""

    source: str
    topic: str
    language: Language
    text: str


class Clinic(Struct, frozen=True, kw_only=True, eq=False, weakref=True):
    """One clinic as loaded; a changed file makes a new one, so identity is the version."""

    name: str
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)]
    timezone: str
    contact: Contact
    place: Place
    hours: Hours
    services: Annotated[tuple[Service, ...], Meta(min_length=1)]
    policies: Policies
    fallbacks: Fallbacks
    about: Text | None = None
    greeting: Text | None = None
    currency: Literal["BRL"] = "BRL"
    country: str = ""
    """Two letters (ISO 3166-1); the loader takes that of the timezone when the file names none."""
    instances: tuple[str, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    insurances: tuple[Insurance, ...] = ()
    categories: tuple[Category, ...] = ()
    vips: tuple[str, ...] = ()
    appointments: Appointments | None = None
    templates: dict[str, Template] = msgspec.field(default_factory=dict)
    id: str
    path: Path
    documents: tuple[Document, ...] = ()

    @property
    def language(self) -> Language:
        """The first language: the one spoken when the patient's is not clear."""
        return self.languages[0]

    def source(self, field: str) -> str:
        """How an answer cites this file."""
        return f"{self.path.name}#{field}"


GIVEN = frozenset({"id", "path", "documents"})  # set by the loader, never written in the file
