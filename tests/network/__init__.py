# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The collection against real servers in front of the simulator: nginx, tinyproxy and squid."""
