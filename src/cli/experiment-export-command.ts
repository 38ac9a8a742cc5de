import type { Command } from 'commander';
import { withArchives } from './archive-commands.js';
import type { Report } from './report.js';
import type { Shell } from './shell.js';

/**
 * Adds the command that writes an experiment to a file; `load` reads it.
 * @param experiment the command that it belongs to
 */
export function addExperimentExport(experiment: Command, shell: Shell, print: (report: Report) => void): void {
  experiment
    .command('export <name> <file>')
    .description('write an experiment that is at its end to a new file, for "load": its rows in compressed columns')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample: cortigraph experiment export driven driven.arrow.br')
    .action(async (name: string, file: string) => {
      const report = await withArchives(shell, {
        work: (archives, options) => archives.exportExperiment(name, file, options),
        left: 'What was written of the file was removed.',
        text: ({ store, rows, bytes }) => `${store}: ${rows} rows of ${name} are in ${file}, ${bytes} bytes\n`,
      });
      print(report);
    });
}
