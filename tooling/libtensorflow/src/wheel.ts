/** The version that is downloaded, and that everything was measured with. */
export const wheelVersion = '2.21.0';

/** Its wheels for CPython 3.11 are taken whatever Python is here: only the library in them is used. */
const python = { version: '3.11', abi: 'cp311' };

interface Machine {
  readonly distribution: string;
  readonly architecture: string;
}

const machines: Readonly<Record<string, Machine>> = {
  x64: { distribution: 'tensorflow-cpu', architecture: 'x86_64' },
  // On 64-bit ARM the plain wheel is the one for the CPU.
  arm64: { distribution: 'tensorflow', architecture: 'aarch64' },
};

/** The wheel to download for a processor, as in Node's `process.arch`; undefined if there is none. */
export function wheelFor(arch: string): Machine | undefined {
  return machines[arch];
}

/**
 * The arguments of Python with which pip downloads the wheel into a folder, from wherever it is configured
 * to.
 */
export function downloadArguments({ distribution, architecture }: Machine, folder: string): string[] {
  return [
    ...['-m', 'pip', 'download', '--no-deps', '--disable-pip-version-check', '--only-binary', ':all:'],
    ...['--implementation', 'cp', '--python-version', python.version, '--abi', python.abi],
    ...['manylinux_2_27', 'manylinux_2_17', 'manylinux2014'].flatMap((tag) => [
      '--platform',
      `${tag}_${architecture}`,
    ]),
    ...['--dest', folder, `${distribution}==${wheelVersion}`],
  ];
}

export interface WheelName {
  readonly distribution: string;
  readonly version: string;
  readonly platform: string;
}

/** Parses a wheel's file name; undefined for another file. */
export function parseWheelName(file: string): WheelName | undefined {
  const match = /^([^-]+)-([^-]+)(?:-\d[^-]*)?-[^-]+-[^-]+-([^-]+)\.whl$/.exec(file);
  return match ? { distribution: match[1]!, version: match[2]!, platform: match[3]! } : undefined;
}

/** Whether a wheel's name says that it has TensorFlow for Linux on this processor. */
export function isWheelFor(arch: string, { distribution, platform }: WheelName): boolean {
  const architecture = wheelFor(arch)?.architecture;
  return (
    /^tensorflow(_|$)/.test(distribution) &&
    architecture !== undefined &&
    platform.split('.').some((tag) => /linux/.test(tag) && tag.endsWith(`_${architecture}`))
  );
}
