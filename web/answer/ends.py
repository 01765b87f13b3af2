"""Every way in which a request ends without an answer, with its status."""

from enum import StrEnum
from typing import Final


class End(StrEnum):
    """Why there is no answer; each is a page of its own."""

    # An altered link, one that is too old, a letter that is unknown, unsent or erased, and every other path: the same
    # page to the last byte, so that nobody learns by asking which letters there are.
    UNKNOWN = "unknown"
    FULL = "full"
    BAD_FORM = "bad_form"
    BAD_REQUEST = "bad_request"
    TOO_LARGE = "too_large"
    NOT_A_FORM = "not_a_form"
    TOO_SLOW = "too_slow"
    TOO_OFTEN = "too_often"
    NO_STORE = "no_store"
    FAULT = "fault"


STATUS: Final = {
    End.UNKNOWN: 404,
    End.FULL: 409,
    End.BAD_FORM: 400,
    End.BAD_REQUEST: 405,
    End.TOO_LARGE: 413,
    End.NOT_A_FORM: 415,
    End.TOO_SLOW: 408,
    End.TOO_OFTEN: 429,
    End.NO_STORE: 503,
    End.FAULT: 500,
}


class Ended(Exception):
    """This request ends here."""

    def __init__(self, end: End) -> None:
        super().__init__(str(end))
        self.end = end
