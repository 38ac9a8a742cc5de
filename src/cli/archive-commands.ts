import type { Command } from 'commander';
import type { ArchiveReport, ArchiveService } from '../services/archive/archive-service.js';
import type { ArchiveOptions } from '../services/archive/backup.js';
import { InterruptedError } from './exit.js';
import { withProgressLine } from './progress-line.js';
import type { Report } from './report.js';
import type { Shell } from './shell.js';

/** How one command uses archives, and what is left where somebody stops it. */
interface ArchiveCommand<R> {
  readonly work: (archives: ArchiveService, options: ArchiveOptions) => Promise<R>;
  readonly left: string;
  /** Whole lines for people. */
  readonly text: (report: R) => string;
}

/**
 * Adds the commands that take backups and bring them back.
 * @param add gives a new command of a name and a description
 */
export function addArchiveCommands(
  add: (name: string, description: string) => Command,
  shell: Shell,
  print: (report: Report) => void,
): void {
  const carryOut = async (command: ArchiveCommand<ArchiveReport>): Promise<void> =>
    print(await withArchives(shell, command));

  add('backup <folder>', 'copy all that is stored into a new folder; a server may run meanwhile').action(
    (folder: string) =>
      carryOut({
        work: (archives, options) => archives.backup(folder, options),
        left: 'What was written of the backup was removed.',
        text: (report) => `${report.store}: ${counted(report)} are in ${report.folder}\n${lostBlobs(report)}`,
      }),
  );
  add('restore <folder>', 'bring a backup back into an empty store, of whichever kind').action((folder: string) =>
    carryOut({
      work: (archives, options) => archives.restore(folder, options),
      left: 'If the store is half restored, it refuses service until the same restore is run again.',
      text: (report) => `${report.store}: ${counted(report)} of ${report.createdAt} are restored\n${lostBlobs(report)}`,
    }),
  );
  add('load <path>', 'add what a store lacks of a backup, without its jobs, or of the file of an experiment').action(
    (path: string) =>
      carryOut({
        work: (archives, options) => archives.load(path, options),
        left: 'What was loaded stays; load the same again to go on.',
        text: (report) => `${report.store}: ${counted(report)} are loaded, of which ${report.present} were there\n`,
      }),
  );
}

const counted = ({ documents, blobs }: ArchiveReport): string => `${documents} documents and ${blobs} blobs`;

const lostBlobs = ({ missingBlobs }: ArchiveReport): string =>
  missingBlobs.length === 0
    ? ''
    : `${missingBlobs.length} blobs of recordings were lost or damaged before; they are recorded anew when asked for\n`;

/** Opens the store for one command, shows its progress, and stops it in good order on Ctrl-C. */
export async function withArchives<R>(
  shell: Pick<Shell, 'openArchives' | 'stderr'>,
  { work, left, text }: ArchiveCommand<R>,
): Promise<Report> {
  const opened = await shell.openArchives();
  const stop = new AbortController();
  // They stay: a second Ctrl-C must not end us halfway.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stop.abort(new InterruptedError(signal, left)));
  }
  let line: string | undefined;
  const progress = (step: string, done: number, total: number | null): void => {
    line = `${step}: ${done}${total === null ? '' : ` of ${total}`}`;
  };
  try {
    const report = await withProgressLine(
      shell.stderr,
      async () => line,
      () => work(opened.archives, { signal: stop.signal, progress }),
    );
    return { json: report, text: text(report) };
  } finally {
    await opened.close();
  }
}
