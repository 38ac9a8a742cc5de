"""The local circuit in numbers, for the scripts beside this one; src/models/local-circuit/constants.ts has
the same. Rates in Hz, times in ms, voltage without dimension."""

import json
import sys

import numpy as np

CELLS = {"E": 300, "I": 100}
IN_DEGREE = {"EE": 45, "IE": 150, "EI": 50, "II": 40}  # onto the first, from the second
DELAY_MS = 0.9  # on a grid of .1 ms
HELD_MS = 2.0
LEAK_MS = {"E": 20.0, "I": 15.0}
KERNELS = {"A": (0.5, 3.0), "N": (2.0, 80.0), "G": (0.5, 5.0)}  # AMPA, NMDA, GABA: rise and decay
AMPA_SHARE = {"E": 0.8, "I": 0.67}
FAILURE = 0.2
AMBIENT_HZ = 500.0
LATERAL_WEIGHT = {"E": 0.010, "I": 0.008}
REVERSAL_E, REVERSAL_I = 14 / 3, -2 / 3
WARMUP_MS = 500
BATCH_MS = 250


def question():
    """The question of the benchmark, on standard input: {"seconds", "seed", "cases": [{"name", "values"}]}."""
    return json.load(sys.stdin)


def external_streams(values):
    """Each (population, rate, weight, whether it has NMDA too)."""
    return [
        ("E", values["lgnRateE"], values["sELgn"], False),
        ("I", values["lgnRateI"], values["sILgn"], False),
        ("E", AMBIENT_HZ, values["sEAmb"], False),
        ("I", AMBIENT_HZ, values["sIAmb"], False),
        ("E", values["lateralRateE"], LATERAL_WEIGHT["E"], True),
        ("I", values["lateralRateI"], LATERAL_WEIGHT["I"], True),
    ]


def connections(seed):
    """{'EE': (pre, post), …}: distinct partners of each cell, never itself."""
    random = np.random.default_rng(seed)
    found = {}
    for pair, degree in IN_DEGREE.items():
        onto, source = pair
        pre, post = [], []
        for cell in range(CELLS[onto]):
            candidates = np.arange(CELLS[source])
            if onto == source:
                candidates = np.delete(candidates, cell)
            pre.append(random.choice(candidates, degree, replace=False))
            post.append(np.full(degree, cell))
        found[pair] = (np.concatenate(pre), np.concatenate(post))
    return found


def answer(case, seconds, spike_counts, run_seconds):
    """Prints one line: rates with errors of batch means from spikes per batch of E and I, and the time of the run."""
    rates = {}
    for population, counts in spike_counts.items():
        hz = np.asarray(counts) / (CELLS[population] * BATCH_MS / 1000)
        rates[population] = {"mean": float(hz.mean()), "error": float(hz.std(ddof=1) / np.sqrt(len(hz)))}
    simulated = seconds + WARMUP_MS / 1000
    line = {"name": case["name"], "rates": rates, "msPerSecond": 1000 * run_seconds / simulated}
    print("RESULT " + json.dumps(line), flush=True)
