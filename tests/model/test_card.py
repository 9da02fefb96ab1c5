"""What a card says, as people write them."""

from pathlib import Path

import pytest

from sentiment.model.card import Card, read

OURS = """# model

One line.

## Data

Reviews (CC0, of the [NSMC](https://example.com) repository):
645 to *train*.

| a | b |
|---|---|
| 1 | 2 |

- `one` item
- another

## Licence

MIT, as the [LICENSE](../LICENSE) says.

More words.
"""
HUB = """---
language: ko
license: apache-2.0
---
# Model Card

## Training data
NSMC

## Limitations and bias
It errs.
"""


def test_the_licence_is_found_in_front_or_under_its_heading() -> None:
    """One line of it."""
    assert Card(HUB).licence == "apache-2.0"
    assert Card(OURS).licence == "MIT, as the LICENSE says."
    assert Card("# model\n\nlicense: mit").licence is None


def test_sections_are_plain_words() -> None:
    """Without marks, tables and what stands under other headings."""
    found = "Reviews (CC0, of the NSMC repository): 645 to train.\n\n- one item\n\n- another"
    assert Card(OURS).section("data") == found
    assert Card(OURS).section("limits") is None
    assert Card(HUB).section("data") == "NSMC"
    assert Card(HUB).section("limits") == "It errs."
    assert Card("## 학습 데이터\n영화 평").section("data") == "영화 평"


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b" \n"])
def test_no_card_is_none(tmp_path: Path, content: bytes | None) -> None:
    """Nor is one that is no text."""
    if content is not None:
        (tmp_path / "README.md").write_bytes(content)
    assert read(tmp_path) is None
    assert read(None) is None
