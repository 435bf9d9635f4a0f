# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The combinations of ansible-core, Python and libraries that "make versions" tests."""

from __future__ import annotations

import typing as t

#: The libraries that the collection uses, from the oldest that it supports to the newest.
LIBRARIES = {
    # What Debian 11 ships. That urllib3 cannot be imported from Python 3.12 on.
    "oldest": (
        "requests==2.25.1",
        "urllib3==1.26.5; python_version < '3.12'",
        "urllib3==1.26.20; python_version >= '3.12'",
        "cryptography==3.3.2",
    ),
    # A new requests on the old urllib3, beside what RHEL 9 ships.
    "mixed": ("requests>=2.32,<3", "urllib3>=1.26.20,<2", "cryptography>=36,<37"),
    "newest": ("requests>=2.32,<3", "urllib3>=2.2,<3", "cryptography>=43"),
}

#: The Pythons that may run a module.
MODULE_PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13")

#: The newest of them that an older ansible-core supports.
NEWEST_MODULE_PYTHON = {"2.16": "3.12", "2.17": "3.12"}


class Combination(t.NamedTuple):
    """A controller, the Python that runs its modules, and what is tested with them beside plays."""

    name: str
    core: str
    python: str
    libraries: str
    module_python: str
    module_libraries: str
    also: tuple[str, ...] = ()

    @property
    def requirement(self) -> str:
        """The requirement of the ansible-core: a release, or the newest there is, unreleased ones included."""
        return "ansible-core>=2.22.0b1,<3" if self.core == "newest" else f"ansible-core=={self.core}.*"

    @property
    def module_pythons(self) -> tuple[str, ...]:
        """The Pythons that this ansible-core supports for modules."""
        newest = NEWEST_MODULE_PYTHON.get(self.core, MODULE_PYTHONS[-1])
        return MODULE_PYTHONS[: MODULE_PYTHONS.index(newest) + 1]


#: Every ansible-core runs plays with modules on every Python and with all libraries (tests/versions). On top of that, a
#: combination runs the tests of the controller and the integration targets with one Python for modules; together they
#: have every ansible-core, each Python and all libraries on either side. "also" names what depends on the libraries only.
COMBINATIONS = (
    Combination("core-2.16-oldest", "2.16", "3.10", "oldest", "3.9", "oldest", also=("wire", "units")),
    Combination("core-2.16", "2.16", "3.12", "newest", "3.11", "mixed"),
    Combination("core-2.17", "2.17", "3.11", "mixed", "3.12", "newest", also=("wire", "units")),
    Combination("core-2.18", "2.18", "3.11", "newest", "3.10", "oldest"),
    Combination("core-2.19", "2.19", "3.13", "oldest", "3.10", "mixed"),
    Combination("core-2.20", "2.20", "3.12", "mixed", "3.13", "mixed"),
    Combination("core-2.21", "2.21", "3.12", "oldest", "3.9", "newest"),
    Combination("core-2.21-newest", "2.21", "3.13", "newest", "3.13", "newest"),
    Combination("core-newest", "newest", "3.13", "newest", "3.13", "newest", also=("wire", "units")),
)
