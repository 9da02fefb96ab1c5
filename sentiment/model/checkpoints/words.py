"""The tokenizer of a checkpoint as transformers loads it, and whether it knows Korean words."""

import json
import shutil
import tempfile
import unicodedata
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from sentiment.errors import ModelError
from sentiment.model.checkpoints.layouts import names_in
from sentiment.model.checkpoints.quiet import quiet
from sentiment.model.checkpoints.reading import first_line, refuse_stand_ins
from sentiment.model.checkpoints.sources import TOKENIZER, has_tokenizer, read_json
from sentiment.model.inference import unknown_id

if TYPE_CHECKING:
    from transformers import PreTrainedConfig

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")

ODD = ("Good 영화! café É", "ㅋㅋㅋ👍 최고😀", "  두 칸  띄움\t", "①②③ Ω ﾊﾝｶｸ", "a" * 120)
"""Further texts on which a tokenizer is compared with the one it was taken from."""

SPELLABLE, TOO_MANY = 8, 0.75
"""Fewest words that a vocabulary must be able to spell before it is judged by them, and the share
of these that it makes [UNK] of from which it can't be the model's."""


ENDLESS = 4096
"""Most tokens read by a model that has no positions to run out of."""


@dataclass(frozen=True)
class Words:
    """A tokenizer, what it feeds a model beside ids, and how much of everyday Korean it knows.

    `types`: the token types of tokens that are not of type 0; None where the model is given none.
    `unknown` is the share of [UNK] among the tokens of sentences of ours.
    """

    tokenizer: Tokenizer
    types: dict[int, int] | None = field(default_factory=dict)
    unknown: float = 0.0


def read_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a folder alone; raises `ModelError`."""
    return read_words(folder, None, ()).tokenizer


def read_words(folder: Path, config: "PreTrainedConfig | None", texts: Sequence[str]) -> Words:
    """The tokenizer of a folder, checked on `texts`; raises `ModelError`.

    Whatever transformers can load is used as it is. A bare ``vocab.txt`` means the book's
    BertTokenizer, which is cased; transformers would take Hangul apart with it.
    """
    if not has_tokenizer(folder):
        raise ModelError(
            "{folder} has no tokenizer (tokenizer.json or vocab.txt)."
            " Copy it there from the model that was fine-tuned, or name another folder.",
            folder=folder,
        )
    for name in names_in(folder, TOKENIZER):
        refuse_stand_ins(folder / name)
    bare = not names_in(folder, ("tokenizer.json", "tokenizer_config.json"))
    try:
        if (bare or config is None) and not (folder / "tokenizer.json").is_file():
            found = Words(word_pieces(folder))
        else:
            found = loaded(folder, config, texts)
        refuse_strange(found.tokenizer, texts, folder)
        return Words(found.tokenizer, found.types, unknown_share(found.tokenizer, texts))
    except ModelError:
        raise
    except Exception as error:  # tokenizers raises plain Exception, transformers anything
        raise ModelError(
            "The tokenizer in {folder} can't be read ({cause})."
            " Download the files of the model again, or name another folder.",
            folder=folder,
            cause=first_line(error),
        ) from error


def loaded(folder: Path, config: "PreTrainedConfig | None", texts: Sequence[str]) -> Words:
    """What ``AutoTokenizer`` makes of a folder, as a tokenizer of its own."""
    from transformers import AutoTokenizer

    more = {"config": config} if config else {}
    with cleaned(folder) as clean, quiet():
        theirs = AutoTokenizer.from_pretrained(
            clean, local_files_only=True, trust_remote_code=False, **more
        )
    inner = getattr(theirs, "backend_tokenizer", None)
    if not isinstance(inner, Tokenizer):
        raise ValueError(f"{type(theirs).__name__} is not one of the tokenizers library")
    if inner.get_vocab_size() <= len(theirs.all_special_ids):
        raise ValueError(f"{type(theirs).__name__} found no vocabulary")
    ours = Tokenizer.from_str(inner.to_str())
    ours.no_truncation()
    ours.no_padding()
    types: dict[int, int] = {}
    for text in (*texts, *ODD):
        encoding, expected = ours.encode(text), theirs(text)
        if encoding.ids != expected["input_ids"]:
            raise ValueError(f"{type(theirs).__name__} reads {text[:20]!r} in another way")
        given = expected.get("token_type_ids", ())
        types |= {token: kind for token, kind in zip(encoding.ids, given, strict=False) if kind}
    if theirs.truncation_side == "left":  # what is kept is no option of ours
        ours.enable_truncation(ENDLESS, direction="left")
    return Words(ours, types if "token_type_ids" in theirs.model_input_names else None)


@contextmanager
def cleaned(folder: Path) -> Iterator[Path]:
    """The folder, or a copy of its small files that transformers can read.

    Notepad puts a byte order mark before a text, and a ``do_lower_case`` of null means that
    nobody said: cased, as the vocabulary is.
    """
    small = [folder / name for name in names_in(folder, ("config.json", *TOKENIZER))]
    for file in small:
        refuse_stand_ins(file)
    marked = [file for file in small if file.suffix in (".json", ".txt") and is_marked(file)]
    options = tokenizer_options(folder)
    unsaid = "do_lower_case" in options and options["do_lower_case"] is None
    if not marked and not unsaid:
        yield folder
        return
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place)
        for file in small:
            shutil.copyfile(file, copy / file.name)
        for file in marked:
            (copy / file.name).write_bytes(file.read_bytes().removeprefix(BOM_UTF8))
        if unsaid:
            said = json.dumps(options | {"do_lower_case": False})
            (copy / "tokenizer_config.json").write_text(said, "utf-8")
        yield copy


def is_marked(file: Path) -> bool:
    """Whether a file begins with a byte order mark."""
    with file.open("rb") as opened:
        return opened.read(len(BOM_UTF8)) == BOM_UTF8


def tokenizer_options(folder: Path) -> dict[str, Any]:
    """What ``tokenizer_config.json`` says, if it is there; raises `ModelError`."""
    file = folder / "tokenizer_config.json"
    return read_json(file) if file.is_file() else {}


def word_pieces(folder: Path) -> Tokenizer:
    """BERT's WordPieces; cased, as the book has it, unless ``tokenizer_config.json`` disagrees."""
    options = tokenizer_options(folder)
    with cleaned(folder) as clean:
        vocabulary = models.WordPiece.read_file(str(clean / "vocab.txt"))
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106 no password
    tokenizer.normalizer = normalizers.BertNormalizer(
        lowercase=options.get("do_lower_case") or False,
        strip_accents=options.get("strip_accents"),
        handle_chinese_chars=options.get("tokenize_chinese_chars", True),
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens([token for token in SPECIAL if token in vocabulary])
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", vocabulary["[SEP]"]), ("[CLS]", vocabulary["[CLS]"])
    )
    return tokenizer


def without_spare(tokenizer: Tokenizer, rows: int) -> Tokenizer:
    """A tokenizer without the special tokens for which a model of so many tokens has no row.

    GPT-2 is given a token for padding that its model never learns of. Nothing is padded here, and
    whoever types its name means the text.
    """
    added = tokenizer.get_added_tokens_decoder()
    spare = {place for place, token in added.items() if place >= rows and token.special}
    if not spare:
        return tokenizer  # nearly always: to write it out and read it again takes a while
    content = json.loads(tokenizer.to_str())
    kept = [token for token in content["added_tokens"] if token["id"] not in spare]
    return Tokenizer.from_str(json.dumps(content | {"added_tokens": kept}))


def unknown_share(tokenizer: Tokenizer, texts: Sequence[str]) -> float:
    """The share of [UNK] among the tokens of some texts."""
    unknown = unknown_id(tokenizer)
    ids = [
        token for text in texts for token in tokenizer.encode(text, add_special_tokens=False).ids
    ]
    return ids.count(unknown) / len(ids) if unknown is not None and ids else 0.0


def refuse_strange(tokenizer: Tokenizer, texts: Sequence[str], folder: Path) -> None:
    """Raise `ModelError` where words are [UNK] though the vocabulary has all of their letters.

    So it is with sentencepiece's pieces read as WordPieces, with sub-characters that nobody takes
    syllables apart for, and with syllables that are taken apart. A small vocabulary that lacks
    the letters is no worse than it is.
    """
    unknown = unknown_id(tokenizer)
    letters = set("".join(tokenizer.get_vocab(with_added_tokens=False)))
    words = {
        word
        for text in texts
        for word in text.split()
        if len(word) > 1
        and all("가" <= letter <= "힣" for letter in word)
        and (letters.issuperset(word) or letters.issuperset(unicodedata.normalize("NFD", word)))
    }
    lost = [word for word in words if unknown in tokenizer.encode(word).ids]
    if unknown is not None and len(words) >= SPELLABLE and len(lost) / len(words) >= TOO_MANY:
        raise ModelError(
            "The tokenizer in {folder} makes [UNK] of {share:.0%} of everyday Korean words though"
            " its vocabulary has their letters: it belongs to another kind of tokenizer"
            " (sentencepiece, sub-characters) or lower-cases, so every answer would be about"
            " nothing. Copy all tokenizer files of the model that was fine-tuned there"
            " (tokenizer.json), or name the right one with --pretrained.",
            folder=folder,
            share=len(lost) / len(words),
        )
