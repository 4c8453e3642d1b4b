"""Keeps loops that await a Bluetooth stack stoppable."""

import asyncio


def heed_cancellation() -> None:
    """Raise CancelledError if this task was asked to end.

    Stacks may answer a cancellation with an error of their own (the link is going anyway), and the
    request to end is lost with it; a loop that catches such errors asks here before it goes on.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
