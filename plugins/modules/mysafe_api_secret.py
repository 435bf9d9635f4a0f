#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Ansible module: makes one API secret in MySafe be as described."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mysafe_api_secret
short_description: Manage an API secret in senhasegura (Segura) MySafe
version_added: 1.0.0
author:
  - senhasegura.mysafe contributors (!UNKNOWN)
description:
  - Ensures that an API secret in MySafe, the personal vault of the senhasegura (Segura) platform, matches the task.
  - The secret is looked up by its O(identifier_code) and created if it is missing. Fields that differ are updated.
    An option that is left out leaves its field alone; an empty string or list clears the field.
  - MySafe never deletes an API secret. O(state=absent) deactivates it.
  - If the answer to a write is lost, the module checks what the vault holds. If that does not prove that the write was applied, the
    task fails with the kind C(write_uncertain) and C(changed) set to true. Run the task again. It finds what is there and does the rest.
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
      - The headers of the diff name the API secret by its code and number. For a client secret, the diff only shows that it changes.
  idempotent:
    support: full
    details:
      - If "Encryption of sensitive data" is switched on for the access key, a client secret can only be compared with
        O(decryption_key). Without it, use O(update_client_secret=on_create).
options:
  identifier_code:
    description:
      - The code that you chose for the API secret, by which it is looked up. It must not be empty.
      - Put quotes around a code of digits. A whole number is used as its decimal digits, with a warning, because YAML reads V(0123) as 83.
      - An API secret that is inactive or may not be read does not show its code. If it cannot be decided whether such a secret has this
        code, the task fails with the kind C(ambiguous) and changes nothing.
      - With O(identifier), the new code to set.
      - One of O(identifier_code) and O(identifier) is required.
    type: str
  identifier:
    description:
      - The number that MySafe gave to the API secret. Use it to address the secret if its code is ambiguous, is hidden because the
        secret is inactive, or is to be changed.
      - An API secret addressed by its number must exist. It is never created.
      - The number may be written with or without quotes.
    type: str
  state:
    description:
      - With V(present), the API secret exists, is active, and matches the task.
      - With V(absent), it is inactive or does not exist. The options that describe it are ignored.
    type: str
    choices:
      - present
      - absent
    default: present
  name:
    description:
      - Name of the API secret. Required to create an API secret. Names need not be unique.
      - Put quotes around a name that looks like another type, such as V(1.10) or V(no). Only a whole number is accepted without
        quotes, and used as its decimal digits.
    type: str
  url:
    description:
      - URL of the API that the secret is for. Required to create an API secret. MySafe accepts any text.
      - The rule about quotes for O(name) applies here too.
    type: str
  client_id:
    description:
      - Client ID to store in the API secret. Required to create an API secret.
      - It is unrelated to O(mysafe_client_id), which is used to log in to MySafe.
      - Put quotes around a client ID of digits. A whole number is used as its decimal digits, with a warning, because YAML reads
        V(0123) as 83.
    type: str
  client_secret:
    description:
      - Client secret to store in the API secret. It never appears in output, logs or diffs.
      - It must be a text, and is stored exactly as given. A number, boolean, mapping or list is refused, because its original spelling
        is lost. Put quotes around a value that looks like a number or a boolean, such as V(007) or V(no).
      - Up to ansible-core 2.18, a template that returns JSON text yields a mapping or a list. Add the filter C(string) to keep the text,
        as in C(key_json | string). To store a mapping as JSON, use the filter C(to_json).
      - A placeholder that Ansible shows in place of a secret, V(VALUE_SPECIFIED_IN_NO_LOG_PARAMETER), V(********) or V($REDACTED$), is
        refused, because it would overwrite the secret in the vault. To copy a client secret, read it with the lookup, or with the option
        O(senhasegura.mysafe.mysafe_api_secret_info#module:reveal).
      - Ansible prints the items of a C(loop). Keep client secrets out of them, as one of the examples shows.
      - Version 3.32 of the product requires it to create an API secret.
    type: str
  method:
    description:
      - HTTP method to store in the API secret, such as V(get). MySafe accepts any text.
      - The rule about quotes for O(name) applies here too.
    type: str
  tags:
    description:
      - Tags of the API secret. Their order does not matter.
      - A tag cannot contain a comma or a line break. A text is split into tags at its commas.
      - The rule about quotes for O(name) applies to each tag.
    type: list
    elements: str
  notes:
    description:
      - Notes of the API secret. Leading and trailing white space is ignored.
      - The rule about quotes for O(name) applies here too.
    type: str
  users_allowed:
    description:
      - All users with whom the API secret is shared, unless O(sharing) says otherwise. The list is sent only if it differs, because MySafe
        sends an e-mail to everyone it shares a secret with.
      - A plain name in the list stands for a user who may only view the API secret. An empty text counts as an empty list.
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
      - All groups with which the API secret is shared, unless O(sharing) says otherwise. The list is sent only if it differs.
      - A plain name in the list stands for a group whose members may only view the API secret. An empty text counts as an empty list.
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
      - With V(false), the API secret is created if it is missing, and an existing one is not changed. An inactive one stays
        inactive, with a warning.
    type: bool
    default: true
  update_client_secret:
    description:
      - With V(always), the client secret is updated if it differs.
      - With V(on_create), it is only set when an API secret is created.
    type: str
    choices:
      - always
      - on_create
    default: always
  sharing:
    description:
      - How O(users_allowed) and O(groups_allowed) are meant. A list that is left out is not touched.
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
notes:
  - An option that does not exist is refused before anything is sent. The message suggests the option that may have been meant, and the
    value is hidden, because it may be a secret.
  - A text that contains a placeholder for a secret, the left-over placeholder of C(omit), or bytes that are not UTF-8 is refused. Use
    C(omit) only as the whole value of an option. Inside a text or a list, let the filter C(default) give an empty text.
seealso:
  - module: senhasegura.mysafe.mysafe_api_secrets
  - module: senhasegura.mysafe.mysafe_api_secret_info
  - plugin: senhasegura.mysafe.mysafe_api_secret
    plugin_type: lookup
  - ref: ansible_collections.senhasegura.mysafe.docsite.managing
    description: How to manage API secrets, by example.
  - name: MySafe API
    description: The vendor's documentation of the REST API that this module uses.
    link: https://docs.senhasegura.io/docs/api-mysafe-first-steps
"""

EXAMPLES = r"""
# In most of these examples, the address and the access key come from the environment variables SENHASEGURA_URL,
# SENHASEGURA_CLIENT_ID and SENHASEGURA_CLIENT_SECRET. They can also be given as options, or once for all tasks with
# module_defaults.

- name: Manage the API secret of the billing service in MySafe
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
    groups_allowed:
      - name: Platform
        can_edit: false

# Ansible prints the items of a loop, even with loop_control.label if an item fails. So the items hold no secrets: these are in
# another variable, from a file encrypted with Ansible Vault, that maps codes to client secrets.
- name: Manage several API secrets, with the client secrets in a variable of their own
  senhasegura.mysafe.mysafe_api_secret:
    identifier_code: "{{ item.code }}"
    name: "{{ item.name }}"
    url: "{{ item.url }}"
    client_id: "{{ item.client_id }}"
    client_secret: "{{ client_secrets[item.code] }}"
  loop:
    - {code: billing-api, name: Billing API, url: https://billing.example.org, client_id: billing-robot}
    - {code: reporting-api, name: Reporting API, url: https://reporting.example.org, client_id: reporting-robot}

- name: Store a JSON file as a client secret, as the text that it is
  senhasegura.mysafe.mysafe_api_secret:
    identifier_code: storage-api
    name: Storage API
    url: https://storage.example.org
    client_id: storage-robot
    client_secret: "{{ lookup('ansible.builtin.file', 'service-account.json') | string }}"

- name: Create an API secret with an initial client secret, and keep later rotations
  senhasegura.mysafe.mysafe_api_secret:
    identifier_code: reporting-api
    name: Reporting API
    url: https://reporting.example.org
    client_id: reporting-robot
    client_secret: "{{ lookup('ansible.builtin.password', '/dev/null', length=32) }}"
    update_client_secret: on_create

- name: Create an API secret if it is missing, and never change an existing one
  senhasegura.mysafe.mysafe_api_secret:
    identifier_code: audit-api
    name: Audit API
    url: https://audit.example.org
    client_id: audit-robot
    update: false

- name: Let two users view an API secret, and no other users
  senhasegura.mysafe.mysafe_api_secret:
    identifier_code: billing-api
    users_allowed: [bob, carol]

- name: Stop sharing an API secret, and change nothing else
  senhasegura.mysafe.mysafe_api_secret:
    identifier_code: billing-api
    users_allowed: []
    groups_allowed: []

- name: Let one more user view an API secret, and leave all others alone
  senhasegura.mysafe.mysafe_api_secret:
    identifier_code: billing-api
    users_allowed: [dave]
    sharing: add

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
    - name: Change the code of an API secret, addressed by its number
      senhasegura.mysafe.mysafe_api_secret:
        identifier: "43"
        identifier_code: billing-api-v2
"""

RETURN = r"""
action:
  description:
    - What was done, or what would be done in check mode.
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
    - The API secret as it is afterwards, or as it would be in check mode. It is V(null) if there is none.
    - Most fields of an inactive API secret are V(null), because MySafe does not allow reading them.
    - On failure, what is known of the API secret. After an uncertain write, fields whose value is unknown are V(null).
  returned: success, and failure if something was written before, or may have been
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
      description: The number that MySafe gave to the API secret. Empty in check mode if the API secret would be created.
      type: str
    name:
      description: Name of the API secret.
      type: str
    url:
      description: URL of the API that the secret is for.
      type: str
    client_secret:
      description: A placeholder if there is a client secret, otherwise empty.
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
      description: Users and groups that MySafe could not share it with, as MySafe reports them. Empty unless the task fails.
      type: list
      elements: raw
note:
  description:
    - After a deactivation, that the number of the API secret is needed to activate it again if MySafe does not list inactive ones.
  returned: success, when RV(action) is V(deactivate)
  type: str
  sample: "MySafe may no longer list the API secret, as it is inactive. Keep its number 43: identifier: 43 with state: present activates
    it again."
error:
  description:
    - Details of the failure, for playbooks to evaluate.
  returned: failure
  type: dict
  sample:
    kind: access_denied
    code: 1006
    http_status: 400
    cause: the user of the access key neither owns the API secret nor has been granted the right that this requires
    solution: share the API secret with that user (with can_edit to change it), or use an access key of its owner
    request_id: 1a6b9c2f0d3e4f5a8b7c6d5e4f3a2b1c
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
      description: HTTP status of the answer, if there was one. For C(write_uncertain), that of the original failure.
      type: int
    cause:
      description: The documented cause. For C(write_uncertain), that of the original failure.
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
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._entry_points import api_secret
    from ansible_collections.senhasegura.mysafe.plugins.module_utils._run_module import run


def main() -> None:
    """Run the module."""
    run(api_secret.argument_spec(), api_secret.run)


if __name__ == "__main__":
    main()
