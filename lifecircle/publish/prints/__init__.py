"""Sheets to print: maps at a fixed scale, and charts, as PDF, SVG or PNG."""
