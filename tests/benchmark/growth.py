# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Measures how the costs of a list grow with its length: lists of new secrets, in place, with a vault that answers fast."""

from __future__ import annotations

import json
import time
import typing as t

from .figures import Growth
from .many import nothing
from .measure import say
from .playbooks import Playbooks
from .subjects import Requests, Subject, the_list

if t.TYPE_CHECKING:
    from .figures import Figures
    from .measure import Plan
    from .scratch import Scratch
    from .vault import Vault

_CREATED = Subject(
    "created",
    "a list of new secrets",
    lambda count: [{**the_list(), "changed_when": "done is changed", "register": "done"}] if count else nothing(),
    lambda _count: [],
    Requests(lookups=1, creates=1),
    0,
    0,
)


def measure_growth(plan: Plan, figures: Figures, scratch: Scratch, vault: Vault) -> None:
    """Measure lists of each size in turns. The vault must be empty."""
    say(f"Lists of {' and '.join(map(str, plan.sizes))} new secrets, {plan.growth_rounds} times each")
    playbooks = {size: Playbooks(scratch, vault, listed=size) for size in plan.sizes}
    for index in range(plan.growth_rounds):
        for size in plan.sizes if index % 2 == 0 else plan.sizes[::-1]:
            growth = figures.growth.setdefault(size, Growth())
            without = playbooks[size].time(_CREATED, "single", 0)
            whole = playbooks[size].time(_CREATED, "single", size)
            growth.seconds[index] = (whole.seconds - without.seconds) / size
            growth.processor[index] = (whole.processor - without.processor) / size
            growth.memory[index] = (whole.peak - without.peak) / size
            say(f"{size} new secrets: {growth.seconds[index] * 1000:.2f} ms each")
            vault.restore()
            values, secrets = _result(vault, playbooks[size].variables)
            begin = time.perf_counter()
            secrets.hide_in(values)
            growth.hiding[index] = (time.perf_counter() - begin) / size
            growth.result = len(json.dumps(values)) / size
            vault.restore()


def _result(vault: Vault, variables: t.Mapping[str, t.Any]) -> tuple[dict[str, t.Any], t.Any]:
    """Create the secrets with the core, in this process. Return the values of the result, and the secrets of the run."""
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import api_secrets

    params = {
        **{name: option.get("default") for name, option in api_secrets.argument_spec().items()},
        "mysafe_url": vault.url,
        "mysafe_client_id": vault.access_key["client_id"],
        "mysafe_client_secret": vault.access_key["client_secret"],
        "ca_path": vault.ca_path,
        "api_secrets": variables["listed"],
        "client_secrets": variables["client_secrets"],
    }
    result = api_secrets.run(params, check_mode=False, diff=False)
    return result.values, result.secrets
