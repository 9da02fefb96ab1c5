"""The small files of a model as transformers can read them, and options that it would guess."""

import json
import shutil
import tempfile
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sentiment.model.checkpoints.layouts import names_in
from sentiment.model.checkpoints.reading import refuse_stand_ins
from sentiment.model.checkpoints.sources import TOKENIZER, read_json

UNSAID = {
    "do_lower_case": ("lowercase", True),
    "strip_accents": ("strip_accents", None),
    "tokenize_chinese_chars": ("handle_chinese_chars", True),
}
"""Options of BERT's tokenizers: what ``tokenizer.json`` calls each, and what is meant by none."""

AS_WRITTEN = {"tokenizer_class": "PreTrainedTokenizerFast"}
"""What makes transformers take a ``tokenizer.json`` as it is, whatever the kind of the model."""


@contextmanager
def cleaned(folder: Path, said: Mapping[str, Any] = {}) -> Iterator[Path]:
    """The folder, or a copy of its small files that transformers can read.

    Notepad puts a byte order mark before a text. `said`: options for ``tokenizer_config.json``.
    """
    small = [folder / name for name in names_in(folder, ("config.json", *TOKENIZER))]
    for file in small:
        refuse_stand_ins(file)
    marked = [file for file in small if file.suffix in (".json", ".txt") and is_marked(file)]
    if not marked and not said:
        yield folder
        return
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place)
        for file in small:
            shutil.copyfile(file, copy / file.name)
        for file in marked:
            (copy / file.name).write_bytes(file.read_bytes().removeprefix(BOM_UTF8))
        if said:
            options = json.dumps(tokenizer_options(folder) | dict(said))
            (copy / "tokenizer_config.json").write_text(options, "utf-8")
        yield copy


def is_marked(file: Path) -> bool:
    """Whether a file begins with a byte order mark."""
    with file.open("rb") as opened:
        return opened.read(len(BOM_UTF8)) == BOM_UTF8


def tokenizer_options(folder: Path) -> dict[str, Any]:
    """What ``tokenizer_config.json`` says, if it is there; raises `ModelError`."""
    file = folder / "tokenizer_config.json"
    return read_json(file) if file.is_file() else {}


def unsaid_options(folder: Path) -> dict[str, Any]:
    """Options that ``tokenizer_config.json`` leaves open and ``tokenizer.json`` does not.

    BERT's class would lower-case where the former says nothing. A ``do_lower_case`` of null means
    that nobody said: cased, as the vocabulary is.
    """
    options = tokenizer_options(folder)
    said = {"do_lower_case": False} if options.get("do_lower_case", False) is None else {}
    file = folder / "tokenizer.json"
    normalizer = read_json(file).get("normalizer") if file.is_file() else None
    if isinstance(normalizer, dict) and normalizer.get("type") == "BertNormalizer":
        for option, (name, usual) in UNSAID.items():
            if options.get(option) is None and normalizer.get(name, usual) != usual:
                said[option] = normalizer[name]
    return said
