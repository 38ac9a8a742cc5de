"""The local circuit in Brian2's C++ standalone mode; see docs/peers.md.

Brian2's conventions: a refractory time of 2.1 ms holds 20 updates (2.0 holds 19). exponential_euler moves v by the
conductances at the start of a step, so a delay of .8 ms does what .9 ms does on a grid whose steps use the end.
"""

import os
import shutil
import tempfile

import numpy as np
from brian2 import (
    BrianLogger,
    Hz,
    NeuronGroup,
    Network,
    PopulationRateMonitor,
    Synapses,
    defaultclock,
    device,
    ms,
    prefs,
    second,
    seed,
    set_device,
)

import circuit_model as model

asked = model.question()
folder = tempfile.mkdtemp(prefix="cortigraph-brian2-")
prefs.codegen.cpp.extra_compile_args_gcc = ["-O3", "-march=native", "-ffast-math", "-std=c++11", "-w"]

# Statements that only add to different variables do not depend on the order of synapses.
BrianLogger.suppress_hierarchy("brian2.codegen.generators.base")

EQUATIONS = """
dv/dt = -leak*v - (aD - aR + nD - nR)*(v - 14.0/3) - (gD - gR)*(v + 2.0/3) : 1 (unless refractory)
daD/dt = -aD/(3*ms) : Hz
daR/dt = -aR/(0.5*ms) : Hz
dnD/dt = -nD/(80*ms) : Hz
dnR/dt = -nR/(2*ms) : Hz
dgD/dt = -gD/(5*ms) : Hz
dgR/dt = -gR/(0.5*ms) : Hz
leak : Hz (shared, constant)
"""


def per_weight(receptor):
    """What a spike of weight 1 adds to both exponentials of a conductance of unit area."""
    rise, decay = model.KERNELS[receptor]
    return 1000 / (decay - rise)


def jump(receptors):
    """Statements that add to conductances, from {receptor: Hz}; `k` is a factor, as the code before them sets it."""
    return "; ".join(f"{r.lower()}{x} += k*({amount!r}*Hz)" for r, amount in receptors.items() for x in "DR")


def excitatory(population, weight, with_nmda):
    share = model.AMPA_SHARE[population] if with_nmda else 1
    amounts = {"A": share * weight * per_weight("A")}
    if with_nmda:
        amounts["N"] = (1 - share) * weight * per_weight("N")
    return amounts


def simulate(case):
    values = case["values"]
    device.reinit()
    device.activate(build_on_run=False, directory=os.path.join(folder, case["name"]))
    defaultclock.dt = 0.1 * ms
    seed(asked["seed"])
    groups, parts = {}, []
    for name, cells in model.CELLS.items():
        group = NeuronGroup(
            cells, EQUATIONS, threshold="v >= 1", reset="v = 0", refractory=2.1 * ms, method="exponential_euler"
        )
        group.leak = 1 / (model.LEAK_MS[name] * ms)
        group.v = "rand()"
        groups[name] = group
    for name, group in groups.items():
        lines = []
        for onto, rate, weight, with_nmda in model.external_streams(values):
            if onto == name:
                lines.append(f"k = poisson({rate * 1e-4!r}); " + jump(excitatory(name, weight, with_nmda)))
        group.run_regularly("\n".join("\n".join(line.split("; ")) for line in lines), when="start")
    for pair, (pre, post) in model.connections(asked["seed"]).items():
        onto, source = pair
        weight = values["s" + pair]
        if source == "I":
            amounts = {"G": weight * per_weight("G")}
        else:
            amounts = excitatory(onto, weight, True)
        factor = f"k = int(rand() >= {model.FAILURE})" if pair == "EE" else "k = 1"
        code = "\n".join([factor, *(s.replace(" +=", "_post +=") for s in jump(amounts).split("; "))])
        synapses = Synapses(groups[source], groups[onto], on_pre=code, delay=0.8 * ms)
        synapses.connect(i=pre, j=post)
        parts.append(synapses)
    monitors = {name: PopulationRateMonitor(group) for name, group in groups.items()}
    network = Network(*groups.values(), *parts, *monitors.values())
    network.run(model.WARMUP_MS * ms + asked["seconds"] * second, namespace={})
    device.build(directory=os.path.join(folder, case["name"]), compile=True, run=True, with_output=False)
    steps = round(model.BATCH_MS / 0.1)
    counts = {}
    for name, monitor in monitors.items():
        spikes = np.asarray(monitor.rate / Hz) * model.CELLS[name] * 1e-4
        kept = spikes[round(model.WARMUP_MS / 0.1) :]
        counts[name] = kept[: len(kept) // steps * steps].reshape(-1, steps).sum(axis=1)
    model.answer(case, asked["seconds"], counts, device._last_run_time)


set_device("cpp_standalone", build_on_run=False)
try:
    for one in asked["cases"]:
        simulate(one)
finally:
    shutil.rmtree(folder, ignore_errors=True)
