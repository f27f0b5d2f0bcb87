"""What would mend it: grids and communities drawn anew, and the proof beside them."""
