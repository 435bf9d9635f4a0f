# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Runs the probe against the simulator in this process, and keeps everything that it left behind."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import typing as t
from pathlib import Path

import probe.__main__ as command_line
from probe.bench import MARK

if t.TYPE_CHECKING:
    from simulator.process import Simulator

GROUP = "Platform"
#: What the configuration for the probe can have beyond that of the integration targets.
EVERYTHING = {"mysafe_group": GROUP, "mysafe_tenant": "main"}
#: Secrets that were there before: their own, one of somebody else, one that is shared, one that is inactive.
_PRESENT: tuple[dict[str, t.Any], ...] = (
    {
        "owner": "alice",
        "name": "Billing",
        "identifier_code": "billing",
        "client_secret": "0wnSecretOfAlice",
        "tags": "prod",
    },
    {"owner": "alice", "name": "Old billing", "identifier_code": "billing-old", "active": False},
    {"owner": "bob", "name": "Payroll", "identifier_code": "payroll", "client_secret": "ForeignSecretOfBob"},
    {
        "owner": "carol",
        "name": "Ledger of Carol",
        "identifier_code": "carols-code",
        "users": {"alice": True, "bob": False},
    },
)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a run left behind."""

    status: int
    output: str
    report: str
    profile: dict[str, t.Any]
    before: list[dict[str, t.Any]]
    after: list[dict[str, t.Any]]

    @property
    def written(self) -> str:
        """Everything that is meant to be shown to others."""
        return self.report + json.dumps(self.profile)

    def created(self) -> list[dict[str, t.Any]]:
        """Return the secrets that were not there before."""
        present = {secret["identifier"] for secret in self.before}
        return [secret for secret in self.after if secret["identifier"] not in present]

    def is_tidy(self) -> Outcome:
        """Check that nothing is left but inactive secrets of the probe's own, and that no other was even read."""
        created = self.created()
        assert [secret for secret in self.after if secret not in created] == self.before
        assert all(secret["name"].strip().startswith(MARK) for secret in created)
        assert [secret["name"] for secret in created if secret["active"]] == [], self.output
        return self


class Prober:
    """Runs the probe, with a vault that is not empty."""

    def __init__(self, simulator: Simulator, folder: Path) -> None:
        self.simulator = simulator
        self.folder = folder

    def fill(self) -> None:
        """Store the secrets that were there before."""
        for secret in _PRESENT:
            self.simulator.add_secret(url="https://example.org", client_id="robot", **secret)

    def config(self, **changes: t.Any) -> dict[str, t.Any]:
        """Return the configuration for the simulator; a change to None leaves out."""
        config = {**self.simulator.integration_config, **EVERYTHING, **changes}
        return {name: value for name, value in config.items() if value is not None}

    def run(self, *arguments: str, config: t.Mapping[str, t.Any] | str | None = None) -> Outcome:
        """Run the probe in this process."""
        names = self.write(config)
        before = self.simulator.secrets()
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            status = command_line.main([*names, "--pause", "0", *arguments])
        return self.outcome(status, output.getvalue(), before)

    def write(self, config: t.Mapping[str, t.Any] | str | None = None) -> list[str]:
        """Write the configuration, and return the arguments that name the files."""
        text = config if isinstance(config, str) else json.dumps(self.config() if config is None else config)
        (self.folder / "config.yml").write_text(text, encoding="utf-8")
        files = {"config": "config.yml", "report-file": "report.md", "profile-file": "profile.json"}
        return [part for option, name in files.items() for part in (f"--{option}", str(self.folder / name))]

    def outcome(self, status: int, output: str, before: list[dict[str, t.Any]]) -> Outcome:
        """Collect what a run left behind."""
        report, profile = self.folder / "report.md", self.folder / "profile.json"
        found = json.loads(profile.read_text(encoding="utf-8"))["switches"] if profile.exists() else {}
        text = report.read_text(encoding="utf-8") if report.exists() else ""
        return Outcome(status, output, text, found, before, self.simulator.secrets())
