import type { JsonObject } from '../domain/json.js';
import type { ProvenanceEdge, ProvenanceGraph, ProvenanceNode, ProvRelation, ProvType } from './graph.js';

/** The namespace of ids, kinds and attributes of this software. */
const namespace = 'urn:cortigraph:';

/** The roles of the two ends of each relation, as PROV-JSON names them: of the later end, and of the earlier one. */
const roles: { readonly [R in ProvRelation]: readonly [string, string] } = {
  used: ['prov:activity', 'prov:entity'],
  wasGeneratedBy: ['prov:entity', 'prov:activity'],
  wasInvalidatedBy: ['prov:entity', 'prov:activity'],
  wasDerivedFrom: ['prov:generatedEntity', 'prov:usedEntity'],
  wasAttributedTo: ['prov:entity', 'prov:agent'],
  wasAssociatedWith: ['prov:activity', 'prov:agent'],
  actedOnBehalfOf: ['prov:delegate', 'prov:responsible'],
  wasInfluencedBy: ['prov:influencee', 'prov:influencer'],
};

const sections: { readonly [T in ProvType]: string } = { ENTITY: 'entity', ACTIVITY: 'activity', AGENT: 'agent' };

/**
 * A graph as PROV-JSON (W3C Member Submission of 24 April 2013), which tools of the PROV family read. An activity cannot
 * be derived from: what is told of one is an influence on what tells it.
 */
export function provJson({ nodes, edges, truncated }: ProvenanceGraph): JsonObject {
  const types = new Map(nodes.map(({ id, type }) => [id, type]));
  const document: Record<string, Record<string, JsonObject>> = {};
  const put = (section: string, id: string, record: JsonObject): void => {
    (document[section] ??= {})[id] = record;
  };
  nodes.forEach((node, index) => {
    // The first node is what was asked about.
    put(sections[node.type], qualified(node.id), { ...recordOf(node), ...(truncated && index === 0 ? cut : {}) });
  });
  edges.forEach((edge, index) => {
    const relation = relationOf(edge, types.get(edge.to));
    const [later, earlier] = roles[relation];
    put(relation, `_:${relation}${index + 1}`, { [later]: qualified(edge.from), [earlier]: qualified(edge.to) });
  });
  return { prefix: { cortigraph: namespace, xsd: 'http://www.w3.org/2001/XMLSchema#' }, ...document };
}

const cut: JsonObject = { 'cortigraph:truncated': { $: 'true', type: 'xsd:boolean' } };

/** PROV derives entities from entities only. */
const relationOf = ({ relation }: ProvenanceEdge, earlier: ProvType | undefined): ProvRelation =>
  relation === 'wasDerivedFrom' && earlier !== 'ENTITY' ? 'wasInfluencedBy' : relation;

function recordOf({ kind, type, label, at, attributes }: ProvenanceNode): JsonObject {
  const isActivity = type === 'ACTIVITY';
  const times = new Map<string, string>(isActivity ? activityTimes : []);
  const told = attributes.map(({ name, value }): [string, string] => [times.get(name) ?? `cortigraph:${name}`, value]);
  return {
    'prov:type': { $: `cortigraph:${kind}`, type: 'xsd:QName' },
    'prov:label': label,
    ...(at === null || isActivity ? {} : { 'cortigraph:createdAt': { $: at, type: 'xsd:dateTime' } }),
    ...Object.fromEntries(told),
  };
}

const activityTimes = [
  ['startedAt', 'prov:startTime'],
  ['finishedAt', 'prov:endTime'],
] as const;

/** Ids are of letters, digits and `_`, and so are local names of qualified names. */
const qualified = (id: string): string => `cortigraph:${id}`;
