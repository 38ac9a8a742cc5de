import { badUserInput } from './errors.js';
import type { ModelDefinition, ModelRecording } from './model-definition.js';
import { didYouMean, nearestName, quoted } from './nearest.js';

/**
 * The kinds of recordings that somebody asks of a run: each once, in the model's order, so that two who ask for the same
 * ask in the same words.
 * @param durationMs of the run, after the warm-up; null for a model without time
 * @throws CortigraphError BAD_USER_INPUT for a kind that the model does not record, or not of so long a run
 */
export function requestedRecordings(
  { name, recordings }: Pick<ModelDefinition, 'name' | 'recordings'>,
  kinds: readonly string[],
  durationMs: number | null,
): readonly string[] {
  for (const kind of kinds) {
    const recording = recordings.find((known) => known.kind === kind);
    if (!recording) throw unknownKind(name, kind, recordings);
    const { maxDurationMs } = recording;
    if (maxDurationMs !== null && durationMs !== null && durationMs > maxDurationMs) {
      throw badUserInput(
        `${kind} can be recorded of runs of at most ${maxDurationMs} ms after the warm-up, not of ${durationMs} ms.`,
        { recording: kind, allowed: { maxDurationMs } },
      );
    }
  }
  return recordings.map(({ kind }) => kind).filter((kind) => kinds.includes(kind));
}

function unknownKind(model: string, kind: string, recordings: readonly ModelRecording[]): Error {
  const allowed = recordings.map((known) => known.kind);
  if (allowed.length === 0) return badUserInput(`${model} records nothing beside its figures.`, { allowed });
  const nearest = nearestName(kind, allowed);
  return badUserInput(`${model} records no ${quoted(kind)}.${didYouMean(nearest)}`, {
    allowed,
    ...(nearest === undefined ? {} : { nearest }),
  });
}
