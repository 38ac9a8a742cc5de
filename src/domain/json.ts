/** What JSON can hold, and so what identities, documents and payloads are made of. Numbers are finite. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** An object of {@link Json} values. */
export interface JsonObject {
  readonly [key: string]: Json;
}
