/** What a node is in W3C PROV. */
export const provTypes = ['ENTITY', 'ACTIVITY', 'AGENT'] as const;

/** A name of {@link provTypes}. */
export type ProvType = (typeof provTypes)[number];

/** The relations of PROV-DM that this lab uses. An edge points from what came later to what it came from. */
export type ProvRelation =
  | 'used'
  | 'wasAssociatedWith'
  | 'wasAttributedTo'
  | 'actedOnBehalfOf'
  | 'wasDerivedFrom'
  | 'wasGeneratedBy'
  | 'wasInvalidatedBy'
  | 'wasInfluencedBy';

/** A thing, a piece of work, or who did it. */
export interface ProvenanceNode {
  readonly id: string;
  readonly kind: string;
  readonly type: ProvType;
  readonly label: string;
  readonly at: string | null;
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
}

/** From what came later to what it came from. */
export interface ProvenanceEdge {
  readonly from: string;
  readonly to: string;
  readonly relation: ProvRelation;
}

/** Nodes and edges, each once; `truncated` when there was more than may be shown. */
export interface ProvenanceGraph {
  readonly nodes: readonly ProvenanceNode[];
  readonly edges: readonly ProvenanceEdge[];
  readonly truncated: boolean;
}
