# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""A play under mitogen_linear, the strategy of another project that runs modules without new Python processes."""
