# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Loads the code of a plugin quickly: importing it takes longer than the requests of most tasks."""

from __future__ import annotations

import contextlib
import gc
import sys
import typing as t
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader

if t.TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

#: The package of all plugins of the collection, and of what they import.
_PLUGINS = __name__.rsplit(".", 2)[0] + "."


class Compiled:
    """Finds the code of the collection as Python finds any other, which keeps it compiled.

    Ansible does so with plugins, but compiles what they import from their collection each time that it starts.
    """

    @staticmethod
    def find_spec(name: str, path: t.Sequence[str] | None = None, _target: object = None) -> ModuleSpec | None:
        """Return where a module is, or None: for those of others, or inside the archive that Ansible makes of a module."""
        if not path or not name.startswith(_PLUGINS):
            return None
        spec = FileFinder(path[0], (SourceFileLoader, SOURCE_SUFFIXES)).find_spec(name)
        return spec if spec is not None and spec.loader is not None else None


@contextlib.contextmanager
def loading() -> t.Iterator[None]:
    """Import within this context.

    Imports leave no garbage, but make Python look for it: in ansible-playbook, with all its objects, for half of the time.
    """
    collects = gc.isenabled()
    gc.disable()
    sys.meta_path.insert(0, Compiled)
    try:
        # First: from deeper inside the imports, Python 3.11 takes 20 ms longer to import requests.
        from ._http import libraries  # noqa: F401  # pylint: disable=unused-import

        yield
    finally:
        sys.meta_path.remove(Compiled)
        if collects:
            gc.enable()
