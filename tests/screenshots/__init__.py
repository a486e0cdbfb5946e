"""Pictures of the dashboard with fixed data. Tests of what it does are in tests/e2e."""
