# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Lookup plugin that calls a control route of the simulator while a play runs."""

from __future__ import annotations

import os
import typing as t

import requests
from ansible.plugins.lookup import LookupBase

DOCUMENTATION = """
name: simulator
short_description: Calls the simulator
description: Calls a control route of the simulator in MYSAFE_TEST_SIMULATOR.
options:
  _terms:
    description: Method, route and, if needed, the content.
"""


class LookupModule(LookupBase):
    """Returns an empty text, so that it can be used in any option."""

    def run(self, terms: list[t.Any], variables: t.Any = None, **kwargs: t.Any) -> list[str]:
        """Call the route."""
        method, route, *content = terms
        with requests.Session() as session:
            session.trust_env = False
            response = session.request(
                method,
                f"{os.environ['MYSAFE_TEST_SIMULATOR']}/_simulator/{route}",
                json=content[0] if content else None,
                verify=os.environ["MYSAFE_TEST_SIMULATOR_CA"],
                timeout=10,
            )
        response.raise_for_status()
        return [""]
