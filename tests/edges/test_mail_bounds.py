"""The most urgent first, and no recipient gets more than it may."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from edges.mail import Mailer, Outcome
from edges.mail_bounds import HeldBack, Rates, Turns
from tests.edges.mail_servers import Scripted, Sink, aiosmtpd_server, running

RAW = b"Subject: test\r\n\r\nx\r\n"


def to(recipient: str, **more: Any) -> dict[str, Any]:
    """What `send` needs."""
    return {"sender": "notices@hotline.example", "recipient": recipient, "raw": RAW, **more}


async def test_who_waits_goes_by_urgency_then_by_time() -> None:
    """A smaller priority goes first; equals go as they came."""
    turns, order, go_on = Turns(1), [], asyncio.Event()

    async def one(name: str, priority: int) -> None:
        async with turns.turn("a", priority):
            order.append(name)
            await go_on.wait()

    wanted = [("first", 9), ("a5", 5), ("b5", 5), ("a1", 1), ("c5", 5), ("a9", 9), ("b1", 1)]
    tasks = [asyncio.create_task(one(*each)) for each in wanted]
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(*tasks)
    assert order == ["first", "a1", "b1", "a5", "b5", "c5", "a9"]


async def test_a_place_is_never_lost_by_giving_up() -> None:
    """Cancelled while waiting, cancelled at the moment of being let in, and cancelled inside: the place comes back."""
    turns, inside, go_on = Turns(1), [], asyncio.Event()

    async def one(name: str) -> None:
        async with turns.turn("a"):
            inside.append(name)
            await go_on.wait()

    holder, waiting, lucky, last = (asyncio.create_task(one(name)) for name in ("holder", "waiting", "lucky", "last"))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(0)
    holder.cancel()
    await asyncio.sleep(0)  # the holder goes, and `lucky` is let in but has not run yet
    lucky.cancel()
    await asyncio.sleep(0.01)
    assert inside == ["holder", "last"]
    go_on.set()
    await asyncio.gather(holder, waiting, lucky, last, return_exceptions=True)
    async with asyncio.timeout(1), turns.turn("a"):
        pass


async def test_a_full_recipient_keeps_nobody_else_and_nothing_more_urgent() -> None:
    """Letters that wait for their recipient hold no place: others pass, and the most urgent of the same goes first."""
    turns, order, go_on = Turns(2, 1), [], asyncio.Event()

    async def one(name: str, priority: int) -> None:
        async with turns.turn(name[0], priority):
            order.append(name)
            await go_on.wait()

    wanted = [("a-first", 5), ("a-late", 9), ("a-soon", 5), ("a-urgent", 1), ("b-other", 9), ("c-more", 2)]
    tasks = [asyncio.create_task(one(*each)) for each in wanted]
    await asyncio.sleep(0.01)
    assert order == ["a-first", "b-other"]
    go_on.set()
    await asyncio.gather(*tasks)
    assert order[2:] == ["a-urgent", "c-more", "a-soon", "a-late"]


async def test_five_thousand_letters_in_line_cost_next_to_nothing() -> None:
    """The line itself takes no part of the time of a storm."""
    turns, start = Turns(16, 2), time.perf_counter()

    async def one(number: int) -> None:
        async with turns.turn(f"a{number % 50}", number % 9):
            await asyncio.sleep(0)

    await asyncio.gather(*(one(number) for number in range(5_000)))
    assert time.perf_counter() - start < 3


async def test_a_hundred_who_come_and_go_leave_all_places_free() -> None:
    """Whatever the order of cancelling, three places stay three."""
    turns = Turns(3)

    async def one(number: int) -> None:
        async with turns.turn("ab"[number % 2], number % 4):
            await asyncio.sleep(0.001 * (number % 3))

    tasks = [asyncio.create_task(one(number)) for number in range(100)]
    for number, task in enumerate(tasks):
        if number % 7 == 0:
            task.cancel()
        await asyncio.sleep(0)
    await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(1), turns.turn("a"), turns.turn("a"), turns.turn("a"):
        pass


async def letters_in(rates: Rates, clock: Callable[[float], None], *, seconds: int) -> list[float]:
    """When letters to one recipient leave, if one is ready at every tenth of a second."""
    left: list[float] = []
    for tick in range(seconds * 10):
        clock(tick / 10)
        try:
            wait = rates.reserve("abuse@host.example", 9)
        except HeldBack:
            continue
        left.append(tick / 10 + wait)
    return left


@pytest.mark.parametrize("rate", [1, 2, 6, 30, 60, 100])
async def test_no_minute_holds_more_than_the_rate(rate: int) -> None:
    """Wherever the minute begins, burst and flow together stay within the rate; and the rate is used, not starved."""
    now = 0.0

    def set_clock(value: float) -> None:
        nonlocal now
        now = value

    left = await letters_in(Rates(rate, clock=lambda: now), set_clock, seconds=200)
    assert left == sorted(left)
    fullest = max(sum(start <= at < start + 59.999 for at in left) for start in left)
    assert rate * 0.75 <= fullest <= rate


async def test_two_at_a_time_to_one_recipient_and_others_do_not_wait() -> None:
    """A slow recipient holds two connections at most; a letter to somebody else goes through beside it."""
    go_on, sink = asyncio.Event(), Sink()
    async with (
        running(aiosmtpd_server(sink)) as port,
        Mailer(host="127.0.0.1", port=port, tls="none", connections=4, per_recipient=2) as mailer,
    ):
        before = []

        async def hold() -> None:
            before.append(1)
            await go_on.wait()

        same = [
            "slow@host.example",
            "SLOW@host.example",
            "Slow@Host.example",
            "slow@host.example",
            "slow@host.example",
        ]
        slow = [asyncio.create_task(mailer.send(**to(one, before_data=hold))) for one in same]
        other = await asyncio.wait_for(mailer.send(**to("quick@other.example")), 5)
        assert (other.outcome, len(before), len(sink.letters)) == (Outcome.ACCEPTED, 2, 1)
        go_on.set()
        assert {delivery.outcome for delivery in await asyncio.gather(*slow)} == {Outcome.ACCEPTED}
    assert len(sink.letters) == 6


async def test_what_exceeds_the_rate_is_held_back_and_an_emergency_is_not() -> None:
    """Held back means: no connection, no DATA, no attempt. Emergencies go at once, whatever has gone before."""
    log: list[str] = []
    async with (
        running(lambda: Scripted({}, log)) as port,
        Mailer(host="127.0.0.1", port=port, tls="none", rate_per_minute=5) as mailer,
    ):
        assert (await mailer.send(**to("a@host.example"))).outcome is Outcome.ACCEPTED
        held = await mailer.send(**to("A@host.example"))
        assert (held.outcome, held.code, log.count("RCPT")) == (Outcome.HELD_BACK, None, 1)
        for _ in range(3):
            assert (await mailer.send(**to("a@host.example", overtaking=True))).outcome is Outcome.ACCEPTED
        assert (await mailer.send(**to("b@host.example"))).outcome is Outcome.ACCEPTED
    assert log.count("BODY") == 5


async def test_an_urgent_letter_waits_longer_for_its_rate_than_an_ordinary_one() -> None:
    """At ten seconds' distance an ordinary letter is held back; a one-hour clock waits, and leaves."""
    now = 0.0
    rates = Rates(6, clock=lambda: now)
    assert rates.reserve("a@host.example", 5) == 0
    with pytest.raises(HeldBack):
        rates.reserve("a@host.example", 5)
    assert 5 < rates.reserve("a@host.example", 1) <= 20


@pytest.mark.parametrize("answers", [{"RCPT": None}, {"CONNECT": None}])
async def test_a_letter_that_did_not_begin_costs_no_rate(answers: dict[str, Any]) -> None:
    """A server that is away does not use up what its recipients may get."""
    async with (
        running(lambda: Scripted(answers, [])) as port,
        Mailer(host="127.0.0.1", port=port, tls="none", rate_per_minute=1) as mailer,
    ):
        for _ in range(4):
            assert (await mailer.send(**to("a@host.example"))).outcome is Outcome.NOT_BEGUN


async def test_a_letter_that_was_stopped_or_cancelled_costs_no_rate() -> None:
    """The stop button and a cancelled pass leave the recipient's rate and places as they were."""

    async def stop() -> None:
        raise LookupError

    async with (
        running(lambda: Scripted({}, [])) as port,
        Mailer(host="127.0.0.1", port=port, tls="none", rate_per_minute=1, per_recipient=1) as mailer,
    ):
        with pytest.raises(LookupError):
            await mailer.send(**to("a@host.example", before_data=stop))
        pending = asyncio.create_task(mailer.send(**to("a@host.example", before_data=asyncio.Event().wait)))
        await asyncio.sleep(0.1)
        pending.cancel()
        await asyncio.gather(pending, return_exceptions=True)
        assert (await mailer.send(**to("a@host.example"))).outcome is Outcome.ACCEPTED


async def test_without_a_rate_nothing_is_held_back() -> None:
    """A rate of 0 is no bound."""
    sink = Sink()
    async with (
        running(aiosmtpd_server(sink)) as port,
        Mailer(host="127.0.0.1", port=port, tls="none", rate_per_minute=0) as mailer,
    ):
        ended = await asyncio.gather(*(mailer.send(**to("a@host.example")) for _ in range(50)))
    assert {each.outcome for each in ended} == {Outcome.ACCEPTED} and len(sink.letters) == 50


async def test_the_memory_of_recipients_does_not_grow_for_ever() -> None:
    """Those about whom there is nothing to remember are forgotten; those at work or not yet full again are not."""
    now = 0.0
    rates = Rates(600, clock=lambda: now)
    turns = Turns(2, 1)
    for _ in range(2_000):
        rates.count("busy@host.example")
    for number in range(5_000):
        now += 0.01
        async with rates.counted(f"a{number}@host.example"), turns.turn(f"a{number}@host.example"):
            pass
    assert len(rates._full_at) < 600 and "busy@host.example" in rates._full_at
    assert not turns._busy and not turns._waiting
