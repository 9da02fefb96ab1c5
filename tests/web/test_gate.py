"""Who is let in when the page is shared."""

import base64
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sentiment.errors import ShareError
from sentiment.settings import Settings
from sentiment.share.cloudflare import Cloudflare
from sentiment.share.tunnel import Tunnel, TunnelStatus
from sentiment.web.guard.attempts import FREE, Attempts, Verdict
from sentiment.web.guard.gate import UNGUARDED
from sentiment.web.kit.counts import Memory
from sentiment.web.kit.identity import Owner
from tests.kit.app import create_app, owners
from tests.kit.small import small_classifier

PASSWORD = "hwxk-4mzt-비밀"
HOST = "stand-in.ngrok-free.app"
COOKIE = "sentiment_visitor"
OPEN = TunnelStatus("open", f"https://{HOST}")


class Settled(Tunnel):
    """A tunnel that stands as it is said to."""

    def __init__(self, status: TunnelStatus) -> None:
        super().__init__(8000, Cloudflare())
        self._status = status


def shared_app(password: str | None = PASSWORD, status: TunnelStatus = OPEN) -> Flask:
    """The app, shared."""
    settings = Settings(share="auto", share_password=password, trusted_hosts=("home.example",))
    return create_app(small_classifier(), settings, Settled(status))


def through_tunnel(app: Flask, address: str = "203.0.113.7", host: str = HOST) -> FlaskClient:
    """A visitor's browser: what it sends gets the headers that ngrok adds."""
    client = app.test_client()
    client.environ_base |= {
        "HTTP_HOST": host,
        "HTTP_X_FORWARDED_FOR": address,
        "HTTP_X_FORWARDED_HOST": HOST,
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_ACCEPT_LANGUAGE": "en",
    }
    return client


def here(app: Flask) -> FlaskClient:
    """The owner's browser."""
    client = owners(app)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def app() -> Flask:
    """The app, shared with a password."""
    return shared_app()


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """A visitor who has not logged in."""
    return through_tunnel(app)


def basic(password: str, user: str = "anyone") -> dict[str, str]:
    """The header of HTTP Basic authentication."""
    encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {encoded}"}


def test_nothing_but_the_login_is_open_to_visitors(app: Flask, visitor: FlaskClient) -> None:
    """Whatever pages are added: each of them asks for the password first, by any method."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in UNGUARDED or rule.rule in ("/healthz", "/readyz"):
            continue
        path = re.sub("<int:[^>]+>", "1", rule.rule)
        path = path.replace("<job_id>", "x").replace("<kind>", "csv")
        assert "<" not in path
        for method in rule.methods or ():
            response = visitor.open(path, method=method)
            assert response.status_code in (303, 401), (method, path)
            if response.status_code == 303:
                assert response.headers["Location"].startswith("/login"), (method, path)


def test_who_comes_from_here_and_proves_nothing_is_a_visitor(app: Flask) -> None:
    """A plain proxy on this computer takes away every sign of who is behind it."""
    for host in ("localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"):
        browser, named = app.test_client(), {"Host": host}
        assert browser.get("/", headers=named).status_code == 303
        assert browser.get("/metrics", headers=named).status_code == 401
        browser.post("/login", data={"password": PASSWORD}, headers=named)
        assert 'id="share"' not in browser.get("/", headers=named).text
        assert browser.get("/metrics", headers=named).status_code == 404
        assert browser.get("/feedback", headers=named).status_code == 404


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", HOST])
def test_the_owners_link_works_once(app: Flask, host: str) -> None:
    """Under any name of the page; it needs no password, and its cookie is kept from scripts."""
    proof: Owner = app.extensions["owner"]
    told: list[str] = []
    proof.announce("http://localhost:8000", told.append)
    link = proof.link("")
    assert f"http://localhost:8000{link}" in told[0]
    where = f"https://{host}" if host == HOST else f"http://{host}"
    browser = app.test_client()
    ahead = browser.get(link, base_url=where, headers={"Sec-Purpose": "prefetch"})
    assert ahead.location.startswith("/login")
    assert browser.head(link, base_url=where).status_code == 303
    reply = browser.get(link, base_url=where)
    assert (reply.status_code, reply.location) == (303, "/")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in reply.headers["Set-Cookie"]
    assert ("Secure" in reply.headers["Set-Cookie"]) is (host == HOST)
    assert 'id="share"' in browser.get("/", base_url=where).text
    assert browser.get("/metrics", base_url=where).status_code == 200
    assert browser.get(link, base_url=where).location == "/"  # one's own browser may go back to it
    other = app.test_client()
    assert other.get(link).location.startswith("/login")
    assert other.get("/").status_code == 303
    assert len(told) == 2
    assert proof.link("") in told[1]


@pytest.mark.parametrize("cookie", ["", "x", "x.y", "a.b.c", "\udcff", "." * 5000])
def test_a_forged_proof_is_none(app: Flask, cookie: str) -> None:
    """Nor is the cookie of an earlier start."""
    earlier = here(shared_app()).get_cookie("sentiment_owner_80")
    assert earlier is not None
    for value in (cookie, earlier.value, earlier.value + "x"):
        browser = app.test_client()
        sent = f"sentiment_owner_80={value}".encode(errors="surrogateescape").decode("latin-1")
        assert browser.get("/", headers={"Cookie": sent}).status_code == 303


def test_a_used_link_says_so_where_there_is_no_gate() -> None:
    """Kindly, and what to do."""
    app = shared_app(password=None)
    link = app.extensions["owner"].link("")
    assert here(app).get("/metrics").status_code == 200
    reply = through_tunnel(app).get(link)
    assert reply.status_code == 403
    assert "terminal" in reply.text
    assert through_tunnel(app).get("/metrics").status_code == 404


def test_a_proxy_that_is_told_of_makes_visitors_of_all() -> None:
    """Without sharing, too; by default who comes from here is the owner."""
    for proxy in (False, True):
        settings = Settings(proxy=proxy, feedback="owner", trusted_hosts=("page.example",))
        browser = create_app(small_classifier(), settings).test_client()
        assert browser.get("/").status_code == 200
        assert (browser.get("/feedback").status_code == 404) is proxy


def test_a_page_leads_to_the_login_and_back(visitor: FlaskClient) -> None:
    """The whole way, with a query full of Korean."""
    reply = visitor.get("/", query_string={"sentence": "정말 재미있네요"})
    assert reply.status_code == 303
    assert reply.location.startswith("/login?next=")
    page = visitor.get(reply.location)
    assert page.status_code == 200
    assert 'name="password"' in page.text
    answer = visitor.post(reply.location, data={"password": PASSWORD})
    assert answer.status_code == 303
    assert answer.location.startswith("/?sentence=")
    assert "재미있네요" in visitor.get(answer.location).text


def test_a_form_without_login_leads_to_the_login(visitor: FlaskClient) -> None:
    """What was posted cannot be repeated after it, so the way back is the start page."""
    reply = visitor.post("/", data={"sentence": "정말 최악"})
    assert (reply.status_code, reply.location) == (303, "/login?next=/")


def test_what_everybody_may_see_stays_open(visitor: FlaskClient) -> None:
    """The sign of life, and what the login page is made of."""
    assert visitor.get("/healthz").status_code == 200
    linked = re.findall(r'"(/static/[^"]+)"', visitor.get("/login").text)
    assert {path.rpartition("/")[2] for path in linked} >= {"base.css", "app.js"}
    for path in linked:
        with visitor.get(path) as reply:
            assert reply.status_code == 200


@pytest.mark.parametrize("path", ["/nowhere", "/share", "/logins", "/static", "/healthz/x"])
def test_everything_else_is_closed(visitor: FlaskClient, path: str) -> None:
    """Also what does not exist."""
    assert visitor.get(path).status_code == 303


def test_a_wrong_password_is_told_kindly(visitor: FlaskClient) -> None:
    """With 401, and no cookie."""
    reply = visitor.post("/login", data={"password": "wrong"})
    assert reply.status_code == 401
    assert "That is not the password" in reply.text
    assert "wrong" not in reply.text.replace("wrong passwords", "")
    assert visitor.get_cookie(COOKIE) is None
    assert visitor.post("/login").status_code == 401


def test_the_password_may_carry_spaces_around(visitor: FlaskClient) -> None:
    """Phones add one after a suggested word."""
    assert visitor.post("/login", data={"password": f" {PASSWORD} "}).status_code == 303


@pytest.mark.parametrize(
    "said", ["123456789012", "1234 5678 9012", "１２３４－５６７８－９０１２", " 1234–56789012"]
)
def test_a_password_is_heard_rather_than_read(said: str) -> None:
    """Hyphens, blanks, case and wide digits of an input method do not matter."""
    visitor = through_tunnel(shared_app("1234-5678-9012"))
    assert visitor.post("/login", data={"password": said}).status_code == 303
    words = through_tunnel(shared_app("Blue Sky-7"))
    assert words.post("/login", data={"password": "blue-SKY 7"}).status_code == 303
    assert words.get("/").status_code == 200


def test_a_password_of_nothing_but_hyphens_is_not_nothing() -> None:
    """It is compared as it is."""
    visitor = through_tunnel(shared_app("---"))
    assert visitor.post("/login", data={"password": "--"}).status_code == 401
    assert visitor.post("/login", data={"password": "---"}).status_code == 303


def test_the_cookie_is_kept_from_scripts_and_open_wires(visitor: FlaskClient) -> None:
    """Signed, HttpOnly, SameSite, Secure, and not for ever."""
    reply = visitor.post("/login", data={"password": PASSWORD})
    cookie = next(c for c in reply.headers.getlist("Set-Cookie") if c.startswith(COOKIE))
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Expires="):
        assert part in cookie
    assert PASSWORD not in cookie


def test_a_visitor_from_the_own_network_gets_a_cookie_that_works(app: Flask) -> None:
    """There is no encryption there: a Secure cookie would never come back."""
    client = app.test_client()
    client.environ_base |= {"HTTP_HOST": "home.example", "REMOTE_ADDR": "192.168.0.9"}
    assert client.get("/").status_code == 303
    reply = client.post("/login", data={"password": PASSWORD})
    assert "Secure" not in reply.headers["Set-Cookie"]


def test_a_new_start_forgets_everyone(visitor: FlaskClient) -> None:
    """So does a new password with the same key."""
    visitor.post("/login", data={"password": PASSWORD})
    cookie = visitor.get_cookie(COOKIE)
    assert cookie is not None
    other = shared_app("another password")
    other.secret_key = visitor.application.secret_key
    for app in (shared_app(), other):
        client = through_tunnel(app)
        client.set_cookie(COOKIE, cookie.value)
        assert client.get("/").status_code == 303


def test_a_forged_local_name_does_not_help(app: Flask) -> None:
    """The tunnel says for whom it asks; another computer has another address."""
    assert through_tunnel(app, host="localhost:8000").get("/").status_code == 303
    neighbour = app.test_client()
    neighbour.environ_base |= {"REMOTE_ADDR": "192.168.0.9", "HTTP_HOST": "localhost:8000"}
    assert neighbour.get("/").status_code == 303


def test_the_tunnels_name_alone_makes_a_visitor(app: Flask) -> None:
    """Even if no header said that it was passed on."""
    assert app.test_client().get("/", headers={"Host": HOST}).status_code == 303


def test_the_sixth_attempt_within_a_minute_waits(app: Flask) -> None:
    """Also with the right password; another address may still try."""
    visitor = through_tunnel(app, address="198.51.100.1, 203.0.113.7")
    for _ in range(5):
        assert visitor.post("/login", data={"password": "wrong"}).status_code == 401
    reply = visitor.post("/login", data={"password": PASSWORD})
    assert reply.status_code == 429
    assert 0 < int(reply.headers["Retry-After"]) <= 60
    assert "Too many wrong passwords" in reply.text
    assert 'name="password"' in reply.text
    # The first entry is what the visitor claims; only the last is the tunnel's own.
    sly = through_tunnel(app, address="198.51.100.2, 203.0.113.7")
    assert sly.post("/login", data={"password": PASSWORD}).status_code == 429
    assert through_tunnel(app, "203.0.113.8").post("/login", data={"password": PASSWORD}).location


def test_strangers_cannot_lock_the_password_out(app: Flask) -> None:
    """However many wrong ones come from however many addresses."""
    for number in range(80):
        guesser = through_tunnel(app, address=f"203.0.113.{number}")
        assert guesser.post("/login", data={"password": "wrong"}).status_code == 401
    friend = through_tunnel(app, "198.51.100.1")
    assert friend.post("/login", data={"password": PASSWORD}).status_code == 303


def test_a_home_is_one_sender(app: Flask) -> None:
    """Its IPv6 network has more addresses than anybody can try passwords."""
    for number in range(5):
        guesser = through_tunnel(app, address=f"2001:db8:1:2::{number}")
        assert guesser.post("/login", data={"password": "wrong"}).status_code == 401
    again = through_tunnel(app, address="2001:db8:1:2:ffff::1")
    assert again.post("/login", data={"password": "wrong"}).status_code == 429
    other = through_tunnel(app, address="2001:db8:1:3::1")
    assert other.post("/login", data={"password": PASSWORD}).status_code == 303


def test_who_has_proved_right_is_spared(app: Flask) -> None:
    """Others behind the same address wait, and a browser that knew the password doesn't."""
    friend = through_tunnel(app)
    friend.post("/login", data={"password": PASSWORD})
    friend.delete_cookie(COOKIE)
    stranger = through_tunnel(app)
    for _ in range(6):
        stranger.post("/login", data={"password": "wrong"})
    assert stranger.post("/login", data={"password": PASSWORD}).status_code == 429
    assert friend.get("/").status_code == 303
    assert friend.post("/login", data={"password": PASSWORD}).status_code == 303


def test_an_address_that_a_visitor_claims_is_not_believed(app: Flask) -> None:
    """On the way from the own network nobody has written the header but the visitor."""
    for number in range(6):
        client = app.test_client()
        client.environ_base |= {"HTTP_HOST": "home.example", "REMOTE_ADDR": "192.168.0.9"}
        claim = {"X-Forwarded-For": f"203.0.113.{number}"}
        reply = client.post("/login", data={"password": "wrong"}, headers=claim)
    assert reply.status_code == 429


def test_pauses_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the clock; the right password ends them, and a day without a wrong one."""
    now = 1000.0
    monkeypatch.setattr("sentiment.web.kit.counts.time.monotonic", lambda: now)
    attempts = Attempts(PASSWORD, Memory())
    waits = []
    for _ in range(FREE - 1):
        assert attempts.judge("wrong", "a") == Verdict(False)
    for _ in range(10):
        assert attempts.judge("wrong", "a") == Verdict(False)
        waits.append(attempts.judge(PASSWORD, "a").wait)
        now += waits[-1]
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert attempts.judge(PASSWORD, "b").right
    assert attempts.judge(PASSWORD, "a").right
    assert attempts.judge("wrong", "a") == Verdict(False)
    assert attempts.judge(PASSWORD, "a").right


def test_a_burst_is_counted_one_by_one(app: Flask) -> None:
    """Of passwords tried at the same time no more are looked at than one after the other."""
    with ThreadPoolExecutor(16) as pool:

        def attempt(_: int) -> int:
            client = through_tunnel(app)
            return client.post("/login", data={"password": "wrong"}).status_code

        statuses = list(pool.map(attempt, range(32)))
    assert sorted(statuses) == [401] * FREE + [429] * (32 - FREE)


def test_looking_and_succeeding_are_not_counted(visitor: FlaskClient) -> None:
    """Only wrong passwords are."""
    for _ in range(10):
        assert visitor.get("/login").status_code == 200
        assert visitor.head("/login").status_code == 200
        assert visitor.get("/healthz", headers=basic(PASSWORD)).status_code == 200
    assert visitor.post("/login", data={"password": PASSWORD}).status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/login?next=/login",
        "",
    ],
)
def test_the_login_leads_nowhere_else(visitor: FlaskClient, path: str) -> None:
    """Whatever a link says."""
    reply = visitor.post("/login", query_string={"next": path}, data={"password": PASSWORD})
    assert (reply.status_code, reply.location) == (303, "/")
    again = visitor.get("/login", query_string={"next": path})
    assert (again.status_code, again.location) == (303, "/")


def test_programs_are_told_in_json(visitor: FlaskClient) -> None:
    """How to log in, too, except for a browser's script: that would open a dialog."""
    reply = visitor.post("/api", json="정말 최악")
    assert reply.status_code == 401
    assert reply.json is not None
    assert reply.json["error"]["code"] == "unauthorized"
    assert reply.headers["WWW-Authenticate"].lower().startswith("basic")
    script = visitor.post("/api", json="정말 최악", headers={"Sec-Fetch-Mode": "cors"})
    assert script.status_code == 401
    assert "WWW-Authenticate" not in script.headers


def test_programs_log_in_by_basic_authentication(visitor: FlaskClient) -> None:
    """Any user name, every time anew, under the same limit."""
    reply = visitor.post("/api", json="정말 최악", headers=basic(PASSWORD))
    assert reply.status_code == 200
    assert visitor.get_cookie(COOKIE) is None
    for _ in range(5):
        assert visitor.post("/api", json="최악", headers=basic("wrong")).status_code == 401
    reply = visitor.post("/api", json="최악", headers=basic(PASSWORD))
    assert reply.status_code == 429
    assert reply.json is not None
    assert int(reply.headers["Retry-After"]) > 0


def test_a_logged_in_browser_may_use_the_api(visitor: FlaskClient) -> None:
    """The page's own script does."""
    visitor.post("/login", data={"password": PASSWORD})
    assert visitor.post("/api", json="정말 최악").status_code == 200


def test_an_unknown_name_is_refused_before_the_gate(app: Flask) -> None:
    """A malformed one as well."""
    for host in ("evil.example", "[", "a b"):
        assert app.test_client().get("/", headers={"Host": host}).status_code == 400


def test_an_open_share_has_no_gate() -> None:
    """The owner wanted it so."""
    client = through_tunnel(shared_app(password=None))
    assert client.get("/").status_code == 200
    assert client.post("/api", json="정말 최악").status_code == 200
    assert client.get("/share").status_code == 404


def test_without_sharing_nothing_is_installed() -> None:
    """Neither routes nor a cookie."""
    client = create_app(small_classifier(), Settings()).test_client()
    assert client.get("/login").status_code == 404
    assert client.get("/share").status_code == 404
    assert "Set-Cookie" not in client.get("/").headers


def test_the_login_speaks_the_visitors_language(visitor: FlaskClient) -> None:
    """And its switch keeps where the visitor wanted to go."""
    page = visitor.get("/login?next=/?sentence=x&lang=ko")
    assert '<html lang="ko"' in page.text
    assert "next=/?sentence%3Dx" in page.text or "next=/?sentence=x" in page.text


def test_the_owner_sees_address_and_qr_code(app: Flask) -> None:
    """And the password, which they alone have proved to be allowed to read, and an invitation."""
    for path in ("/", "/share"):
        page = here(app).get(path).text
        assert f'href="https://{HOST}"' in page
        assert "<svg" in page[page.index('id="share"') :]
        assert 'data-copy="share-link"' in page
        assert f'<code id="share-password">{PASSWORD}</code>' in page
        assert f"https://{HOST}\nPassword: {PASSWORD}</textarea>" in page
        assert "style=" not in page


def test_the_owner_sees_how_many_are_there(app: Flask) -> None:
    """Who has come in, by address; neither the owner nor who stands before the gate."""
    assert "0 visitors in the last" in here(app).get("/share").text
    for address in ("203.0.113.7", "203.0.113.8", "203.0.113.8"):
        through_tunnel(app, address).get("/", headers=basic(PASSWORD))
    through_tunnel(app, "203.0.113.9").get("/")
    assert "2 visitors in the last" in here(app).get("/share").text


def test_the_owner_closes_the_link(app: Flask, visitor: FlaskClient) -> None:
    """Visitors can't; then there is no panel any more."""
    visitor.post("/login", data={"password": PASSWORD})
    assert visitor.post("/share/close").status_code == 404
    owner = here(app)
    assert owner.post("/share/close").location == "/"
    assert app.extensions["tunnel"].status.state == "closed"
    assert 'id="share"' not in owner.get("/").text


def test_the_curl_line_of_the_docs_works_through_the_tunnel(visitor: FlaskClient) -> None:
    """With the public address, and the password to fill in."""
    page = visitor.get("/docs", headers=basic(PASSWORD)).text
    assert f"https://{HOST}/api/v1/predict" in page
    assert 'curl -u "visitor:PASSWORD" -H' in page
    assert "http://" not in page.split("<main>")[1]
    assert " -u " not in create_app(small_classifier()).test_client().get("/docs").text


def test_a_visitor_never_sees_the_panel(visitor: FlaskClient) -> None:
    """Nor its route."""
    visitor.post("/login", data={"password": PASSWORD})
    assert 'id="share"' not in visitor.get("/").text
    assert visitor.get("/share").status_code == 404
    client = through_tunnel(shared_app(password=None))
    assert 'id="share"' not in client.get("/").text


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (TunnelStatus("opening"), "Opening the share link"),
        (TunnelStatus("failed", error=ShareError("Look at <{x}>.", x="b")), "Look at &lt;b&gt;."),
    ],
)
def test_the_owner_sees_how_the_tunnel_fares(status: TunnelStatus, words: str) -> None:
    """The page works meanwhile."""
    page = here(shared_app(status=status)).get("/")
    assert page.status_code == 200
    assert words in page.text
    assert f'data-state="{status.state}"' in page.text


def test_a_closed_tunnel_leaves_no_panel() -> None:
    """There is nothing to tell any more."""
    assert 'id="share"' not in here(shared_app(status=TunnelStatus("closed"))).get("/").text
