import { invalid } from '../data-errors.js';
import type { OpenSource } from '../open-source.js';

/**
 * One number a sample, as float32.
 *
 * @throws DATA_FILE_INVALID when samples have several.
 */
export async function targetValues(source: OpenSource): Promise<Float32Array> {
  const { name, count, sampleShape } = source;
  if (sampleShape.some((length) => length !== 1)) {
    throw invalid(
      name,
      `holds samples of [${sampleShape.join(', ')}]: one number a sample was expected. Read several targets with openData.`,
    );
  }
  const values = new Float32Array(count);
  for await (const numbers of source.read({ first: 0, end: count, size: count, signal: undefined })) {
    values.set(numbers);
  }
  return values;
}
