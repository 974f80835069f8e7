import { wheelFor } from './wheel.js';

/** The current system, as reported by Node. */
export interface System {
  readonly platform: string;
  readonly arch: string;
  /** The version of glibc; undefined for another C library. */
  readonly glibc: string | undefined;
}

export function thisSystem(): System {
  const report = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return { platform: process.platform, arch: process.arch, glibc: report.header.glibcVersionRuntime };
}

/** The reason why no libtensorflow can be provided on a system; undefined if one can. */
export function unsupported({ platform, arch, glibc }: System): string | undefined {
  if (platform !== 'linux')
    return `This provides libtensorflow on Linux, and here is ${platform}: try npm rebuild @tensorflow/tfjs-node-gpu.`;
  if (!wheelFor(arch)) return `There is no libtensorflow for ${arch}: x64 and arm64 have one.`;
  const [major = 0, minor = 0] = (glibc ?? '').split('.').map(Number);
  if (!glibc || major < 2 || (major === 2 && minor < 27))
    return `TensorFlow needs glibc 2.27 or newer, and here is ${glibc ? `glibc ${glibc}` : 'another C library'}.`;
  return undefined;
}
