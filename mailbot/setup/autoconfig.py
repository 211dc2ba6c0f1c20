"""Where a mailbox's servers are, read from what its domain tells the public.

Three forms: the XML that mail programs ask for (config-v1.1), SRV records (RFC 6186, RFC 8314), and the provider that
the MX names. The rules kept here: only a line with TLS is proposed, whatever a record says; where it comes from stands
beside each proposal, for anybody may have written a record: a person confirms it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from mailbot.domains import to_ascii

Srv = tuple[int, int, int, str]  # priority, weight, port, target

#: SRV names and how a line to their port is guarded, the better one first.
SERVICES = {
    "imap": (("_imaps._tcp", "tls"), ("_imap._tcp", "starttls")),
    "smtp": (("_submissions._tcp", "tls"), ("_submission._tcp", "starttls")),
}
_HOST = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_AT_PORT = {"993": "tls", "465": "tls", "143": "starttls", "587": "starttls", "25": "starttls"}
_SOCKETS = {"SSL": "tls", "STARTTLS": "starttls"}


@dataclass(frozen=True, slots=True)
class Server:
    """One server as it would stand in the company's file. `port` None means the usual one."""

    host: str
    port: int | None = None
    security: str = "tls"  # or "starttls"
    username: str = ""
    auth: str = "password"  # or "xoauth2"


@dataclass(frozen=True, slots=True)
class Found:
    """A proposal and who says so."""

    source: str
    imap: Server | None
    smtp: Server | None
    provider: str = ""  # whose consent page gives access: "microsoft", "google"
    remark: str = ""


@dataclass(frozen=True, slots=True)
class _Provider:
    """A provider whose MX is known, with the servers that its documentation names."""

    name: str
    mx: tuple[str, ...]  # how the MX's name ends
    imap: str
    smtp: tuple[str, int, str]
    oauth: str = ""
    auth: str = "password"
    remark: str = ""
    called: tuple[str, ...] = ()  # what else people call it


_PROVIDERS = (
    _Provider(
        "Microsoft 365",
        (".mail.protection.outlook.com", ".mx.microsoft"),
        "outlook.office365.com",
        ("smtp.office365.com", 587, "starttls"),
        "microsoft",
        "xoauth2",
        "Microsoft takes no passwords: access goes by consent (mailbot login); SMTP AUTH must be on for the mailbox",
        ("microsoft", "office 365", "office365", "m365", "o365", "exchange online", "outlook"),
    ),
    _Provider(
        "Gmail",
        ("aspmx.l.google.com", ".aspmx.l.google.com", ".googlemail.com", "smtp.google.com"),
        "imap.gmail.com",
        ("smtp.gmail.com", 465, "tls"),
        "google",
        remark="Google wants an app password, or consent (auth = xoauth2 and mailbot login)",
        called=("google", "google workspace", "workspace", "g suite"),
    ),
)


def by_mx(hosts: Sequence[str], address: str) -> Found | None:
    """The provider that takes the domain's mail, if it is one that is known."""
    for host in hosts:
        for one in _PROVIDERS:
            if any(host == end.lstrip(".") or host.endswith(end if end[0] == "." else f".{end}") for end in one.mx):
                return _at(one, f"{one.name}, which the MX record {host} names", address)
    return None


def _at(provider: _Provider, source: str, address: str) -> Found:
    name, port, security = provider.smtp
    imap = Server(provider.imap, None, "tls", address, provider.auth)
    smtp = Server(name, port, security, address, provider.auth)
    return Found(source, imap, smtp, provider.oauth, provider.remark)


def by_name(name: str, address: str) -> Found | None:
    """The provider that a person named, if it is one that is known."""
    wanted = name.strip().lower()
    one = next((one for one in _PROVIDERS if wanted in (one.name.lower(), *one.called)), None)
    return _at(one, f"{one.name}, as you named it", address) if one else None


def server_of(typed: str, security: str, username: str = "") -> Server | None:
    """A server typed as "host" or "host:port", None for an empty one. Raises ValueError for what is neither."""
    host, _, port = typed.strip().partition(":")
    if (host or port) and not re.fullmatch(r"[\w.-]+", host):
        raise ValueError("type the server, or server:port, such as imap.example.nl:993")
    if port and not (port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"{port} is no port")
    return Server(host, int(port) if port else None, security, username) if host else None


def security_at(typed: str) -> str:
    """How a line is guarded at the port that was typed, empty where none was or it tells nothing (RFC 8314)."""
    return _AT_PORT.get(typed.strip().partition(":")[2], "")


def by_srv(answers: Mapping[str, Sequence[Srv]], address: str) -> Found | None:
    """The servers that SRV records name; `answers` by the first two labels of the record's name (`_imaps._tcp`)."""
    imap, smtp = _by_records("imap", answers, address), _by_records("smtp", answers, address)
    if imap is None and smtp is None:
        return None
    domain = domain_of(address)
    foreign = sorted({one.host for one in (imap, smtp) if one and not one.host.endswith(f".{domain}")})
    remark = f"{' and '.join(foreign)}: not a name of {domain} itself; is it your provider's?" if foreign else ""
    return Found(f"SRV records of {domain}", imap, smtp, remark=remark)


def _by_records(table: str, answers: Mapping[str, Sequence[Srv]], address: str) -> Server | None:
    for name, security in SERVICES[table]:
        usable = [one for one in answers.get(name, ()) if is_host(one[3]) and 0 < one[2] < 65536]
        if usable:
            _, _, port, host = min(usable, key=lambda one: (one[0], -one[1]))
            return Server(host, port, security, address)
    return None


def by_xml(page: bytes, address: str, source: str, remark: str = "") -> Found | None:
    """The servers that a mail program's configuration file names; None when it is no such file or names none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(page, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    imap = _best(root.iterfind(".//incomingServer[@type='imap']"), address)
    smtp = _best(root.iterfind(".//outgoingServer[@type='smtp']"), address)
    return Found(source, imap, smtp, remark=remark) if imap or smtp else None


def _best(rows: Iterator[etree._Element], address: str) -> Server | None:
    """The first server with TLS from the start, else the first with STARTTLS (RFC 8314, 3)."""
    usable = [server for row in rows if (server := _server(row, address))]
    return min(usable, key=lambda one: one.security != "tls", default=None)


def _server(row: etree._Element, address: str) -> Server | None:
    fill = _filler(address)
    host, port = fill(_word(row, "hostname")).lower(), _word(row, "port")
    security = _SOCKETS.get(_word(row, "socketType").upper())
    if security is None or not is_host(host) or not re.fullmatch(r"[1-9][0-9]{0,4}", port) or int(port) > 65535:
        return None
    ways = [(way.text or "").strip() for way in row.iterfind("authentication")]
    passwords = not ways or any(way.startswith(("password", "plain", "secure")) for way in ways)
    if not passwords and "OAuth2" not in ways:
        return None
    user = fill(_word(row, "username")) or address
    return Server(host, int(port), security, user, "password" if passwords else "xoauth2")


def _word(row: etree._Element, name: str) -> str:
    return (row.findtext(name) or "").strip()[:320]


def _filler(address: str) -> Callable[[str], str]:
    local, _, domain = address.rpartition("@")
    names = {"%EMAILADDRESS%": address, "%EMAILLOCALPART%": local, "%EMAILDOMAIN%": domain}

    def fill(text: str) -> str:
        for name, value in names.items():
            text = text.replace(name, value)
        return text if text.isprintable() and "%" not in text else ""

    return fill


def domain_of(address: str) -> str:
    """The domain of a mail address as name servers know it, in small letters; empty where there is none."""
    domain = address.rpartition("@")[2].strip().rstrip(".").lower()
    try:
        name = to_ascii(domain)
    except ValueError:
        return ""
    return name if is_host(name) else ""


def is_host(name: str) -> bool:
    """Whether this is a whole host name and nothing else: no address, no path, no port."""
    return bool(_HOST.fullmatch(name))


def hoster_of(mx: Sequence[str]) -> str:
    """The domain of the company that takes the mail, from the best MX: its last labels, three where one is short."""
    labels = mx[0].split(".") if mx else []
    count = 3 if len(labels) > 2 and len(labels[-2]) <= 3 else 2
    name = ".".join(labels[-count:])
    return name if is_host(name) else ""
