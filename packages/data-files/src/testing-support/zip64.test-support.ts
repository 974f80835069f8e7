import { open } from 'node:fs/promises';

/**
 * One entry of a zip, beyond 4 GiB if need be; what lies between the start and the end is a hole in the file.
 */
export interface ZipEntry {
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  readonly bytes: number;
  readonly unpackedBytes: number;
  readonly start: Uint8Array;
  readonly end: Uint8Array;
}

const unknown32 = 0xffffffff;

function sizes(entry: ZipEntry): Buffer {
  const extra = Buffer.alloc(20);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(16, 2);
  extra.writeBigUInt64LE(BigInt(entry.unpackedBytes), 4);
  extra.writeBigUInt64LE(BigInt(entry.bytes), 12);
  return extra;
}

function common(entry: ZipEntry): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(45, 0);
  fields.writeUInt16LE(entry.method === 'stored' ? 0 : 8, 4);
  fields.writeUInt32LE(unknown32, 14);
  fields.writeUInt32LE(unknown32, 18);
  fields.writeUInt16LE(entry.name.length, 22);
  fields.writeUInt16LE(20, 24);
  return fields;
}

/** Zip64 with one entry. Its checksum is 0: nobody looks at it. */
export async function writeZip64(path: string, entry: ZipEntry): Promise<void> {
  const name = Buffer.from(entry.name);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common(entry), name, sizes(entry)]);
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02\x2d\x00', 'latin1'),
    common(entry),
    Buffer.alloc(14),
    name,
    sizes(entry),
  ]);
  const centralStart = local.length + entry.bytes;
  const end64 = Buffer.alloc(56);
  end64.write('PK\x06\x06', 'latin1');
  end64.writeBigUInt64LE(44n, 4);
  end64.writeUInt16LE(45, 12);
  end64.writeUInt16LE(45, 14);
  end64.writeBigUInt64LE(1n, 24);
  end64.writeBigUInt64LE(1n, 32);
  end64.writeBigUInt64LE(BigInt(central.length), 40);
  end64.writeBigUInt64LE(BigInt(centralStart), 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 'latin1');
  locator.writeBigUInt64LE(BigInt(centralStart + central.length), 8);
  locator.writeUInt32LE(1, 16);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.fill(0xff, 8, 20);
  const file = await open(path, 'w');
  try {
    const start = Buffer.concat([local, entry.start]);
    await file.write(start, 0, start.length, 0);
    const rest = Buffer.concat([entry.end, central, end64, locator, end]);
    await file.write(rest, 0, rest.length, centralStart - entry.end.length);
  } finally {
    await file.close();
  }
}

/** What comes before the elements of a .npy. */
export function npyHead(shape: readonly number[], type = '|u1'): Buffer {
  const dictionary = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const text = `${dictionary.padEnd(117)}\n`;
  const head = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${text}`, 'latin1');
  head.writeUInt16LE(text.length, 8);
  return head;
}
