import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const entry = fileURLToPath(new URL('assembly/index.ts', import.meta.url));

const common = [
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  '--enable',
  'threads',
  '--importMemory',
  '--initialMemory',
  '1',
  '--maximumMemory',
  '65536',
];

const variants = {
  'relaxed-simd': ['--enable', 'simd', '--enable', 'relaxed-simd'],
  simd: ['--enable', 'simd'],
  scalar: ['--disable', 'simd'],
};

/**
 * The text of src/kernels/kernel-bytes.ts. The same kernels run on shared and on unshared memory: only the
 * byte that says which differs, so its place is kept and not a second copy.
 */
export async function compileKernels() {
  const folder = mkdtempSync(join(tmpdir(), 'fuseinit-kernels-'));
  try {
    const entries = [];
    for (const [name, flags] of Object.entries(variants)) {
      const unshared = await compile(folder, flags);
      const shared = await compile(folder, [...flags, '--sharedMemory']);
      const places = [...unshared.keys()].filter((place) => unshared[place] !== shared[place]);
      if (places.length !== 1 || unshared.length !== shared.length)
        throw new Error(`Shared and unshared kernels differ in ${places.length} bytes, not in one.`);
      const [place] = places;
      entries.push(
        `  ${name.includes('-') ? `'${name}'` : name}: {\n    sharedFlagAt: ${place},\n    sharedFlag: ${shared[place]},\n    base64:\n      '${unshared.toString('base64')}',\n  },`,
      );
    }
    return `// Made by npm run kernels from assembly/, and held to it by a test.
/** WebAssembly modules of unshared memory, which \`sharedFlag\` at \`sharedFlagAt\` makes a shared one. */
export const kernelBytes = {
${entries.join('\n')}
} as const;
`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compile(folder, flags) {
  const file = join(folder, 'kernels.wasm');
  const { error, stderr } = await asc.main([entry, '-o', file, ...common, ...flags]);
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return readFileSync(file);
}
