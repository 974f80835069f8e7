import type { Measured, Recorded, Row } from '../measuring/record.js';

/** A benchmark as the command and the page use it. */
export interface Benchmark {
  readonly name: string;
  /** Its flags and what it does, in a few lines. */
  readonly usage: string;
  /**
   * Reads its flags and returns the function that measures.
   *
   * @throws Error with the argument and what was expected instead.
   */
  prepare(argv: readonly string[]): (onProgress: (activity: string) => void) => Promise<Measured>;
  /** Returns what is compared and the figures, as Markdown without a heading. */
  section(recorded: Recorded): string;
}

/**
 * Defines a benchmark from parts that know the types of its options and rows. Rows go through JSON, so their
 * type is lost on the way.
 */
export function defineBenchmark<Settings, MeasuredRow extends Row>(parts: {
  readonly name: string;
  readonly usage: string;
  readonly read: (argv: readonly string[]) => Settings;
  readonly run: (
    settings: Settings,
    onProgress: (activity: string) => void,
  ) => Promise<Measured<MeasuredRow>>;
  readonly section: (recorded: Recorded<MeasuredRow>) => string;
}): Benchmark {
  return {
    name: parts.name,
    usage: parts.usage,
    prepare(argv) {
      const settings = parts.read(argv);
      return (onProgress) => parts.run(settings, onProgress);
    },
    section: (recorded) => parts.section(recorded as Recorded<MeasuredRow>),
  };
}
