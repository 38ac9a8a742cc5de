import type { Command } from 'commander';
import { Option } from 'commander';
import type { ProvenanceDirection } from '../services/trace-service.js';
import { defaultProvenanceDepth, provenanceDirections } from '../services/trace-service.js';
import type { Services } from '../services/services.js';
import { strictNumber } from './assignments.js';
import { exitCodes } from './exit.js';
import type { Asked } from './progress-line.js';
import type { Report } from './report.js';
import { jsonText } from './report.js';

type Ask = (question: (services: Services, asked: Asked) => Promise<Report>) => Promise<void>;

const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

/**
 * Adds the commands about results that are stored.
 * @param add gives a new command of a name and a description
 * @param ask opens the lab, asks it, and prints what it says
 */
export function addResultCommands(add: (name: string, description: string) => Command, ask: Ask): void {
  add('verify <run>', 'run a stored run again: the same bits, or which figures differ (then it ends with 1)').action(
    (run: string) => ask((services, asked) => verify(services, asked, run)),
  );

  add('provenance <id>', 'where something came from, and what came from it, as W3C PROV-JSON')
    .addOption(new Option('--direction <name>', 'which way').choices(provenanceDirections).default('UPSTREAM'))
    .option('--depth <n>', 'how far', (text: string) => strictNumber(text, '--depth'), defaultProvenanceDepth)
    .action((id: string, { direction, depth }: { direction: ProvenanceDirection; depth: number }) =>
      ask(async ({ trace }) => {
        const document = await trace.export(id, direction, depth);
        return { json: document, text: jsonText(document) };
      }),
    );

  add('invalidate <id>', 'say for good that a stored run, recording or response is invalid')
    .requiredOption('--reason <text>', 'why')
    .action((id: string, { reason }: { reason: string }) =>
      ask(async ({ invalidations }) => {
        const { _id, target, reason: stored, createdAt, createdBy } = await invalidations.invalidate(id, reason);
        return {
          json: { id: _id, target, reason: stored, createdAt, createdBy },
          text: `${target} is invalid since ${createdAt}: ${stored}\n`,
        };
      }),
    );

  add('annotate <id>', 'put tags and a note on anything stored')
    .option('--tag <text>', 'repeatable', collect, [])
    .option('--note <text>', 'in words')
    .option('--remove-tag <text>', 'repeatable', collect, [])
    .action((id: string, options: { tag: readonly string[]; note?: string; removeTag: readonly string[] }) =>
      ask(async ({ annotations }) => {
        const { tag: tags, note, removeTag: removeTags } = options;
        await annotations.annotate(id, { tags, note: note ?? null, removeTags });
        const stored = await annotations.of([id]);
        const json = {
          id,
          tags: stored.flatMap(({ tag }) => tag ?? []),
          notes: stored.flatMap((each) => each.note ?? []),
        };
        return { json, text: `${[`tags: ${json.tags.join(', ') || 'none'}`, ...json.notes].join('\n')}\n` };
      }),
    );
}

async function verify({ verifications }: Services, asked: Asked, id: string): Promise<Report> {
  const { verification } = await verifications.verify(id, asked);
  if (!verification) throw new Error(`the verification of ${id} ended without a result`); // it was waited for
  const { _id, differences, recordings, kernelDigest, softwareVersion } = verification;
  const isIdentical = differences.length === 0;
  const what = ['figures', ...recordings].join(', ');
  return {
    json: {
      run: id,
      identical: isIdentical,
      differences,
      recordings,
      verification: _id,
      kernelDigest,
      softwareVersion,
    },
    text: isIdentical
      ? `${id} comes out the same, bit for bit (${what})\n`
      : `${id} does not come out the same:\n${differences.map((difference) => `  ${difference}\n`).join('')}`,
    exitCode: isIdentical ? exitCodes.done : exitCodes.failed,
  };
}
