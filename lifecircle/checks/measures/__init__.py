"""One module per family of metric kinds."""
