# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Keeps a token in a file that only its owner can read, for other tasks and forks on the same machine (opt-in)."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import stat
import tempfile
import time
import typing as t

from .connection import is_bearer_token

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from .connection import Connection

#: How often to look whether the lock is free, in seconds.
_LOCK_POLL = 0.02


class TokenCache:
    """The cached token for one set of connection options.

    The file lies in a directory of the user's own, in memory where the platform offers that, and its name is a digest
    of every connection option, the secret included. A directory or file that belongs to somebody else, or that others
    may read or write, is not used: ``warning`` says so then, and everything works as without a cache.
    """

    def __init__(self, connection: Connection) -> None:
        self.warning = ""
        self._patience = connection.timeout
        try:
            self._directory = os.path.join(_base(), f"senhasegura-mysafe-{os.getuid()}")
            self._path = os.path.join(self._directory, connection.fingerprint)
            with contextlib.suppress(FileExistsError):
                os.mkdir(self._directory, 0o700)
            self._require_private(self._directory, os.lstat(self._directory), stat.S_ISDIR)
        except OSError as error:
            self._give_up(error)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock of this token: those who start together wait for the first one's token.

        They do so no longer than for an answer, in case that one is stopped or the vault does not answer.
        """
        descriptor = -1
        if not self.warning:
            try:
                descriptor = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
                self._lock(descriptor)
            except OSError as error:
                self._give_up(error)
        try:
            yield
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def _lock(self, descriptor: int) -> None:
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(_LOCK_POLL)
            else:
                return

    def read(self) -> tuple[str, float] | None:
        """Return the token and the seconds for which it may still be used; None where there is none to use."""
        if self.warning:
            return None
        try:
            with open(self._path, opener=_without_following, encoding="utf-8") as file:
                self._require_private(self._path, os.fstat(file.fileno()), stat.S_ISREG)
                kept = json.load(file)
            value, left = str(kept["access_token"]), float(kept["usable_until"]) - time.time()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._give_up(error)
            return None
        except (ValueError, KeyError, TypeError):
            return None  # whatever it is: the next token replaces it
        return (value, left) if left > 0 and is_bearer_token(value) else None

    def write(self, value: str, usable_for: float) -> None:
        """Keep a token that may be used for so many seconds. Readers see the old file or the new one, never a part."""
        if self.warning:
            return
        try:
            with contextlib.ExitStack() as when_it_fails:
                descriptor, fresh = tempfile.mkstemp(prefix=".", dir=self._directory)  # mode 0600
                when_it_fails.callback(os.unlink, fresh)
                with open(descriptor, "w", encoding="utf-8") as file:
                    json.dump({"access_token": value, "usable_until": time.time() + usable_for}, file)
                os.replace(fresh, self._path)
                when_it_fails.pop_all()
        except OSError as error:
            self._give_up(error)

    @staticmethod
    def _require_private(path: str, status: os.stat_result, is_kind: t.Callable[[int], bool]) -> None:
        if not is_kind(status.st_mode) or status.st_uid != os.getuid() or stat.S_IMODE(status.st_mode) & 0o077:
            raise PermissionError(f"{path} is not private to the user with uid {os.getuid()}")

    def _give_up(self, error: OSError) -> None:
        self.warning = f"The token cache is not used: {error}"


def _without_following(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW)


def _base() -> str:
    """Return the directory below which users have their own, preferably one that is kept in memory."""
    for directory in (os.environ.get("XDG_RUNTIME_DIR", ""), "/dev/shm"):  # noqa: S108 - what lies below is private
        if directory and os.path.isdir(directory) and os.access(directory, os.W_OK | os.X_OK):
            return directory
    return tempfile.gettempdir()
