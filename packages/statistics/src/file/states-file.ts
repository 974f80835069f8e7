import { FuseInitError, type Moments, type NdArray } from '@fuseinit/core';
import type { CollectorState } from '../create-collector.js';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';

/** What collectors held, as a file has it. */
export interface StatesFile {
  /** What the writer had to say, as it said it. */
  readonly info: string;
  readonly states: readonly CollectorState[];
}

const format = 'fuseinit statistics';
const specVersion = '1';
const sides = ['moments', 'heldOut'] as const;

/** Collectors' states as one safetensors file, with a checksum. */
export function encodeStates({ info, states }: StatesFile): Uint8Array<ArrayBuffer> {
  const arrays: Record<string, NdArray> = {};
  const taps = states.map((state, index) => {
    const { moments: _, heldOut: __, ...counts } = state;
    const rows = Object.fromEntries(
      sides.flatMap((side) => {
        const moments = state[side];
        if (!moments) return [];
        const { count, ...parts } = moments;
        for (const [part, array] of Object.entries(parts)) arrays[`${index}.${side}.${part}`] = array;
        return [[side, count]];
      }),
    );
    return { ...counts, rows };
  });
  return encodeSafetensors({ metadata: { format, specVersion, info, taps: JSON.stringify(taps) }, arrays });
}

/**
 * What {@link encodeStates} wrote.
 *
 * @param source What to call the file in errors.
 * @throws DATA_FILE_INVALID for a file that is another one, of another version, cut, or changed.
 */
export function decodeStates(bytes: Uint8Array, source: string): StatesFile {
  const { metadata, arrays } = decodeSafetensors(bytes, source);
  const fail = (reason: string): never => {
    throw new FuseInitError('DATA_FILE_INVALID', `${source} can't be read: ${reason}`);
  };
  if (metadata.format !== format) fail('it is a safetensors file, but not of statistics.');
  if (metadata.specVersion !== specVersion) {
    fail(`it is of version ${metadata.specVersion}, where ${specVersion} was expected.`);
  }
  const taps = tapsOf(metadata.taps) ?? fail('what it says of its taps is damaged.');
  const states = taps.map(({ rows, ...counts }, index): CollectorState => {
    const momentsOf = (side: (typeof sides)[number]) => {
      const count = rows[side];
      if (count === undefined) return undefined;
      return momentsFrom(arrays, `${index}.${side}.`, count) ?? fail(`arrays of ${counts.tap} are missing.`);
    };
    const [moments, heldOut] = sides.map(momentsOf);
    return { ...counts, ...(moments && { moments }), ...(heldOut && { heldOut }) };
  });
  return { info: metadata.info ?? '', states };
}

type TapEntry = Pick<CollectorState, 'tap' | 'batches' | 'samples' | 'heldOutSamples'> & {
  readonly rows: Readonly<Record<string, number>>;
};

function tapsOf(text: string | undefined): TapEntry[] | undefined {
  try {
    const value = JSON.parse(text ?? '') as TapEntry[];
    const isCount = (count: unknown) => Number.isSafeInteger(count) && Number(count) >= 0;
    const isSound = value.every(
      ({ tap, batches, samples, heldOutSamples, rows }) =>
        typeof tap === 'string' && [batches, samples, heldOutSamples, ...Object.values(rows)].every(isCount),
    );
    return isSound ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Moments whose parts fit each other, or nothing. */
function momentsFrom(
  arrays: Readonly<Record<string, NdArray>>,
  prefix: string,
  count: number,
): Moments | undefined {
  const part = (name: string) => arrays[prefix + name];
  const [inputMean, targetMean] = [part('inputMean'), part('targetMean')];
  if (!inputMean || !targetMean) return undefined;
  const [inputs, targets] = [inputMean.data.length, targetMean.data.length];
  const matrix = (name: string, rows: number, columns: number) => {
    const array = part(name);
    return array?.shape.join() === [rows, columns].join() ? array : undefined;
  };
  const inputCovariance = matrix('inputCovariance', inputs, inputs);
  const crossCovariance = matrix('crossCovariance', targets, inputs);
  const targetCovariance = matrix('targetCovariance', targets, targets);
  if (!inputCovariance || !crossCovariance || !targetCovariance) return undefined;
  return { count, inputMean, targetMean, inputCovariance, crossCovariance, targetCovariance };
}
