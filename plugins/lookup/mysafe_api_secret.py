# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lookup plugin: fetches API secrets from MySafe, or one field of them, inside a template."""

from __future__ import annotations

DOCUMENTATION = r"""
name: mysafe_api_secret
short_description: Fetch API secrets from senhasegura (Segura) MySafe
version_added: 1.0.0
author:
  - senhasegura.mysafe contributors (!UNKNOWN)
description:
  - Fetches API secrets by their identifier codes, or one field of each, such as the client secret.
  - All terms of one call, and all items of a loop, share one login and a few connections.
  - The lookup runs on the controller. MySafe's audit log records every fetched secret as a view.
extends_documentation_fragment:
  - senhasegura.mysafe.connection
  - senhasegura.mysafe.connection.plugins
options:
  _terms:
    description:
      - The identifier codes of the API secrets. Lists of codes are flattened. A code that occurs twice is fetched once.
      - Put quotes around a code of digits. A whole number is used as its decimal digits, and YAML reads V(0123) as 83. Any other type is
        refused.
    type: list
    elements: str
    required: true
  field:
    description:
      - The field of each API secret to return. Without this option, the whole API secret is returned.
    type: str
    choices:
      - identifier
      - name
      - url
      - client_id
      - client_secret
      - identifier_code
      - method
      - tags
      - notes
      - users_allowed
      - groups_allowed
  on_missing:
    description:
      - What to do if no active API secret has the code, or none that the user of the access key can see.
      - V(error) fails. V(warn) warns and leaves the term out. V(skip) leaves it out.
    type: str
    choices:
      - error
      - warn
      - skip
    default: error
  on_denied:
    description:
      - What to do if an API secret has the code, but the user of the access key may not read it.
      - V(error) fails. V(warn) warns and leaves the term out. V(skip) leaves it out.
    type: str
    choices:
      - error
      - warn
      - skip
    default: error
notes:
  - An empty argument and an empty Ansible variable count as not set, too.
  - An argument that does not exist is refused. Otherwise a misspelt O(field) would return whole API secrets.
  - The result of a lookup is shown wherever the template that uses it is shown. Set C(no_log) to true for a task that passes a client
    secret to an option that does not hide it.
  - With C(lookup), Ansible joins the texts of several API secrets with commas. Use C(query) instead, which always returns a list.
  - The lookup fails if more than one API secret has a code, and for any failure that is not specific to one API secret, whatever
    O(on_missing) and O(on_denied) say.
  - MySafe does not show the code of an API secret that cannot be read. Whether it has the wanted code is decided by how exactly MySafe's
    filter matches. If that is not conclusive, the code counts as missing, and the message names the API secret.
  - Do not put the access key into the arguments of a lookup in a playbook. Use the environment of the controller, an AWX credential, or
    variables from Ansible Vault.
seealso:
  - module: senhasegura.mysafe.mysafe_api_secret
  - module: senhasegura.mysafe.mysafe_api_secrets
  - module: senhasegura.mysafe.mysafe_api_secret_info
  - ref: ansible_collections.senhasegura.mysafe.docsite.using_secrets
    description: How to keep secrets out of sight once they were read, and fetch them only once for many hosts.
"""

EXAMPLES = r"""
- name: Log in with a client secret from MySafe
  ansible.builtin.uri:
    url: "{{ billing_token_url }}"
    method: POST
    body_format: form-urlencoded
    body:
      grant_type: client_credentials
      client_id: "{{ lookup('senhasegura.mysafe.mysafe_api_secret', 'billing-api', field='client_id') }}"
      client_secret: "{{ lookup('senhasegura.mysafe.mysafe_api_secret', 'billing-api', field='client_secret') }}"
  no_log: true

- name: Fetch several API secrets at once, in order
  ansible.builtin.set_fact:
    api_secrets: "{{ query('senhasegura.mysafe.mysafe_api_secret', 'billing-api', 'reporting-api') }}"
  no_log: true

- name: Leave out API secrets that do not exist
  ansible.builtin.debug:
    msg: "{{ query('senhasegura.mysafe.mysafe_api_secret', 'billing-api', 'no-such-api', field='name', on_missing='skip') }}"

- name: Warn about API secrets that may not be read, and leave them out
  ansible.builtin.debug:
    msg: "{{ query('senhasegura.mysafe.mysafe_api_secret', 'billing-api', 'reporting-api', field='url', on_denied='warn') }}"
"""

RETURN = r"""
_raw:
  description:
    - The API secret of each term, or the field of it, in the order of the terms. Terms that were left out are missing.
  type: list
  elements: raw
  sample:
    - identifier: "43"
      name: Billing API
      url: https://billing.example.org
      client_secret: the client secret itself
      client_id: billing-robot
      identifier_code: billing-api
      method: post
      tags: billing, production
      notes: Owned by the platform team.
      users_allowed:
        - username: bob
          can_edit: true
      groups_allowed: []
      shared_error: []
"""

import typing as t
from collections.abc import Iterable, Mapping

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

from ..module_utils._loading import loading

with loading():
    from ..module_utils._api_secret.texts import as_text
    from ..module_utils._entry_points import lookup
    from ..module_utils._errors import MySafeError
    from ..plugin_utils._arguments import is_vaulted, plain
    from ..plugin_utils._lookup_options import set_options
    from ..plugin_utils._sessions import SESSIONS

if t.TYPE_CHECKING:
    from ..module_utils._api_secret.reading import Fetched


class LookupModule(LookupBase):
    """Fetches API secrets."""

    def run(self, terms: list[t.Any], variables: dict[str, t.Any] | None = None, **kwargs: t.Any) -> list[t.Any]:
        """Return the API secrets with the given codes, or one field of each."""
        try:
            params = set_options(self, variables or {}, kwargs)
            done = lookup.run(params, _codes(terms), SESSIONS)
        except MySafeError as error:
            raise AnsibleLookupError(str(error)) from None
        for warning in done.warnings:
            Display().warning(warning)
        for repeat in done.repeats:
            Display().v(repeat)
        found = [entity for entity in map(self._entity, done.fetched) if entity is not None]
        field = self.get_option("field")
        return [entity[field] for entity in found] if field else found

    def _entity(self, one: Fetched) -> dict[str, t.Any] | None:
        """Return the API secret; where there is none, do what the options say."""
        policy = "skip" if one.entity is not None else self.get_option(one.option)
        if policy == "error":
            raise AnsibleLookupError(one.reason)
        if policy == "warn":
            Display().warning(one.reason)
        return one.entity


def _codes(terms: t.Iterable[t.Any]) -> list[str]:
    """Return the terms as codes. A rejected term may be a pasted secret, so it is never echoed.

    Raises AnsibleLookupError and MySafeError.
    """
    codes = []
    for number, term in enumerate(map(plain, _flat(terms)), 1):
        if isinstance(term, bool) or not isinstance(term, (str, int)):
            raise AnsibleLookupError(f"Term {number} is neither a text nor a whole number: give an identifier code.")
        code = as_text(f"_terms ({number})", str(term)).strip()
        if not code:
            raise AnsibleLookupError(f"Term {number} is empty: give an identifier code.")
        codes.append(code)
    return codes


def _flat(terms: t.Iterable[t.Any]) -> t.Iterator[t.Any]:
    for term in terms:
        if isinstance(term, Iterable) and not isinstance(term, (str, Mapping)) and not is_vaulted(term):
            yield from _flat(term)
        else:
            yield term
