"""What the largest body of a route may cost, and how one is made and measured."""

from pathlib import Path
from typing import Any

KB, MB = 1024, 1024 * 1024
LOCK_S = 0.5  # of processor time, under the write lock
MOST_MEMORY = 100 * MB


def memory(what: str) -> int:
    text = Path("/proc/self/status").read_text()
    return int(text.partition(f"{what}:")[2].split()[0]) * KB


def multipart(*parts: tuple[str, str, bytes]) -> dict[str, Any]:
    """A form as a browser sends it: names, what is said of them, contents."""
    body = b"".join(
        f'--cut\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for name, more, content in parts
    )
    return {"data": body + b"--cut--\r\n", "content_type": "multipart/form-data; boundary=cut"}
