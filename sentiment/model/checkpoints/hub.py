"""Models on the hub: names, revisions and links; what of one is fetched."""

import re
from pathlib import Path
from typing import NamedTuple

from sentiment.errors import ModelError
from sentiment.model.checkpoints.reading import first_line, unreadable_is_model_error

SMALL = (
    *("config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt", "vocab.json"),
    *("merges.txt", "added_tokens.json", "special_tokens_map.json", "*.model"),
    *("adapter_config.json", "adapter_model.safetensors", "*.safetensors.index.json"),
)
"""What is fetched in any case."""

LARGE = (
    ("model.safetensors", "model-*-of-*.safetensors"),
    ("pytorch_model.bin", "pytorch_model.bin.index.json", "pytorch_model-*-of-*.bin"),
)
"""Weights; the second only where the first is missing."""


class HubName(NamedTuple):
    """``USER/NAME`` on the hub, and the revision that is meant, if one is."""

    name: str
    revision: str | None = None

    @classmethod
    def of(cls, text: str) -> "HubName | None":
        """Read ``NAME``, ``NAME@REVISION`` or a link; None for what can only be a file's path."""
        link = re.fullmatch(
            r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/([^/?#]+/[^/?#]+|[^/?#]+)"
            r"(?:/(?:tree|blob|resolve|commit)/([^/?#]+))?/?(?:[/?#].*)?",
            text,
        )
        if link:
            return cls(link[1], link[2])
        name, _, revision = text.partition("@")
        words = re.fullmatch(r"\w[\w.-]*(/\w[\w.-]*)?", name)
        if words is None or name.endswith((".ckpt", ".pt", ".bin", ".safetensors")):
            return None
        return cls(name, revision or None)

    def __str__(self) -> str:
        return f"{self.name}@{self.revision}" if self.revision else self.name


def is_hub_name(name: str) -> bool:
    """Whether this can be a name or link of the hub rather than a file's path."""
    return HubName.of(name) is not None


def cached_name(path: Path) -> str | None:
    """The name of a model whose folder lies in a cache of the hub; None for any other folder."""
    match = re.search(r"models--([\w.-]+?)(?:--([\w.-]+))?/snapshots/[^/]+$", path.as_posix())
    return "/".join(part for part in match.groups() if part) if match else None


def pretrained_folder(pretrained: str) -> Path:
    """The folder with the config and vocabulary of `pretrained`, a folder or hub name."""
    with unreadable_is_model_error(pretrained):
        path = Path(pretrained).expanduser()
        if path.is_dir():
            return path
        if not is_hub_name(pretrained):
            raise ModelError(
                "There is no folder {path} to take the config and vocabulary from."
                " Set --pretrained to such a folder or to a hub name.",
                path=pretrained,
            )
    return hub_folder(pretrained)


def hub_model(name: str) -> Path:
    """Download a whole model; the folder it is in. Raises `ModelError`."""
    for files in LARGE:
        folder = hub_folder(name, *files)
        if any(path for pattern in (*files, "adapter_model.*") for path in folder.glob(pattern)):
            break
    return folder


def hub_folder(name: str, *more: str) -> Path:
    """Download config and vocabulary (and the files `more`) from the hub; the folder they are in.

    What was downloaded before is found without a connection. Raises `ModelError`.
    """
    from huggingface_hub import snapshot_download

    meant = HubName.of(name) or HubName(name)
    try:
        return Path(
            snapshot_download(meant.name, revision=meant.revision, allow_patterns=[*SMALL, *more])
        )
    except Exception as error:  # the HTTP library's own errors come through as well
        raise ModelError(
            "There is no folder {name} here, and it could not be fetched from huggingface.co"
            " either ({cause}). Check the name and the connection, or give the path of a folder"
            " that was downloaded before.",
            name=meant,
            cause=first_line(error),
        ) from error
