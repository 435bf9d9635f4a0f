# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# PRIVATE to the collection: may change at any time.
"""The sessions with MySafe that all plugins in one process of the controller share."""

from __future__ import annotations

from ..module_utils._mysafe.sessions import Sessions

#: All items of a loop, and all lookups of a task, run in one worker process. It ends with the task, and they with it.
SESSIONS = Sessions()
