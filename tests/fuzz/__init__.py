# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Hostile input: fuzzed options, and fuzzed answers of the server."""
