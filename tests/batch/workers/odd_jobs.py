"""What a worker may meet; imported by worker processes."""

import os
import signal
import time

from lifecircle.batch.work import Outcome


def odd(job, report):
    """The job's settings say what happens to it."""
    kind = job.settings["kind"]
    report("read")
    os.write(1, b"a line of a library's own\n")
    if kind == "exit":
        os._exit(7)
    if kind == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "hang":
        while True:
            time.sleep(0.05)
    if kind == "hog":
        held = []
        while True:
            held.append(bytearray(20_000_000))
            time.sleep(0.01)
    if kind == "raise":
        raise ZeroDivisionError(7)
    if kind == "unportable":
        raise type("Inside", (Exception,), {})(7)
    if kind == "full":
        raise OSError(28, "No space left on device")
    time.sleep(job.settings.get("seconds", 0.0))
    return Outcome({"pid.txt": str(os.getpid()).encode()})
