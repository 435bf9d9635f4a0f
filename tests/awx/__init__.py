# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Tests of docs/awx: the credential type, the execution environment, the playbooks and what sets up an AWX."""
