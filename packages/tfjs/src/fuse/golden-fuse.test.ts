import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { tf } from '../testing-support/seeded.test-support.js';
import { stockModel } from '../testing-support/stock-layer.test-support.js';
import { fuse } from './fuse.js';

interface Plain {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

// The format is told in the README beside the cases.
interface Golden {
  readonly name: string;
  readonly input: Plain;
  readonly span: readonly {
    className: string;
    config: Record<string, unknown>;
    weights?: readonly Plain[];
  }[];
  readonly ridge: number;
  readonly channelCoupling: 'full' | 'independent';
  readonly expected: {
    readonly geometry: {
      readonly kernelSize: readonly number[];
      readonly padding: readonly (readonly number[])[];
    } | null;
    readonly kernel: Plain;
    readonly bias: Plain;
    readonly relativeMse: number;
  };
}

const folder = new URL('../../../../tooling/golden/cases/', import.meta.url);
const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Golden);

beforeAll(() => tf.setBackend('cpu'));

test.each(cases.map((golden) => [golden.name, golden] as const))(
  'fuse gives the numbers of %s',
  async (_name, golden) => {
    const { input, span, expected } = golden;
    const layers = span.map((layer, index) => ({
      name: `layer${index}`,
      className: layer.className,
      config: layer.config,
      weights: (layer.weights ?? []).map(({ shape, data }) => ({ shape, data: Float64Array.from(data) })),
    }));
    const { student, report } = await fuse(stockModel(layers, input.shape.slice(1)), {
      tf,
      spans: [
        {
          from: 'layer0',
          to: `layer${span.length - 1}`,
          ...(expected.geometry && { kernelSize: expected.geometry.kernelSize }),
        },
      ],
      calibrationData: input,
      ridge: golden.ridge,
      channelCoupling: golden.channelCoupling,
      heldOut: 0,
    });
    const [fused] = report.spans;
    expect(fused!.geometry?.padding ?? null).toEqual(expected.geometry?.padding ?? null);
    const [kernel, bias] = student.getLayer(fused!.name).getWeights();
    // Products in float32, summed over 512 rows at most, are off by 1e-6 of the covariance; a solution by that times
    // the condition number.
    const tolerance = 1e-6 * fused!.diagnostics.conditionEstimate;
    expect(relativeError(kernel!.dataSync(), expected.kernel.data)).toBeLessThan(tolerance);
    expect(relativeError(bias!.dataSync(), expected.bias.data)).toBeLessThan(tolerance);
    expect(Math.abs(fused!.relativeMse - expected.relativeMse)).toBeLessThan(1e-6);
  },
);

function relativeError(values: ArrayLike<number>, expected: readonly number[]): number {
  const difference = Math.hypot(...expected.map((value, index) => values[index]! - value));
  return difference / (Math.hypot(...expected) || 1);
}
