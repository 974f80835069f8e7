import type { FileHandle } from 'node:fs/promises';
import { didYouMean, listNames } from '@fuseinit/core';
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl';
import { type ByteSource, sliceStream } from '../bytes/byte-source.js';
import { invalid } from '../data-errors.js';
import type { SampleSource } from '../sample-source.js';
import type { OptionName } from '../source-options.js';
import { npySamples } from './array-samples.js';

export function isZip(head: Buffer): boolean {
  const signature = head.toString('latin1', 0, 4);
  return signature === 'PK\x03\x04' || signature === 'PK\x05\x06';
}

/**
 * Opens one array of a .npz file. Only the zip's directory and the needed parts of the array are read; from a
 * compressed array, everything before those parts is read too.
 *
 * @param array The array's name; undefined for the only one.
 * @throws DATA_FILE_INVALID when there is no such array, or several and none is named, or the zip is damaged.
 */
export async function npzSamples(
  path: string,
  file: FileHandle,
  array: string | undefined,
  optionName: OptionName,
): Promise<SampleSource> {
  const { zip, arrays } = await openZip(path, file);
  const names = [...arrays.keys()];
  const listed = listNames(names.map((name) => JSON.stringify(name)));
  if (names.length === 0) {
    throw invalid(path, 'is a zip file without a .npy in it: one that numpy.savez wrote was expected.');
  }
  if (array === undefined && names.length > 1) {
    throw invalid(
      path,
      `holds ${names.length} arrays: ${listed}. Name one of them as ${optionName('array')}.`,
    );
  }
  const name = array ?? names[0]!;
  const entry = arrays.get(name);
  if (!entry)
    throw invalid(
      path,
      `holds no array ${JSON.stringify(name)}.${didYouMean(name, names)} It has ${listed}.`,
    );
  return npySamples(entryBytes(`${path}, array ${JSON.stringify(name)}`, zip, entry));
}

async function openZip(path: string, file: FileHandle) {
  const arrays = new Map<string, Entry>();
  try {
    const zip = await fromFdPromise(file.fd, { autoClose: false });
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('.npy')) arrays.set(entry.fileName.slice(0, -'.npy'.length), entry);
    }
    return { zip, arrays };
  } catch (cause) {
    throw invalid(
      path,
      `can't be read as .npz: ${(cause as Error).message}. It is cut short or damaged; copy or save it again.`,
      cause,
    );
  }
}

function entryBytes(name: string, zip: ZipFile, entry: Entry): ByteSource {
  const size = entry.uncompressedSize;
  const isStored = entry.compressionMethod === 0;
  return {
    name,
    size,
    isSeekable: isStored,
    async *read(start, end, signal) {
      const last = Math.min(end, size);
      if (start >= last) return;
      const range = isStored ? { start, end: last } : {};
      const stream = await zip.openReadStreamPromise(entry, range).catch((cause) => {
        throw invalid(
          name,
          `can't be read: ${(cause as Error).message}. Save it again with numpy.savez.`,
          cause,
        );
      });
      const passed = isStored ? start : 0;
      yield* sliceStream(name, stream, start - passed, last - passed, signal);
    },
  };
}
