"""How many seeds every test run lives through, and how much has to happen in them."""

from collections import Counter

SEEDS = 500
"""Two minutes on two cores. `make simulate` runs 500 days as well, `make soak` 5,000."""
SEEDS_PER_CHUNK = 10
PROMISED = {"copies": 70, "faults": 116, "crashes": 2.2}
"""On average for each seed."""
_LEAST_SHARE = 0.5
"""What one chunk has of that at least: its ten seeds are drawn, and may be calm ones."""


def shortfalls(counts: Counter[str]) -> list[str]:
    """Return what a chunk of seeds has too little of."""
    return [
        f"{counts[name]} {name} in {counts['seeds']} seeds, fewer than {_LEAST_SHARE * least:g} in each"
        for name, least in PROMISED.items()
        if counts[name] < _LEAST_SHARE * least * counts["seeds"]
    ]


def summed_up(counts: Counter[str]) -> str:
    """Say how much happened, beside what is promised."""
    seeds = counts["seeds"]
    parts = [
        f"{counts[name]:,} {name} ({counts[name] / seeds:.1f} a seed, promised {least:g})"
        for name, least in PROMISED.items()
    ]
    return f"{seeds} simulated days: {', '.join(parts)}"
