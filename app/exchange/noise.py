"""Repeatable randomness: numbers that depend on a seed and a place only, never on what was asked before."""

from hashlib import blake2b

_MASK = (1 << 64) - 1


def stream_of(seed: int, name: str) -> int:
    """Return the 64-bit stream that belongs to a seed and a name."""
    return int.from_bytes(blake2b(f"{seed}:{name}".encode(), digest_size=8).digest())


def number_at(stream: int, first: int, second: int = 0) -> int:
    """Return the 64-bit number at one place of a stream (the finishing steps of splitmix64)."""
    x = (stream + first * 0x9E3779B97F4A7C15 + second * 0xD1B54A32D192ED03) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)


def signed_unit_at(stream: int, first: int, second: int = 0) -> float:
    """Return the number at one place of a stream, spread evenly over -1 to 1."""
    return number_at(stream, first, second) / (1 << 63) - 1.0
