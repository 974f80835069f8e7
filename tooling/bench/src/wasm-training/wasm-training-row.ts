import type { Row } from '../measuring/record.js';
import type { Spread } from '../measuring/spread.js';

/** One way to train one network. */
export interface WasmTrainingRow extends Row {
  readonly network: string;
  readonly contender: string;
  readonly samplesPerSecond: Spread;
  /** Its median over that of the cpu backend. */
  readonly ratio: number;
}
