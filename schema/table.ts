import { Field, Int, ObjectType } from 'type-graphql';
import type { NumberArray, Table as TableOfColumns } from '../src/domain/table.js';
import { Float64ArrayScalar } from './scalars.js';

@ObjectType({ description: 'A column of a table: numbers, or texts.' })
export class Column {
  @Field()
  name: string;

  @Field(() => String, { nullable: true, description: 'Null for what has none.' })
  unit: string | null;

  @Field(() => Float64ArrayScalar, {
    nullable: true,
    description: 'One a row; one that is missing is NaN. Null in a column of texts.',
  })
  numbers: NumberArray | null;

  @Field(() => [String], { nullable: 'itemsAndList', description: 'One a row. Null in a column of numbers.' })
  strings: readonly (string | null)[] | null;
}

@ObjectType({ description: 'Rows by columns: every column has one value a row.' })
export class Table {
  @Field(() => Int)
  rowCount: number;

  @Field(() => [Column])
  columns: readonly Column[];

  @Field(() => String, { nullable: true, description: 'The same rows as an Arrow stream; null where there is none.' })
  url: string | null;
}

/** A table as its GraphQL type. `url` is where the same rows can be downloaded; null where they cannot. */
export function toTable({ rowCount, columns }: TableOfColumns, url: string | null): Table {
  return {
    rowCount,
    url,
    columns: columns.map((column) => ({
      name: column.name,
      unit: column.unit,
      numbers: 'numbers' in column ? column.numbers : null,
      strings: 'strings' in column ? column.strings : null,
    })),
  };
}
