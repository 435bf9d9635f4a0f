# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The probe: finds out how a MySafe behaves, and writes a report and a profile for the simulator."""
