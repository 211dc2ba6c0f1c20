"""The content of an opaque S/MIME signature (RFC 5652, 5.2), as far as it is needed to read what was signed.

The rules kept: nothing is verified here, so nothing is proven by it; every length is checked against what is there;
each level is read once, to a small depth.
"""

from __future__ import annotations

from dataclasses import dataclass

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_DATA = bytes.fromhex("2a864886f70d010701")
_OID, _OCTETS, _OCTETS_IN_PIECES = 0x06, 0x04, 0x24
MAX_PIECES = 20_000
MAX_DEPTH = 6


@dataclass(frozen=True, slots=True)
class _Value:
    """One value of BER: its tag, where its content lies, and where the next value begins."""

    tag: int
    start: int
    end: int
    after: int


def content(der: bytes) -> bytes | None:
    """The bytes that were signed; None if this is no signature or holds none (a detached one)."""
    try:
        kind, wrapped = _inside(der, _first(der, 0, len(der)))[:2]
        if not _is(der, kind, _SIGNED_DATA):
            return None
        fields = _inside(der, _first(der, wrapped.start, wrapped.end))
        named, packed = _inside(der, fields[2])[:2]
        if not _is(der, named, _DATA):
            return None
        return _octets(der, _first(der, packed.start, packed.end)) or None
    except (ValueError, IndexError):
        return None


def _is(der: bytes, value: _Value, oid: bytes) -> bool:
    return value.tag == _OID and der[value.start : value.end] == oid


def _octets(der: bytes, value: _Value) -> bytes:
    if value.tag == _OCTETS:
        return der[value.start : value.end]
    if value.tag != _OCTETS_IN_PIECES:
        raise ValueError("no octets")
    return b"".join(der[piece.start : piece.end] for piece in _inside(der, value) if piece.tag == _OCTETS)


def _inside(der: bytes, value: _Value) -> list[_Value]:
    found: list[_Value] = []
    at = value.start
    while at < value.end and len(found) < MAX_PIECES:
        found.append(_first(der, at, value.end))
        at = found[-1].after
    return found


def _first(der: bytes, at: int, end: int, depth: int = 0) -> _Value:
    tag, size, start = der[at], der[at + 1], at + 2
    if size == 0x80:  # without a length: its end is marked
        return _unmeasured(der, tag, start, end, depth)
    if size > 0x80:
        count = size & 0x7F
        size = int.from_bytes(der[start : start + count], "big")
        start += count
    if start + size > end:
        raise ValueError("longer than what is there")
    return _Value(tag, start, start + size, start + size)


def _unmeasured(der: bytes, tag: int, start: int, end: int, depth: int) -> _Value:
    if depth > MAX_DEPTH:
        raise ValueError("too deep")
    at = start
    while der[at : at + 2] != b"\0\0":
        at = _first(der, at, end, depth + 1).after
    return _Value(tag, start, at, at + 2)
