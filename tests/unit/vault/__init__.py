"""Tests of adapters/vault."""
