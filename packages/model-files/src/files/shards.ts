import { createHash } from 'node:crypto';

/** A weight file to be written. It is named by its content, so that a name never refers to two contents. */
export interface Shard {
  readonly name: string;
  readonly content: Uint8Array;
}

/** Splits the values of weights into files of at most `shardBytes`; returns no file for no bytes. */
export function shardsOf(values: Uint8Array, shardBytes: number, prefix: string): Shard[] {
  const count = Math.ceil(values.length / shardBytes);
  return Array.from({ length: count }, (_, index) => {
    const content = values.subarray(index * shardBytes, (index + 1) * shardBytes);
    return { name: `${prefix}-${shardDigest(content)}-${index + 1}of${count}.bin`, content };
  });
}

export function shardDigest(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}

const pattern = /^(?<prefix>.*)-(?<digest>[\da-f]{12})-\d+of\d+\.bin$/;

/** The digest in the name of a file that was written by this package. */
export function writtenDigest(name: string): string | undefined {
  const { prefix, digest } = pattern.exec(name)?.groups ?? {};
  return prefix !== undefined && /(^|-)weights$/.test(prefix) ? digest : undefined;
}

/** Whether a weight file was written by this package for the model with this prefix. */
export function isWritten(name: string, prefix: string): boolean {
  return pattern.exec(name)?.groups?.prefix === prefix;
}
