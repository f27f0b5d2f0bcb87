"""The door in: files to checked tables in one metric CRS."""
