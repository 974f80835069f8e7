import { FuseInitError } from '@fuseinit/core';
import { decodeStates, encodeStates } from '@fuseinit/statistics';
import type { SpanStatistics, Statistics } from './statistics.js';

/** The version of {@link Statistics}. */
const specVersion = 4;

/** Encodes statistics as the bytes of one file: safetensors with a checksum. */
export function encodeStatistics({ spans, ...rest }: Statistics): Uint8Array<ArrayBuffer> {
  const described = spans.map(({ collected: _, ...span }) => span);
  return encodeStates({
    info: JSON.stringify({ ...rest, spans: described }),
    states: spans.map(({ collected }) => collected),
  });
}

/**
 * Decodes the bytes written by {@link encodeStatistics}, exactly to the last bit.
 *
 * @param source The name of the file in error messages.
 * @throws DATA_FILE_INVALID if the file is of another kind or version, truncated, or corrupted.
 */
export function decodeStatistics(bytes: Uint8Array, source: string): Statistics {
  const { info, states } = decodeStates(bytes, source);
  const { spans, ...rest } = said(info, source);
  if (rest.specVersion !== specVersion) {
    throw new FuseInitError(
      'DATA_FILE_INVALID',
      `${source} can't be read: its statistics are of version ${rest.specVersion}, where ${specVersion} was expected. Collect them anew.`,
    );
  }
  if (spans?.length !== states.length) throw invalid(source);
  return { ...rest, spans: spans.map((span, index) => ({ ...span, collected: states[index]! })) };
}

function said(
  info: string,
  source: string,
): Omit<Statistics, 'spans'> & { readonly spans?: readonly Omit<SpanStatistics, 'collected'>[] } {
  try {
    return JSON.parse(info);
  } catch {
    throw invalid(source);
  }
}

function invalid(source: string): FuseInitError {
  return new FuseInitError(
    'DATA_FILE_INVALID',
    `${source} can't be read: it holds moments, but not of spans of a model.`,
  );
}
