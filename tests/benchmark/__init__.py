# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Measures the collection against its alternatives: "make bench", or python -m benchmark."""
