import { Command, CommanderError } from 'commander';
import { didYouMean, nearestName, quoted } from '../domain/nearest.js';
import { addArchiveCommands } from './archive-commands.js';
import { addExperimentCommands } from './experiment-commands.js';
import { addExperimentExport } from './experiment-export-command.js';
import { addLabCommands } from './lab-commands.js';
import { UsageError, errorReport, exitCodes } from './exit.js';
import type { Report } from './report.js';
import { jsonText } from './report.js';
import type { Shell, ShownSetting } from './shell.js';
import { joinRanges } from './sweep-axes.js';
import { alignedTable } from './text-table.js';

/**
 * Runs a command line.
 * @param args without the interpreter and the script
 * @returns the exit code
 */
export async function runProgram(args: readonly string[], shell: Shell): Promise<number> {
  let exitCode: number = exitCodes.done;
  const wantsJson = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined).includes('--json');
  const print = (report: Report): void => {
    exitCode = report.exitCode ?? exitCodes.done;
    shell.stdout.write(wantsJson ? jsonText(report.json) : report.text);
    if (report.note !== undefined) shell.stderr.write(report.note);
  };
  try {
    const program = programOf(shell, print);
    if (args.length === 0) {
      shell.stdout.write(program.helpInformation());
      return exitCodes.usage;
    }
    requireCommand(program, args);
    await program.parseAsync(joinRanges(args), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done; // help, or the version
    const { error: told, exitCode: code } = errorReport(
      error instanceof CommanderError ? new UsageError(sentenceOf(error)) : error,
    );
    if (wantsJson) shell.stdout.write(jsonText({ error: told }));
    else shell.stderr.write(`${told.code}: ${told.message}${allowedNames(told)}\n`);
    return code;
  }
}

function programOf(shell: Shell, print: (report: Report) => void): Command {
  const program = new Command('cortigraph')
    .description('Models of cortical circuits: what they do at which parameters, and how sure that is.')
    .version(shell.softwareVersion())
    .exitOverride()
    .configureOutput({ writeOut: (text) => shell.stdout.write(text), writeErr: () => undefined })
    .addHelpText(
      'after',
      '\nThe store is the one of the server (DATA_DIR or MONGODB_URI), which may run meanwhile.\nExit codes: 0 done, 1 failed, 2 wrong command line, 3 some points have no answer, 4 an answer is PENDING or an experiment paused, 130 Ctrl-C, 143 SIGTERM, 129 SIGHUP.',
    );
  const addTo =
    (group: Command) =>
    (name: string, description: string): Command =>
      group.command(name).description(description).option('--json', 'print one JSON document');
  const add = addTo(program);

  add('serve', 'serve GraphQL over HTTP until it is stopped; with --json the log goes to stderr').action(
    async ({ json }: { json?: boolean }) => {
      const served = await shell.serve(json ? 'stderr' : 'stdout');
      print({ json: served, text: '' });
    },
  );
  addLabCommands(add, shell, print);
  const experiment = program.command('experiment').description('designs of many runs, done in the background');
  addExperimentCommands(addTo(experiment), shell, print);
  addExperimentExport(experiment, shell, print);
  addArchiveCommands(add, shell, print);
  add('migrate', 'bring the store to the schema of this software').action(async () => {
    const { store, applied } = await shell.migrate();
    const done = applied.length > 0 ? `applied ${applied.join(', ')}` : 'nothing to do';
    print({ json: { store, applied }, text: `${store}: ${done}\n` });
  });
  add('config', 'print every setting and its value')
    .option('--explain', 'with where it comes from, its default, what may be given, and its meaning')
    .action(({ explain }: { explain?: true }) => {
      const settings = shell.settings();
      print({ json: { settings }, text: explain ? explained(settings) : listed(settings) });
    });
  return program;
}

const listed = (settings: readonly ShownSetting[]): string =>
  alignedTable(
    ['Name', 'Value'],
    settings.map(({ name, value }) => [name, value ?? '(none)']),
  );

const explained = (settings: readonly ShownSetting[]): string =>
  settings
    .map(({ name, value, default: usual, meaning, allowed, isGiven }) => {
      const from = isGiven ? `from the environment; default: ${usual ?? 'none'}` : 'the default';
      return `${name} = ${value ?? '(none)'} (${from})\n    ${meaning} Must be ${allowed}.\n`;
    })
    .join('');

/** Of a group of commands, too: its name must be followed by that of one of them. */
function requireCommand(group: Command, [name, ...args]: readonly string[], isWithin = false): void {
  if (name?.startsWith('-')) return;
  const known = [...group.commands.map((command) => command.name()), 'help'];
  if (name === undefined || !known.includes(name)) {
    const commands = known.slice(0, -1).join(', ');
    const within = isWithin ? `${group.name()} ` : '';
    throw new UsageError(
      name === undefined
        ? `${group.name()} is followed by one of: ${commands}.`
        : `There is no command ${quoted(`${within}${name}`)}; there are: ${commands}.${didYouMean(nearestName(name, known))}`,
    );
  }
  const inner = group.commands.find((command) => command.name() === name);
  if (inner && inner.commands.length > 0) requireCommand(inner, args, true);
}

/** What commander says, as a sentence in one line. */
const sentenceOf = ({ message }: Error): string => {
  const text = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?)]$/.test(text) ? '' : '.'} See --help.`;
};

/** The names that an error says would do, in a sentence. */
function allowedNames({ allowed }: Readonly<Record<string, unknown>>): string {
  return Array.isArray(allowed) && allowed.length > 0 ? ` There are: ${allowed.join(', ')}.` : '';
}
