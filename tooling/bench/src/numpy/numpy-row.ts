import type { Row } from '../measuring/record.js';
import type { ProblemFigures } from './measure-problem.js';

/** A problem, and what was seen of it. */
export interface NumpyRow extends Row, ProblemFigures {
  readonly name: string;
  readonly data: string;
}
