"""Every table of the store, so that one import knows the whole metadata."""

from sqlalchemy.orm import configure_mappers

from models.base import Table, read_directly
from models.content import Content, Hosting, Location, Observation
from models.event import Event
from models.gaps import Halt, Released, Silence
from models.house import House, Signature
from models.incoming import IncomingMessage, IncomingReport, Mailbox, PageAnswer, RelayLog
from models.letter import Act, Letter, LetterPart
from models.party import Channel, DirectoryChange, Party, PartyHost, RdapAnswer
from models.private import DataKey, SealedText
from models.procedure import Duty, Measure, Procedure
from models.readlog import Read
from models.report import Complaint, Decision, Hold, IntakeRef, LegalHold, Mandate, Qualification, Report
from models.seal import Seal, SealLeaf, SealToken, unsealed

metadata = Table.metadata
configure_mappers()  # rows are made without SQLAlchemy's own first step, which would do it
for _table in Table.__subclasses__():
    read_directly(_table)

__all__ = [
    "Act",
    "Channel",
    "Complaint",
    "Content",
    "DataKey",
    "Decision",
    "DirectoryChange",
    "Duty",
    "Event",
    "Halt",
    "Hold",
    "Hosting",
    "House",
    "IncomingMessage",
    "IncomingReport",
    "IntakeRef",
    "LegalHold",
    "Letter",
    "LetterPart",
    "Location",
    "Mailbox",
    "Mandate",
    "Measure",
    "Observation",
    "PageAnswer",
    "Party",
    "PartyHost",
    "Procedure",
    "Qualification",
    "RdapAnswer",
    "Read",
    "RelayLog",
    "Released",
    "Report",
    "Seal",
    "SealLeaf",
    "SealToken",
    "SealedText",
    "Signature",
    "Silence",
    "metadata",
    "unsealed",
]
