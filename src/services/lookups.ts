import type { ExecutionDocument, ParameterSetDocument } from '../domain/documents.js';
import { notFound } from '../domain/errors.js';
import { requireId } from '../domain/ids.js';
import type { Lab } from './lab.js';
import type { RunView, SimulateService } from './simulate-service.js';

/** Looks things up by id, many in one call of the store; what is not there is left out. */
export class Lookups {
  constructor(
    private readonly lab: Lab,
    private readonly simulate: SimulateService,
  ) {}

  parameterSets(ids: readonly string[]): Promise<readonly ParameterSetDocument[]> {
    return this.lab.collections.parameterSets.find({ _id: { $in: ids } }).toArray();
  }

  async runs(ids: readonly string[]): Promise<readonly RunView[]> {
    const runs = await this.lab.collections.runs.find({ _id: { $in: ids } }).toArray();
    return runs.map((run) => this.simulate.viewOf(run));
  }

  /** Every attempt at each of these runs, the first one first. */
  executionsOf(runIds: readonly string[]): Promise<readonly ExecutionDocument[]> {
    return this.lab.collections.executions
      .find({ runId: { $in: runIds } }, { sort: { startedAt: 1, _id: 1 } })
      .toArray();
  }

  executions(ids: readonly string[]): Promise<readonly ExecutionDocument[]> {
    return this.lab.collections.executions.find({ _id: { $in: ids } }).toArray();
  }

  /** @throws CortigraphError NOT_FOUND, BAD_USER_INPUT */
  async execution(id: string): Promise<ExecutionDocument> {
    requireId(id, 'Execution');
    const execution = await this.lab.collections.executions.findOne({ _id: id });
    if (!execution) throw notFound(`execution ${id}`);
    return execution;
  }
}
