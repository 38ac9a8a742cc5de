import { badUserInput, notFound } from '../domain/errors.js';
import { requireId } from '../domain/ids.js';
import type { JsonObject } from '../domain/json.js';
import { quoted } from '../domain/nearest.js';
import { describe, implied } from '../provenance/description.js';
import type { ProvenanceEdge, ProvenanceGraph, ProvenanceNode } from '../provenance/graph.js';
import type { LineageDocuments, LineageKind, LineageRule } from '../provenance/lineage.js';
import { lineageRules } from '../provenance/lineage.js';
import { provJson } from '../provenance/prov-json.js';
import type { StoreCollection, StoreDocument } from '../store/seam.js';
import type { RunDocument, SweepDocument } from '../domain/documents.js';
import type { Lab } from './lab.js';
import type { SweepRun } from './sweep-lineage.js';
import { SweepLineage } from './sweep-lineage.js';

/** Which way to follow edges: to what a thing came from, or to what came from it. */
export const provenanceDirections = ['UPSTREAM', 'DOWNSTREAM', 'BOTH'] as const;

/** A name of {@link provenanceDirections}. */
export type ProvenanceDirection = (typeof provenanceDirections)[number];

/** How far is followed where nobody says. */
export const defaultProvenanceDepth = 10;

/** The greatest depth to follow. */
export const maxProvenanceDepth = 50;

/** The most stored nodes of one graph. */
export const maxProvenanceNodes = 1000;

/** The most edges of one graph. */
export const maxProvenanceEdges = 4000;

type AnyDocument = LineageDocuments[LineageKind];

interface Found {
  readonly kind: LineageKind;
  readonly document: AnyDocument;
}

/** One step along a rule: what was found, and by which edge. `cut` is called when there may be more. */
type Step = (
  rule: LineageRule,
  documents: readonly AnyDocument[],
  cut: () => void,
) => Promise<readonly [Found, ProvenanceEdge][]>;

/** Follows where a thing came from and what became of it. */
export class TraceService {
  private readonly sweeps: SweepLineage;

  constructor(private readonly lab: Lab) {
    this.sweeps = new SweepLineage(lab);
  }

  /**
   * The provenance graph of whatever has a lineage.
   * @throws CortigraphError BAD_USER_INPUT, NOT_FOUND
   */
  async trace(id: string, direction: ProvenanceDirection, depth: number): Promise<ProvenanceGraph> {
    const kind = requireId(id, ...lineageKinds);
    if (!Number.isInteger(depth) || depth < 0 || depth > maxProvenanceDepth) {
      throw badUserInput(`depth must be a whole number from 0 to ${maxProvenanceDepth}, not ${depth}.`, {
        allowed: { min: 0, max: maxProvenanceDepth },
      });
    }
    const [start] = await this.load(kind, [id]); // requireId gave one of lineageKinds
    if (!start) throw notFound(`${kind} ${id}`);
    const graph = new GraphBuilder();
    graph.add(start, 0);
    if (direction !== 'DOWNSTREAM') await this.walk(graph, start, depth, true);
    if (direction !== 'UPSTREAM') await this.walk(graph, start, depth, false);
    return graph.build(direction === 'DOWNSTREAM' ? 0 : depth);
  }

  /**
   * The same as PROV-JSON, a standard that other tools read.
   * @param direction a {@link ProvenanceDirection}; UPSTREAM when left out
   * @throws CortigraphError BAD_USER_INPUT, NOT_FOUND
   */
  async export(
    id: string,
    direction: string = 'UPSTREAM',
    depth: number = defaultProvenanceDepth,
  ): Promise<JsonObject> {
    const known = provenanceDirections.find((name) => name === direction);
    if (known === undefined) {
      throw badUserInput(`There is no direction ${quoted(direction)}.`, { allowed: [...provenanceDirections] });
    }
    return provJson(await this.trace(id, known, depth));
  }

  private async walk(graph: GraphBuilder, start: Found, depth: number, isUpstream: boolean): Promise<void> {
    let frontier: readonly Found[] = [start];
    const seen = new Set([start.document._id]);
    for (let level = 0; level < depth && frontier.length > 0 && !graph.truncated; level += 1) {
      const next: Found[] = [];
      for await (const reached of this.steps(frontier, isUpstream, () => (graph.truncated = true))) {
        for (const [found, edge] of reached) {
          if (!graph.add(found, level + 1)) break;
          graph.connect(edge);
          if (seen.has(found.document._id)) continue;
          seen.add(found.document._id);
          next.push(found);
        }
      }
      frontier = next;
    }
  }

  /** What lies one level on, by one rule after the other, and of sweeps. */
  private async *steps(
    frontier: readonly Found[],
    isUpstream: boolean,
    cut: () => void,
  ): AsyncGenerator<readonly (readonly [Found, ProvenanceEdge])[]> {
    const ofKind = (kind: LineageKind): readonly AnyDocument[] =>
      frontier.filter((found) => found.kind === kind).map(({ document }) => document);
    for (const rule of lineageRules) {
      const followsTargets = isUpstream !== (rule.isFlipped === true);
      const documents = ofKind(followsTargets ? rule.from : rule.to);
      if (documents.length === 0) continue;
      const found = await (followsTargets ? this.targets : this.pointers)(rule, documents, cut);
      yield found.map(([to, edge]) => [to, rule.isFlipped ? { ...edge, from: edge.to, to: edge.from } : edge] as const);
    }
    if (isUpstream) {
      for (const sweep of ofKind('Sweep') as readonly SweepDocument[]) {
        const found = await this.sweeps.runsOf(sweep, maxProvenanceNodes);
        yield found.map((each) => [{ kind: 'SimulationRun', document: each.run }, edgeOf(each)]);
      }
    } else {
      const runs = ofKind('SimulationRun') as readonly RunDocument[];
      const found = await this.sweeps.sweepsOf(runs, maxProvenanceNodes, cut);
      yield found.map((each) => [{ kind: 'Sweep', document: each.sweep }, edgeOf(each)]);
    }
  }

  /** What documents of a rule's `from` point to. */
  private readonly targets: Step = async (rule, documents) => {
    const ids = [...new Set(documents.flatMap((document) => rule.targets(document)))];
    const found = new Map((await this.load(rule.to, ids)).map((each) => [each.document._id, each]));
    return documents.flatMap((document) =>
      rule.targets(document).flatMap((to): [Found, ProvenanceEdge][] => {
        const target = found.get(to);
        return target ? [[target, { from: document._id, to, relation: rule.relation }]] : [];
      }),
    );
  };

  /** What points to documents of a rule's `to`. */
  private readonly pointers: Step = async (rule, documents, cut) => {
    const ids = new Set(documents.map(({ _id }) => _id));
    const filters = new Map(documents.map((document) => [JSON.stringify(rule.candidates(document)), document]));
    const rows = await Promise.all(
      [...filters.values()].map((document) =>
        this.collection(rule.from).find(rule.candidates(document), { limit: maxProvenanceNodes }).toArray(),
      ),
    );
    if (rows.some((found) => found.length === maxProvenanceNodes)) cut();
    return rows.flat().flatMap((document) =>
      rule
        .targets(document)
        .filter((to) => ids.has(to))
        .map((to): [Found, ProvenanceEdge] => [
          { kind: rule.from, document },
          { from: document._id, to, relation: rule.relation },
        ]),
    );
  };

  private async load(kind: LineageKind, ids: readonly string[]): Promise<readonly Found[]> {
    if (ids.length === 0) return [];
    // One more than a graph may hold, so that it is known to be cut.
    const documents = await this.collection(kind)
      .find({ _id: { $in: ids.slice(0, maxProvenanceNodes + 1) } })
      .toArray();
    return documents.map((document) => ({ kind, document }));
  }

  private collection(kind: LineageKind): StoreCollection<AnyDocument & StoreDocument> {
    const { parameterSets, runs, executions, recordings, responses } = this.lab.collections;
    const { invalidations, annotations, verifications, sweeps, experiments, experimentRows, jobs } =
      this.lab.collections;
    const byKind = {
      ParameterSet: parameterSets,
      SimulationRun: runs,
      Execution: executions,
      Recording: recordings,
      Response: responses,
      Invalidation: invalidations,
      Annotation: annotations,
      Verification: verifications,
      Sweep: sweeps,
      Experiment: experiments,
      ExperimentRow: experimentRows,
      Job: jobs,
    };
    return byKind[kind];
  }
}

const edgeOf = ({ sweep, run }: SweepRun): ProvenanceEdge => ({
  from: sweep._id,
  to: run._id,
  relation: 'wasDerivedFrom',
});

const lineageKinds = Object.keys(describe) as LineageKind[];

/** Collects nodes and edges, each once. */
class GraphBuilder {
  truncated = false;
  private readonly nodes = new Map<string, ProvenanceNode>();
  private readonly edges = new Map<string, ProvenanceEdge>();
  private readonly found = new Map<string, Found & { readonly level: number }>();

  /** False when the graph is full. */
  add(found: Found, level: number): boolean {
    const { kind, document } = found;
    if (this.found.has(document._id)) return true;
    if (this.found.size >= maxProvenanceNodes) {
      this.truncated = true;
      return false;
    }
    this.found.set(document._id, { ...found, level });
    this.nodes.set(document._id, describe[kind](document as never)); // the kind's own document
    return true;
  }

  connect(edge: ProvenanceEdge): void {
    const key = `${edge.from} ${edge.relation} ${edge.to}`;
    if (this.edges.size >= maxProvenanceEdges && !this.edges.has(key)) {
      this.truncated = true;
      return;
    }
    this.edges.set(key, edge);
  }

  /** @param impliedBelow the level below which code, agents and estimations are shown: they lie one level upstream */
  build(impliedBelow: number): ProvenanceGraph {
    for (const found of this.found.values()) this.imply(found, impliedBelow - found.level);
    return { nodes: [...this.nodes.values()], edges: [...this.edges.values()], truncated: this.truncated };
  }

  /** @param depth how many levels upstream of the document to show */
  private imply({ kind, document }: Found, depth: number): void {
    const { nodes, edges } = implied[kind](document as never); // the kind's own document
    let frontier: readonly string[] = [document._id];
    for (let level = 0; level < depth && frontier.length > 0; level += 1) {
      const onward = edges.filter(({ from }) => frontier.includes(from));
      const reached = nodes.filter(({ id }) => onward.some(({ to }) => to === id));
      for (const node of reached) this.nodes.set(node.id, node);
      for (const edge of onward) if (this.nodes.has(edge.to)) this.connect(edge);
      frontier = reached.map(({ id }) => id);
    }
  }
}
