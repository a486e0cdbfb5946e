"""Tests of adapters/storage."""
