"""A made-up but lifelike district, seeded."""

from lifecircle.demo.write import DEFAULT_SEED, write_demo

__all__ = ["DEFAULT_SEED", "write_demo"]
