"""Benchmarks of lifecircle against its peers; run ``./scripts/benchmark``."""
