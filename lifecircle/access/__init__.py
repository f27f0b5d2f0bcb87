"""Who reaches what on foot: minutes, isochrones, catchments."""
