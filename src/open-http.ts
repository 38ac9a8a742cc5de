import type { Logger } from 'pino';
import type { RequestContext } from '../resolvers/context.js';
import { createLoaders } from '../resolvers/context.js';
import type { Config } from './config.js';
import { firstQuery } from './http/first-query.js';
import { buildGraphQLSchema } from './http/graphql-schema.js';
import type { HttpServer } from './http/server.js';
import { createHttpServer } from './http/server.js';
import type { OpenLab } from './open-lab.js';
import { defaultPageSize, maxPageSize } from './services/pages.js';
import { maxColumns } from './services/sweep-table.js';
import { maxProvenanceEdges, maxProvenanceNodes } from './services/trace-service.js';

/** A table counts as so many lists: of one operation only a few may be asked for, for each reads thousands of runs. */
const tableWeight = 100;

/** What a question about a sweep costs beside its answer: it looks at up to 10,000 points, a quarter of a second. */
const sweepWork = 4000;

/** What a question about provenance costs beside its answer: it follows up to 1000 nodes, whatever is shown of them. */
const provenanceWork = 4000;

/** Opens the door of HTTP to a lab; it listens once it is started. */
export function openHttp(
  config: Config,
  { services, store }: Pick<OpenLab, 'services' | 'store'>,
  logger: Logger,
): Promise<HttpServer> {
  return createHttpServer<RequestContext>({
    schema: buildGraphQLSchema(),
    createContext: ({ mayCompute, origin }) => ({ services, loaders: createLoaders(services), mayCompute, origin }),
    logger,
    config,
    readiness: () => store.ping(),
    exportProvenance: (id, direction, depth) => services.trace.export(id, direction, depth),
    openBlob: (digest) => store.blobs.open(digest),
    listSizes: {
      byDefault: defaultPageSize,
      atMost: maxPageSize,
      long: {
        'ProvenanceGraph.nodes': maxProvenanceNodes,
        'ProvenanceGraph.edges': maxProvenanceEdges,
        'Table.columns': maxColumns,
        'Sweep.table': tableWeight,
        'Experiment.table': tableWeight,
        'Recording.table': tableWeight,
      },
      work: {
        'Query.sweep': sweepWork,
        'Query.estimateCost': sweepWork,
        'Query.provenance': provenanceWork,
        'Experiment.table': sweepWork,
        'Experiment.points': sweepWork / 4,
      },
    },
    firstQuery,
  });
}
