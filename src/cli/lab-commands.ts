import type { Command } from 'commander';
import { Option } from 'commander';
import { estimands } from '../domain/estimate.js';
import type { Estimand } from '../domain/estimate.js';
import { defaultModel } from '../domain/model-definition.js';
import type { GivenProtocol } from '../domain/protocol.js';
import type { Services } from '../services/services.js';
import { readAssignments, strictNumber } from './assignments.js';
import { requireDrawable } from './drawing-file.js';
import { UsageError } from './exit.js';
import type { Asked } from './progress-line.js';
import { withProgress } from './progress-line.js';
import type { Report } from './report.js';
import { addResultCommands } from './result-commands.js';
import type { Shell } from './shell.js';
import { SweepAxes } from './sweep-axes.js';
import { withLab } from './with-lab.js';

/** What both `simulate` and `sweep` can be told. */
interface CommonOptions {
  readonly model: string;
  readonly set: readonly string[];
  readonly warmup?: number;
  readonly duration?: number;
  readonly networkSeed?: number;
  readonly noiseSeed?: number;
}

/** How much of a run is drawn where nothing is said, in ms. */
const DEFAULT_WINDOW_MS = 1000;

const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];
const number =
  (what: string) =>
  (text: string): number =>
    strictNumber(text, what);

/**
 * Adds the commands that ask the lab. What only one of them needs is loaded when it is asked for.
 * @param add gives a new command of a name and a description
 */
export function addLabCommands(
  add: (name: string, description: string) => Command,
  shell: Shell,
  print: (report: Report) => void,
): void {
  const ask = async (question: (services: Services, asked: Asked) => Promise<Report>): Promise<void> => {
    const report = await withLab(shell, (services) =>
      withProgress(services.jobs, shell.stderr, (asked) => question(services, asked)),
    );
    print(report);
  };

  withCommon(add('simulate', 'make one run, or find it in the store'))
    .option('--record <kinds>', 'what else to record, apart by commas, such as raster,isiCv')
    .addHelpText('after', '\nExample: cortigraph simulate --set lgnRateE=240 --record isiCv')
    .action(async (options: CommonOptions & { record?: string }) => {
      const parameters = readAssignments(options.set, '--set');
      const { simulate } = await import('./simulate-command.js');
      await ask((services, asked) =>
        simulate(services, asked, {
          model: options.model,
          parameters,
          protocol: protocolOf(options),
          record: (options.record ?? '').split(',').filter((kind) => kind.trim() !== ''),
        }),
      );
    });

  const axes = new SweepAxes();
  withCommon(add('sweep', 'how a model responds along a range of one input, or over a grid of two'))
    .addOption(
      new Option('--input <name> <min:max:points>', 'the input that is moved; twice for a grid, the first slowest')
        .argParser(axes.input)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--with <name>', 'another input that takes the values of the --input before it').argParser(axes.with),
    )
    .option('--replicates <n>', 'runs a point', number('--replicates'))
    .option('--tolerance <output=halfWidth>', 'how wide the 95 % interval may be; repeatable', collect, [])
    .addOption(new Option('--estimand <name>', 'of what').choices(estimands).default('FIXED_NETWORK'))
    .option('--plot <file>', 'draw it, as .svg or .png')
    .addOption(new Option('--csv', 'print all columns as CSV').conflicts('json'))
    .addHelpText('after', '\nExample: cortigraph sweep --input lgnRateE 80:480:9 --with lgnRateI --plot curve.svg')
    .action(async (options: CommonOptions & SweepOptions) => {
      const parameters = readAssignments(options.set, '--set');
      const tolerances = Object.entries(readAssignments(options.tolerance, '--tolerance'));
      if (options.plot !== undefined) await requireDrawable(options.plot);
      const { sweep } = await import('./sweep-command.js');
      await ask((services, asked) =>
        sweep(services, asked, {
          base: {
            model: options.model,
            parameters,
            source: 'SIMULATION',
            estimand: options.estimand,
            protocol: protocolOf(options),
            replicates: options.replicates,
            tolerances: tolerances.map(([output, halfWidth]) => ({ output, halfWidth })),
          },
          axes: axes.axes,
          csv: options.csv === true,
          plot: options.plot,
        }),
      );
    });

  add('raster <run>', 'draw who spiked when in a run; it is run again if that was not recorded')
    .option('--out <file>', 'where to, as .svg or .png; without it <run>.svg')
    .option('--from <ms>', 'start of the window, after the warm-up (0)', number('--from'))
    .option('--to <ms>', 'its end (1000 ms after its start)', number('--to'))
    .action(async (run: string, options: { out?: string; from?: number; to?: number }) => {
      const { out = `${run}.svg`, from = 0, to = from + DEFAULT_WINDOW_MS } = options;
      if (from < 0 || to <= from) throw new UsageError(`--to must lie after --from, and neither before 0.`);
      await requireDrawable(out);
      const { raster } = await import('./raster-command.js');
      await ask((services, asked) => raster(services, asked, { run, out, from, to }));
    });

  add('ask <file>', 'put a GraphQL document to the lab; - reads it from the standard input')
    .option('--set <variable=value>', 'a variable, or a part of one (input.replicates=4); repeatable', collect, [])
    .option('--operation <name>', 'which, where the document has several')
    .addHelpText('after', '\nExample: cortigraph ask question.graphql --set input.parameters.lgnRateE=240')
    .action(async (file: string, { set, operation }: { set: readonly string[]; operation?: string }) => {
      const { answerReport, readQuestion, unfinishedOf } = await import('./ask-command.js');
      const question = await readQuestion({ file, set, operation });
      await ask(async (services, { begun }) => {
        const jobs: string[] = [];
        const answer = await shell.askGraphQL(services, question, (id) => {
          jobs.push(id);
          begun?.(id);
        });
        return answerReport(answer, await unfinishedOf(services.jobs, jobs));
      });
    });
  addResultCommands(add, ask);
}

interface SweepOptions {
  readonly replicates?: number;
  readonly tolerance: readonly string[];
  readonly estimand: Estimand;
  readonly plot?: string;
  readonly csv?: true;
}

const withCommon = (command: Command): Command =>
  command
    .option('--model <name>', 'which model', defaultModel)
    .option('--set <name=value>', 'the value of an input; repeatable', collect, [])
    .option('--warmup <ms>', 'left out at the start of a run', number('--warmup'))
    .option('--duration <ms>', 'of a run, after the warm-up', number('--duration'))
    .option('--network-seed <n>', 'which network', number('--network-seed'))
    .option('--noise-seed <n>', 'which noise; derived where it is not given', number('--noise-seed'));

const protocolOf = ({ warmup, duration, networkSeed, noiseSeed }: CommonOptions): GivenProtocol => ({
  ...(warmup === undefined ? {} : { warmupMs: warmup }),
  ...(duration === undefined ? {} : { durationMs: duration }),
  ...(networkSeed === undefined ? {} : { networkSeed }),
  ...(noiseSeed === undefined ? {} : { noiseSeed }),
});
