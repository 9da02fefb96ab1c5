"""Files that are broken at random, but the same for the same seed."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, -(2**63), 10**30, 10**400, 0.5, -0.0, 1e308),
    *(float("nan"), float("inf"), "", " ", "x", "0", "\0", "\ud800", "가" * 300, "../../secret"),
    *([], {}, [[]], [None], {"": None}, [0] * 1000, {"a": {"b": {"c": []}}}),
)
"""What may stand where something else should."""

DEEP = 100_000
"""Brackets within brackets."""


def places(value: Any, chance: random.Random) -> Iterator[tuple[Any, Any]]:
    """A way down a document at random: each container with the key that is taken."""
    while isinstance(value, dict | list) and value:
        key = (
            chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
        )
        yield value, key
        value = value[key]


def broken_document(text: str, chance: random.Random) -> str:
    """A JSON document in which something is missing, doubled, or of another type or size."""
    document = json.loads(text)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        way = list(places(document, chance))
        if not way:
            break
        holder, key = chance.choice(way)
        match chance.randrange(5):
            case 0:
                del holder[key]
            case 1 if isinstance(holder[key], int | float):
                holder[key] *= chance.choice((-1, 2, 1000, 10**9))
            case 2 if isinstance(holder, list):
                holder.extend(holder[: chance.choice((1, 3, 1000))])
            case 2:
                holder[chance.choice(("", "x", f"{key}s"))] = holder.pop(key)
            case _:
                holder[key] = chance.choice(VALUES)
    return json.dumps(document, ensure_ascii=chance.random() < 0.5)


def broken_bytes(data: bytes, chance: random.Random) -> bytes:
    """Bytes that were cut, flipped, emptied, doubled, or are something else altogether."""
    at = chance.randrange(len(data) + 1)
    if chance.random() < 0.5:  # where the shape is told, in most formats
        at = min(at, chance.randrange(4096))
    size = chance.choice((1, 8, 512, len(data)))
    whole = (b"", b"[" * DEEP, b'{"a":' * DEEP, b"\xff\xfe", b"null", b"[]", b"{}", b"\0")
    other = (*whole, b"9" * 5000, b"\xef\xbb\xbf" + data)
    broken = {
        "cut": data[:at],
        "shortened": data[:at] + data[at + size :],
        "emptied": data[:at] + bytes(min(size, len(data) - at)) + data[at + size :],
        "replaced": data[:at] + chance.randbytes(size) + data[at + size :],
        "doubled": data[:at] + data[at : at + size] + data[at:],
        "other": chance.choice(other),
        "flipped": flipped(data, chance),
    }
    return broken[chance.choice(list(broken))]


def flipped(data: bytes, chance: random.Random) -> bytes:
    """Bytes with a few bits turned."""
    result = bytearray(data)
    for _ in range(chance.choice((1, 1, 10, 100)) if data else 0):
        result[chance.randrange(len(result))] ^= 1 << chance.randrange(8)
    return bytes(result)


def break_one(folder: Path, chance: random.Random) -> str:
    """Break one file of a folder; returns which and how."""
    names = sorted(path.name for path in folder.iterdir())
    file = folder / chance.choice(names)
    if chance.random() < 0.03:
        file.unlink()
        if chance.random() < 0.5:
            file.mkdir()
        return f"{file.name} gone"
    data = file.read_bytes()
    if file.suffix == ".json" and chance.random() < 0.6:
        file.write_bytes(broken_document(data.decode(), chance).encode(errors="surrogatepass"))
        return f"{file.name} document"
    file.write_bytes(broken_bytes(data, chance))
    return f"{file.name} bytes"
