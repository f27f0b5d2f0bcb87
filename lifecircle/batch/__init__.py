"""A city's districts, one job each: planned, run, journalled, summed up.

::

    city -> keys (what must be done) -> work (on an engine) -> journal -> roll_up

``run`` is the loop; ``local`` and ``cluster`` are the two engines of one interface.
"""
