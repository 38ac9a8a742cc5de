import { CortigraphError } from '../domain/errors.js';
import { closedKey, invalidationThatCloses } from './closed-keys.js';
import type { Question } from './question.js';
import { refuseTooCostly } from './response-cost.js';
import type { PoolOfQuestion } from './response-pools.js';

/**
 * Why a question would be refused: something was invalidated, or it costs too much; undefined when it would not.
 * @param maxSeconds the most biological seconds that one response may simulate
 */
export function refusalOf(question: Question, held: PoolOfQuestion, maxSeconds: number): CortigraphError | undefined {
  const invalidation = invalidationThatCloses(question, held);
  if (invalidation) return closedKey(invalidation);
  const { pool, assessment } = held;
  if (assessment.missing === 0) return undefined;
  try {
    refuseTooCostly(question, assessment, pool.length === 0, { maxSeconds, computedSeconds: 0 });
    return undefined;
  } catch (error) {
    if (error instanceof CortigraphError) return error;
    throw error;
  }
}
