import type { Log } from '../services/lab.js';
import type { Output } from './shell.js';

/** Tells a person in a line what went wrong, and nothing else. */
export class WarningLog implements Log {
  constructor(
    private readonly output: Output,
    private readonly options: { readonly stacks: boolean },
  ) {}

  info(): void {
    // a shell shows the result
  }

  warn(details: object, message: string): void {
    this.tell('warning', details, message);
  }

  error(details: object, message: string): void {
    this.tell('error', details, message);
  }

  private tell(level: string, details: object, message: string): void {
    const cause: unknown = 'err' in details ? details.err : undefined;
    const because = cause instanceof Error ? `: ${this.options.stacks ? cause.stack : cause.message}` : '';
    this.output.write(`${level}: ${message}${because}\n`);
  }
}
