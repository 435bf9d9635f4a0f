# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
"""Measures how fast the collection is, beside what else a user could run: "make bench", or python -m benchmark."""
