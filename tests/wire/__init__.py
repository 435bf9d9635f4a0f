# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Tests of the core of the collection against the simulator, over HTTP and TLS."""
