# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""Loads the code of a plugin quickly: importing it takes longer than the requests of most tasks."""

from __future__ import annotations

import contextlib
import gc
import typing as t


@contextlib.contextmanager
def loading() -> t.Iterator[None]:
    """Import within this context.

    Imports leave no garbage, but make Python look for it: in ansible-playbook, with all its objects, for half of the time.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        # First: from deeper inside the imports, Python 3.11 takes 20 ms longer to import requests.
        from ._http import libraries  # noqa: F401  # pylint: disable=unused-import

        yield
    finally:
        if collects:
            gc.enable()
