"""What CSV and JSON lines share: line ends, marks, encodings, packing."""

import codecs
import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Sequence
from itertools import pairwise

from faults.fuzzing.files import Piece

ENDS = ("lf", "crlf", "mixed ends", "cr cr lf")
NOT_UTF8 = (
    b"\xe9",
    b"caf\xe9",
    b"\xff\xfe",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xc0\xaf",
    b"\x80",
    b"\xf0\x9f",
)


def joined(
    pieces: Sequence[Piece], head: bytes, ends: str, chance: random.Random
) -> tuple[bytes, dict[int, Piece]]:
    """Return header and pieces as one text, and the pieces by their first line."""
    parts, line, by_line = [], 1, {}
    for number, piece in enumerate((Piece(head, None, "header"), *pieces)):
        if number and piece.body.strip(b"\r"):
            by_line[line] = piece
        if number or head:
            parts += [piece.body, end_of_line(ends, chance)]
            line += piece.body.count(b"\n") + 1
    if pieces and parts and chance.random() < 0.3:
        parts.pop()
    return b"".join(parts), by_line


def end_of_line(ends: str, chance: random.Random) -> bytes:
    if ends == "mixed ends":
        return chance.choice((b"\n", b"\r\n"))
    return {"lf": b"\n", "crlf": b"\r\n", "cr cr lf": b"\r\r\n"}[ends]


def packed(content: bytes, chance: random.Random) -> bytes:
    """Return a sound gzip file: of several members, with all sorts of headers, padded."""
    form = chance.choice(("plain", "plain", "members", "members", "header", "padded"))
    if form == "members":
        cuts = sorted(chance.randrange(len(content) + 1) for _ in range(chance.randrange(1, 4)))
        parts = pairwise([0, *cuts, len(content)])
        return b"".join(gzip.compress(content[start:end], 1) for start, end in parts)
    whole = gzip.compress(content, chance.choice((1, 6, 9)))
    if form == "header":
        return with_header(whole, chance)
    return whole + b"\0" * 100 if form == "padded" else whole


def with_header(whole: bytes, chance: random.Random) -> bytes:
    """Return a gzip file with optional parts in its header: extra field, name, comment, CRC."""
    flags = chance.randrange(1, 32)
    header = whole[:3] + bytes([flags]) + whole[4:10]
    header += struct.pack("<H", 6) + b"AB\2\0xy" if flags & 4 else b""
    header += b"orders of today.csv\0" if flags & 8 else b""
    header += b"a comment\0" if flags & 16 else b""
    header += struct.pack("<H", zlib.crc32(header) & 0xFFFF) if flags & 2 else b""
    return header + whole[10:]


def damaged_gzip(content: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Return what a gzip file became that was cut, garbled or is none, and how."""
    whole = gzip.compress(content)
    form = chance.choice(
        ("cut", "cut head", "bytes after", "garbled", "no gzip", "deflate", "none")
    )
    if form == "cut":
        return "truncated gzip", whole[: chance.randrange(10, len(whole))]
    if form == "cut head":
        return "truncated gzip", whole[: chance.randrange(1, 10)]
    if form == "bytes after":
        return "bytes after gzip", whole + b"garbage"
    if form == "garbled":
        garbled = bytearray(whole)
        # Behind the header, before the length: data or its checksum.
        garbled[chance.randrange(10, len(whole) - 4)] ^= 1 << chance.randrange(8)
        return "garbled gzip", bytes(garbled)
    if form == "deflate":
        return "no gzip", zlib.compress(content)
    return ("no gzip", content or b"x") if form == "no gzip" else ("empty gzip", b"")


def foreign(content: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Return the content in another encoding or container than the file's name says."""
    form = chance.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "gzip", "zip", "noise"))
    if form.startswith("utf"):
        text = content.decode(errors="replace")
        mark = codecs.BOM_UTF16_BE if form == "utf-16-be" and chance.random() < 0.5 else b""
        return form.upper()[:6], mark + text.encode(form)
    if form == "gzip":
        return "gzip by another name", gzip.compress(content)
    if form == "zip":
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("data", content)
        return "zip by another name", file.getvalue()
    return "random bytes", b"\x00\x01" + chance.randbytes(chance.randrange(1, 5000))


def in_cp1252(piece: Piece) -> Piece:
    """Return the piece as a program of another time writes it: with an accent it is spoiled."""
    try:
        body = piece.body.decode().encode("cp1252")
    except UnicodeError:
        return piece
    return piece if body == piece.body else Piece(body, None, "cp1252", is_spoiled=True)


def noisy(body: bytes, chance: random.Random) -> bytes:
    """Return the bytes with a few put in, taken out or changed."""
    content = bytearray(body)
    for _ in range(chance.randrange(1, 5)):
        place = chance.randrange(len(content) + 1)
        if chance.random() < 0.6:
            noise = chance.choice(
                (b'"', b",", b"\n", b"\r", b'""', b'",', b',"', b"\0", b"\xe9", b"{")
            )
            content[place:place] = noise
        else:
            del content[place : place + chance.randrange(1, 4)]
    return bytes(content)
