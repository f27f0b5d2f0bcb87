"""The door out: pages, workbooks, layers. Formats and never computes."""
