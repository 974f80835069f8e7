/** The offset basis of the 32-bit FNV-1a hash. */
const basis = 0x811c9dc5;

/**
 * The FNV-1a hash of an array's bytes, an unsigned 32-bit integer.
 *
 * @param before The hash of the bytes that come before these.
 */
export function contentHash(values: ArrayBufferView, before = basis): number {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let hash = before;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** A hash as eight hexadecimal digits. */
export function hashText(hash: number): string {
  return hash.toString(16).padStart(8, '0');
}
