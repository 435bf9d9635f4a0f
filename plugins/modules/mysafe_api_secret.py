#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Ansible module: makes one API secret in MySafe be as described."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mysafe_api_secret
short_description: Manage an API secret in senhasegura (Segura) MySafe
version_added: 0.1.0
author:
  - senhasegura.mysafe contributors (!UNKNOWN)
description:
  - Makes one API secret in MySafe, the personal vault of the senhasegura (Segura) platform, be as the task describes it.
  - The secret is looked up by its O(identifier_code) and created where it is missing. What differs is updated.
    An option that is left out is left alone on the server; an empty string or list clears.
  - MySafe deletes nothing. O(state=absent) deactivates.
extends_documentation_fragment:
  - senhasegura.mysafe.connection
  - senhasegura.mysafe.attributes
attributes:
  check_mode:
    support: full
    details:
      - The fields of an inactive API secret cannot be read. For such a one check mode tells that it would be activated,
        and not yet whether its fields would be updated too.
  diff_mode:
    support: full
    details:
      - Of a client secret the diff only tells that it changes.
  idempotent:
    support: full
    details:
      - With an access key that has "Encryption of sensitive data" switched on, a client secret cannot be compared.
        Then use O(update_client_secret=on_create).
options:
  identifier_code:
    description:
      - The code that you chose for the API secret, by which it is looked up. It is never empty.
      - With O(identifier) it is the code that the API secret shall have.
      - One of O(identifier_code) and O(identifier) is required.
    type: str
  identifier:
    description:
      - The number that MySafe gave to the API secret. It addresses the secret where its code is ambiguous,
        hidden because the secret is inactive, or is itself to be changed.
      - A secret that is addressed by its number must exist. It is never created.
    type: str
  state:
    description:
      - With V(present) the API secret is there, active, and as described.
      - With V(absent) it is inactive, or not there. The other options do not matter then.
    type: str
    choices:
      - present
      - absent
    default: present
  name:
    description:
      - Name of the API secret. Needed to create one. Names need not be unique.
    type: str
  url:
    description:
      - URL of the API that the secret is for. Needed to create an API secret. MySafe takes any text.
    type: str
  client_id:
    description:
      - Client ID that is kept in the API secret. Needed to create one.
      - It has nothing to do with O(mysafe_client_id), which logs in to MySafe.
    type: str
  client_secret:
    description:
      - Client secret that is kept in the API secret. It appears in no output, log or diff.
      - Version 3.32 of the product needs it to create an API secret.
    type: str
  method:
    description:
      - HTTP method that is kept in the API secret, such as V(get). MySafe takes any text.
    type: str
  tags:
    description:
      - Tags of the API secret. Their order does not matter. A tag cannot hold a comma.
    type: list
    elements: str
  notes:
    description:
      - Notes of the API secret. White space around them does not matter.
    type: str
  users_allowed:
    description:
      - The users with whom the API secret is shared, and nobody else. It is sent only when it differs, as MySafe sends
        e-mails to those with whom it shares.
    type: list
    elements: dict
    suboptions:
      username:
        description:
          - User name, as it is used to log in.
        type: str
        required: true
      can_edit:
        description:
          - Whether the user may also change and deactivate the API secret.
        type: bool
        default: false
  groups_allowed:
    description:
      - The groups with which the API secret is shared, and no others. It is sent only when it differs.
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
  update:
    description:
      - With V(false) the API secret is created where it is missing, and otherwise left as it is. An inactive one
        then stays inactive, with a warning.
    type: bool
    default: true
  update_client_secret:
    description:
      - With V(always) the client secret is updated where it differs.
      - With V(on_create) it is only set on API secrets that are created.
    type: str
    choices:
      - always
      - on_create
    default: always
seealso:
  - name: MySafe API
    description: The vendor's pages about the REST API that this module uses.
    link: https://docs.senhasegura.io/docs/api-mysafe-first-steps
"""

EXAMPLES = r"""
# The address and the access key come from the environment variables SENHASEGURA_URL, SENHASEGURA_CLIENT_ID and
# SENHASEGURA_CLIENT_SECRET here; they can also be given as options, or once for all tasks with module_defaults.

- name: Keep the API secret of the billing service in MySafe
  senhasegura.mysafe.mysafe_api_secret:
    identifier_code: billing-api
    name: Billing API
    url: https://billing.example.org
    client_id: billing-robot
    client_secret: "{{ billing_client_secret }}"
    method: post
    tags:
      - billing
      - production
    notes: Owned by the platform team.
    users_allowed:
      - username: bob
        can_edit: true

- name: Create it with a first client secret, and leave later rotations alone
  senhasegura.mysafe.mysafe_api_secret:
    identifier_code: reporting-api
    name: Reporting API
    url: https://reporting.example.org
    client_id: reporting-robot
    client_secret: "{{ lookup('ansible.builtin.password', '/dev/null', length=32) }}"
    update_client_secret: on_create

- name: Stop sharing it, and touch nothing else
  senhasegura.mysafe.mysafe_api_secret:
    identifier_code: billing-api
    users_allowed: []
    groups_allowed: []

- name: Deactivate an API secret
  senhasegura.mysafe.mysafe_api_secret:
    identifier_code: reporting-api
    state: absent

- name: Set the address and the access key once for all tasks
  module_defaults:
    group/senhasegura.mysafe.mysafe:
      mysafe_url: "{{ vault_url }}"
      mysafe_client_id: "{{ vault_client_id }}"
      mysafe_client_secret: "{{ vault_client_secret }}"
  block:
    - name: Change the code of an API secret that is addressed by its number
      senhasegura.mysafe.mysafe_api_secret:
        identifier: "43"
        identifier_code: billing-api-v2
"""

RETURN = r"""
action:
  description:
    - What was done, or would be done in check mode.
  returned: success
  type: str
  choices:
    - none
    - create
    - update
    - activate
    - deactivate
    - activate+update
  sample: create
api_entity:
  description:
    - The API secret as it is afterwards, or would be. It is V(null) where there is none.
    - Of an inactive API secret most fields are V(null), as MySafe does not let them be read.
    - On failure it is returned where something was written before.
  returned: success, and failure after something was written
  type: dict
  sample:
    identifier: "43"
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
  contains:
    identifier:
      description: The number that MySafe gave to the API secret. Empty in check mode where it would be created.
      type: str
    name:
      description: Name of the API secret.
      type: str
    url:
      description: URL of the API that the secret is for.
      type: str
    client_secret:
      description: A placeholder where there is a client secret, otherwise empty.
      type: str
    client_id:
      description: Client ID that is kept in the API secret.
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
      description: Those with whom MySafe could not share it, as MySafe reports them. Not empty only on failure.
      type: list
      elements: raw
error:
  description:
    - What went wrong, for playbooks to decide by.
  returned: failure
  type: dict
  sample:
    kind: access_denied
    code: 1006
    http_status: 400
    cause: the user of the access key neither owns the API secret nor has it shared with the right that this needs
    solution: share the API secret with that user (with can_edit to change it), or use an access key of its owner
    request_id: 1a6b9c2f0d3e4f5a8b7c6d5e4f3a2b1c
  contains:
    kind:
      description: Stable name of the kind of failure. They are listed in the collection's C(docs/errors.md).
      type: str
    code:
      description: MySafe's own number, where it gave one.
      type: int
    http_status:
      description: HTTP status of the answer, where there was one.
      type: int
    cause:
      description: Why it happened, as documented.
      type: str
    solution:
      description: What to do.
      type: str
    request_id:
      description: The gateway's name for the request, where it gave one.
      type: str
"""

from ..module_utils._entry_points import api_secret
from ..module_utils._run_module import run


def main() -> None:
    """Run the module."""
    run(api_secret.argument_spec(), api_secret.run)


if __name__ == "__main__":
    main()
