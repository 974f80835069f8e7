import { onTestFinished } from 'vitest';
import type { BatchRange, DataFile } from '../data-file.js';
import { type DataOptions, openData } from '../open-data.js';

/** Data that is closed at the end of the test. */
export async function openForTest(path: string, options?: DataOptions): Promise<DataFile> {
  const data = await openData(path, options);
  onTestFinished(() => data.close());
  return data;
}

/** All numbers of all batches in a row, and the batches' shapes. */
export async function readAll(data: DataFile, size: number, range?: BatchRange) {
  const values: number[] = [];
  const shapes: number[][] = [];
  for await (const batch of data.batches(size, range)) {
    values.push(...batch.data);
    shapes.push(batch.shape);
  }
  return { values, shapes };
}

/** All numbers of a file. */
export async function valuesOf(path: string, options?: DataOptions): Promise<number[]> {
  return (await readAll(await openForTest(path, options), 3)).values;
}
