# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""The texts that MySafe answers with, as each version documents them (sections 3.3 to 3.7)."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Wording:
    """The texts whose spelling changed between versions."""

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
    # V32-LIST, V32-CRUD and V32-ACT pages; the two blanks are theirs.
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
NOT_INFORMED = "Parameter '%s' was not informed!"
NO_ACCESS = "User does not have access"
UNEXPECTED_TYPE = "Unexpected identifier type"

# Section 1.2: the same layers in front of other APIs of the product.
RESOURCE_NOT_FOUND = "Resource sub not found"
REFERER_REFUSED = "The http referer is not allowed"
NOT_AUTHORIZED = "You are not authorized to access this resource."
LOCKDOWN = "senhasegura is under Lockdown until %s"
# V32-NOTE: what a text too long for the encryption ends in.
ENCRYPTION_FAILED = "Ocorreu um erro ao criptografar o texto"

# Assumptions: the options are documented, what they answer is not.
IP_REFUSED = "The IP address is not allowed"
CERTIFICATE_REFUSED = "The client certificate is not allowed"
KEY_UNUSABLE = "The authorization is expired or revoked"

# Entries of shared_error: assumption.
USER_NOT_FOUND = "User not found"
GROUP_NOT_FOUND = "Group not found"
SHARED_WITH_OWNER = "User is the owner"
