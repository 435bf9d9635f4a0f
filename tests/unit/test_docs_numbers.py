# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The numbers in the documentation are those of the code and of the metadata."""

from __future__ import annotations

import importlib.util
import re
import typing as t

import pytest
import yaml

from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.bounded import LARGEST_BODY
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.retry import LONGEST_WAIT, RETRIED_STATUSES
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.client import _FEW
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.failures import explained
from ansible_collections.senhasegura.mysafe.plugins.module_utils._mysafe.sessions import _REMEMBERED
from ansible_collections.senhasegura.mysafe.plugins.module_utils._stop import CONNECTIONS
from ansible_collections.senhasegura.mysafe.tests.unit.answers import an_answer
from ansible_collections.senhasegura.mysafe.tests.unit.documents import GUIDES, ROOT, sentences, table

STATUS = re.compile(r"\b[1-5]\d\d\b")
FRAGMENT = "plugins/doc_fragments/connection.py"
HOW_IT_WORKS = "docs/docsite/rst/how_it_works.rst"
ERRORS = "docs/docsite/rst/errors.rst"
#: Numbers as prose writes them. One that is missing here is written in figures.
WORDS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten"}


def duration(seconds: int) -> str:
    """Return a duration as prose writes it."""
    return "a minute" if seconds == 60 else f"{seconds} seconds"


def statuses(sentence: str) -> frozenset[int]:
    """Return the HTTP statuses in a sentence."""
    return frozenset(int(status) for status in STATUS.findall(sentence))


WITH_STATUSES = [row for row in table(ERRORS, "``error.kind``") if statuses(row[1])]


def metadata(path: str) -> dict[str, t.Any]:
    """Return a YAML file of the repository."""
    content: dict[str, t.Any] = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    return content


def minimum(requirement: str) -> str:
    """Return the minor version in a requirement such as ">=2.16.0"."""
    found = re.fullmatch(r">=(\d+\.\d+)(\.0)?", requirement)
    assert found, requirement
    return found[1]


def test_the_statuses_that_are_retried() -> None:
    stated = [(path, statuses(sentence)) for path, sentence in sentences(r"\brepeated\b") if STATUS.search(sentence)]
    assert stated == [(HOW_IT_WORKS, RETRIED_STATUSES), (FRAGMENT, RETRIED_STATUSES)]


@pytest.mark.parametrize("row", WITH_STATUSES, ids=lambda row: row[0])
def test_a_failure_with_a_status_mentions_the_retries_if_that_status_is_retried(row: list[str]) -> None:
    assert ("retries" in row[1]) == (statuses(row[1]) <= RETRIED_STATUSES)


def test_the_longest_wait() -> None:
    stated = sentences(r"Retry-After|asked to wait")
    assert {path for path, _sentence in stated} == {ERRORS, HOW_IT_WORKS, FRAGMENT}
    assert [sentence for _path, sentence in stated if not re.search(rf"\b{duration(LONGEST_WAIT)}\b", sentence)] == []


def test_how_long_a_rejected_login_is_remembered() -> None:
    stated = sentences(r"rejected login")
    assert [path for path, _sentence in stated] == [HOW_IT_WORKS]
    assert [sentence for _path, sentence in stated if f"for {duration(_REMEMBERED)}:" not in sentence] == []


def test_the_largest_answer() -> None:
    stated = [
        (path, int(size)) for path, sentence in sentences(r"\bMiB\b") for size in re.findall(r"(\d+) MiB", sentence)
    ]
    assert sorted(stated) == [(ERRORS, LARGEST_BODY / 1024**2), (HOW_IT_WORKS, LARGEST_BODY / 1024**2)]


def test_how_many_repetitions_are_not_worth_a_warning() -> None:
    stated = [
        (path, word)
        for path, sentence in sentences("repetitions")
        for word in re.findall(r"more than (\w+) repetitions", sentence)
    ]
    assert stated == [(HOW_IT_WORKS, WORDS[_FEW]), (FRAGMENT, WORDS[_FEW])]


def test_a_failure_names_the_longest_wait() -> None:
    cause = explained(an_answer(429), "list").cause
    assert f"asked to wait over {duration(LONGEST_WAIT)}" in cause


def test_the_number_of_connections() -> None:
    stated = [
        match
        for _path, sentence in sentences("connections")
        for match in re.findall(r"up to (\w+) connections", sentence)
    ]
    assert stated == [WORDS.get(CONNECTIONS, str(CONNECTIONS))]


def test_the_guide_for_lists_states_the_default_and_the_interval_of_progress() -> None:
    guide = " ".join(GUIDES["docs/docsite/rst/many_at_once.rst"].split())
    assert re.findall(r"at the same time, (\d+) by default", guide) == [str(CONNECTIONS)]
    # Not imported: it imports Ansible's display, which then takes the warnings of the modules that other tests run.
    progress = (ROOT / "plugins" / "plugin_utils" / "_progress.py").read_text(encoding="utf-8")
    [interval] = re.findall(r"^INTERVAL = (\d+)\.0$", progress, re.MULTILINE)
    assert re.findall(r"its progress every (\w+) seconds", guide) == [WORDS[int(interval)]]


def test_the_output_in_awx_quotes_as_many_failures_as_the_guide_says() -> None:
    tasks = yaml.safe_load((ROOT / "docs/awx/playbooks/tasks/ensure_and_show.yml").read_text(encoding="utf-8"))
    [quoted] = [task["vars"]["ensured_quoted"] for task in tasks if "ensured_quoted" in task.get("vars", {})]
    assert ("After the tenth failure" in GUIDES["docs/docsite/rst/awx.rst"], quoted) == (True, 10)


def test_the_benchmark_used_as_many_connections() -> None:
    assert re.findall(r"over (\d+) connections", GUIDES["docs/docsite/rst/performance.rst"]) == [str(CONNECTIONS)]


def test_the_oldest_ansible_core() -> None:
    stated = {
        match
        for _path, sentence in sentences("ansible-core")
        for match in re.findall(r"ansible-core (\d+\.\d+) or newer", sentence)
    }
    assert stated == {minimum(metadata("meta/runtime.yml")["requires_ansible"])}


def test_the_oldest_python_of_the_modules() -> None:
    requirement = metadata("tests/config.yml")["modules"]["python_requires"]
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    stated = {
        *re.findall(r"Python (\d+\.\d+) or newer with `requests`", " ".join(GUIDES["README.md"].split())),
        *re.findall(r"Python from (\d+\.\d+) on", contributing),
    }
    assert stated == {minimum(requirement)}


def test_the_oldest_libraries() -> None:
    requests = re.findall(r"^requests>=([\d.]+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    cryptography = re.findall(
        r"^cryptography>=([\d.]+)", (ROOT / "tests/unit/requirements.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    readme, fragment = " ".join(GUIDES["README.md"].split()), (ROOT / FRAGMENT).read_text(encoding="utf-8")
    assert re.findall(r"`requests` ([\d.]+) or newer", readme) == requests
    assert re.findall(r"- requests >= ([\d.]+)", fragment) == requests
    assert re.findall(r"`cryptography` ([\d.]+) or newer", readme) == cryptography
    assert re.findall(r"cryptography, ([\d.]+) or newer", fragment) == cryptography


def test_the_oldest_versions_are_tested_together() -> None:
    spec = importlib.util.spec_from_file_location("combinations", ROOT / "tools" / "combinations.py")
    assert spec is not None
    assert spec.loader is not None
    tested = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tested)
    oldest = tested.COMBINATIONS[0]
    assert oldest.core == minimum(metadata("meta/runtime.yml")["requires_ansible"])
    assert oldest.module_python == minimum(metadata("tests/config.yml")["modules"]["python_requires"])
    assert (oldest.libraries, oldest.module_libraries) == ("oldest", "oldest")
    exact = "\n".join(tested.LIBRARIES["oldest"])
    wanted = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert re.findall(r"requests==([\d.]+)", exact) == re.findall(r"^requests>=([\d.]+)", wanted, re.MULTILINE)


def test_the_oldest_python_of_a_developer() -> None:
    oldest = re.search(r"version_info < \((\d+), (\d+)\)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert oldest
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    stated = {
        *re.findall(r"Python (\d+\.\d+) or newer with venv", GUIDES["README.md"]),
        *re.findall(r"Python (\d+\.\d+), [\d., or]+ with venv", contributing),
    }
    assert stated == {".".join(oldest.groups())}


@pytest.mark.parametrize("guide", ["README.md", "docs/docsite/rst/awx.rst"])
def test_the_version_of_the_collection(guide: str) -> None:
    stated = re.findall(r"(?:senhasegura-mysafe-|mysafe-ee:)(\d+\.\d+\.\d+)", GUIDES[guide])
    assert set(stated) == {metadata("galaxy.yml")["version"]}


@pytest.mark.parametrize(
    ("said", "measured"),
    [
        (r"A further task takes ([\d.]+) of", "our task / without us: ``uri`` three times"),
        (r"a list of 500 secrets takes ([\d.]+) of", "list of many secrets / bare script with as many connections"),
    ],
)
def test_the_figures_of_the_readme_are_those_of_the_benchmark(said: str, measured: str) -> None:
    [figure] = re.findall(said, " ".join(GUIDES["README.md"].split()))
    [row] = [row for row in table("docs/docsite/rst/performance.rst", "Figure") if row[0] == measured]
    assert figure == f"{float(row[1].split()[0]):.2f}"
