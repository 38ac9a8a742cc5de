import type { InvalidationDocument } from '../domain/documents.js';
import { badUserInput, CortigraphError, notFound } from '../domain/errors.js';
import { invalidationId } from '../domain/identity.js';
import { requireId } from '../domain/ids.js';
import { documentVersion } from '../domain/documents.js';
import { isDuplicateKey } from '../store/store-errors.js';
import type { Lab } from './lab.js';
import { requireText } from './require-text.js';

/** The longest reason, in characters. */
export const maxReasonLength = 1000;

type Subject = Pick<InvalidationDocument, 'targetKind' | 'parameterSetId' | 'run'>;

/** Says of results that they are invalid. They stay, and nothing new is made of them. */
export class InvalidationService {
  constructor(private readonly lab: Lab) {}

  /**
   * Closes the key of a stored run, recording or response for good. Saying it again changes nothing.
   * @throws CortigraphError BAD_USER_INPUT, NOT_FOUND; CONFLICT when it is invalid for another reason already
   */
  async invalidate(id: string, reason: string): Promise<InvalidationDocument> {
    requireText('reason', reason, maxReasonLength);
    const subject = await this.subject(id);
    const invalidation: InvalidationDocument = {
      _id: invalidationId(id),
      schemaVersion: documentVersion,
      createdAt: this.lab.clock.now().toISOString(),
      ...this.lab.attribution,
      target: id,
      ...subject,
      reason: reason.trim(),
    };
    try {
      await this.lab.collections.invalidations.insertOne(invalidation);
      return invalidation;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
    const [first] = await this.of([id]);
    if (first?.reason === invalidation.reason) return first;
    throw new CortigraphError(
      'CONFLICT',
      `${id} was invalidated already, for another reason: ${first?.reason ?? ''}`,
      first ? { reason: first.reason, at: first.createdAt } : {},
    );
  }

  /** What says that any of these is invalid. */
  of(targets: readonly string[]): Promise<readonly InvalidationDocument[]> {
    return this.lab.collections.invalidations.find({ _id: { $in: targets.map(invalidationId) } }).toArray();
  }

  /** @throws CortigraphError NOT_FOUND, BAD_USER_INPUT */
  async get(id: string): Promise<InvalidationDocument> {
    requireId(id, 'Invalidation');
    const found = await this.lab.collections.invalidations.findOne({ _id: id });
    if (!found) throw notFound(`invalidation ${id}`);
    return found;
  }

  private async subject(id: string): Promise<Subject> {
    const { runs, recordings, responses } = this.lab.collections;
    const kind = requireId(id, 'SimulationRun', 'Recording', 'Response');
    switch (kind) {
      case 'SimulationRun': {
        const run = await runs.findOne({ _id: id });
        if (!run) break;
        const { numericsDigest, protocol, parameterSetId } = run;
        return { targetKind: kind, parameterSetId, run: { numericsDigest, protocol } };
      }
      case 'Recording': {
        if (!(await recordings.findOne({ _id: id }))) break;
        return { targetKind: kind, parameterSetId: null, run: null };
      }
      case 'Response': {
        const response = await responses.findOne({ _id: id });
        if (!response) break;
        return { targetKind: kind, parameterSetId: response.parameterSetId, run: null };
      }
      default:
        throw badUserInput(`${id} cannot be invalidated: runs, recordings and responses can.`);
    }
    throw notFound(`stored ${kind} ${id}`);
  }
}
