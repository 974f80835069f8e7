import { type ByteSource, readHead } from '../bytes/byte-source.js';
import { invalid } from '../data-errors.js';
import type { ArrayLayout } from './array-samples.js';
import { elementTypes } from './element-type.js';

const magic = Buffer.from('\x93NUMPY', 'latin1');

export function isNpy(head: Buffer): boolean {
  return head.subarray(0, magic.length).equals(magic);
}

/** NumPy itself refuses longer ones of files that aren't trusted. */
const longestHeader = 10_000;

/**
 * Reads the header of a .npy file of version 1 to 3: a magic number, the version, the length of what follows, and a
 * dictionary in Python's words. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @throws DATA_FILE_INVALID for another version, for elements that are no numbers, for Fortran order.
 */
export async function readNpyHeader(bytes: ByteSource): Promise<ArrayLayout> {
  const start = await readHead(bytes, 12);
  if (start.length < 12 || !isNpy(start)) {
    throw invalid(bytes.name, "doesn't begin as a .npy file does. Save it again with numpy.save.");
  }
  const version = start[6]!;
  if (version < 1 || version > 3) {
    throw invalid(
      bytes.name,
      `is of version ${version} of .npy: 1 to 3 can be read. Save it again with numpy.save.`,
    );
  }
  const length = version === 1 ? start.readUInt16LE(8) : start.readUInt32LE(8);
  const offset = (version === 1 ? 10 : 12) + length;
  if (length > longestHeader) {
    throw invalid(
      bytes.name,
      `has a header of ${length} bytes: ${longestHeader} at most were expected. Save it again with numpy.save.`,
    );
  }
  const header = await readHead(bytes, offset);
  if (header.length < offset) {
    throw invalid(bytes.name, 'ends within its header: it is cut short. Copy or save it again.');
  }
  return { ...layoutOf(bytes.name, header.subarray(offset - length).toString('utf8')), offset };
}

function layoutOf(name: string, dictionary: string): Omit<ArrayLayout, 'offset'> {
  const shapeText = /'shape':\s*\(([\d\sL,]*)\)/.exec(dictionary)?.[1];
  const descr = /'descr':\s*('[^']*'|\[.*\])\s*,\s*'/.exec(dictionary)?.[1];
  const fortran = /'fortran_order':\s*(True|False)/.exec(dictionary)?.[1];
  if (shapeText === undefined || descr === undefined || fortran === undefined) {
    throw invalid(
      name,
      `has the header ${JSON.stringify(dictionary.trim())}: no array is told by it. Save it again.`,
    );
  }
  // Python 2 wrote (3L, 4L).
  const shape = [...shapeText.matchAll(/\d+/g)].map(([length]) => Number(length));
  const [, mark, code = ''] = /^'([<>|=])(\w+)'$/.exec(descr) ?? [];
  const type = elementTypes.get(code);
  if (!type) {
    const names = [...elementTypes.values()].map((known) => known.name).join(', ');
    throw invalid(
      name,
      `holds elements of type ${descr}: ${names} can be read. Save it as numpy.save(path, x.astype('float32')).`,
    );
  }
  if (fortran === 'True' && shape.length > 1) {
    throw invalid(
      name,
      'is in Fortran order, whose samples lie scattered: C order was expected. Save it as ' +
        'numpy.save(path, numpy.ascontiguousarray(x)).',
    );
  }
  return { type, order: mark === '>' ? 'BE' : 'LE', shape };
}
