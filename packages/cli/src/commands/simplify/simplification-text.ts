import type { WeightDtype } from '@fuseinit/model-files';
import type { Latency } from '@fuseinit/planner';
import type { SimplifiedModel } from '@fuseinit/tfjs';
import type { ModelFormat, RoundedLayer } from '@fuseinit/tfjs/internal';
import { weightsText } from '../../output/model-output.js';
import { count, milliseconds, ratio, times } from '../../terminal/figures.js';
import { printable } from '../../terminal/printable.js';
import { table } from '../../terminal/table.js';
import { roundedText } from '../fuse/fusion-text.js';

/** The size and speed of a model. */
export interface ModelFigures {
  /** The number of calls of layers, without inputs. */
  readonly layers: number;
  /** The number of kernels that the backend ran for one prediction. */
  readonly kernels: number;
  /** The size of the topology and the weights in files. */
  readonly bytes: number;
  /**
   * The times for one sample, or for the fixed batch, in seconds. The first run is that of a process of its
   * own; null for a model with open lengths.
   */
  readonly latency: Omit<Latency, 'first'> & { readonly first: number | null };
}

/** The result of simplifying, as `--json` prints it. */
export interface Simplification extends Pick<SimplifiedModel, 'applied' | 'warnings'> {
  readonly output: string;
  readonly format: ModelFormat;
  readonly weights: WeightDtype;
  /** The names of the weights that are stored as float16 although another type was chosen. */
  readonly finerWeights: readonly string[];
  /** The effect of rounding on each layer for which a correction was tried. */
  readonly rounded: readonly RoundedLayer[];
  readonly backend: string;
  readonly computesOn: string;
  /** The inputs that the models were compared on: drawn inputs, or samples of a file. */
  readonly comparedOn: string;
  /** The lengths that were used for open lengths in the comparison; empty if the model has none. */
  readonly lengths: readonly number[];
  /**
   * The differences of the outputs on those inputs, relative to the largest number in them: with float32
   * weights, as far as rounding explains it, and with the weights as they were stored.
   */
  readonly difference: { readonly exact: number; readonly explained: number; readonly stored: number };
  readonly before: ModelFigures;
  readonly after: ModelFigures;
}

export function simplificationText(data: Simplification): string {
  const { output, format, weights, backend, computesOn, comparedOn, lengths, applied, difference, rounded } =
    data;
  const rules = [...new Set(applied.map(({ rule }) => rule))].map(
    (rule) => `  ${applied.filter((each) => each.rule === rule).length} x ${rule}`,
  );
  const stored =
    weights === 'float32' ? [] : [`Stored as ${weights}, by ${difference.stored.toExponential(1)}.`];
  const corrected = rounded.length === 0 ? [] : [roundedText(rounded)];
  const loader = format === 'graph' ? 'tf.loadGraphModel' : 'tf.loadLayersModel';
  return [
    figuresOf(data),
    '',
    `One prediction on ${backend} (${computesOn})${lengths[0] ? `, open lengths ${lengths[0]}` : ''}.`,
    '',
    ...(rules.length > 0 ? ['What was rewritten:', ...rules] : ['There was nothing to rewrite.']),
    '',
    `Outputs on ${printable(comparedOn)} differ by ${difference.exact.toExponential(1)} of the largest one at most; float32 explains ${difference.explained.toExponential(1)}.`,
    ...stored,
    ...corrected,
    `Saved in ${printable(output)}, for ${loader}; weights ${weightsText(weights, data.finerWeights)}.`,
  ].join('\n');
}

function figuresOf({ before, after }: Simplification): string {
  const row = (
    head: string,
    of: (model: ModelFigures) => number,
    told: (value: number) => string,
    change = times(of(after), of(before)),
  ) => [head, told(of(before)), told(of(after)), change];
  const first =
    before.latency.first === null || after.latency.first === null
      ? []
      : [row('first run', (model) => model.latency.first!, milliseconds)];
  return table(
    [
      { head: '' },
      { head: 'as given', align: 'right' },
      { head: 'simplified', align: 'right' },
      { head: '', align: 'right' },
    ],
    [
      row('layers', ({ layers }) => layers, count),
      row('kernels run', ({ kernels }) => kernels, count),
      row('bytes', ({ bytes }) => bytes, count),
      ...first,
      row('warm run, median', ({ latency }) => latency.median, milliseconds, ratio(after.latency.ratio)),
    ],
  );
}
