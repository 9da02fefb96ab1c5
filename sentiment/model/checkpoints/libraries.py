"""What restoring needs beyond the plain install, and how to get it."""

from importlib.util import find_spec

from sentiment.errors import ModelError
from sentiment.settings import install_line

RESTORING = ("torch", "transformers", "safetensors", "onnx", "huggingface_hub")


def require_libraries() -> None:
    """Raise `ModelError`, which ends with the line that installs them, where some are missing."""
    missing = [name for name in RESTORING if find_spec(name) is None]
    if missing:
        raise ModelError(
            "A model is restored from its weights with libraries that are not installed here"
            " ({missing}). The model that ships with the project and exported folders run"
            " without. Install them with: {line}",
            missing=", ".join(missing),
            line=install_line("restore"),
        )
