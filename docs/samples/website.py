"""A website that implements Mashdesk's contract for Qlik Sense, in one page and with nothing but
Python's standard library (3.10 or later). Run it with `python3 website.py config.json`; docs/website-guide.md
explains both. What it keeps in memory belongs in a database, and its tokens there as hashes.
"""
import hashlib, json, re, secrets, ssl, sys, time
from http.client import HTTPException, HTTPSConnection
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urljoin, urlsplit

CONFIG = json.load(open(sys.argv[1], encoding="utf-8"))
QLIK, PEOPLE, MASHUPS = CONFIG["qlik"], CONFIG["tokens"], {m["id"]: m for m in CONFIG["mashups"]}
PREFIX = f"/{QLIK['virtual_proxy']}" if QLIK["virtual_proxy"] else ""
LIMIT = 5  # sessions an identity, which no setting of Qlik Sense changes
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
WINDOWS = {}  # (person, window) -> which identity's session it has, and of which instance
CODES = {}  # one-time codes of mashup URLs
VISITS = {}  # by the cookie that a window has for its mashup's pages
TLS = ssl.create_default_context(cafile=CONFIG["certificates"]["root"])
TLS.load_cert_chain(CONFIG["certificates"]["client"], CONFIG["certificates"]["client_key"])


class Problem(Exception):
    def __init__(self, status, code, detail, headers=(), **more):
        super().__init__(detail)
        self.status, self.headers = status, dict(headers)
        self.document = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail, **more}


def identity(app, person):
    """Which Qlik user opens an app: one dummy user an app, or a directory an app and the person in it."""
    if QLIK["identity"] == "directory-per-app":
        return {"UserDirectory": app, "UserId": person["name"]}
    return {"UserDirectory": QLIK["user_directory"], "UserId": app}


def may(person, mashup):  # asked each time: permissions change
    return person["name"] in mashup["people"]


def qps(method, path, body=None):
    """QPS over mutual TLS. Answers the JSON; None where there is nothing by that name."""
    key = secrets.token_hex(8)
    qps = HTTPSConnection(urlsplit(QLIK["qps"]).netloc, context=TLS, timeout=10)
    try:
        headers = {"X-Qlik-Xrfkey": key, "Content-Type": "application/json"}
        qps.request(method, f"/qps{PREFIX}/{path}?Xrfkey={key}", json.dumps(body) if body else None, headers)
        answer = qps.getresponse()
        text = answer.read()
    finally:
        qps.close()
    if answer.status == 404:
        return None
    if answer.status >= 300:
        raise HTTPException(f"QPS: {answer.status} to {method}")
    return json.loads(text) if text else None


def sessions(user):
    return qps("GET", f"user/{quote(user['UserDirectory'], '')}/{quote(user['UserId'], '')}") or []


def end(person, window):
    """Ends the session of one window by its id. Never `DELETE …/user/…`: that ends other people's too."""
    user, _ = WINDOWS.get((person["name"], window), (None, None))
    if not user:
        return
    for held in (CODES, VISITS):
        for secret, visit in list(held.items()):
            if visit["person"] == person and visit["window"] == window:
                held.pop(secret, None)
    for session in sessions(user):
        if {"window": window} in session["Attributes"]:
            qps("DELETE", f"session/{session['SessionId']}")


def visit_cookie(visit):
    """Lets a window in to the pages of one mashup."""
    value, secure = secrets.token_urlsafe(24), "; Secure" if root.startswith("https") else ""
    VISITS[value] = visit
    return f"visit={value}; Path=/mashups/{visit['mashup']['id']}/; HttpOnly; SameSite=Lax{secure}"


def ticket(person, mashup_id, body):
    try:
        wish = json.loads(body)
        window, instance = wish["window"], wish["instance"]
        good, can_plant = UUID.fullmatch(window) and UUID.fullmatch(instance), wish.get("mashup_cookies")
    except (ValueError, KeyError, TypeError):
        good = False
    if not good:
        raise Problem(400, "bad_request", "The body is JSON with `window` and `instance`, which are UUIDs.")
    mashup = MASHUPS.get(mashup_id)
    if not mashup:
        raise Problem(404, "unknown_mashup", f'There is no mashup "{mashup_id}".')
    title = mashup["title"]
    if not may(person, mashup):
        raise Problem(403, "not_authorised", f"{title} is not open to you; ask the analytics team.")
    user = identity(mashup["app"], person)
    quota = {"used": len(sessions(user)), "limit": LIMIT}
    if quota["used"] >= LIMIT:
        raise Problem(409, "session_limit", f"All {LIMIT} sessions for {title} are in use.", quota=quota)
    given = qps("POST", "ticket", {**user, "Attributes": [{"window": window}, {"instance": instance}]})["Ticket"]
    WINDOWS[person["name"], window] = user, instance
    for old in [old for old, visit in list(CODES.items()) if visit["until"] < time.monotonic()]:
        CODES.pop(old, None)
    visit = {"person": person, "window": window, "mashup": mashup, "until": time.monotonic() + 60}
    if can_plant:  # Mashdesk plants the cookie where it can; a code is for whom cannot
        way_in = {"mashup_url": urljoin(root, f"/mashups/{mashup_id}/"), "mashup_cookies": [visit_cookie(visit)]}
    else:
        code = secrets.token_urlsafe(24)
        CODES[code] = visit
        way_in = {"mashup_url": urljoin(root, f"/mashups/{mashup_id}/open?code={code}")}
    origins = {f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" for url in (root, QLIK["proxy"])}
    return 201, {"Cache-Control": "no-store"}, {
        "redeem_url": urljoin(QLIK["proxy"], f"{PREFIX}/resources/autogenerated/qlik-styles.css?qlikTicket={given}"),
        **way_in,
        "session_cookie": QLIK["session_cookie"],
        "allowed_origins": sorted(origins),
        "expires_in": 60,
        "quota": quota,
    }


def page(status, text):
    return status, {"Content-Type": "text/html; charset=utf-8"}, f"<!doctype html><p>{text}"


def mashup_page(mashup_id, opens, query, cookies):
    if opens:
        visit = CODES.pop(query.get("code", [""])[0], None)  # spent, whatever comes of it
        if not visit or visit["mashup"]["id"] != mashup_id or visit["until"] < time.monotonic():
            return page(403, "This link is void. Open the mashup again.")
        headers = {"Location": f"/mashups/{mashup_id}/", "Set-Cookie": visit_cookie(visit)}
        return 303, {**headers, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}, None
    try:
        visit = VISITS.get(SimpleCookie(cookies)["visit"].value)
    except (KeyError, CookieError):
        visit = None
    if not visit or visit["mashup"]["id"] != mashup_id or not may(visit["person"], visit["mashup"]):
        return page(401, "Open this mashup from Mashdesk.")
    return page(200, "Here is the mashup.")  # its own files, in a real website


def answer(method, path, query, headers, body):
    if path == ["", ".well-known", "mashdesk.json"]:
        ways = [{"kind": "token", "help": "Ask the analytics team for a token."}]
        return 200, {}, {"mashdesk": 1, "name": CONFIG["name"], "api": "/api/v1", "sign_in": ways}
    if path[1:2] == ["mashups"] and len(path) == 4:
        return mashup_page(path[2], path[3] == "open", query, headers.get("Cookie", ""))
    if path[1:3] != ["api", "v1"]:
        return page(404, "There is no such page.")
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    person = PEOPLE.get(token) if scheme.lower() == "bearer" else None
    if not person:
        raise Problem(401, "sign_in_again", "Your token is missing or void.", {"WWW-Authenticate": "Bearer"})
    match method, *path[3:]:
        case "GET", "me":
            return 200, {}, {"name": person["name"], "display_name": person["display_name"]}
        case "GET", "mashups":
            catalog = {"mashups": [{"id": m["id"], "title": m["title"]} for m in MASHUPS.values() if may(person, m)]}
            tag = f'"{hashlib.sha256(json.dumps(catalog).encode()).hexdigest()}"'
            same = tag in [known.strip().removeprefix("W/") for known in headers.get("If-None-Match", "").split(",")]
            return 304 if same else 200, {"ETag": tag, "Cache-Control": "private, no-cache"}, None if same else catalog
        case "POST", "mashups", mashup_id, "tickets":
            return ticket(person, mashup_id, body)
        case "DELETE", "sessions", window if UUID.fullmatch(window):
            end(person, window)
            return 204, {}, None
        case "DELETE", "sessions" if UUID.fullmatch(query.get("instance", [""])[0]):
            for (owner, window), (_, instance) in list(WINDOWS.items()):
                if owner == person["name"] and instance == query["instance"][0]:
                    end(person, window)
            return 204, {}, None
        case "DELETE", "sessions", *_:
            raise Problem(400, "bad_request", "The window, or `instance`, is a UUID.")
    return page(404, "There is no such call.")  # `GET /events` among them: Mashdesk polls the catalog


class Website(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        asked = urlsplit(self.path)
        try:
            length = self.headers.get("Content-Length") or "0"
            if not length.isdecimal() or int(length) > 10_000:
                self.close_connection = True
                raise Problem(400, "bad_request", "That is too long.")
            body = self.rfile.read(int(length))
            told = answer(self.command, asked.path.split("/"), parse_qs(asked.query), self.headers, body)
        except Problem as problem:
            told = problem.status, {"Content-Type": "application/problem+json", **problem.headers}, problem.document
        except (OSError, HTTPException, ValueError) as error:
            print(type(error).__name__, file=sys.stderr)  # no URL, no header: those hold secrets
            busy = Problem(503, "busy", "The Qlik server does not answer. Try again in a moment.")
            told = 503, {"Content-Type": "application/problem+json", "Retry-After": "5"}, busy.document
        status, headers, content = told
        if isinstance(content, dict):
            content, headers = json.dumps(content), {"Content-Type": "application/json", **headers}
        content = (content or "").encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = handle_any

    def log_message(self, *_):  # the standard one logs queries, and with them codes
        pass


server = ThreadingHTTPServer(("127.0.0.1", CONFIG.get("port", 8080)), Website)
root = CONFIG.get("url") or f"http://127.0.0.1:{server.server_port}/"  # where people reach it: put HTTPS before it
print(root, flush=True)
server.serve_forever()
