# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Tests of the code that runs on the controller: action plugins, lookup, shared sessions, token cache."""
