"""A made-up but lifelike district, seeded."""
