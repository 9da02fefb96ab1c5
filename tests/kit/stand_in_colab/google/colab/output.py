"""Shows nothing: what it was asked for is published, for a test to read."""

from typing import Any


def serve_kernel_port_as_iframe(
    port: int, path: str = "/", width: str = "100%", height: str = "400"
) -> None:
    """Publish the port and path that the real one would show under the cell."""
    from IPython.display import display

    shown: dict[str, Any] = {"port": port, "path": path, "height": height}
    display({"application/json": shown}, raw=True)
