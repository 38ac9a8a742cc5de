import { sizeOf } from '../design/design.js';
import { requireExtension } from '../design/read-design.js';
import type { ExperimentDocument } from '../domain/documents.js';
import { CortigraphError } from '../domain/errors.js';
import type { Json } from '../domain/json.js';
import { jsonDifferences } from '../domain/json-differences.js';
import { quoted } from '../domain/nearest.js';
import type { Plan } from './experiment.js';
import { designOf, identityOfPlan } from './experiment.js';

/** The most differences that a conflict shows. */
const SHOWN_DIFFERENCES = 20;

/** What of a request grows with an experiment. */
const growingParts = ['design.size', 'design.points', 'replicates'];

/** Whether a plan goes beyond what an experiment is now, in a way in which that can grow. */
function isLarger({ size, replicates, ...stored }: ExperimentDocument, plan: Plan): boolean {
  const { space, design } = designOf(stored);
  try {
    requireExtension(space, design, plan.design);
  } catch {
    return false;
  }
  return plan.replicates >= replicates && sizeOf(plan.design, plan.space) >= size;
}

/** Why an experiment cannot be stored: another one has its name. CONFLICT with the differences. */
export function otherOfThatName(experiment: ExperimentDocument, plan: Plan): CortigraphError {
  const { _id, name, preimage, extents, size, replicates } = experiment;
  const asked = JSON.parse(identityOfPlan(plan).preimage) as Json;
  const differences = jsonDifferences(JSON.parse(preimage) as Json, asked, SHOWN_DIFFERENCES);
  const places = differences.map(({ path }) => path).join(', ');
  const onlyGrows = differences.length < SHOWN_DIFFERENCES && differences.every(({ path }) => growingParts.some((part) => path.startsWith(part))); // prettier-ignore
  const canGrow = onlyGrows && isLarger(experiment, plan);
  const advice = canGrow ? 'Choose another name, or let it grow: extendExperiment.' : 'Choose another name.';
  const grown =
    extents.length > 1 ? ` (as it was made; it has grown to ${size} points by ${replicates} replicates)` : '';
  return new CortigraphError(
    'CONFLICT',
    `There is another experiment ${quoted(name)}${grown}: it differs in ${places}. ${advice}`,
    {
      experiment: _id,
      differences: differences.map(({ path, before, after }) => ({
        path,
        stored: before ?? null,
        asked: after ?? null,
      })),
    },
  );
}
