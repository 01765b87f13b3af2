"""Errors of the law room: a small tree; the docstring is the default message."""

from collections.abc import Iterable
from dataclasses import dataclass


class LawError(Exception):
    """The law cannot answer this."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class NaiveTime(LawError):
    """A time without a zone is refused: write it with its offset, such as 2026-11-10T14:20+01:00."""


class UnknownRegime(LawError):
    """No regime of that id."""

    def __init__(self, wanted: str, allowed: Iterable[str]) -> None:
        self.wanted, self.allowed = wanted, tuple(sorted(allowed))
        super().__init__(f"unknown regime {wanted!r}; allowed: {', '.join(self.allowed)}")


class UnknownRule(LawError):
    """No counting rule of that name."""

    def __init__(self, wanted: str, allowed: Iterable[str]) -> None:
        self.wanted, self.allowed = wanted, tuple(sorted(allowed))
        super().__init__(f"unknown counting rule {wanted!r}; allowed: {', '.join(self.allowed)}")


class BadCount(LawError):
    """An amount or a unit that the rule cannot count."""


class UnknownZone(LawError):
    """No time zone of that name: use an IANA name such as Europe/Paris."""


class AlteredCertificate(LawError):
    """The certificate does not agree with itself."""

    def __init__(self, step: str, says: str, recomputed: str) -> None:
        self.step = step
        super().__init__(f"the certificate was altered at {step!r}: it says {says}, recomputed {recomputed}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one file: where it is, what is wrong and what is allowed."""

    file: str
    key: str
    says: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.says}; allowed: {self.allowed}"


class LawFault(LawError):
    """The files of the law have faults; every one of them is listed."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        super().__init__(f"{count} fault(s) in the files of the law:\n" + "\n".join(f"  {one}" for one in self.faults))
