import type { ResponseInput } from '../schema/response.js';
import { defaultModel } from '../src/domain/model-definition.js';
import type { ResponseRequest } from '../src/services/question.js';

/** A question as the services take it: with defaults for what is given as null. */
export const responseRequest = (input: ResponseInput): ResponseRequest => ({
  ...input,
  model: input.model ?? defaultModel,
  source: input.source ?? 'AUTO',
  estimand: input.estimand ?? 'FIXED_NETWORK',
});
