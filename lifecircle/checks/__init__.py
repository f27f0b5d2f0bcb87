"""Rule books held against the district: findings, gaps, roll-ups."""
