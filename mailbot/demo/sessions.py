"""What clients of the embedded servers began: held while it runs, ended with the servers.

The rule kept here: a session ends when its client or its server does, and by nothing else.
"""

from __future__ import annotations

import asyncio
from typing import Any


class Held:
    """Makes the tasks of a loop, and holds each until it ends; the loop itself knows them only weakly.

    Nobody else holds a session of pymap: its reader of the PROXY protocol begins one and forgets it, and from Python
    3.12 on no stream does either. The next search for garbage took it along, and its client lost the line.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def __call__(self, loop: asyncio.AbstractEventLoop, work: Any, **how: Any) -> asyncio.Task[Any]:
        task = asyncio.Task(work, loop=loop, **how)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task


async def end() -> None:
    """Connections that clients left open would keep their tasks, and complain when the loop closes."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
