"""Measurements of Tandem that report ratios. Nothing here is a test: no figure passes or fails a build."""
