"""Ask SLURM for workers and keep a Dask scheduler for ``lifecircle batch``.

Run it on a login node, then, in another shell, the command that it prints. Certificates
are taken from Dask's configuration (see README.md); without them the network must be
closed.
"""

from __future__ import annotations

import argparse
import time

from dask_jobqueue import SLURMCluster

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--districts-at-once", type=int, default=32)
parser.add_argument("--memory", default="4GB", help="of one worker")
parser.add_argument("--walltime", default="08:00:00")
parser.add_argument("--queue", help="partition; SLURM's default if left out")
parser.add_argument("--tls", action="store_true", help="certificates are configured")
given = parser.parse_args()

cluster = SLURMCluster(
    cores=1,
    processes=1,
    memory=given.memory,
    walltime=given.walltime,
    queue=given.queue,
    protocol="tls" if given.tls else "tcp",
)
cluster.scale(jobs=given.districts_at_once)
print(f"lifecircle batch CITY -o OUT --scheduler {cluster.scheduler_address}")
while True:
    time.sleep(60)
