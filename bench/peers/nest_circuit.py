"""The local circuit in NEST; see docs/peers.md.

aeif_cond_beta_multisynapse without adaptation and without an exponential term is the cell; a volt is a millivolt there, a
conductance per ms is one nS at one pF. A weight is the peak of a conductance. The AMPA and the NMDA part of an E→E spike
fail independently, for a NEST synapse serves one receptor: the means are those of the model.
"""

import math
import time

import nest
import numpy as np

import circuit_model as model

asked = model.question()
RECEPTORS = ["A", "N", "G"]


def peak(receptor):
    """The peak of a conductance kernel of unit area, 1/ms."""
    rise, decay = model.KERNELS[receptor]
    at = math.log(decay / rise) * rise * decay / (decay - rise)
    return (math.exp(-at / decay) - math.exp(-at / rise)) / (decay - rise)


def parts(population, weight, cortical):
    """[(receptor, NEST's weight)] of an excitatory spike."""
    if not cortical:
        return [("A", weight * peak("A"))]
    share = model.AMPA_SHARE[population]
    return [("A", share * weight * peak("A")), ("N", (1 - share) * weight * peak("N"))]


def cells(population):
    return nest.Create(
        "aeif_cond_beta_multisynapse",
        model.CELLS[population],
        {
            "C_m": 1.0,
            "g_L": 1 / model.LEAK_MS[population],
            "E_L": 0.0,
            "V_th": 1.0,
            "V_peak": 1.0,
            "V_reset": 0.0,
            "V_m": nest.random.uniform(0.0, 1.0),
            "t_ref": model.HELD_MS,
            "a": 0.0,
            "b": 0.0,
            "Delta_T": 0.0,
            "I_e": 0.0,
            "gsl_error_tol": 1e-3,
            "E_rev": [model.REVERSAL_E, model.REVERSAL_E, model.REVERSAL_I],
            "tau_rise": [model.KERNELS[r][0] for r in RECEPTORS],
            "tau_decay": [model.KERNELS[r][1] for r in RECEPTORS],
        },
    )


def connect(pre, post, synapse, weight, receptor, **more):
    """`pre` and `post` are arrays of node ids of the same length."""
    nest.Connect(
        pre,
        post,
        "one_to_one",
        {
            "synapse_model": synapse,
            "weight": np.full(len(pre), weight),
            "delay": np.full(len(pre), model.DELAY_MS),
            "receptor_type": RECEPTORS.index(receptor) + 1,
            **more,
        },
    )


def simulate(case):
    values = case["values"]
    nest.ResetKernel()
    nest.resolution = 0.1
    nest.rng_seed = asked["seed"]
    nest.local_num_threads = 1
    groups = {name: cells(name) for name in model.CELLS}
    for onto, rate, weight, with_nmda in model.external_streams(values):
        source = nest.Create("poisson_generator", params={"rate": rate})
        relays = nest.Create("parrot_neuron", model.CELLS[onto])
        nest.Connect(source, relays)
        for receptor, amount in parts(onto, weight, with_nmda):
            ids = np.array(relays.tolist()), np.array(groups[onto].tolist())
            connect(*ids, "static_synapse", amount, receptor)
    for pair, (pre, post) in model.connections(asked["seed"]).items():
        onto, source = pair
        weight = values["s" + pair]
        ids = np.array(groups[source].tolist())[pre], np.array(groups[onto].tolist())[post]
        amounts = [("G", weight * peak("G"))] if source == "I" else parts(onto, weight, True)
        for receptor, amount in amounts:
            if pair == "EE":
                connect(*ids, "bernoulli_synapse", amount, receptor, p_transmit=np.full(len(pre), 1 - model.FAILURE))
            else:
                connect(*ids, "static_synapse", amount, receptor)
    recorders = {}
    for name, group in groups.items():
        recorders[name] = nest.Create("spike_recorder", params={"start": float(model.WARMUP_MS)})
        nest.Connect(group, recorders[name])
    nest.Prepare()
    before = time.process_time()
    nest.Run(model.WARMUP_MS + 1000.0 * asked["seconds"])
    taken = time.process_time() - before
    nest.Cleanup()
    batches = 1000 * asked["seconds"] // model.BATCH_MS
    counts = {}
    for name, recorder in recorders.items():
        times = np.asarray(recorder.events["times"]) - model.WARMUP_MS
        counts[name] = np.histogram(times, bins=batches, range=(0, batches * model.BATCH_MS))[0]
    model.answer(case, asked["seconds"], counts, taken)


nest.set_verbosity("M_ERROR")
for one in asked["cases"]:
    simulate(one)
