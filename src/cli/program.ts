import { Command, CommanderError } from 'commander';
import { didYouMean, nearestName, quoted } from '../domain/nearest.js';
import { addArchiveCommands } from './archive-commands.js';
import { addExperimentExport } from './experiment-export-command.js';
import { addLabCommands } from './lab-commands.js';
import { UsageError, errorReport, exitCodes } from './exit.js';
import type { Report } from './report.js';
import { jsonText } from './report.js';
import type { Shell, ShownSetting } from './shell.js';
import { joinInputs } from './sweep-axes.js';
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
    requireCommand(program, args[0]);
    await program.parseAsync(joinInputs(args), { from: 'user' });
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
      '\nThe store is the one of the server (DATA_DIR or MONGODB_URI), which may run meanwhile.\nExit codes: 0 done, 1 failed, 2 wrong command line, 3 some points of a sweep have no answer, 4 an answer is PENDING, 130 Ctrl-C, 143 SIGTERM, 129 SIGHUP.',
    );
  const add = (name: string, description: string): Command =>
    program.command(name).description(description).option('--json', 'print one JSON document');

  add('serve', 'serve GraphQL over HTTP until it is stopped; with --json the log goes to stderr').action(
    async ({ json }: { json?: boolean }) => {
      const served = await shell.serve(json ? 'stderr' : 'stdout');
      print({ json: served, text: '' });
    },
  );
  addLabCommands(add, shell, print);
  addArchiveCommands(add, shell, print);
  addExperimentExport(add('experiment', 'stored designs with their runs: see experiment --help'), shell, print);
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

function requireCommand(program: Command, name: string | undefined): void {
  if (name === undefined || name.startsWith('-')) return;
  const known = [...program.commands.map((command) => command.name()), 'help'];
  if (known.includes(name)) return;
  const commands = known.slice(0, -1).join(', ');
  throw new UsageError(
    `There is no command ${quoted(name)}; there are: ${commands}.${didYouMean(nearestName(name, known))}`,
  );
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
