# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Tests of docs/awx: credential type, execution environment, playbooks, and the playbook that sets up an AWX."""
