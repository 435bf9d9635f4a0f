# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the options that all plugins share: how to reach MySafe."""

from __future__ import annotations


class ModuleDocFragment:
    """The shared connection options."""

    DOCUMENTATION = r"""
requirements:
  - requests
options:
  mysafe_url:
    description:
      - Base URL of the vault, for example V(https://vault.example.org), without C(/api). A trailing slash does no harm.
      - If not set, the value of the environment variable E(SENHASEGURA_URL) is used. One of the two is needed.
    type: str
  mysafe_client_id:
    description:
      - OAuth 2.0 client ID of the MySafe access key.
      - Everything is done as the MySafe user who owns the access key.
      - If not set, the value of the environment variable E(SENHASEGURA_CLIENT_ID) is used.
    type: str
  mysafe_client_secret:
    description:
      - OAuth 2.0 client secret of the MySafe access key.
      - If not set, the value of the environment variable E(SENHASEGURA_CLIENT_SECRET) is used.
    type: str
  mysafe_access_token:
    description:
      - A bearer token that was obtained elsewhere. Where it is set, O(mysafe_client_id) and O(mysafe_client_secret) are not
        used, and the token cannot be renewed when it expires.
      - If not set, the value of the environment variable E(SENHASEGURA_ACCESS_TOKEN) is used, unless O(mysafe_client_id) or
        O(mysafe_client_secret) is set otherwise than by its own environment variable.
    type: str
  mysafe_token_url:
    description:
      - The C(Access Token URL) that the access key screen of MySafe shows.
      - By default C(/api/oauth2/token) below O(mysafe_url), then C(/iso/oauth2/token) where that path does not exist.
      - If not set, the value of the environment variable E(SENHASEGURA_TOKEN_URL) is used, unless O(mysafe_url) is set and
        names another vault than E(SENHASEGURA_URL).
    type: str
  mysafe_tenant:
    description:
      - The tenant, for a vault with several tenants that is reached by IP address; otherwise taken from the host name.
      - If not set, the value of the environment variable E(SENHASEGURA_TENANT) is used, unless O(mysafe_url) is set and
        names another vault than E(SENHASEGURA_URL).
    type: str
  mysafe_token_cache:
    description:
      - Keep the access token for other tasks and forks of the play, and for later plays, until it expires. Within one task, all
        items of a loop share one token anyway.
      - It is kept where the code runs, in a file that only the user running it can read, below E(XDG_RUNTIME_DIR), C(/dev/shm)
        or the temporary directory. Whoever can read the files of that user can use the token while it lasts.
      - If not set, the value of the environment variable E(SENHASEGURA_TOKEN_CACHE) is used.
    type: bool
    default: false
  validate_certs:
    description:
      - Whether the certificate of the vault is verified. Only ever switch it off for a test.
      - If not set, the value of the environment variable E(SENHASEGURA_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - File or directory with the CA certificates to trust, in PEM format, where the code runs.
      - If not set, the value of the environment variable E(SENHASEGURA_CA_PATH) is used, and without it what the Python
        library requests trusts.
    type: path
  client_cert:
    description:
      - File with a client certificate in PEM format, for a vault or an access key that wants one. It may hold the private
        key as well.
      - If not set, the value of the environment variable E(SENHASEGURA_CLIENT_CERT) is used.
    type: path
  client_key:
    description:
      - File with the private key of O(client_cert) in PEM format, not encrypted.
      - If not set, the value of the environment variable E(SENHASEGURA_CLIENT_KEY) is used.
    type: path
  timeout:
    description:
      - How long one request may take, in seconds, from connecting to the end of the answer.
      - If not set, the value of the environment variable E(SENHASEGURA_TIMEOUT) is used.
    type: int
    default: 30
  retries:
    description:
      - How often a request that is safe to repeat is repeated, after a lost connection, a timeout, or an answer that says to
        try later (HTTP 408, 429, 502, 503, 504). The waits between grow, and follow C(Retry-After) and C(RateLimit-Reset) up to
        a minute.
      - While the vault cannot be reached, the next items of a C(loop) are tried once each.
      - Creating is not safe to repeat. After an answer was lost, the identifier code is looked up first, and what is found is
        taken as created.
      - If not set, the value of the environment variable E(SENHASEGURA_RETRIES) is used.
    type: int
    default: 3
notes:
  - An environment variable that is set, but empty, counts as not set.
  - Proxies are taken from the environment, E(HTTPS_PROXY) and E(NO_PROXY), and only used for https. Redirects are not followed.
  - Do not put secrets into the C(environment) keyword of a task or play, as Ansible prints it from C(-vvv) on.
    Set the variables in the environment of the controller, or attach an AWX credential, or take the options from Ansible Vault.
"""

    # Where plugins that are no modules find the options. An ini file is no place for secrets.
    PLUGINS = r"""
options:
  mysafe_url:
    env:
      - name: SENHASEGURA_URL
    ini:
      - section: senhasegura_mysafe
        key: url
    vars:
      - name: mysafe_url
  mysafe_client_id:
    env:
      - name: SENHASEGURA_CLIENT_ID
    ini:
      - section: senhasegura_mysafe
        key: client_id
    vars:
      - name: mysafe_client_id
  mysafe_client_secret:
    env:
      - name: SENHASEGURA_CLIENT_SECRET
    vars:
      - name: mysafe_client_secret
  mysafe_access_token:
    env:
      - name: SENHASEGURA_ACCESS_TOKEN
    vars:
      - name: mysafe_access_token
  mysafe_token_url:
    env:
      - name: SENHASEGURA_TOKEN_URL
    ini:
      - section: senhasegura_mysafe
        key: token_url
    vars:
      - name: mysafe_token_url
  mysafe_tenant:
    env:
      - name: SENHASEGURA_TENANT
    ini:
      - section: senhasegura_mysafe
        key: tenant
    vars:
      - name: mysafe_tenant
  mysafe_token_cache:
    env:
      - name: SENHASEGURA_TOKEN_CACHE
    ini:
      - section: senhasegura_mysafe
        key: token_cache
    vars:
      - name: mysafe_token_cache
  validate_certs:
    env:
      - name: SENHASEGURA_VALIDATE_CERTS
    ini:
      - section: senhasegura_mysafe
        key: validate_certs
    vars:
      - name: mysafe_validate_certs
  ca_path:
    env:
      - name: SENHASEGURA_CA_PATH
    ini:
      - section: senhasegura_mysafe
        key: ca_path
    vars:
      - name: mysafe_ca_path
  client_cert:
    env:
      - name: SENHASEGURA_CLIENT_CERT
    ini:
      - section: senhasegura_mysafe
        key: client_cert
    vars:
      - name: mysafe_client_cert
  client_key:
    env:
      - name: SENHASEGURA_CLIENT_KEY
    ini:
      - section: senhasegura_mysafe
        key: client_key
    vars:
      - name: mysafe_client_key
  timeout:
    env:
      - name: SENHASEGURA_TIMEOUT
    ini:
      - section: senhasegura_mysafe
        key: timeout
    vars:
      - name: mysafe_timeout
  retries:
    env:
      - name: SENHASEGURA_RETRIES
    ini:
      - section: senhasegura_mysafe
        key: retries
    vars:
      - name: mysafe_retries
"""
