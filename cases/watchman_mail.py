"""The watchman's letters: a title, a sentence, what to do; case numbers at most. They go past the store and Prefect."""

import html
from datetime import datetime
from uuid import uuid4

from cases.lookout import Finding
from cases.office import letterhead, mailer
from cases.watchman import News
from edges.alarm_book import Alarm
from edges.letter_parts import Rendered
from edges.letters import compose, message_id
from edges.mail import MailError, Outcome
from edges.settings import Settings
from edges.watch_words import WatchWords

TAKEN = frozenset({Outcome.ACCEPTED, Outcome.UNKNOWN})  # unknown: a second letter each minute would be worse


class Postman:
    """Tells the roles of one round; when the mail server cannot be reached, the rest of the round is not tried."""

    def __init__(self, settings: Settings, words: WatchWords, now: datetime, *, simulated: bool) -> None:
        head = letterhead(settings, None)
        self._settings, self._words, self._now, self._simulated = settings, words, now, simulated
        self._head = head
        self._to = {"staff": head.staff, "second": head.second_staff}
        self._away = False

    @property
    def roles(self) -> tuple[str, ...]:
        """Who is told: staff, and the second person if that is another mailbox."""
        return ("staff",) if self._to["staff"] == self._to["second"] else ("staff", "second")

    async def __call__(self, role: str, news: News, name: str, finding: Finding | None, alarm: Alarm) -> bool:
        """Write to one role; true when the server took the letter, or may have."""
        recipient = self._to.get(role)
        if recipient is None or self._away:
            return recipient is None  # a role that is no more need not be told
        rendered = written(self._words, news, name, finding, alarm)
        composed = compose(
            rendered,
            message_id=message_id(str(uuid4()), self._head.sender.rpartition("@")[2]),
            sender=self._head.sender,
            sender_name=self._head.sender_name,
            recipient=recipient,
            reply_to=None,
            date=self._now,
            simulated=self._simulated,
        )
        try:
            async with mailer(self._settings, simulated=self._simulated) as post:
                delivery = await post.send(sender=self._head.sender, recipient=recipient, raw=composed.raw)
        except MailError:
            self._away = True
            return False
        self._away = delivery.outcome is Outcome.NOT_BEGUN
        return delivery.outcome in TAKEN


def written(words: WatchWords, news: News, name: str, finding: Finding | None, alarm: Alarm) -> Rendered:
    """The letter in words; its subject says what is wrong with the house and nothing of any case."""
    title = words.check(name, "title")
    since = words("since_alarm", at=alarm.began)
    if finding is None:
        lines = [words("over_long", title=title), since]
    else:
        numbers = finding.values.get("numbers")
        colon = "\u00a0:" if words.language == "fr" else ":"
        lines = [words.check(name, "says", finding.values), since]
        lines += [f"{words('numbers')}{colon} {words.shown(numbers)}"] if numbers else []
        lines += [f"{words('do')}{colon} {words.check(name, 'do')}", words("anchor", name=name)]
    lines.append(words("neutral"))
    body = "".join(f"<p>{html.escape(line)}</p>\n" for line in lines)
    page = f'<!doctype html>\n<html lang="{words.language}"><body>\n{body}</body></html>\n'
    return Rendered(f"{words(str(news))} · {title}", "\n\n".join(lines) + "\n", page)
