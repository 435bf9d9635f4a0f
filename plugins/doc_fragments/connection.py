# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the options that all plugins share: how to reach MySafe."""

from __future__ import annotations


class ModuleDocFragment:
    """The shared connection options."""

    DOCUMENTATION = r"""
requirements:
  - requests >= 2.25.1
options:
  mysafe_url:
    description:
      - Base URL of the vault, for example V(https://vault.example.org), without C(/api). A trailing slash is ignored.
      - It must begin with V(https://). Plain http is accepted only for a server on the same machine.
      - If not set, the value of the environment variable E(SENHASEGURA_URL) is used. One of the two is required.
    type: str
  mysafe_client_id:
    description:
      - OAuth 2.0 client ID of the MySafe access key.
      - All requests act as the MySafe user who owns the access key.
      - If not set, the value of the environment variable E(SENHASEGURA_CLIENT_ID) is used.
    type: str
  mysafe_client_secret:
    description:
      - OAuth 2.0 client secret of the MySafe access key. It must be a text. Put quotes around one that consists of digits.
      - If not set, the value of the environment variable E(SENHASEGURA_CLIENT_SECRET) is used.
    type: str
  mysafe_access_token:
    description:
      - A bearer token obtained elsewhere. If it is set, O(mysafe_client_id) and O(mysafe_client_secret) are not used, and the
        token cannot be renewed when it expires. It must be a text.
      - If not set, the value of the environment variable E(SENHASEGURA_ACCESS_TOKEN) is used, unless O(mysafe_client_id) or
        O(mysafe_client_secret) is set by other means than its own environment variable.
    type: str
  mysafe_token_url:
    description:
      - The C(Access Token URL) that the access key screen of MySafe shows.
      - The default is C(/api/oauth2/token) below O(mysafe_url), or C(/iso/oauth2/token) if that path does not exist.
      - If not set, the value of the environment variable E(SENHASEGURA_TOKEN_URL) is used, unless O(mysafe_url)
        is set and names another vault than E(SENHASEGURA_URL).
    type: str
  mysafe_tenant:
    description:
      - The tenant, for a multi-tenant vault that is reached by IP address. Otherwise the tenant is taken from the host name.
      - If not set, the value of the environment variable E(SENHASEGURA_TENANT) is used, unless O(mysafe_url)
        is set and names another vault than E(SENHASEGURA_URL).
    type: str
  mysafe_token_cache:
    description:
      - Whether to keep the access token for other tasks and forks of the play, and for later plays, until it expires. Within one
        task, all items of a loop share one token in any case.
      - The token is kept where the code runs, in a file that only the user running it can read, below E(XDG_RUNTIME_DIR),
        C(/dev/shm) or the temporary directory. Anyone who can read the files of that user can use the token until it expires.
      - If not set, the value of the environment variable E(SENHASEGURA_TOKEN_CACHE) is used.
    type: bool
    default: false
  validate_certs:
    description:
      - Whether to verify the certificate of the vault. Switch this off only for a test.
      - If not set, the value of the environment variable E(SENHASEGURA_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - File or directory with the CA certificates to trust, in PEM format, where the code runs. A directory must have been
        prepared with C(openssl rehash).
      - If not set, the value of the environment variable E(SENHASEGURA_CA_PATH) is used. If that is not set either, the file or
        directory that E(REQUESTS_CA_BUNDLE) or E(CURL_CA_BUNDLE) names where the code runs is used, otherwise the CAs of the
        Python library certifi. Linux distributions replace the latter with the CAs of the system; pip does not.
        E(SSL_CERT_FILE) and E(SSL_CERT_DIR) have no effect.
    type: path
  client_cert:
    description:
      - File with a client certificate in PEM format, if the vault or the access key requires one. The file may also contain the
        private key.
      - If not set, the value of the environment variable E(SENHASEGURA_CLIENT_CERT) is used.
    type: path
  client_key:
    description:
      - File with the private key of O(client_cert) in PEM format, without a passphrase.
      - If not set, the value of the environment variable E(SENHASEGURA_CLIENT_KEY) is used.
    type: path
  timeout:
    description:
      - How many seconds a whole request may take, from connecting to the end of the answer, however slowly the answer arrives. Only the
        resolution of the host name is left to the limits of the system.
      - If not set, the value of the environment variable E(SENHASEGURA_TIMEOUT) is used.
    type: int
    default: 30
  retries:
    description:
      - How many times a request that is safe to repeat is repeated after a lost connection, a timeout, or an answer that may be
        temporary (HTTP status 408, 429, 502, 503 or 504). The waits in between grow. C(Retry-After) and C(RateLimit-Reset) are
        honoured up to a minute.
      - Creating an API secret is not safe to repeat. If the answer is lost, the identifier code is looked up first, and a secret
        that is found counts as created.
      - While the vault cannot be reached, the next items of a C(loop) are tried once each.
      - A task that runs in place shows each repetition at C(-v). After more than two repetitions, a task also warns.
      - If not set, the value of the environment variable E(SENHASEGURA_RETRIES) is used.
    type: int
    default: 3
  decryption_key:
    description:
      - File with the private key of an access key that has "Encryption of sensitive data", in PEM format (PKCS#8 or PKCS#1), without a
        passphrase. MySafe offers it for download with the access key. Client secrets and notes that MySafe encrypted are then decrypted
        after reading, so they can be compared, rotated and read as with any other access key.
      - If the key does not decrypt a client secret, the task fails with the kind C(configuration). Notes that it does not decrypt are
        taken as MySafe returns them, with a warning.
      - It requires the Python library cryptography, 3.3 or newer, where the code runs. ansible-core brings it along on the controller.
      - If not set, the value of the environment variable E(SENHASEGURA_DECRYPTION_KEY) is used.
    type: path
notes:
  - An empty option or environment variable counts as not set.
  - Proxies are taken from the environment variables E(HTTPS_PROXY), E(ALL_PROXY) and E(NO_PROXY) where the code runs. They are used for
    https only, because plain http would show the proxy every secret. Redirects are not followed.
  - Do not put secrets into the C(environment) keyword of a task or play, because Ansible prints it from C(-vvv) on.
    Set the variables in the environment of the controller, attach an AWX credential, or take the options from Ansible Vault.
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
  decryption_key:
    env:
      - name: SENHASEGURA_DECRYPTION_KEY
    ini:
      - section: senhasegura_mysafe
        key: decryption_key
    vars:
      - name: mysafe_decryption_key
"""
