#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Ansible module: makes many API secrets in MySafe be as described."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mysafe_api_secrets
short_description: Manage many API secrets in senhasegura (Segura) MySafe in one task
version_added: 1.0.0
author:
  - senhasegura.mysafe contributors (!UNKNOWN)
description:
  - Ensures that every API secret of a list matches the task, as M(senhasegura.mysafe.mysafe_api_secret) does for one. It logs in once and
    works over several connections at the same time.
  - The client secrets can be kept out of the list, in O(client_secrets), so that the list itself can be printed.
  - The list is checked as a whole before anything is sent. All items that cannot be used are named at once, each with the first thing
    that is wrong with it.
  - If items fail, the others are done all the same, unless O(on_error=stop). The task then fails at its end, and RV(results) says what
    became of each item. Run the task again. It finds what is there and does the rest.
  - With O(tag) and O(unlisted), the task also finds the API secrets that carry a tag and are not in the list.
extends_documentation_fragment:
  - senhasegura.mysafe.connection
  - senhasegura.mysafe.attributes
attributes:
  check_mode:
    support: full
    details:
      - The fields of an inactive API secret cannot be read. For these, check mode reports that the secret would be activated, but not
        whether its fields would be updated as well.
  diff_mode:
    support: full
    details:
      - The diff is a list with an entry for each API secret that changes. Its headers name the API secret by its code and number.
  idempotent:
    support: full
options:
  api_secrets:
    description:
      - The API secrets. Each item has the options of M(senhasegura.mysafe.mysafe_api_secret) that describe one API secret, and they mean
        the same.
      - A code or a number that comes twice is refused. If the code of one item and the number of another turn out to mean the same API
        secret, the second item fails before anything is written for it.
      - Items with O(api_secrets[].identifier) are done after all others.
    type: list
    elements: dict
    required: true
    suboptions:
      identifier_code:
        description:
          - The code that you chose for the API secret, by which it is looked up. Put quotes around a code of digits.
          - With O(api_secrets[].identifier), the new code to set. One of the two is required.
        type: str
      identifier:
        description:
          - The number that MySafe gave to the API secret. An API secret addressed by its number must exist.
        type: str
      state:
        description:
          - With V(present), the API secret exists, is active, and matches the item.
          - With V(absent), it is inactive or does not exist.
        type: str
        choices:
          - present
          - absent
        default: present
      name:
        description:
          - Name of the API secret. Required to create an API secret.
        type: str
      url:
        description:
          - URL of the API that the secret is for. Required to create an API secret.
        type: str
      client_id:
        description:
          - Client ID to store in the API secret. Required to create an API secret.
        type: str
      client_secret:
        description:
          - Client secret to store in the API secret, a text. Use O(client_secrets) instead to keep it out of the list.
        type: str
      method:
        description:
          - HTTP method to store in the API secret.
        type: str
      tags:
        description:
          - Tags of the API secret, without commas and line breaks.
        type: list
        elements: str
      notes:
        description:
          - Notes of the API secret.
        type: str
      users_allowed:
        description:
          - All users with whom the API secret is shared, unless O(sharing) says otherwise. A plain name stands for a user who may only view it.
        type: list
        elements: dict
        suboptions:
          username:
            description:
              - The name with which the user logs in.
            type: str
            required: true
          can_edit:
            description:
              - Whether the user may also change and deactivate the API secret.
            type: bool
            default: false
      groups_allowed:
        description:
          - All groups with which the API secret is shared, unless O(sharing) says otherwise. A plain name stands for a group whose members may only view it.
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - Name of the group.
            type: str
            required: true
          can_edit:
            description:
              - Whether the members may also change and deactivate the API secret.
            type: bool
            default: false
  client_secrets:
    description:
      - A mapping from the identifier codes of the list to their client secrets, for example from a file encrypted with Ansible Vault.
      - A code that is not in the list is refused, and so is one whose item has an O(api_secrets[].client_secret) of its own.
      - An empty text clears the client secret, and V(null) leaves it alone.
    type: dict
  update:
    description:
      - With V(false), API secrets are created if they are missing, and existing ones are not changed. Inactive ones stay inactive, with a
        warning.
    type: bool
    default: true
  update_client_secret:
    description:
      - With V(always), client secrets are updated if they differ.
      - With V(on_create), they are only set when an API secret is created.
    type: str
    choices:
      - always
      - on_create
    default: always
  sharing:
    description:
      - How O(api_secrets[].users_allowed) and O(api_secrets[].groups_allowed) are meant. A list that is left out is not touched.
      - With V(replace), they are all with whom the API secret is shared. An empty list stops sharing it.
      - With V(add), every user and group in them has exactly the given right afterwards, and all others keep theirs.
      - With V(remove), the users and groups in them have no share afterwards, and all others keep theirs. C(can_edit) is ignored.
      - MySafe only takes whole lists, so V(add) and V(remove) write back what was read. The module looks again a moment later, and repeats
        the change if it was overwritten at the same time. If somebody else changes the list just between reading and writing, that change
        may still be lost.
    type: str
    choices:
      - replace
      - add
      - remove
    default: replace
  concurrency:
    description:
      - How many connections to use at the same time, from 1 to 64.
      - If the server limits the rate of requests, all of them wait as long as it asks for.
    type: int
    default: 8
  on_error:
    description:
      - With V(continue), a failed item does not keep the others from being done.
      - With V(stop), no item is begun after a failure. Those that were not tried have an error of the kind C(not_tried).
    type: str
    choices:
      - continue
      - stop
    default: continue
  tag:
    description:
      - One tag, without a comma. It is compared exactly.
    type: str
  unlisted:
    description:
      - What to do with active API secrets that carry O(tag) and are not in the list. This needs O(tag). Items with
        O(api_secrets[].state=absent) are in the list, too.
      - With V(ignore), they are not even looked for.
      - With V(report), they are returned in RV(unlisted).
      - With V(deactivate), those that the user of the access key may write are deactivated as well. None is if an item of the list failed,
        or with O(update=false). An API secret that cannot be read is left alone. An empty list is refused.
      - Each API secret that MySafe lists for the tag is read, which MySafe's audit log records as a view.
    type: str
    choices:
      - ignore
      - report
      - deactivate
    default: ignore
notes:
  - On the controller, the task shows its progress every few seconds.
  - An option that does not exist is refused before anything is sent, in an item too, and its value is hidden, because it may be a secret.
seealso:
  - module: senhasegura.mysafe.mysafe_api_secret
  - module: senhasegura.mysafe.mysafe_api_secret_info
  - plugin: senhasegura.mysafe.mysafe_api_secret
    plugin_type: lookup
  - ref: ansible_collections.senhasegura.mysafe.docsite.many_at_once
    description: Lists in practice, with rate limits and what is in MySafe but not in the list.
"""

EXAMPLES = r"""
# The address and the access key come from the environment variables SENHASEGURA_URL, SENHASEGURA_CLIENT_ID and
# SENHASEGURA_CLIENT_SECRET. They can also be given as options, or once for all tasks with module_defaults.

- name: Manage the API secrets of a team, with the client secrets in a variable of their own
  senhasegura.mysafe.mysafe_api_secrets:
    api_secrets:
      - identifier_code: billing-api
        name: Billing API
        url: https://billing.example.org
        client_id: billing-robot
        tags: [billing]
      - identifier_code: reporting-api
        name: Reporting API
        url: https://reporting.example.org
        client_id: reporting-robot
        tags: [billing]
    client_secrets: "{{ billing_client_secrets }}" # from a file encrypted with Ansible Vault
  register: billing

- name: Show what was done
  ansible.builtin.debug:
    var: billing.summary

- name: Use every option that describes an API secret
  senhasegura.mysafe.mysafe_api_secrets:
    api_secrets:
      - identifier_code: ledger-api
        name: Ledger API
        url: https://ledger.example.org
        client_id: ledger-robot
        client_secret: "{{ ledger_client_secret }}"
        method: post
        tags: [billing, production]
        notes: Owned by the finance team.
        users_allowed:
          - username: bob
            can_edit: true
          - carol
        groups_allowed:
          - name: Platform
            can_edit: false
      - identifier: "43"
        identifier_code: billing-api-v2
      - identifier_code: old-ledger-api
        state: absent

- name: Report what has the tag billing in MySafe and is not in the list
  senhasegura.mysafe.mysafe_api_secrets:
    api_secrets: "{{ billing_api_secrets }}"
    tag: billing
    unlisted: report
  register: billing

- name: Deactivate what has the tag billing in MySafe and is not in the list
  senhasegura.mysafe.mysafe_api_secrets:
    api_secrets: "{{ billing_api_secrets }}"
    tag: billing
    unlisted: deactivate

- name: Let one more user view all API secrets of a list
  senhasegura.mysafe.mysafe_api_secrets:
    api_secrets:
      - identifier_code: billing-api
        users_allowed: [dave]
      - identifier_code: reporting-api
        users_allowed: [dave]
    sharing: add

- name: Create what is missing in small steps, never change what is there, and end with the first failure
  senhasegura.mysafe.mysafe_api_secrets:
    api_secrets: "{{ imported_api_secrets }}"
    client_secrets: "{{ imported_client_secrets }}"
    update: false
    update_client_secret: on_create
    concurrency: 2
    on_error: stop
"""

RETURN = r"""
results:
  description:
    - What became of each item, in the order of the list.
  returned: success, and failure after the list was checked and the login was accepted
  type: list
  elements: dict
  sample:
    - identifier_code: billing-api
      identifier: "43"
      changed: true
      action: update
      api_entity:
        identifier: "43"
        name: Billing API
        url: https://billing.example.org
        client_secret: VALUE_SPECIFIED_IN_NO_LOG_PARAMETER
        client_id: billing-robot
        identifier_code: billing-api
        method: post
        tags: billing, production
        notes: Owned by the platform team.
        users_allowed: []
        groups_allowed: []
        shared_error: []
  contains:
    identifier_code:
      description: The code of the API secret. V(null) if it is not known.
      type: str
    identifier:
      description: The number that MySafe gave to the API secret. V(null) if there is none or it is not known.
      type: str
    changed:
      description:
        - Whether the API secret was changed, or may have been, or would be in check mode. A failed item may have been changed too.
      type: bool
    action:
      description: As the return value C(action) of M(senhasegura.mysafe.mysafe_api_secret), of what was done before a failure, too.
      type: str
    api_entity:
      description: As the return value C(api_entity) of M(senhasegura.mysafe.mysafe_api_secret). Left out if nothing is known.
      type: dict
    note:
      description: As the return value C(note) of M(senhasegura.mysafe.mysafe_api_secret), after a deactivation.
      type: str
    warnings:
      description: The warnings about this API secret, if there are any.
      type: list
      elements: str
    error:
      description: Why the item failed, or was not tried. Left out if it did not fail.
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
summary:
  description:
    - How many API secrets were treated how, or would be in check mode. Every item of the list counts once.
  returned: as results
  type: dict
  sample: {total: 2, unchanged: 1, created: 0, updated: 1, activated: 0, deactivated: 0, failed: 0, untried: 0, unlisted: 0}
  contains:
    total:
      description: How many items the list has.
      type: int
    unchanged:
      description: How many matched already.
      type: int
    created:
      description: How many were created.
      type: int
    updated:
      description: How many were updated.
      type: int
    activated:
      description: How many were activated, whether or not they were updated, too.
      type: int
    deactivated:
      description: How many were deactivated, including unlisted ones.
      type: int
    failed:
      description: How many failed, including unlisted ones that could not be deactivated.
      type: int
    untried:
      description: How many were not tried because of O(on_error=stop).
      type: int
    unlisted:
      description: How many API secrets are in RV(unlisted).
      type: int
unlisted:
  description:
    - The active API secrets that carry the tag and are not in the list.
  returned: when O(unlisted) is V(report) or V(deactivate)
  type: list
  elements: dict
  sample:
    - identifier: "57"
      identifier_code: old-billing-api
      name: Old Billing API
      can_write: true
      changed: true
      action: deactivate
  contains:
    identifier:
      description: The number that MySafe gave to the API secret.
      type: str
    identifier_code:
      description: The code of the API secret. V(null) if it could not be read.
      type: str
    name:
      description: Name of the API secret.
      type: str
    can_write:
      description: Whether the user of the access key may change and deactivate it.
      type: bool
    changed:
      description: Whether it was deactivated, or would be in check mode.
      type: bool
    action:
      description: V(deactivate) if it was deactivated, otherwise V(none).
      type: str
    error:
      description: Why it could not be read or deactivated, as in RV(results). One that cannot be read may not even carry the tag.
      type: dict
error:
  description:
    - Details of the failure, for playbooks to evaluate. If items failed, the kind is C(items_failed).
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
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import api_secrets
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._run_module import run


def main() -> None:
    """Run the module."""
    run(api_secrets.argument_spec(), api_secrets.run)


if __name__ == "__main__":
    main()
