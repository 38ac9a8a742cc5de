/** What the project uses of WebAssembly's JavaScript interface: TypeScript has it in the DOM library only. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: object);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  class Global {
    readonly value: unknown;
  }
}
