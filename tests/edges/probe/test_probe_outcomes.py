"""What one look says, for every kind of answer that a host can give."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from edges.probe import NaiveInstant, Prober, Target
from law.vocabulary import Basis, Sight

STATUSES = {
    "200 OK": Sight.ALIVE,
    "203 Copy": Sight.ALIVE,
    "206 Partial Content": Sight.ALIVE,
    "204 No Content": Sight.UNKNOWN,
    "302 Found": Sight.UNKNOWN,  # a redirect to nowhere
    "304 Not Modified": Sight.UNKNOWN,
    "400 Bad Request": Sight.UNKNOWN,
    "401 Unauthorized": Sight.LOGIN_WALL,
    "403 Forbidden": Sight.UNKNOWN,
    "404 Not Found": Sight.REMOVED,
    "405 Method Not Allowed": Sight.UNKNOWN,
    "407 Proxy Authentication Required": Sight.LOGIN_WALL,
    "410 Gone": Sight.REMOVED,
    "416 Range Not Satisfiable": Sight.UNKNOWN,
    "429 Too Many Requests": Sight.UNAVAILABLE,
    "451 Unavailable For Legal Reasons": Sight.BLOCKED_HERE,
    "500 Internal Server Error": Sight.UNAVAILABLE,
    "503 Service Unavailable": Sight.UNAVAILABLE,
    "522 Odd": Sight.UNAVAILABLE,
    "799 Odd": Sight.UNAVAILABLE,
}


@pytest.mark.parametrize(("status", "sight"), STATUSES.items())
async def test_status_alone(site: Any, look: Any, status: str, sight: Sight) -> None:
    """Without leave to read, the status decides; only 404 and 410 say that it is gone."""
    site.page("/a", "", status)
    seen = await look(site.url("/a"), body=False)
    assert (sight, Basis.STATUS, int(status[:3])) == (seen.sight, seen.basis, seen.status)
    assert seen.address == "127.0.0.1"


NOT_REMOVED = {
    "soft 404, French": ("<title>Page introuvable</title><p>Désolé.</p>", Sight.UNKNOWN),
    "soft 404, English": ("<h1>404 Not Found</h1>", Sight.UNKNOWN),
    "login": ("<title>Connexion</title><form><input type=password></form>", Sight.LOGIN_WALL),
    "age gate": ("<h1>Are you over 18?</h1>", Sight.AGE_GATED),
    "maintenance": ("<h1>Site en maintenance</h1>", Sight.UNAVAILABLE),
    "stop page": (
        "<p>Vous avez été redirigé vers ce site officiel car votre ordinateur allait se connecter à une page</p>",
        Sight.BLOCKED_HERE,
    ),
    "parked": ("<p>This domain is for sale</p>", Sight.CHANGED),
    "empty": ("  \n", Sight.UNKNOWN),
    "content": ("<title>IMG 2031</title><nav><a href=/login>Login</a></nav><img src=x>", Sight.ALIVE),
}


@pytest.mark.parametrize(("page", "sight"), NOT_REMOVED.values(), ids=NOT_REMOVED)
async def test_page_that_answers_200(site: Any, look: Any, page: str, sight: Sight) -> None:
    """A page that answers 200 is read where that is allowed, and is never a removal."""
    site.page("/a", page)
    seen = await look(site.url("/a"))
    assert (sight, Basis.BODY, 200) == (seen.sight, seen.basis, seen.status)


@pytest.mark.parametrize(
    ("page", "sight"),
    [
        ("<h1>404 Not Found</h1>", Sight.REMOVED),
        ("<p>plain words</p>", Sight.REMOVED),
        ("", Sight.REMOVED),
        (*NOT_REMOVED["maintenance"],),
        (*NOT_REMOVED["login"],),
        (*NOT_REMOVED["stop page"],),
    ],
)
@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
async def test_body_takes_a_removal_away(site: Any, look: Any, status: str, page: str, sight: Sight) -> None:
    """A maintenance, login or stop page is never counted as removal, not even under a 404."""
    site.page("/a", page, status)
    assert sight is (await look(site.url("/a"))).sight


async def test_body_is_not_read_without_leave(site: Any, look: Any) -> None:
    """Without leave the body is not read: a soft 404 stays unseen, and no more than one byte is asked for."""
    site.page("/a", NOT_REMOVED["soft 404, French"][0])
    seen = await look(site.url("/a"), body=False)
    assert (seen.sight, seen.basis) == (Sight.ALIVE, Basis.STATUS)
    assert site.requests[0].startswith("GET /a ") and "bytes=0-0" in site.requests[0]


@pytest.mark.parametrize("kind", ["image/jpeg", "video/mp4", "application/zip", "image/svg+xml", ""])
async def test_no_image_is_read(site: Any, look: Any, kind: str) -> None:
    """What is no text is not read, whatever is allowed (practice 1.5)."""
    site.page("/a", "<h1>404 Not Found</h1>", content_type=kind)
    assert Basis.STATUS is (await look(site.url("/a"))).basis


async def test_image_called_a_text(site: Any, look: Any) -> None:
    """Bytes that are no text are dropped even if the host calls them one."""
    site.page("/a", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"x" * 500)
    seen = await look(site.url("/a"))
    assert (seen.sight, seen.basis) == (Sight.ALIVE, Basis.STATUS)


REDIRECTS = {
    "/login?next=/photo/1": Sight.LOGIN_WALL,
    "/account/SignIn.php": Sight.LOGIN_WALL,
    "https://sso.other.example/login": Sight.LOGIN_WALL,
    "/age-verification?to=1": Sight.AGE_GATED,
    "/maintenance.html": Sight.UNAVAILABLE,
    "/": Sight.UNKNOWN,
    "/fr/accueil.php": Sight.UNKNOWN,
    "/?error=1": Sight.UNKNOWN,
    "/404.html": Sight.UNKNOWN,  # answers 200
    "/gone": Sight.REMOVED,  # answers 404
    "/photo/1-title": Sight.ALIVE,
    "https://www.interieur.gouv.fr/stop": Sight.BLOCKED_HERE,
    "ftp://site.example/x": Sight.UNKNOWN,
    "http://[broken": Sight.UNKNOWN,
    "/photo/1?token=abc": Sight.UNKNOWN,
}


@pytest.mark.parametrize("body", [True, False], ids=["body", "status"])
@pytest.mark.parametrize(("to", "sight"), REDIRECTS.items())
async def test_redirect(site: Any, look: Any, to: str, sight: Sight, body: bool) -> None:
    """A redirect inside the site is followed; to the front page it is a soft 404, never a removal."""
    site.redirect("/photo/1", to)
    for path in ("/", "/404.html", "/photo/1-title", "/login?next=/photo/1", "/photo/1?token=abc"):
        site.page(path, "<p>words</p>")
    assert sight is (await look(site.url("/photo/1"), body=body)).sight


async def test_redirect_to_another_host_is_a_move(site: Any, look: Any, names: Any) -> None:
    """Another registrable host is a move: its name is kept, and it is not fetched."""
    names.table["new.other.example"] = [["9.9.9.9"]]
    site.redirect("/photo/1", "https://new.other.example/photo/1", 301)
    seen = await look(site.url("/photo/1"))
    assert (seen.sight, seen.moved_to_host, seen.status) == (Sight.MOVED, "new.other.example", 301)
    assert seen.address == "127.0.0.1"


async def test_redirect_to_a_name_without_address(site: Any, look: Any) -> None:
    """A move to a name that nobody knows is no move."""
    site.redirect("/photo/1", "https://nowhere.other.example/")
    seen = await look(site.url("/photo/1"))
    assert (seen.sight, seen.moved_to_host) == (Sight.UNAVAILABLE, None)


async def test_redirect_to_a_neighbour_is_followed(site: Any, look: Any) -> None:
    """www and other names below the same registrable name are the same site."""
    site.redirect("/photo/1", site.url("/photo/2", "www.site.example"))
    site.page("/photo/2", "<p>words</p>")
    seen = await look(site.url("/photo/1"), allow=frozenset({site.pair(), site.pair("www.site.example")}))
    assert Sight.ALIVE is seen.sight
    assert site.pair("www.site.example") == site.hosts[1]


@pytest.mark.parametrize(("path", "sight"), [("/", Sight.ALIVE), ("/?p=12", Sight.UNKNOWN)])
async def test_report_of_the_front_page_itself(site: Any, look: Any, path: str, sight: Sight) -> None:
    """A reported front page may redirect to its twin; a page named by its query is lost there."""
    site.redirect(path, "/index.php")
    site.page("/index.php", "<p>words</p>")
    assert sight is (await look(site.url(path))).sight


async def test_unknown_name_is_unavailable(look: Any) -> None:
    """A name that does not resolve is never a removal."""
    seen = await look("http://nobody.example/a")
    assert (seen.sight, seen.status, seen.detail) == (Sight.UNAVAILABLE, None, "the name does not resolve")


async def test_refused_connection_is_unavailable(site: Any, look: Any, unused_tcp_port: int) -> None:
    """Nobody listens: unavailable, never a removal."""
    pair = f"site.example:{unused_tcp_port}"
    assert Sight.UNAVAILABLE is (await look(f"http://{pair}/a", allow=frozenset({pair}))).sight


async def test_order_and_instant_are_kept(site: Any) -> None:
    """A list of targets gives a list of looks in the same order, at the caller's instant in UTC."""
    site.page("/alive", "<p>words</p>")
    urls = [site.url("/alive"), "not an address", site.url("/gone"), site.url("/alive")] * 5
    now = datetime(2026, 3, 2, 13, 0, tzinfo=timezone(timedelta(hours=1)))
    async with Prober(allow=frozenset({site.pair()})) as prober:
        seen = await prober.look([Target(str(n), url, True) for n, url in enumerate(urls)], now)
        assert await prober.look([], now) == []
    assert [one.sight for one in seen] == [Sight.ALIVE, Sight.UNKNOWN, Sight.REMOVED, Sight.ALIVE] * 5
    assert {"2026-03-02T12:00:00+00:00"} == {one.at.isoformat() for one in seen}


async def test_naive_instant_is_refused() -> None:
    """Naive time is refused at the border, with what is allowed."""
    async with Prober() as prober:
        with pytest.raises(NaiveInstant, match="aware"):
            await prober.look([], datetime(2026, 3, 2))
