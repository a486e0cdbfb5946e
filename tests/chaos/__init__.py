"""Chaos with real processes: `run.py` killed, paused and lied to. What needs no process belongs elsewhere."""
