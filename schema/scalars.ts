import type { ValueNode } from 'graphql';
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { badUserInput } from '../src/domain/errors.js';
import { quoted } from '../src/domain/nearest.js';
import type { NumberArray } from '../src/domain/table.js';

/** A moment, as an ISO 8601 text in UTC. */
export { GraphQLDateTime as DateTime } from 'graphql-scalars';

function checkedValues(value: unknown): Readonly<Record<string, number>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badUserInput('ParameterValues is an object: input name to finite number.');
  }
  for (const [name, number] of Object.entries(value)) {
    if (typeof number !== 'number' || !Number.isFinite(number)) {
      throw badUserInput(`ParameterValues needs a finite number for ${quoted(name)}.`, {
        input: name.slice(0, 80),
      });
    }
  }
  return value as Readonly<Record<string, number>>;
}

/** @param variables undefined while a document is validated: a variable is then taken on trust until it is executed */
function literal(node: ValueNode, variables: Readonly<Record<string, unknown>> | null | undefined): unknown {
  switch (node.kind) {
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.VARIABLE:
      return variables?.[node.name.value];
    case Kind.OBJECT: {
      // a name given twice is refused by graphql-js
      const known = node.fields.filter(({ value }) => variables != null || value.kind !== Kind.VARIABLE);
      return Object.fromEntries(known.map((field) => [field.name.value, literal(field.value, variables)]));
    }
    default:
      throw new GraphQLError('ParameterValues is an object: input name to finite number.', { nodes: node });
  }
}

/** An object from input name to finite number. */
export const ParameterValuesScalar = new GraphQLScalarType<unknown>({
  name: 'ParameterValues',
  description:
    'An object: input name to finite number, as in { lgnRateE: 240 }; `models { inputs { name } }` lists the names. Inputs that are left out take their defaults; an unknown name is an error. Values are rounded to the precision that the model reads.',
  serialize: (value) => value,
  parseValue: checkedValues,
  parseLiteral: (node, variables) => checkedValues(literal(node, variables)),
});

/** The numbers of a column, as the base64 of little-endian float64. */
export const Float64ArrayScalar = new GraphQLScalarType<NumberArray, string>({
  name: 'Float64Array',
  description:
    'Numbers as little-endian float64 in base64; in Python `numpy.frombuffer(base64.b64decode(text))`. One that is missing is NaN. Only given, never taken.',
  serialize: (value) => {
    const numbers = value as NumberArray; // a column's, and nothing else has this type
    const bytes = Buffer.alloc(numbers.length * Float64Array.BYTES_PER_ELEMENT);
    numbers.forEach((number, i) => bytes.writeDoubleLE(number, i * Float64Array.BYTES_PER_ELEMENT));
    return bytes.toString('base64');
  },
  parseValue: () => {
    throw badUserInput('Float64Array is not taken as an input.');
  },
});

/** Any JSON value, for what differs from case to case. */
export const JsonScalar = new GraphQLScalarType<unknown>({
  name: 'JSON',
  description: 'A JSON value. Only given, never taken.',
  serialize: (value) => value,
  parseValue: () => {
    throw badUserInput('JSON is not taken as an input.');
  },
});
