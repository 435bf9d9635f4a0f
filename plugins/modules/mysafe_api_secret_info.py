#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Ansible module: reads API secrets in MySafe."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mysafe_api_secret_info
short_description: Read API secrets in senhasegura (Segura) MySafe
version_added: 1.0.0
author:
  - senhasegura.mysafe contributors (!UNKNOWN)
description:
  - Reads one API secret by its O(identifier_code) or O(identifier), several by a O(tag), or all that the user of the access
    key can see.
  - If nothing is found, the list is empty and the task succeeds. An API secret that may not be read is in the list, with the reason.
  - Client secrets are hidden unless O(reveal) is set.
extends_documentation_fragment:
  - senhasegura.mysafe.connection
  - senhasegura.mysafe.attributes
attributes:
  check_mode:
    support: full
    details:
      - The module never writes.
  diff_mode:
    support: N/A
    details:
      - The module never writes.
  idempotent:
    support: full
options:
  identifier_code:
    description:
      - The code that was chosen for the API secret.
      - An API secret that is inactive or may not be read does not show its code. It is left out if it cannot be decided whether it has
        this code.
      - Put quotes around a code of digits. A whole number is used as its decimal digits, with a warning, because YAML reads V(0123) as 83.
      - At most one of O(identifier_code), O(identifier) and O(tag) can be given, and it must not be empty. Without any of them, all API
        secrets are read.
    type: str
  identifier:
    description:
      - The number that MySafe gave to the API secret. It may be written with or without quotes.
    type: str
  tag:
    description:
      - One tag of the API secrets, without a comma. MySafe's filter decides whether the case of its letters matters.
      - Put quotes around a tag that looks like another type, such as V(1.10) or V(no). Only a whole number is accepted without
        quotes, and used as its decimal digits.
      - The tags of an API secret that may not be read cannot be checked. It is in the result if MySafe's filter lists it.
    type: str
  details:
    description:
      - Whether to read each API secret, which MySafe's audit log records as a view.
      - With V(false), only MySafe's list is used, which contains the identifier, the name and the rights of the user.
        MySafe's filter alone then decides which API secrets match O(identifier_code) and O(tag).
    type: bool
    default: true
  reveal:
    description:
      - Whether to return the client secrets. If so, set C(no_log) to true for the task, and for every task that shows the result.
    type: bool
    default: false
notes:
  - An option that does not exist is refused before anything is sent. The message suggests the option that may have been meant.
seealso:
  - module: senhasegura.mysafe.mysafe_api_secret
  - module: senhasegura.mysafe.mysafe_api_secrets
  - plugin: senhasegura.mysafe.mysafe_api_secret
    plugin_type: lookup
  - ref: ansible_collections.senhasegura.mysafe.docsite.using_secrets
    description: How to keep secrets out of sight once they were read.
"""

EXAMPLES = r"""
- name: Read one API secret by its code
  senhasegura.mysafe.mysafe_api_secret_info:
    identifier_code: billing-api
  register: billing

- name: Show the users it is shared with
  ansible.builtin.debug:
    msg: "{{ billing.api_secrets | map(attribute='users_allowed') | flatten }}"

- name: Read one API secret by its number
  senhasegura.mysafe.mysafe_api_secret_info:
    identifier: "43"

- name: List all API secrets that the access key can see, without reading them
  senhasegura.mysafe.mysafe_api_secret_info:
    details: false
  register: overview

- name: Read the client secrets of all API secrets with a tag, and keep them out of the log
  senhasegura.mysafe.mysafe_api_secret_info:
    tag: billing
    reveal: true
  register: revealed
  no_log: true
"""

RETURN = r"""
api_secrets:
  description:
    - The API secrets, in the order of MySafe's list.
  returned: success
  type: list
  elements: dict
  sample:
    - identifier: "43"
      name: Billing API
      url: https://billing.example.org
      client_secret: VALUE_SPECIFIED_IN_NO_LOG_PARAMETER
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
      can_view: true
      can_write: true
      need_justify: false
      need_approval: false
      error: null
  contains:
    identifier:
      description: The number that MySafe gave to the API secret.
      type: str
    name:
      description: Name of the API secret.
      type: str
    url:
      description: URL of the API that the secret is for.
      type: str
    client_secret:
      description: The client secret if O(reveal) is set, otherwise a placeholder. Empty if there is no client secret.
      type: str
    client_id:
      description: Client ID stored in the API secret.
      type: str
    identifier_code:
      description: The code that was chosen for the API secret.
      type: str
    method:
      description: HTTP method.
      type: str
    tags:
      description: Tags, separated by commas.
      type: str
    notes:
      description: Notes.
      type: str
    users_allowed:
      description: Users with whom it is shared.
      type: list
      elements: dict
      contains:
        username:
          description: User name.
          type: str
        can_edit:
          description: Whether the user may change and deactivate it.
          type: bool
    groups_allowed:
      description: Groups with which it is shared.
      type: list
      elements: dict
      contains:
        name:
          description: Name of the group.
          type: str
        can_edit:
          description: Whether the members may change and deactivate it.
          type: bool
    shared_error:
      description: Always empty. It is returned so that API secrets have the same fields everywhere.
      type: list
      elements: raw
    can_view:
      description: Whether the user may read it. V(null) if MySafe's list does not contain the secret.
      type: bool
    can_write:
      description: Whether the user may change and deactivate it. V(null) if MySafe's list does not contain the secret.
      type: bool
    need_justify:
      description: Whether reading it needs a justification. V(null) if MySafe's list does not contain the secret.
      type: bool
    need_approval:
      description: Whether reading it needs an approval. V(null) if MySafe's list does not contain the secret.
      type: bool
    error:
      description: Why the API secret could not be read. V(null) if it was read, and if O(details) is V(false).
      type: dict
      contains:
        msg:
          description: What happened, why, and what to do.
          type: str
        kind:
          description:
            - Stable name of the kind of failure. The guide
              R(When a task fails, ansible_collections.senhasegura.mysafe.docsite.errors)
              lists all of them.
          type: str
        code:
          description: MySafe's own error number, if it gave one.
          type: int
        http_status:
          description: HTTP status of the answer, if there was one.
          type: int
        cause:
          description: The documented cause.
          type: str
        solution:
          description: What to do.
          type: str
        request_id:
          description: The gateway's ID of the request, if it gave one.
          type: str
error:
  description:
    - Details of the failure, for playbooks to evaluate.
  returned: failure
  type: dict
  contains:
    kind:
      description:
        - Stable name of the kind of failure. The guide
          R(When a task fails, ansible_collections.senhasegura.mysafe.docsite.errors)
          lists all of them.
      type: str
    code:
      description: MySafe's own error number, if it gave one.
      type: int
    http_status:
      description: HTTP status of the answer, if there was one.
      type: int
    cause:
      description: The documented cause.
      type: str
    solution:
      description: What to do.
      type: str
    request_id:
      description: The gateway's ID of the request, if it gave one.
      type: str
"""

# Not relative: Mitogen tells by this text that the module is written for AnsibleModule.
from ansible_collections.senhasegura.mysafe.plugins.module_utils._loading import loading

with loading():
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import api_secret_info
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._run_module import run


def main() -> None:
    """Run the module."""
    run(api_secret_info.argument_spec(), api_secret_info.run)


if __name__ == "__main__":
    main()
