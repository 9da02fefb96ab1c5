"""What belongs to a model that was found: weights, config, tokenizer, adapter; whole or refused."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentiment.errors import ModelError
from sentiment.model.checkpoints.foreign import FOREIGN, refuse_foreign
from sentiment.model.checkpoints.hub import hub_model, pretrained_folder
from sentiment.model.checkpoints.layouts import (
    ADAPTER,
    FSDP,
    WEIGHTS,
    is_there,
    names_in,
    only_weights,
    own_weights,
)
from sentiment.model.checkpoints.reading import (
    refuse_archive,
    refuse_stand_ins,
    unreadable_is_model_error,
)
from sentiment.model.checkpoints.weights import files_of
from sentiment.settings import Settings

VOCABULARY = ("tokenizer.json", "vocab.txt", "vocab.json", "*.model", "*.tiktoken")
"""Files of which a tokenizer has at least one."""

TOKENIZER = (
    *(*VOCABULARY, "merges.txt", "tokenizer_config.json"),
    *("added_tokens.json", "special_tokens_map.json"),
)
"""Files that say how a text becomes numbers."""


@dataclass(frozen=True)
class Source:
    """A weights file or an index of several, the folder with its config, and its name to people.

    `words` is the folder of the tokenizer; `adapter` one of PEFT, to be added to the weights.
    """

    name: str
    weights: Path
    folder: Path
    words: Path
    adapter: Path | None = None

    @property
    def heavy(self) -> list[Path]:
        """The files of the weights; raises `ModelError` where one is missing."""
        files = files_of(self.weights)
        if self.adapter:
            files += [self.adapter / name for name in names_in(self.adapter, ("adapter_model.*",))]
        return files

    @property
    def light(self) -> list[Path]:
        """The other files on which the answers depend, there or not, in order."""
        files = [self.words / name for name in names_in(self.words, TOKENIZER)]
        files.append(self.folder / "config.json")
        return [*files, self.adapter / ADAPTER] if self.adapter else files


def source_of(place: Path, name: str, pretrained: str) -> Source:
    """What belongs to the file or folder that `locate` found; raises `ModelError`."""
    if not place.is_dir():
        refuse_foreign(place.parent, [place.name])
        refuse_stand_ins(place)
        refuse_archive(place)
        folder = beside(place, pretrained) or pretrained_folder(pretrained)
        return Source(name, place, folder, words_of(folder, pretrained))
    weights = own_weights(place)
    if weights is None and is_there(place / ADAPTER):
        return adapted(place, name, pretrained)
    weights = weights or cut_up(place) or only_weights(place) or refuse_weightless(place)
    own = place if is_there(place / "config.json") else beside(weights, pretrained)
    folder = own or pretrained_folder(pretrained)
    return Source(name, weights, folder, words_of(folder, pretrained))


def beside(file: Path, pretrained: str) -> Path | None:
    """The folder of a weights file, or that above, where it holds config and tokenizer, too.

    A `pretrained` that was named counts more, but for a whole Hugging Face folder and what
    ``train`` made.
    """
    folder = file.parent
    below = folder.name.startswith(("global_step", "checkpoint"))
    if below and not is_there(folder / "config.json"):
        folder = folder.parent
    if not (folder / "config.json").is_file():
        return None
    own = file.name in WEIGHTS or "-of-" in file.name or (folder / "training.json").is_file()
    whole = own or (pretrained == Settings.pretrained and has_tokenizer(folder))
    return folder if whole else None


def has_tokenizer(folder: Path) -> bool:
    """Whether a folder holds a vocabulary in any form."""
    return bool(names_in(folder, VOCABULARY))


def words_of(folder: Path, pretrained: str) -> Path:
    """Where the tokenizer lies: with the config, or else where `pretrained` was said to be.

    A Trainer that was not given it saves the weights alone in ``checkpoint-N``; whoever saves it
    afterwards does so in the folder above.
    """
    others = [folder.parent] if folder.name.startswith("checkpoint-") else []
    if not has_tokenizer(folder) and pretrained not in ("", Settings.pretrained):
        others.insert(0, pretrained_folder(pretrained))
    return next((place for place in (folder, *others) if has_tokenizer(place)), folder)


def adapted(place: Path, name: str, pretrained: str) -> Source:
    """A folder of PEFT's and the base that belongs to it; raises `ModelError`."""
    options = read_json(place / ADAPTER)
    base = str(options.get("base_model_name_or_path") or "")
    revision = options.get("revision")
    if pretrained not in ("", Settings.pretrained):
        base, revision = pretrained, None
    try:
        path = Path(base).expanduser()
        folder = path if path.is_dir() else hub_model(f"{base}@{revision}" if revision else base)
        weights = own_weights(folder)
    except ModelError as error:
        raise lacking_base(place, base) from error
    if weights is None:
        raise lacking_base(place, base)
    own = has_tokenizer(place)
    return Source(name, weights, folder, place if own else folder, place)


def lacking_base(place: Path, base: str) -> ModelError:
    """What is said of an adapter whose base can't be had."""
    return ModelError(
        "{path} is a LoRA adapter (PEFT): it needs the weights of {base}, which were found neither"
        " here nor on huggingface.co. Name their folder with --pretrained.",
        path=place,
        base=base or "?",
    )


def cut_up(folder: Path) -> Path | None:
    """The weights of a DeepSpeed checkpoint, if one file holds them all; none of FSDP's does."""
    if found := names_in(folder, FSDP):
        inside = folder / found[0]
        raise ModelError(
            "{path} was written by FSDP, which cut the weights up. Put them together with"
            " accelerate merge-weights {parts} OUTPUT, and name OUTPUT.",
            path=folder,
            parts=inside if inside.is_dir() else folder,
        )
    latest = folder / "latest"
    steps = sorted(path for path in folder.glob("global_step*") if path.is_dir())
    if latest.is_file() and (named := folder / latest.read_text("utf-8").strip()).is_dir():
        steps = [named]
    if names_in(folder, ("*model_states.pt",)):
        steps = [folder]
    if not steps:
        return None
    states = sorted(steps[-1].glob("*model_states.pt"))
    if [state.name for state in states] == ["mp_rank_00_model_states.pt"]:
        return states[0]
    raise ModelError(
        "{path} was written by DeepSpeed, which cut the weights up. Put them together with"
        " python zero_to_fp32.py . pytorch_model.bin in that folder, and name it again.",
        path=folder,
    )


def refuse_weightless(folder: Path) -> Path:
    """Raise the `ModelError` that fits a folder without weights that can be read."""
    refuse_foreign(folder, names_in(folder, FOREIGN))
    raise ModelError(
        "The folder {folder} has a config.json but no weights ({names})."
        " Save the fine-tuned model there, or name a checkpoint with --model.",
        folder=folder,
        names=", ".join(name for name in WEIGHTS if not name.endswith(".json")),
    )


def read_json(file: Path) -> dict[str, Any]:
    """An object in a file, which may begin with a byte order mark; raises `ModelError`."""
    refuse_stand_ins(file)
    try:
        with unreadable_is_model_error(file):
            content = json.loads(file.read_text("utf-8-sig"))
        if isinstance(content, dict):
            return content
        raise ValueError(content)
    except (ValueError, RecursionError) as error:
        raise ModelError(
            "{path} is no JSON object ({cause}). Get the file again, or name another with --model.",
            path=file,
            cause=type(error).__name__,
        ) from error
