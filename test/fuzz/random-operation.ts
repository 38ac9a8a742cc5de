import type { GeneratorValue } from 'fast-check';
import fc from 'fast-check';
import {
  getNamedType,
  GraphQLEnumType,
  GraphQLInputObjectType,
  isAbstractType,
  isCompositeType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';

/** A GraphQL request as a client sends it. */
export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What answers have shown so far, to be asked about: ids and cursors. */
export type Known = readonly string[];

const maxDepth = 6;
const maxFields = 40;
const integers = [0, 1, 2, -1, 4, 10, 100, 101, 1000, 2 ** 31 - 1, -(2 ** 31)];
const floats = [0, -0, 0.5, 1, -1, 3.5, 240, 1e-9, 1e9, 1e300, 5e-324];
const words = ['', 'ishigami', 'ishigami-noisy', 'x1', 'x2', 'x3', 'y', 'f', 'lgnRateE', 'rateE', 'raster', 'spikes'];
const oddities = [
  'local-circuit',
  'COMPLETED',
  'runaway',
  'é\u0000\u{1f9e0}',
  '__proto__',
  '$ne',
  '../x',
  "'; --",
  '1e999',
];
const kinds = ['ps', 'run', 'exec', 'resp', 'rec', 'job', 'swp', 'xx'];
const dates = [
  '2025-01-01T00:00:00Z',
  '2035-01-01T00:00:00Z',
  '2025-02-30T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '-1',
  'now',
];

/** Builds one operation that mostly fits the schema, out of the choices of fast-check. */
export function randomOperation(schema: GraphQLSchema, g: GeneratorValue, known: Known): Operation {
  return new OperationBuilder(schema, g, known).build();
}

class OperationBuilder {
  private readonly variables: Record<string, unknown> = {};
  private readonly declarations: string[] = [];
  private fields = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly g: GeneratorValue,
    private readonly known: Known,
  ) {}

  build(): Operation {
    const kind = this.chance(6) ? 'mutation' : 'query';
    const root = this.schema.getRootType(kind as never);
    if (!root) throw new Error(`There is no root of ${kind}.`);
    const selection = this.selection(root, 0);
    const declared = this.declarations.length > 0 ? `(${this.declarations.join(', ')})` : '';
    return { query: `${kind} Fuzz${declared} ${selection}`, variables: this.variables };
  }

  private selection(type: GraphQLCompositeType, depth: number): string {
    if (isAbstractType(type)) {
      const possible = this.schema.getPossibleTypes(type);
      const chosen = this.some(possible).map((each) => `... on ${each.name} ${this.selection(each, depth + 1)}`);
      return `{ __typename ${chosen.join(' ')} }`;
    }
    const all = isObjectType(type) ? Object.values(type.getFields()) : [];
    const fitting = all.filter((field) => depth < maxDepth || isLeafType(getNamedType(field.type)));
    const selected = this.some(fitting).map((field) => this.field(field, depth));
    return `{ ${selected.filter((each) => each !== '').join(' ') || '__typename'} }`;
  }

  private field(field: GraphQLField<unknown, unknown>, depth: number): string {
    if (this.fields >= maxFields) return '';
    this.fields += 1;
    const given = field.args.filter((arg) => isNonNullType(arg.type) || arg.name === 'waitMs' || this.chance(3));
    const args = given.map((arg) => `${arg.name}: ${this.argument(arg)}`);
    const type = getNamedType(field.type);
    const alias = args.length > 0 || this.chance(8) ? `a${this.fields}: ` : '';
    const directive = this.chance(20) ? ` @include(if: ${this.pick(['true', 'true', 'false'])})` : '';
    const below = isCompositeType(type) ? ` ${this.selection(type, depth + 1)}` : '';
    return `${alias}${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${directive}${below}`;
  }

  private argument(arg: GraphQLArgument): string {
    const value = this.value(arg.type, arg.name);
    if (this.chance(2)) return literal(value, arg.type);
    const name = `v${this.declarations.length}`;
    this.declarations.push(`$${name}: ${String(arg.type)}`);
    this.variables[name] = value;
    return `$${name}`;
  }

  /** A value of a type, seldom of another; `name` is that of the argument or input field that it is for. */
  private value(type: GraphQLInputType, name: string): unknown {
    if (isNonNullType(type)) return this.value(type.ofType, name);
    if (name === 'waitMs') return this.pick([0, 0, 1, 20]); // so that no question waits long
    if (this.chance(100)) return this.pick([null, 'text', 3, true, [], {}, [[]], { a: 1 }]);
    if (isListType(type)) {
      const items = this.pick([0, 1, 1, 2, 3, 20]);
      return Array.from({ length: items }, () => this.value(type.ofType, name));
    }
    if (type instanceof GraphQLInputObjectType) {
      const given = Object.values(type.getFields()).filter((field) => isNeeded(field) || this.chance(2));
      return Object.fromEntries(given.map((field) => [field.name, this.value(field.type, field.name)]));
    }
    if (type instanceof GraphQLEnumType) return this.pick(type.getValues().map((each) => each.name));
    return this.scalar(getNamedType(type).name, name);
  }

  private scalar(type: string, name: string): unknown {
    switch (type) {
      case 'Int':
        return this.chance(4) ? this.g(fc.integer, { min: -1000, max: 100_000 }) : this.pick(integers);
      case 'Float':
        return this.chance(3) ? this.g(fc.double, { noNaN: true, noDefaultInfinity: true }) : this.pick(floats);
      case 'Boolean':
        return this.chance(2);
      case 'ID':
        return this.id();
      case 'DateTime':
        return this.pick(dates);
      case 'ParameterValues': {
        const names = this.some([...words, 'lgnRateI', 'sEE']);
        return Object.fromEntries(names.map((each) => [each, this.chance(100) ? null : this.pick(floats)]));
      }
      default:
        // Mostly the model that answers in no time.
        if (name === 'model') return this.pick(['ishigami', 'ishigami', 'ishigami-noisy', 'local-circuit', 'x']);
        if (name === 'after' || name === 'before') return this.id();
        return this.chance(6)
          ? this.g(fc.string, { unit: 'binary', maxLength: 40 })
          : this.pick([...words, ...oddities]);
    }
  }

  private id(): string {
    if (this.known.length > 0 && !this.chance(4)) return this.pick(this.known);
    return this.chance(3) ? this.pick(oddities) : `${this.pick(kinds)}_${this.pick(['0', 'f', 'a1'])}`.padEnd(36, '0');
  }

  private pick<T>(from: readonly T[]): T {
    const chosen = from[this.g(fc.nat, { max: from.length - 1 })];
    return chosen as T; // the index is one of the list's
  }

  /** A few of a list, none where it is empty. */
  private some<T>(from: readonly T[]): readonly T[] {
    if (from.length === 0) return [];
    const count = this.pick([1, 1, 2, 2, 3, 5]);
    return [...new Set(Array.from({ length: count }, () => this.pick(from)))];
  }

  /** True once in so many times. */
  private chance(times: number): boolean {
    return this.g(fc.nat, { max: times - 1 }) === 0;
  }
}

const isNeeded = (field: GraphQLInputField): boolean => isNonNullType(field.type) || field.name === 'model';

/** A value as it is written in a document; names of enums stand without quotes. */
function literal(value: unknown, type: GraphQLInputType): string {
  const named = isNonNullType(type) ? type.ofType : type;
  if (named instanceof GraphQLEnumType && typeof value === 'string') return value;
  if (Array.isArray(value)) {
    const inner = isListType(named) ? named.ofType : named;
    return `[${value.map((each) => literal(each, inner)).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const fields = named instanceof GraphQLInputObjectType ? named.getFields() : {};
    const written = Object.entries(value).filter(([key]) => /^[_A-Za-z]\w*$/.test(key));
    return `{${written.map(([key, each]) => `${key}: ${literal(each, fields[key]?.type ?? named)}`).join(', ')}}`;
  }
  return JSON.stringify(value);
}
