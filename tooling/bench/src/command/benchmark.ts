import type { Measured, Recorded, Row } from '../measuring/record.js';

/** A benchmark, as the command and the page see it. */
export interface Benchmark {
  readonly name: string;
  /** Its flags and what it does, in a few lines. */
  readonly usage: string;
  /**
   * Reads its flags; what comes back measures.
   *
   * @throws Error with what came and what was expected.
   */
  prepare(argv: readonly string[]): (tell: (doing: string) => void) => Promise<Measured>;
  /** What is compared and the figures, as Markdown without a heading. */
  section(recorded: Recorded): string;
}

/**
 * A benchmark from parts that know its options and rows: rows go through JSON, so that their type is lost on
 * the way.
 */
export function defineBenchmark<Asked, MeasuredRow extends Row>(parts: {
  readonly name: string;
  readonly usage: string;
  readonly read: (argv: readonly string[]) => Asked;
  readonly run: (asked: Asked, tell: (doing: string) => void) => Promise<Measured<MeasuredRow>>;
  readonly section: (recorded: Recorded<MeasuredRow>) => string;
}): Benchmark {
  return {
    name: parts.name,
    usage: parts.usage,
    prepare(argv) {
      const asked = parts.read(argv);
      return (tell) => parts.run(asked, tell);
    },
    section: (recorded) => parts.section(recorded as Recorded<MeasuredRow>),
  };
}
