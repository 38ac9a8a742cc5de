import { Field, Int, ObjectType } from 'type-graphql';
import type { Table as TableOfNumbers } from '../src/domain/table.js';
import { Float64ArrayScalar } from './scalars.js';

@ObjectType({ description: 'A column of a table: of numbers, or of strings.' })
export class Column {
  @Field()
  name: string;

  @Field(() => String, { nullable: true })
  unit: string | null;

  @Field(() => Float64ArrayScalar, { nullable: true, description: 'Null in a column of strings.' })
  numbers: ArrayLike<number> | null;

  @Field(() => [String], { nullable: 'itemsAndList', description: 'Null in a column of numbers.' })
  strings: readonly (string | null)[] | null;
}

@ObjectType({ description: 'Rows by columns.' })
export class Table {
  @Field(() => Int)
  rowCount: number;

  @Field(() => [Column])
  columns: readonly Column[];

  @Field(() => String, { nullable: true, description: 'The same rows as an Arrow stream.' })
  url: string | null;
}

/** A table as its GraphQL type. */
export function toTable({ rowCount, columns }: TableOfNumbers, url: string | null): Table {
  const shown = columns.map((column) =>
    'numbers' in column
      ? { name: column.name, unit: column.unit, numbers: column.numbers, strings: null }
      : { name: column.name, unit: column.unit, numbers: null, strings: column.strings },
  );
  return { rowCount, columns: shown, url };
}
