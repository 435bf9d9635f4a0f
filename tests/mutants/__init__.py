# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""Breaks plugins/module_utils in one place at a time, and sees that a test fails: "make mutants", or python -m mutants."""
