import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { AnnotationResolver, annotationFieldResolvers } from '../../resolvers/annotation-resolver.js';
import { CostResolver } from '../../resolvers/cost-resolver.js';
import { EstimateResolver } from '../../resolvers/estimate-resolver.js';
import {
  ExperimentPointResolver,
  ExperimentResolver,
  ExperimentRowResolver,
} from '../../resolvers/experiment-resolver.js';
import { InvalidationResolver, validityFieldResolvers } from '../../resolvers/invalidation-resolver.js';
import { JobResolver } from '../../resolvers/job-resolver.js';
import { ModelResolver } from '../../resolvers/model-resolver.js';
import { NodeResolver } from '../../resolvers/node-resolver.js';
import { ParameterSetResolver } from '../../resolvers/parameter-set-resolver.js';
import { ProvenanceResolver } from '../../resolvers/provenance-resolver.js';
import { RecordingResolver } from '../../resolvers/recording-resolver.js';
import { ResponseResolver } from '../../resolvers/response-resolver.js';
import { SimulationRunResolver } from '../../resolvers/simulation-run-resolver.js';
import { SweepResolver } from '../../resolvers/sweep-resolver.js';
import { VerificationResolver } from '../../resolvers/verification-resolver.js';
import { Execution } from '../../schema/execution.js';

/** The executable schema, of every noun. Inputs are checked by the services, so there is no validator here. */
export function buildGraphQLSchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [
      ModelResolver,
      ParameterSetResolver,
      SimulationRunResolver,
      RecordingResolver,
      EstimateResolver,
      ResponseResolver,
      SweepResolver,
      ExperimentResolver,
      ExperimentRowResolver,
      ExperimentPointResolver,
      CostResolver,
      JobResolver,
      NodeResolver,
      ProvenanceResolver,
      InvalidationResolver,
      ...validityFieldResolvers,
      AnnotationResolver,
      ...annotationFieldResolvers,
      VerificationResolver,
    ],
    orphanedTypes: [Execution],
    validate: false,
  });
}
