# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Modules on every supported Python with every supported set of libraries: a part of "make versions"."""
