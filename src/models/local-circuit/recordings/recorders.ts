import { circuitConstants } from '../constants.js';
import { CellRates } from './cell-rates.js';
import { IsiCv } from './isi-cv.js';
import { PopulationRates } from './population-rates.js';
import { Raster } from './raster.js';
import type { RecorderKind } from './recorder.js';
import { populationsOf } from './recorder.js';
import { Spectrum } from './spectrum.js';
import { Synchrony } from './synchrony.js';

/** Everything that a run of the local circuit can record. The files of the recorders say precisely what. */
export const recorders: readonly RecorderKind[] = [
  {
    kind: 'populationRates',
    version: '1',
    meaning: 'the rate of each population in bins of 5 ms',
    maxDurationMs: null,
    create: (run) => new PopulationRates(run),
  },
  {
    kind: 'raster',
    version: '1',
    meaning: 'every spike: when, and which cell (E first, then I)',
    maxDurationMs: 60_000, // some 7 million spikes where E all but runs away
    events: {
      time: 'timeMs',
      source: 'cell',
      groups: populationsOf(circuitConstants).map(({ name, first, cells: count }) => ({ name, first, count })),
    },
    create: (run) => new Raster(run),
  },
  {
    kind: 'cellRates',
    version: '1',
    meaning: 'the spikes and the rate of each cell',
    maxDurationMs: null,
    create: (run) => new CellRates(run),
  },
  {
    kind: 'isiCv',
    version: '1',
    meaning: "the coefficient of variation of each cell's interspike intervals: 0 is a clock, 1 a Poisson process",
    maxDurationMs: null,
    create: (run) => new IsiCv(run),
  },
  {
    kind: 'synchrony',
    version: '1',
    meaning:
      'the variance of a population’s spike count in 5 ms over the sum of its cells’ own: 1 is independent, the number of cells is all as one; per 500 ms',
    maxDurationMs: null,
    create: (run) => new Synchrony(run),
  },
  {
    kind: 'spectrum',
    version: '1',
    meaning:
      'the power spectral density of each population’s rate up to 500 Hz by Welch’s method, with standard errors; N independent Poisson cells of rate r have 2r/N',
    maxDurationMs: null,
    create: (run) => new Spectrum(run),
  },
];
