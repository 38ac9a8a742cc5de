import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { ExperimentRequest } from '../services/experiment.js';
import type { ColumnRange } from '../services/experiment-table.js';
import type { Services } from '../services/services.js';
import { strictWhole } from './assignments.js';
import { UsageError } from './exit.js';
import { withProgress } from './progress-line.js';
import type { Report } from './report.js';
import type { Shell } from './shell.js';
import { readColumnRange } from './sweep-axes.js';
import { withLab } from './with-lab.js';

/** What a person on a terminal is shown of a long table at once. */
const ROWS_ON_A_TERMINAL = 100;

const left =
  'What is done is stored, and what was under way here was given back: the same command goes on with it, or a server on the same store.';

const collect = (text: string, previous: readonly ColumnRange[]): readonly ColumnRange[] => [
  ...previous,
  readColumnRange(text),
];
const whole =
  (option: string, min: number) =>
  (text: string): number =>
    strictWhole(text, option, min);

/**
 * Adds the commands of experiments. But for `run` none works on them: they say what is wanted, and what is there.
 * @param add gives a new command of a name and a description
 */
export function addExperimentCommands(
  add: (name: string, description: string) => Command,
  shell: Shell,
  print: (report: Report) => void,
): void {
  const ask = async (question: (services: Services) => Promise<Report>): Promise<void> => {
    print(await withLab(shell, question, { takesUp: 'nothing' }));
  };

  add('create <file>', 'store an experiment; a server on the same store does it')
    .addHelpText(
      'after',
      '\nThe file is JSON, with the fields of CreateExperimentInput of the API; - is standard input.',
    )
    .action(async (file: string) => {
      const request = await readFile(shell, file);
      const { createExperiment } = await import('./experiment-command.js');
      await ask((services) => createExperiment(services, request));
    });

  add('run <file|name>', 'do an experiment here, or follow who does it, until it ends').action(
    async (given: string) => {
      const request = given === '-' || existsSync(given) ? await readFile(shell, given) : undefined;
      const { experimentOf, runExperiment } = await import('./experiment-command.js');
      const report = await withLab(
        shell,
        (services) =>
          withProgress(services.jobs, shell.stderr, async (asked) => {
            const experiment = request
              ? (await services.experiments.create(request)).experiment
              : await experimentOf(services, given);
            return runExperiment(services, asked, experiment);
          }),
        { left },
      );
      print(report);
    },
  );

  add('status [name]', 'how far an experiment is; without a name all, the newest first').action(
    async (name: string | undefined) => {
      const { experimentList, experimentStatus } = await import('./experiment-command.js');
      await ask((services) => (name === undefined ? experimentList(services) : experimentStatus(services, name)));
    },
  );

  add('results <name>', 'the points of an experiment, with their figures')
    .option('--from <point>', 'the first point; they count from 0', whole('--from', 0), 0)
    .option('--points <n>', 'how many points at most', whole('--points', 1))
    .addOption(
      new Option('--where <column> <min:max>', 'only rows whose column lies within; repeatable')
        .argParser(collect)
        .default([], 'all'),
    )
    .addOption(new Option('--csv', 'print all columns as CSV').conflicts('json'))
    .addHelpText('after', '\nExample: cortigraph experiment results first --where rateE 5:20 --where rateI :40')
    .action(async (name: string, { from, points, where, csv, json }: ResultOptions) => {
      const isShort = shell.stdout.isTTY === true && points === undefined && json !== true;
      const { experimentResults } = await import('./experiment-results-command.js');
      await ask((services) =>
        experimentResults(services, shell.stdout, {
          ...{ name, from, points, where, csv: csv === true },
          rows: isShort ? ROWS_ON_A_TERMINAL : Infinity,
        }),
      );
    });

  for (const [verb, description] of [
    ['pause', 'stop the work on an experiment until it is resumed; what is stored stays'],
    ['resume', 'let a paused experiment go on'],
    ['retry', 'do again what failed of an experiment, or was cancelled'],
    ['cancel', 'end the work on an experiment; what is stored stays'],
  ] as const) {
    add(`${verb} <name>`, description).action(async (name: string) => {
      const { changeExperiment } = await import('./experiment-command.js');
      await ask((services) => changeExperiment(services, name, verb));
    });
  }

  add('extend <name>', 'let an experiment grow; its points and replicates stay the first ones')
    .option('--size <n>', 'points in all', whole('--size', 1))
    .option('--replicates <n>', 'replicates of each point in all', whole('--replicates', 1))
    .action(async (name: string, { size, replicates }: { size?: number; replicates?: number }) => {
      if (size === undefined && replicates === undefined) throw new UsageError('Give --size, --replicates, or both.');
      const { extendExperiment } = await import('./experiment-command.js');
      await ask((services) => extendExperiment(services, name, { targetSize: size, targetReplicates: replicates }));
    });
}

interface ResultOptions {
  readonly from: number;
  readonly points?: number;
  readonly where: readonly ColumnRange[];
  readonly csv?: true;
  readonly json?: true;
}

/** @throws UsageError for a file that is no JSON; CortigraphError BAD_USER_INPUT, with the field, for what is none */
async function readFile(shell: Shell, file: string): Promise<ExperimentRequest> {
  const { contentsOf } = await import('./ask-command.js');
  const source = await contentsOf(file);
  let document: unknown;
  try {
    document = JSON.parse(source);
  } catch (error) {
    throw new UsageError(`${file} is no JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  return shell.readExperiment(document);
}
