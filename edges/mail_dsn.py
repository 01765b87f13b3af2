"""Asking the server for delivery status notifications (RFC 3461), where it offers them."""

import re

from edges.mail_outcome import MailRefused

MOST_ENVELOPE_ID = 100  # octets of an envelope identifier (RFC 3461, 4.4)
NOT_UNDERSTOOD = frozenset({501, 504, 555})  # answers to a parameter that the server promised and does not know

_PLAIN = re.compile(r"[!-*,-<>-~]")  # printable ASCII but "+" and "=" (RFC 3461, 4)


def xtext(value: str) -> str:
    """A value as it may stand in a parameter: what is not plain becomes `+` and two hexadecimal digits."""
    return "".join(c if _PLAIN.fullmatch(c) else "".join(f"+{octet:02X}" for octet in c.encode()) for c in value)


def mail_parameters(envelope_id: str) -> list[str]:
    """
    The parameters of MAIL: headers only come back, under our own identifier.

    Raises:
        MailRefused: the identifier is empty, too long or not plain ASCII.
    """
    written = xtext(envelope_id)
    if not envelope_id or not envelope_id.isascii() or len(written) > MOST_ENVELOPE_ID:
        raise MailRefused(f"An envelope identifier is 1 to {MOST_ENVELOPE_ID} plain ASCII characters.")
    return ["RET=HDRS", f"ENVID={written}"]


def recipient_parameters(recipient: str) -> list[str]:
    """The parameters of RCPT; an address beyond ASCII has another form of ORCPT (RFC 6533), which is left out."""
    original = [f"ORCPT=rfc822;{xtext(recipient)}"] if recipient.isascii() else []
    return ["NOTIFY=SUCCESS,FAILURE,DELAY", *original]
