"""Streets, walls and gates to a walk network."""
