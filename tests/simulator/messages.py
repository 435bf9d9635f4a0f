# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The messages of MySafe, as documented for each version (sections 3.3 to 3.7)."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Wording:
    """The messages whose spelling differs between versions."""

    not_found: str
    not_found_on_get: str
    inactive: str
    duplicate: str
    deactivated: str
    unexpected: str


WORDINGS = {
    # V33 and V40 pages: get one, create, disable.
    "v4": Wording(
        not_found="Api secret not found",
        not_found_on_get="Api secret not found",
        inactive="Inactive Api secret",
        duplicate="Identifier already found in another API key of this user",
        deactivated="Api secret successfully deactivated",
        unexpected="Unexpected error.",
    ),
    # V32-LIST, V32-CRUD and V32-ACT pages. The double space is in the original.
    "v3_32": Wording(
        not_found="Api secret not found",
        not_found_on_get="API secret not found",
        inactive="Inactive api secret",
        duplicate="'Identifier' already found in another API key of this user",
        deactivated="API secret  successfully deactivated",
        unexpected="Unexpected error",
    ),
}

GET_SUCCESS = "Success"
LIST_SUCCESS = ""
CREATED = "Api secret successfully registered"
UPDATED = "Api secret updated successfully"
ACTIVATED = "Api secret activated successfully"
ALREADY_ACTIVATED = "Api secret has already been activated"
ALREADY_DEACTIVATED = "Api secret has already been deactivated"
NO_ACCESS = "User does not have access"
UNEXPECTED_TYPE = "Unexpected identifier type"

# Section 1.2: messages of the layers in front of the API, documented for other APIs of the product.
RESOURCE_NOT_FOUND = "Resource sub not found"
REFERER_REFUSED = "The http referer is not allowed"
NOT_AUTHORIZED = "You are not authorized to access this resource."
# V32-NOTE: the error for a text that is too long to encrypt.
ENCRYPTION_FAILED = "Ocorreu um erro ao criptografar o texto"

# Assumptions: the options are documented, but not their errors.
IP_REFUSED = "The IP address is not allowed"
CERTIFICATE_REFUSED = "The client certificate is not allowed"
KEY_UNUSABLE = "The authorization is expired or revoked"

# Assumptions: the entries of shared_error.
USER_NOT_FOUND = "User not found"
GROUP_NOT_FOUND = "Group not found"
SHARED_WITH_OWNER = "User is the owner"


def not_informed(parameter: str) -> str:
    """Return the message for a required parameter that is missing or empty."""
    return f"Parameter '{parameter}' was not informed!"


def lockdown(date: str) -> str:
    """Return the message of a vault under lockdown (section 1.2)."""
    return f"senhasegura is under Lockdown until {date}"
