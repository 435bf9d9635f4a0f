# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Hostile input: fuzzed options, and fuzzed answers of the server."""
