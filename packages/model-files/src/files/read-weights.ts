import type { io } from '@tensorflow/tfjs';
import { containedFile } from './contained-path.js';
import { readWeightFile, type WeightFile } from './read-weight-file.js';
import { copiesIn, requireCopies, wrongBytes } from './repeated-weights.js';
import { weightBytes } from './weight-bytes.js';

/**
 * Reads the values of all weights into one buffer, in the order of the manifest.
 *
 * @throws MODEL_FILE_MISSING and MODEL_FILE_INVALID, with the file, the bytes found and the bytes expected.
 */
export async function readWeights(folder: string, manifest: io.WeightsManifestConfig): Promise<ArrayBuffer> {
  const groups: Group[] = [];
  // All files are checked before any is read, so that nothing is allocated for a model that can't be loaded.
  for (const { paths, weights } of manifest) {
    const files = await Promise.all(
      paths.map(async (name) => ({ name, ...(await containedFile(folder, name)) })),
    );
    const found = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const expected = weightBytes(weights);
    const copies = copiesIn(found, expected, weights.length);
    if (copies === undefined) throw wrongBytes(folder, files, expected);
    groups.push({ files, found, expected });
  }
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const group of groups) parts.push(await readGroup(folder, group));
  return joined(parts);
}

interface Group {
  readonly files: readonly WeightFile[];
  readonly found: number;
  readonly expected: number;
}

async function readGroup(
  folder: string,
  { files, found, expected }: Group,
): Promise<Uint8Array<ArrayBuffer>> {
  const values = new Uint8Array(found);
  let start = 0;
  for (const file of files) {
    await readWeightFile(file, values.subarray(start, start + file.bytes));
    start += file.bytes;
  }
  if (found > expected) requireCopies(values, expected, () => wrongBytes(folder, files, expected));
  return found > expected ? values.slice(0, expected) : values;
}

function joined(parts: readonly Uint8Array<ArrayBuffer>[]): ArrayBuffer {
  if (parts.length === 1) return parts[0]!.buffer;
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all.buffer;
}
