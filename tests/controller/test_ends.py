# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A long list that does not come to its end: the keyword timeout, Ctrl-C, a kill, and a server that fails all the time.

Whatever happens, running the task again does the rest: every API secret is there, once.
"""

from __future__ import annotations

import itertools
import time
import typing as t

import pytest

from .stage import MODULE, TIMED_OUT, secret

if t.TYPE_CHECKING:
    from simulator.process import Simulator

    from .stage import Begun, Controller

LIST = f"{MODULE}s"
_MANY = [f"code-{number}" for number in range(160)]
#: Seconds by which the simulator delays each answer: the list takes two seconds.
_LATENCY = 0.05
#: How many connections the list has, and so how many requests may be under way when it ends.
_CONNECTIONS = 8
#: How long an ended task, and a request, may take before something is wrong, in seconds. A machine may be busy.
_AT_ONCE = 15
_DEADLINE = 60

_each_way = pytest.mark.parametrize("in_place", [True, False], ids=["in place", "as a module"])


def _list(name: str, codes: t.Sequence[str] = _MANY, **keywords: t.Any) -> dict[str, t.Any]:
    """Return a task that ensures an API secret for each code."""
    options = {"api_secrets": [secret(code) for code in codes], "client_secrets": {code: _of(code) for code in codes}}
    return {"name": name, LIST: options, **keywords}


def _of(code: str) -> str:
    return f"s3cret-of-{code}"


def _stored(simulator: Simulator) -> list[tuple[str, str]]:
    """Return the code and the client secret of every API secret of alice, sorted."""
    return sorted(
        (one["identifier_code"], one["client_secret"]) for one in simulator.secrets() if one["owner"] == "alice"
    )


def _everything(codes: t.Sequence[str] = _MANY) -> list[tuple[str, str]]:
    """Return what ``_stored`` returns if every API secret of a list is there, once."""
    return sorted((code, _of(code)) for code in codes)


def _wait_until(condition: t.Callable[[], bool]) -> None:
    deadline = time.monotonic() + _DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


def _begin(
    controller: Controller, simulator: Simulator, requests: int, *, in_place: bool = True, latency: float = _LATENCY
) -> Begun:
    """Start a play with a long list, and wait until the simulator has got so many requests from it."""
    simulator.switch(latency=latency)
    begun = controller.begin(_list("many"), vars={"mysafe_in_place": in_place})
    _wait_until(lambda: len(simulator.requests()) >= requests)
    return begun


def _hold_all_but(creates: int, simulator: Simulator) -> None:
    """Let the simulator answer so many creates, and none after them."""
    simulator.fault({"delay": 3600}, method="POST", path="secretapi$", skip=creates, times=1000)


def _require_everything_after_another_run(controller: Controller, simulator: Simulator) -> None:
    simulator.clear_faults()
    simulator.switch(latency=0)
    run = controller.play(_list("again")).succeeded()
    assert _stored(simulator) == _everything()
    assert run["again"]["summary"]["total"] == len(_MANY)


def test_the_keyword_timeout_ends_a_list_that_waits_for_answers(controller: Controller, simulator: Simulator) -> None:
    _hold_all_but(20, simulator)
    begin = time.monotonic()
    run = controller.play(_list("many", timeout=2))
    assert TIMED_OUT.search(run["many"]["msg"])
    assert time.monotonic() - begin < _AT_ONCE
    assert len(simulator.writes()) == 20
    _require_everything_after_another_run(controller, simulator)


def test_nothing_is_sent_after_the_timeout_of_a_task(controller: Controller, simulator: Simulator) -> None:
    """The items of a loop run in one process, where the threads of the first could go on during the second."""
    simulator.switch(latency=_LATENCY)
    codes = {"first": _MANY, "second": [f"second-{number}" for number in range(100)]}
    items = {name: [{**secret(code), "state": "absent"} for code in several] for name, several in codes.items()}
    items["first"] = [secret(code) for code in _MANY]
    task = {
        "name": "both",
        LIST: {"api_secrets": "{{ items[item] }}"},
        "loop": list(items),
        "timeout": 1,
        "vars": {"items": items},
    }
    run = controller.play(task)
    assert [item.status for item in run.items("both")] == ["item failed", "item ok"]
    rows = simulator.requests()
    begin = min(number for number, row in enumerate(rows) if "second-" in row["query"])
    assert sum("second-" in row["query"] for row in rows) == len(codes["second"])
    # What was on its way when the connections were cut may arrive late.
    late = [row for row in rows[begin:] if "second-" not in row["query"]]
    assert len(late) <= _CONNECTIONS
    assert len(simulator.writes()) < len(_MANY)


@_each_way
def test_ctrl_c_ends_a_list_at_once(controller: Controller, simulator: Simulator, in_place: bool) -> None:
    # Without Ctrl-C it would not end, however slow this test is to send it.
    _hold_all_but(20, simulator)
    begun = _begin(controller, simulator, 40, in_place=in_place)
    begun.interrupt()
    run = begun.end()
    assert run.status != 0
    if not in_place:
        # From ansible-core 2.19 on, a worker passes it on to the module; some end before they have, as another signal
        # follows at once.
        begun.interrupt_what_is_left()
    _wait_until(lambda: not begun.processes())
    assert len(simulator.writes()) <= 20
    _require_everything_after_another_run(controller, simulator)


def _moments(*usual: int, others: t.Iterable[int]) -> t.Any:
    """Parametrize a test with numbers of requests: some always, the others only where everything is run."""
    return pytest.mark.parametrize(
        "requests", [*usual, *(pytest.param(number, marks=pytest.mark.exhaustive) for number in others)]
    )


@_moments(171, others=[1, 2, 5, 9, 17, 33, 70, 120, 240, 300, 320])
def test_after_a_kill_of_everything_another_run_does_the_rest(
    controller: Controller, simulator: Simulator, requests: int
) -> None:
    begun = _begin(controller, simulator, requests, in_place=requests % 2 == 0, latency=0.01)
    begun.kill()
    _require_everything_after_another_run(controller, simulator)


@_moments(50, others=[1, 2, 5, 9, 17, 33, 120, 171, 240, 300])
def test_after_a_kill_of_the_process_that_sends_another_run_does_the_rest(
    controller: Controller, simulator: Simulator, requests: int
) -> None:
    begun = _begin(controller, simulator, requests, latency=0.01)
    begun.kill(but=begun.process.pid)
    assert begun.end().status != 0
    _require_everything_after_another_run(controller, simulator)


#: What becomes of a request that fails: it is lost before it is applied, or its answer is lost afterwards.
_FAULTS: list[dict[str, t.Any]] = [
    {"do": {"gateway": 502}, "when": "before"},
    {"do": {"gateway": 502}, "when": "after"},
    {"do": {"reset": True}, "when": "before"},
    {"do": {"reset": True}, "when": "after"},
]
_SOME = _MANY[:60]


@pytest.mark.parametrize(
    ("retries", "in_place"),
    [
        pytest.param("0", True, id="without retries, in place"),
        pytest.param("0", False, id="without retries, as a module", marks=pytest.mark.exhaustive),
        pytest.param("3", True, id="with retries, in place", marks=pytest.mark.exhaustive),
        pytest.param("3", False, id="with retries, as a module", marks=pytest.mark.exhaustive),
    ],
)
@pytest.mark.parametrize("first", [0, *(pytest.param(first, marks=pytest.mark.exhaustive) for first in (1, 2, 3))])
def test_with_a_server_that_fails_every_seventh_request_every_item_is_done_or_reported(
    controller: Controller, simulator: Simulator, retries: str, in_place: bool, first: int
) -> None:
    for number, fault in zip(range(1, 400), itertools.cycle(_FAULTS[first:] + _FAULTS[:first])):
        # A fault counts the requests that no other one hits.
        simulator.fault(**fault, path="secretapi", skip=6 * number)
    run = controller.play(
        _list("first", _SOME, ignore_errors=True),
        _list("second", _SOME, ignore_errors=True),
        {"name": "repair", "ansible.builtin.debug": {"msg": "{{ lookup('simulator', 'DELETE', 'faults') }}"}},
        _list("third", _SOME),
        _list("fourth", _SOME),
        environment={"SENHASEGURA_RETRIES": retries},
        vars={"mysafe_in_place": in_place},
    ).succeeded()
    assert _stored(simulator) == _everything(_SOME)
    assert run["fourth"]["summary"]["unchanged"] == len(_SOME)
    told = [run[name]["results"] for name in ("first", "second", "third")]
    assert [item["error"]["kind"] for item in told[0] if "error" in item] if retries == "0" else True
    for results in zip(*told):
        done = [result for result in results if "error" not in result]
        created = [result for result in done if result["action"] == "create"]
        uncertain = [result for result in results if "error" in result and result["changed"]]
        # It was created once; only after a write whose outcome is unknown it may have been there without a creation.
        assert len(created) == 1 or (uncertain and not created), results
        # What was done stays done.
        assert all(result["action"] == "none" for result in done[1:]), results
