import { loadavg } from 'node:os';

/** Prints one figure as a JSON line. */
export function figure(name: string, value: number, unit: string): void {
  console.log(JSON.stringify({ name, value: Number(value.toPrecision(4)), unit }));
}

/** Prints what else the machine is doing: figures of a loaded machine only compare within one run. */
export function machineLoad(): void {
  figure('machine.load', loadavg()[0] ?? 0, 'processes, mean of the last minute');
}

/** The sum of some values; 0 of none. */
export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The quantile of some values, by the nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? NaN;
}

/** The least CPU milliseconds, of this process, that some work took in so many rounds. */
export function leastCpuMs(rounds: number, work: (round: number) => unknown): number {
  const measure = (round: number): number => {
    const before = process.cpuUsage();
    work(round);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  return Math.min(...Array.from({ length: rounds }, (_, round) => measure(round)));
}
