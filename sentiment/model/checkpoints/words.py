"""The tokenizer of a checkpoint as transformers loads it, and whether it knows Korean words."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from sentiment.errors import ModelError
from sentiment.model.checkpoints.cleaning import (
    AS_WRITTEN,
    cleaned,
    tokenizer_options,
    unsaid_options,
)
from sentiment.model.checkpoints.layouts import names_in
from sentiment.model.checkpoints.quiet import quiet
from sentiment.model.checkpoints.reading import first_line, refuse_stand_ins
from sentiment.model.checkpoints.sources import TOKENIZER, has_tokenizer
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
    there = names_in(folder, ("tokenizer.json", "tokenizer_config.json"))
    try:
        if "tokenizer.json" not in there and (not there or config is None):
            return checked(Words(word_pieces(folder)), texts, folder)
        try:
            return checked(loaded(folder, config, texts), texts, folder)
        except Exception:
            if there != ["tokenizer.json"]:
                raise
            return checked(loaded(folder, config, texts, AS_WRITTEN), texts, folder)
    except ModelError:
        raise
    except Exception as error:  # tokenizers raises plain Exception, transformers anything
        raise ModelError(
            "The tokenizer in {folder} can't be read ({cause})."
            " Download the files of the model again, or name another folder.",
            folder=folder,
            cause=first_line(error),
        ) from error


def checked(words: Words, texts: Sequence[str], folder: Path) -> Words:
    """With the share of [UNK]; raises `ModelError` where nearly everything is."""
    refuse_strange(words.tokenizer, texts, folder)
    return replace(words, unknown=unknown_share(words.tokenizer, texts))


def loaded(
    folder: Path,
    config: "PreTrainedConfig | None",
    texts: Sequence[str],
    said: Mapping[str, Any] = {},
) -> Words:
    """What ``AutoTokenizer`` makes of a folder, as a tokenizer of its own.

    `said`: options beside those of ``tokenizer_config.json``.
    """
    from transformers import AutoTokenizer

    alone = not names_in(folder, ("tokenizer.json", "*.txt", "vocab.json", "*.tiktoken"))
    if alone and find_spec("sentencepiece") is None:
        raise ValueError("it takes another library: pip install sentencepiece protobuf")
    more = {"config": config} if config else {}
    with cleaned(folder, said or unsaid_options(folder)) as clean, quiet():
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
    given: set[tuple[int, int]] = set()
    for text in (*texts, *ODD):
        encoding, expected = ours.encode(text), theirs(text)
        if encoding.ids != expected["input_ids"]:
            raise ValueError(f"{type(theirs).__name__} reads {text[:20]!r} in another way")
        given |= set(zip(encoding.ids, expected.get("token_type_ids", ()), strict=False))
    if theirs.truncation_side == "left":  # what is kept is no option of ours
        ours.enable_truncation(ENDLESS, direction="left")
    if "token_type_ids" not in theirs.model_input_names:
        return Words(ours, None)
    return Words(ours, types_of(given, set(ours.encode("").ids), ours.get_vocab_size()))


def types_of(given: set[tuple[int, int]], around: set[int], tokens: int) -> dict[int, int]:
    """The token type of each token that has another than 0; raises `ValueError` for no rule.

    `given`: tokens and types as they were seen. All but those put `around` a text are of one type.
    """
    types = dict(given)
    ordinary = {kind for token, kind in given if token not in around}
    if len(types) < len(given) or len(ordinary) > 1:
        raise ValueError("the token types depend on the place of a token")
    usual = dict.fromkeys(range(tokens), max(ordinary, default=0))
    return {token: kind for token, kind in (usual | types).items() if kind}


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
    """Raise `ModelError` where words are [UNK] or lost though the vocabulary has all their letters.

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
    read = [tokenizer.encode(word, add_special_tokens=False).ids for word in words]
    lost = [ids for ids in read if not ids or unknown in ids]
    if len(words) >= SPELLABLE and len(lost) / len(words) >= TOO_MANY:
        raise ModelError(
            "The tokenizer in {folder} makes [UNK] of {share:.0%} of everyday Korean words though"
            " its vocabulary has their letters: it belongs to another kind of tokenizer"
            " (sentencepiece, sub-characters) or lower-cases, so every answer would be about"
            " nothing. Copy all tokenizer files of the model that was fine-tuned there"
            " (tokenizer.json), or name the right one with --pretrained.",
            folder=folder,
            share=len(lost) / len(words),
        )
