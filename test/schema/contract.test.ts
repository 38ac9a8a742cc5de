import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { GraphQLArgument, GraphQLInputField, GraphQLNamedType, GraphQLSchema } from 'graphql';
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { buildGraphQLSchema } from '../../src/http/graphql-schema.js';

/** The repository, from build/test/schema. */
const root = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/**
 * What the contract promises and nothing does yet, as `Type`, `Type.member` or `Type.field(argument)`. Whoever builds
 * one of these takes it off the list.
 */
const notBuiltYet: readonly string[] = ['Design.LATIN_HYPERCUBE', 'Subscription'];

/** Every name of a schema with what it is: its kind, or its type and default. */
function membersOf(schema: GraphQLSchema): Members {
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
  );
  return new Map(types.flatMap((type) => [[type.name, kindOf(type)] as const, ...membersOfType(type)]));
}

function membersOfType(type: GraphQLNamedType): readonly (readonly [string, string])[] {
  if (isEnumType(type)) return type.getValues().map(({ name }) => [`${type.name}.${name}`, 'value'] as const);
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, typeOf(field)] as const);
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => [
    [`${type.name}.${field.name}`, String(field.type)] as const,
    ...field.args.map((argument) => [`${type.name}.${field.name}(${argument.name})`, typeOf(argument)] as const),
  ]);
}

function kindOf(type: GraphQLNamedType): string {
  const interfaces = isObjectType(type) ? type.getInterfaces().map(({ name }) => name) : [];
  return `${type.constructor.name}${interfaces.length > 0 ? ` of ${interfaces.join(' and ')}` : ''}`;
}

/** A type and, where there is one, its default; an explicit default of null is none. */
function typeOf({ type, defaultValue }: GraphQLArgument | GraphQLInputField): string {
  return `${String(type)}${defaultValue == null ? '' : ` = ${JSON.stringify(defaultValue)}`}`;
}

/** Whether a name, or what it is a part of, is on the list. */
function isNotBuilt(name: string): boolean {
  const [field = name] = name.split('(');
  const [type = name] = field.split('.');
  return [name, field, type].some((part) => notBuiltYet.includes(part));
}

type Members = ReadonlyMap<string, string>;

/** What is built, without the interfaces that it has beyond a promise that names none: they take nothing from clients. */
const asPromised = (found: string | undefined, promise: string): string | undefined =>
  found?.startsWith(`${promise} of `) === true ? promise : found;

/** The arguments and input fields that one schema demands and the other, which has the same field or type, does not know. */
function demandedBeyond(known: Members, demanding: Members): readonly string[] {
  const ownerOf = (name: string): string => (name.includes('(') ? name.replace(/\(.*/, '') : name.replace(/\..*/, ''));
  const isInput = (name: string): boolean =>
    name.includes('(') || (name.includes('.') && demanding.get(ownerOf(name)) === 'GraphQLInputObjectType');
  return [...demanding]
    .filter(([name, type]) => isInput(name) && type.endsWith('!') && known.has(ownerOf(name)) && !known.has(name))
    .map(([name]) => name);
}

const promised = membersOf(buildSchema(read('test/reference/contract.graphql')));
const built = membersOf(buildGraphQLSchema());

describe('the contract with clients', () => {
  for (const [name, type] of promised) {
    if (isNotBuilt(name)) continue;
    test(`${name} is built: ${type}`, () => assert.equal(asPromised(built.get(name), type), type));
  }

  test('has every name that is said not to be built yet', () => {
    assert.deepEqual(
      notBuiltYet.filter((name) => !promised.has(name)),
      [],
    );
  });

  test('has nothing built that is said not to be built yet', () => {
    assert.deepEqual(
      notBuiltYet.filter((name) => built.has(name)),
      [],
    );
  });

  test('is kept to by clients who give no argument or input field that it does not name', () => {
    assert.deepEqual(demandedBeyond(promised, built), []);
  });
});

describe('schema/schema.graphql', () => {
  test('is what the code emits: npm run schema', () => {
    const emitted = `${printSchema(lexicographicSortSchema(buildGraphQLSchema()))}\n`;
    assert.equal(read('schema/schema.graphql'), emitted);
  });
});

describe('the comparison of schemas', () => {
  const sdl = `type Query { a(b: Int = 1, c: [E!]): String! } enum E { X } input I { d: Float = 0.5 } interface N { id: ID! }
    type T implements N { id: ID! }`;
  const original = membersOf(buildSchema(sdl));

  test('names every type, field, argument, value and input field', () => {
    assert.deepEqual(Object.fromEntries(original), {
      Query: 'GraphQLObjectType',
      'Query.a': 'String!',
      'Query.a(b)': 'Int = 1',
      'Query.a(c)': '[E!]',
      E: 'GraphQLEnumType',
      'E.X': 'value',
      I: 'GraphQLInputObjectType',
      'I.d': 'Float = 0.5',
      N: 'GraphQLInterfaceType',
      'N.id': 'ID!',
      T: 'GraphQLObjectType of N',
      'T.id': 'ID!',
    });
  });

  test('sees what is demanded beyond it', () => {
    const demanding = sdl.replace('c: [E!]', 'c: [E!], f: Int!, g: Int').replace('d: Float', 'h: Int!, d: Float');
    assert.deepEqual(demandedBeyond(original, membersOf(buildSchema(demanding))), ['Query.a(f)', 'I.h']);
  });

  for (const [from, to] of [
    ['String!', 'String'],
    ['Int = 1', 'Int = 2'],
    ['Int = 1', 'Int'],
    ['[E!]', '[E]'],
    ['0.5', '0.25'],
    ['{ X }', '{ Y }'],
    ['type T implements N', 'type T'],
  ] as const) {
    test(`sees ${from} become ${to}`, () => {
      const changed = membersOf(buildSchema(sdl.replace(from, to)));
      assert.ok([...original].some(([name, type]) => changed.get(name) !== type));
    });
  }
});
