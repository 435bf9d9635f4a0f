# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Draws the picture in the README: real output of a playbook that creates an API secret, rotates it, and leaves it alone."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text
from run import ROOT, playbook_environment
from simulator.process import Simulator

PICTURE = ROOT / "docs" / "demo.svg"
PLAYBOOK = Path(__file__).with_name("billing.yml")
COMMAND = "ansible-playbook --diff -e version={version} billing.yml"
WIDTH = 114
#: Rich's own format asks the reader's browser to load fonts from elsewhere.
FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<!-- Drawn by "make picture". -->
<title>A playbook creates an API secret, rotates it, and leaves it alone</title>
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, monospace; font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""


def main() -> None:
    """Run the playbook three times against a simulator, and write the picture."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    with Simulator() as mysafe, tempfile.TemporaryDirectory(prefix="mysafe-picture-") as scratch:
        environment = {
            **playbook_environment(Path(scratch), mysafe, "unused"),
            "ANSIBLE_FORCE_COLOR": "true",
            "ANSIBLE_NOCOWS": "true",
            "ANSIBLE_STDOUT_CALLBACK": "default",
            "COLUMNS": str(WIDTH - 20),
        }
        for version in (1, 2, 2):
            console.print(Text.assemble(("$ ", "bold green"), COMMAND.format(version=version)))
            console.print(Text.from_ansi(shown(run(environment, version))))
    drawing = console.export_svg(title="", theme=MONOKAI, code_format=FORMAT, unique_id="mysafe")
    PICTURE.write_text("".join(f"{line.rstrip()}\n" for line in drawing.splitlines()), encoding="utf-8")
    print(f"Written: {PICTURE.relative_to(ROOT)}")


def run(environment: dict[str, str], version: int) -> str:
    """Return the output of the playbook with one of the client secrets."""
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "--diff", "-e", f"version={version}"]
    done = subprocess.run(
        [*command, str(PLAYBOOK)], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    return done.stdout


def shown(output: str) -> str:
    """Return the part of the output that says what was done: without empty lines and the names of plays."""
    lines = [line for line in output.splitlines() if re.sub(r"\x1b\[[0-9;]*m", "", line).strip()]
    return "\n".join(line for line in lines if not re.search(r"PLAY (\[|RECAP)", line)) + "\n"


if __name__ == "__main__":
    main()
