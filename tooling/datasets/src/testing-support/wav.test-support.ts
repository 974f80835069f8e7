/**
 * A WAV file of 16-bit samples, channels interleaved; the header is written by hand, after Microsoft's
 * layout.
 */
export function wav(
  samples: readonly number[],
  { sampleRate, channels = 1, bits = 16 }: { sampleRate: number; channels?: number; bits?: number },
): Buffer {
  const bytes = bits / 8;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length * bytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * channels * bytes, 28);
  header.writeUInt16LE(channels * bytes, 32);
  header.writeUInt16LE(bits, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length * bytes, 40);
  const data = Buffer.alloc(samples.length * bytes);
  samples.forEach((sample, index) => {
    data.writeIntLE(sample, index * bytes, bytes);
  });
  return Buffer.concat([header, data]);
}

/** Samples of a tone from -32768 to 32767. */
export function tone(hertz: number, sampleRate: number, seconds: number, amplitude = 16000): number[] {
  return Array.from({ length: Math.round(sampleRate * seconds) }, (_, index) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hertz * index) / sampleRate)),
  );
}
