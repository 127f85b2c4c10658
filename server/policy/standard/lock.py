"""Whether the published standards, plans and sources are still what they were."""

from hashlib import sha256
from pathlib import Path

from server.policy.standard.standards import STANDARDS_FOLDER


def lock_problems(folder: Path = STANDARDS_FOLDER) -> list[str]:
    """One Chinese sentence for each document changed, missing or not yet in LOCK."""
    locked: dict[str, str] = {}
    for line in (folder / "LOCK").read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            digest, name = line.split(maxsplit=1)
            locked[name] = digest
    paths = [*folder.rglob("*.yaml"), *(folder / "sources").iterdir()]
    found = {path.relative_to(folder).as_posix(): path for path in paths}
    problems = [
        f"{name} 不见了，请从发布的版本里恢复" for name in sorted(locked.keys() - found.keys())
    ]
    for name, path in sorted(found.items()):
        if name not in locked:
            problems.append(f"{name} 还没有写进 LOCK，发布前请按 standards/README.md 登记")
        elif sha256(path.read_bytes()).hexdigest() != locked[name]:
            problems.append(f"{name} 发布后被改动过，请恢复原文件；要变更请另加新文件")
    return problems
