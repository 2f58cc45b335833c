"""The files of a public repository at a commit, from its public address or from a local copy."""

from __future__ import annotations

import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

__all__ = ["checkout"]

_KEPT = (".py", ".yaml", ".yml", ".json", ".cfg")


def checkout(repository: str, commit: str, folder: Path, local: Path | None) -> Path:
    """The folder with the code of a repository.

    Raises:
        OSError: It cannot be had.
    """
    target = folder / "checkouts" / repository.replace("/", "+") / commit[:12]
    target = target.parent.parent / f"{target.parent.name}@{target.name}"
    if target.exists():
        return target
    git = _clone(repository, commit, folder) if local is None else _copy(repository, local)
    names = _git(git, "ls-tree", "-r", "-z", "--name-only", commit).decode().split("\0")
    code = [name for name in names if name.endswith(_KEPT)]
    part = target.with_suffix(".part")
    with tarfile.open(fileobj=BytesIO(_git(git, "archive", commit, "--", *code))) as files:
        files.extractall(part, filter="data")
    part.rename(target)
    return target


def _copy(repository: str, local: Path) -> Path:
    bare = local / repository.replace("/", "+") / "repo"
    return bare / ".git" if (bare / ".git").exists() else bare


def _clone(repository: str, commit: str, folder: Path) -> Path:
    git = folder / "clones" / repository.replace("/", "+")
    if not git.exists():
        git.mkdir(parents=True)
        _git(git, "init", "--bare", "--quiet")
    _git(git, "fetch", "--quiet", "--depth=1", f"https://github.com/{repository}.git", commit)
    return git


def _git(folder: Path, *words: str) -> bytes:
    done = subprocess.run(["git", f"--git-dir={folder}", *words], capture_output=True, check=False)  # noqa: S607 - the git found first
    if done.returncode:
        raise OSError(done.stderr.decode(errors="replace").strip() or f"git {words[0]} failed in {folder}")
    return done.stdout
